"""Accounts, sessions and sign-in failures of one plane, in PostgreSQL."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, case, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lmhg_kit.http.session import Session
from lmhg_kit.persistence import Actor, Database

ACCOUNT_FREE = 4
ADDRESS_FREE = 30
"""Attempts before the delay begins to grow; it then doubles from one second."""
DELAY_MAX_S = 900
FORGET_AFTER = timedelta(days=1)
_ACTOR = Actor("process:sign_in")


@dataclass(frozen=True)
class AccountTables:
    """The tables of one plane; their columns have the same names on both."""

    account: Table
    session: Table
    failures: Table


def tables_of(*, account: type, session: type, failures: type) -> AccountTables:
    """The tables behind three mapped classes."""
    models: list[Any] = [account, session, failures]
    return AccountTables(*(cast("Table", model.__table__) for model in models))


@dataclass(frozen=True)
class Account:
    """What sign-in needs of an account."""

    id: str
    email: str
    display_name: str
    roles: frozenset[str]
    password_hash: str
    active: bool


@dataclass(frozen=True)
class Subject:
    """Whose attempts are counted: an account or an address, by digest."""

    digest: bytes
    free: int
    """Attempts before the delay begins to grow."""


def account_subject(email: str) -> Subject:
    """The account that somebody tries to open, whether it exists or not."""
    return Subject(_digest("account", email), ACCOUNT_FREE)


def address_subject(address: str) -> Subject:
    """Where the attempts come from; a whole clinic may share one address."""
    return Subject(_digest("address", address), ADDRESS_FREE)


def _digest(kind: str, name: str) -> bytes:
    return hashlib.sha256(f"{kind}:{name}".encode()).digest()


def _delay(count: Any, *, free: int) -> Any:  # noqa: ANN401 - SQL expressions
    """Doubling seconds past the free attempts, as SQL."""
    seconds = func.least(func.power(2, func.least(count - free, 10)), DELAY_MAX_S)
    return func.make_interval(0, 0, 0, 0, 0, 0, case((count < free, 0), else_=seconds))


class AccountStore:
    """Implements `SessionRepository`, and what sign-in asks for."""

    def __init__(self, db: Database, tables: AccountTables) -> None:
        self._db = db
        self._t = tables

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session with this hash, if its account is active, with today's roles."""
        session, account = self._t.session.c, self._t.account.c
        query = (
            select(
                session.user_id,
                session.started_at,
                session.last_used_at,
                session.ends_at,
                account.display_name,
                account.roles,
            )
            .join_from(self._t.session, self._t.account, account.id == session.user_id)
            .where(session.id_hash == token_hash, account.active)
        )
        async with self._db.engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Session(
            token_hash=token_hash,
            account_id=str(row.user_id),
            display_name=row.display_name,
            roles=frozenset(row.roles),
            created_at=row.started_at,
            last_seen_at=row.last_used_at,
            expires_at=row.ends_at,
        )

    async def insert_session(self, session: Session) -> None:
        """Keep a new session."""
        values = {
            "id_hash": session.token_hash,
            "user_id": uuid.UUID(session.account_id),
            "started_at": session.created_at,
            "last_used_at": session.last_seen_at,
            "ends_at": session.expires_at,
        }
        await self._run(insert(self._t.session).values(values))

    async def touch_session(self, token_hash: bytes, *, at: datetime) -> None:
        """Note the last use."""
        table = self._t.session
        await self._run(update(table).where(table.c.id_hash == token_hash).values(last_used_at=at))

    async def delete_session(self, token_hash: bytes) -> None:
        """End one session."""
        await self._run(delete(self._t.session).where(self._t.session.c.id_hash == token_hash))

    async def delete_sessions_of(self, account_id: str) -> None:
        """End every session of an account."""
        table = self._t.session
        await self._run(delete(table).where(table.c.user_id == uuid.UUID(account_id)))

    async def find_account(self, email: str) -> Account | None:
        """The account of this e-mail address."""
        table = self._t.account
        query = select(table).where(table.c.email == email.strip().lower())
        async with self._db.engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Account(
            id=str(row.id),
            email=row.email,
            display_name=row.display_name,
            roles=frozenset(row.roles),
            password_hash=row.password_hash,
            active=row.active,
        )

    async def rehash(self, account_id: str, password_hash: str) -> None:
        """Keep a password's hash under newer parameters."""
        table = self._t.account
        change = update(table).where(table.c.id == uuid.UUID(account_id))
        async with self._db.uow(Actor(account_id), "password.rehash") as tx:
            await tx.execute(change.values(password_hash=password_hash))

    async def admit(self, subject: Subject, *, at: datetime) -> datetime | None:
        """Count an attempt; the moment to wait for when it comes too early, else None.

        One statement, so that many attempts at the same instant are counted one after another.
        """
        table = self._t.failures
        forgotten = table.c.not_before < at - FORGET_AFTER
        count = case((forgotten, 1), else_=table.c.failures + 1)
        first = {"subject_hash": subject.digest, "failures": 1, "not_before": at}
        attempt = (
            upsert(table)
            .values(first)
            .on_conflict_do_update(
                index_elements=[table.c.subject_hash],
                set_={"failures": count, "not_before": at + _delay(count, free=subject.free)},
                where=table.c.not_before <= at,
            )
            .returning(table.c.failures)
        )
        waiting = select(table.c.not_before).where(table.c.subject_hash == subject.digest)
        async with self._db.engine.begin() as connection:
            if (await connection.execute(attempt)).scalar_one_or_none() is not None:
                return None
            return (await connection.execute(waiting)).scalar_one_or_none()

    async def forget(self, account: Subject, *, address: Subject) -> None:
        """After a success: the account starts afresh, the address loses one count."""
        table = self._t.failures
        await self._run(delete(table).where(table.c.subject_hash == account.digest))
        fewer = func.greatest(table.c.failures - 1, 0)
        await self._run(
            update(table).where(table.c.subject_hash == address.digest).values(failures=fewer)
        )

    async def note(
        self, act: str, *, account_id: str | None, outcome: str, request_id: str
    ) -> None:
        """Write a sign-in or sign-out into the access record."""
        actor = Actor(account_id) if account_id else _ACTOR
        ids = [uuid.UUID(account_id)] if account_id else []
        async with self._db.uow(actor, "sign_in", request_id=request_id) as tx:
            await tx.note(act, kind="account", ids=ids, outcome=outcome)

    async def _run(self, statement: Any) -> None:  # noqa: ANN401 - any statement of SQLAlchemy's
        async with self._db.engine.begin() as connection:
            await connection.execute(statement)
