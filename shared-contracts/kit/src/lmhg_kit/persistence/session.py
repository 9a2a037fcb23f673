"""Units of work: a transaction with an actor and a purpose, or nothing.

`async with db.uow(actor, purpose) as tx` commits on a clean exit and rolls back on an exception.
The actor and the purpose are set in the transaction, where the database's own triggers demand
them. Records about clients that were loaded are audited once, by id, when the unit ends.

A unit that only reads may go without a transaction around it (`db.look`): its name is set on the
connection by one statement, and taken off by the one that audits what was read. A connection never
goes back to the pool with a name on it (docs/adr/0034).
"""

import uuid
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast, overload

from sqlalchemy import Connection, Select, bindparam, event, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from lmhg_contracts.classification import DEFAULT_POLICY, StoragePolicy
from lmhg_kit.persistence.alone import Alone
from lmhg_kit.persistence.audit import SUBJECTS_MAX
from lmhg_kit.persistence.audited_reads import EVENTS, Event, remember, tell_reads, told_of
from lmhg_kit.persistence.straight import Adapted, Given, Rows, Statement, Straight, translated
from lmhg_kit.persistence.together import Asked, in_turns

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
T = TypeVar("T")
Reading: TypeAlias = Coroutine[Any, Any, T]
"""A read that was called and is not awaited yet."""
APPLICATION_POOL = 16
POOL_LEAST = 4
PREPARED_MAX = 500
"""Prepared statements that a connection keeps; more than an application has."""
STATEMENT_TIMEOUT_MS = 15_000
IDLE_TIMEOUT_MS = 60_000

_NAMES = ("actor", "token", "purpose", "zone", "request_id")
_SET_CONTEXT = text(
    "select " + ", ".join(f"set_config('app.{name}', :{name}, true)" for name in _NAMES)
)
_PUT_ON = "select " + ", ".join(
    f"set_config('app.{name}', ${n}, false)" for n, name in enumerate(_NAMES, 1)
)
_TAKE_OFF = "select " + ", ".join(f"set_config('app.{name}', '', false)" for name in _NAMES)
_AUDIT_AND_TAKE_OFF = f"with audited as materialized ({EVENTS}), told as materialized (select count(*) from audited) {_TAKE_OFF} from told"  # noqa: S608 - constants
About = frozenset[uuid.UUID] | None
"""The records that a request names in its address; None where no request is behind a unit of work."""
_NAMED = "named"
"""On a connection's record while someone's name is on the connection."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a person's id, a program, or the name of a process ("process: worker").

    A process that acts for someone shows the database a proof: the secret of their session, or
    their access token. Without it a name is refused.
    """

    id: str
    roles: frozenset[str] = field(default_factory=frozenset)
    proof: str = field(default="", repr=False)


@cache
def _with_key(entity: type) -> "Select[Any]":
    """The query for one record by its key, which is one column."""
    (key,) = inspect(entity).primary_key
    return select(entity).where(key == bindparam("key"))


class ReadSession(AsyncSession):
    """A session that reads. Flushing a change through it fails."""

    writable = False

    if not TYPE_CHECKING:  # the base class says what they take and give

        async def execute(
            self, statement: Statement, params: Given = None, **options: object
        ) -> Rows:
            """As SQLAlchemy's; in a look straight from the driver."""
            straight = self.sync_session.info.get("straight")
            if straight and not options:
                found = await straight(statement, params)
                if found is not None:
                    return found
            return await super().execute(statement, params, **options)

        async def scalars(
            self, statement: Statement, params: Given = None, **options: object
        ) -> Rows:
            """The first of each row."""
            return (await self.execute(statement, params, **options)).scalars()

        async def scalar(
            self, statement: Statement, params: Given = None, **options: object
        ) -> object:
            """The first of the first row, or None."""
            return (await self.execute(statement, params, **options)).scalar()

        async def get(self, entity: type[T], ident: object, **options: object) -> T | None:
            """As SQLAlchemy's, of a key of one column; in a look straight from the driver."""
            if options or not self.sync_session.info.get("straight"):
                return await super().get(entity, ident, **options)
            return await self.scalar(_with_key(entity), {"key": ident})

    @overload
    async def together(self, one: Reading[A], two: Reading[B], /) -> tuple[A, B]: ...
    @overload
    async def together(
        self, one: Reading[A], two: Reading[B], three: Reading[C], /
    ) -> tuple[A, B, C]: ...
    @overload
    async def together(
        self, one: Reading[A], two: Reading[B], three: Reading[C], four: Reading[D], /
    ) -> tuple[A, B, C, D]: ...
    @overload
    async def together(
        self,
        one: Reading[A],
        two: Reading[B],
        three: Reading[C],
        four: Reading[D],
        five: Reading[E],
        /,
    ) -> tuple[A, B, C, D, E]: ...
    @overload
    async def together(
        self,
        one: Reading[A],
        two: Reading[B],
        three: Reading[C],
        four: Reading[D],
        five: Reading[E],
        six: Reading[F],
        /,
    ) -> tuple[A, B, C, D, E, F]: ...
    @overload
    async def together(self, *reads: Reading[Any]) -> tuple[Any, ...]: ...
    async def together(self, *reads: Reading[Any]) -> tuple[Any, ...]:
        """What each of these reads gives; in a look what they ask for is one trip (docs/adr/0036)."""
        info = self.sync_session.info
        straight = info.get("straight")
        if straight is None:
            return tuple([await each for each in reads])
        info["straight"] = Asked
        try:
            return tuple(await in_turns(reads, info["straight_all"]))
        finally:
            info["straight"] = straight

    async def audit(
        self,
        act: str,
        *,
        kind: str,
        ids: Iterable[uuid.UUID] = (),
        columns: Iterable[str] = (),
        outcome: str = "done",
    ) -> None:
        """Write an audit event of the application's own: an export, a refusal, a sign-in.

        About more ids than one event may name it writes several. In a look they are written as it ends.
        """
        every, named = sorted(set(ids)), ",".join(sorted(set(columns)))
        for first in range(0, max(len(every), 1), SUBJECTS_MAX):
            part = every[first : first + SUBJECTS_MAX]
            self.sync_session.info["events"].append(Event(act, kind, named, outcome, part))
        if not self.sync_session.info["looks"]:
            await self.run_sync(_audit_reads_now)


class WriteSession(ReadSession):
    """A session that writes. Only the request scope and the worker loop commit it."""

    writable = True

    def add(  # pyright: ignore[reportIncompatibleMethodOverride] - narrower on purpose: the policy is stated
        self, instance: object, *, storage_policy: StoragePolicy = DEFAULT_POLICY
    ) -> None:
        """Add a record under a storage policy. Raises: PolicyViolation."""
        check = getattr(instance, "check_policy", None)
        if check is not None:
            check(storage_policy)
            instance.hipaa_exempt = storage_policy is StoragePolicy.CLOUD_ALLOWED  # type: ignore[attr-defined]
        super().add(instance)


def pool_of(workers: int) -> int:
    """Connections of one of so many workers, who have an application's share together."""
    return max(POOL_LEAST, APPLICATION_POOL // workers)


class Database:
    """One plane's database, reached with one process's role.

    `role` is taken on for every statement: an operator's command logs in as the migrator and acts
    as the owner.
    """

    def __init__(
        self, url: str, *, pool_size: int = APPLICATION_POOL, role: str | None = None
    ) -> None:
        settings = {
            "statement_timeout": str(STATEMENT_TIMEOUT_MS),
            "idle_in_transaction_session_timeout": str(IDLE_TIMEOUT_MS),
            "jit": "off",
            **({"role": role} if role else {}),
        }
        self.alone = Alone(url, settings=settings)
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "server_settings": settings,
                "timeout": 5,
                "prepared_statement_cache_size": PREPARED_MAX,
                "statement_cache_size": PREPARED_MAX,
                "max_cached_statement_lifetime": 0,
            },
        )
        self._straight = Straight(self.engine.dialect)
        self.engine.sync_engine.dialect.do_ping = _is_open
        event.listen(self.engine.sync_engine, "reset", take_name_off)
        self.reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        """The same connections for one statement that only reads: no transaction around it."""

    @asynccontextmanager
    async def uow(
        self,
        actor: Actor,
        purpose: str,
        *,
        zone: str = "",
        request_id: str = "",
        about: About = None,
    ) -> AsyncIterator[WriteSession]:
        """A unit of work that may write."""
        async with WriteSession(self.engine, expire_on_commit=False) as tx, tx.begin():
            tx.sync_session.info["about"] = about
            await self._open(tx, actor, purpose, zone=zone, request_id=request_id)
            yield tx
            await tx.flush()
            await _audit_reads(tx)

    @asynccontextmanager
    async def read(
        self,
        actor: Actor,
        purpose: str,
        *,
        zone: str = "",
        request_id: str = "",
        about: About = None,
    ) -> AsyncIterator[ReadSession]:
        """A unit of work that reads; what it read about clients is audited as it ends.

        What `about` names was opened, what else was read was listed.
        """
        async with ReadSession(self.engine, expire_on_commit=False) as tx, tx.begin():
            tx.sync_session.info["about"] = about
            await self._open(tx, actor, purpose, zone=zone, request_id=request_id)
            yield tx
            await _audit_reads(tx)

    @asynccontextmanager
    async def look(
        self,
        actor: Actor,
        purpose: str,
        *,
        zone: str = "",
        request_id: str = "",
        about: About = None,
    ) -> AsyncIterator[ReadSession]:
        """A unit of work that reads statement by statement, without a transaction around them.

        A name is put on the connection for the unit: two trips to the server besides the reading, where
        `read` makes four. What it read about clients is audited as it ends, as with `read`.
        """
        connection = await self.reader.connect()
        tx = ReadSession(connection, expire_on_commit=False)
        try:
            session = tx.sync_session
            session.info.update(reads={}, events=[], read_only=True, looks=True, about=about)
            adapted, known = _taken(connection)
            known[_NAMED] = True
            link = adapted.driver_connection
            with translated(adapted):
                await link.fetch(_PUT_ON, actor.id, actor.proof, purpose, zone, request_id)
            heard = partial(remember, session)
            session.info["straight"] = partial(self._straight.run, adapted, heard=heard)
            session.info["straight_all"] = partial(self._straight.run_all, adapted, heard=heard)
            yield tx
            tell_reads(session)
            told = told_of(session)
            with translated(adapted):
                await link.fetch(*((_AUDIT_AND_TAKE_OFF, *told) if told else (_TAKE_OFF,)))
            del known[_NAMED]
        finally:
            if tx.in_transaction():  # the session itself was asked, which a look seldom does
                await tx.close()
            await connection.close()

    async def _open(
        self, tx: ReadSession, actor: Actor, purpose: str, *, zone: str, request_id: str
    ) -> None:
        tx.sync_session.info.update(reads={}, events=[], read_only=not tx.writable, looks=False)
        facts = {
            "actor": actor.id,
            "token": actor.proof,
            "purpose": purpose,
            "zone": zone,
            "request_id": request_id,
        }
        await tx.execute(_SET_CONTEXT, facts)

    async def ready(self) -> bool:
        """Whether the database answers."""
        async with self.engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one() == 1

    async def close(self) -> None:
        """Close every connection."""
        await self.alone.close()
        await self.engine.dispose()


def _is_open(dbapi_connection: Any) -> bool:  # noqa: ANN401 - SQLAlchemy's adapted connection
    """Whether a pooled connection may be used again, without asking the server.

    The driver hears at once when the server closes a connection or dies; a question to the server
    is three messages there and back at every request, more work than most requests' own.
    """
    return not dbapi_connection.driver_connection.is_closed()


def _taken(connection: AsyncConnection) -> tuple[Adapted, dict[Any, Any]]:
    """A connection as SQLAlchemy adapted it, and what is kept about it."""
    proxied = cast("Connection", connection.sync_connection).connection
    return proxied.dbapi_connection, proxied.info


def _send(connection: Connection, sql: str, *values: object) -> None:
    """One prepared statement straight to the driver, to its last row: there is an event in each.

    Raises what SQLAlchemy would raise.
    """
    adapted: Adapted = connection.connection.dbapi_connection
    with translated(adapted):
        adapted.run_async(lambda link: link.fetch(sql, *values))


def take_name_off(dbapi_connection: Any, record: Any, state: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    """A unit that failed left its name; a connection that cannot be asked is closed, not pooled."""
    is_named = record.info.pop(_NAMED, False) and not dbapi_connection.driver_connection.is_closed()
    if is_named and state.asyncio_safe and not state.terminate_only:
        dbapi_connection.run_async(lambda link: link.execute(_TAKE_OFF))


async def _audit_reads(tx: ReadSession) -> None:
    tell_reads(tx.sync_session)
    await tx.run_sync(_audit_reads_now)


def _audit_reads_now(session: Session) -> None:
    told = told_of(session)
    if told is not None:
        _send(session.connection(), EVENTS, *told)


@event.listens_for(Session, "before_flush")
def _refuse_read_only(session: Session, *_: object) -> None:
    owner = session.info.get("read_only")
    if owner and (session.new or session.dirty or session.deleted):
        raise PermissionError("read_session_cannot_write")
