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

FREE_ATTEMPTS = 3
"""Failures before the delay begins to grow."""
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


def delay_s(failures: int) -> int:
    """Seconds until the next attempt is heard: doubling after three failures, a quarter hour at most."""
    if failures < FREE_ATTEMPTS:
        return 0
    return min(2 ** min(failures - FREE_ATTEMPTS, 10), DELAY_MAX_S)


def subject_of(kind: str, name: str) -> bytes:
    """The digest under which failures of an account or an address are counted."""
    return hashlib.sha256(f"{kind}:{name}".encode()).digest()


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
        await self._run(change.values(password_hash=password_hash))

    async def wait_until(self, subjects: list[bytes]) -> datetime | None:
        """The moment before which no attempt of these subjects is heard."""
        table = self._t.failures
        query = select(func.max(table.c.not_before)).where(table.c.subject_hash.in_(subjects))
        async with self._db.engine.connect() as connection:
            return (await connection.execute(query)).scalar_one()

    async def failed(self, subjects: list[bytes], *, at: datetime) -> None:
        """Count a failure; from the fourth on, the wait doubles. A quiet day forgets."""
        table = self._t.failures
        for subject in subjects:
            first = upsert(table).values(subject_hash=subject, failures=1, not_before=at)
            is_old = table.c.not_before < at - FORGET_AFTER
            again = first.on_conflict_do_update(
                index_elements=[table.c.subject_hash],
                set_={"failures": case((is_old, 1), else_=table.c.failures + 1), "not_before": at},
            ).returning(table.c.failures)
            async with self._db.engine.begin() as connection:
                failures = (await connection.execute(again)).scalar_one()
                until = at + timedelta(seconds=delay_s(failures))
                await connection.execute(
                    update(table).where(table.c.subject_hash == subject).values(not_before=until)
                )

    async def succeeded(self, subjects: list[bytes]) -> None:
        """Forget the failures of these subjects."""
        table = self._t.failures
        await self._run(delete(table).where(table.c.subject_hash.in_(subjects)))

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
