"""Units of work: a transaction with an actor and a purpose, or nothing.

`async with db.uow(actor, purpose) as tx` commits on a clean exit and rolls back on an exception.
The actor and the purpose are set in the transaction, where the database's own triggers demand
them. Records about clients that were loaded are audited once, by id, when the unit ends.
"""

import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from lmhg_contracts.classification import DEFAULT_POLICY, DataClass, StoragePolicy
from lmhg_kit.persistence.audit_bounds import SUBJECTS_MAX
from lmhg_kit.persistence.columns import classes_of

APPLICATION_POOL = 8
STATEMENT_TIMEOUT_MS = 15_000
IDLE_TIMEOUT_MS = 60_000

_SET_CONTEXT = text(
    "select set_config('app.actor', :actor, true), set_config('app.token', :token, true),"
    " set_config('app.purpose', :purpose, true),"
    " set_config('app.zone', :zone, true), set_config('app.request_id', :request_id, true)"
)
_NOTE = text("select audit.note(:act, :kind, :ids, :columns, :outcome)")


@dataclass(frozen=True)
class Actor:
    """Who acts: a person's id, a program, or the name of a process ("process: worker").

    A process that acts for someone shows the database a proof: the secret of their session, or
    their access token. Without it a name is refused.
    """

    id: str
    roles: frozenset[str] = field(default_factory=frozenset)
    proof: str = field(default="", repr=False)


class ReadSession(AsyncSession):
    """A session that reads. Flushing a change through it fails."""

    writable = False

    async def note(
        self,
        act: str,
        *,
        kind: str,
        ids: Iterable[uuid.UUID] = (),
        columns: Iterable[str] = (),
        outcome: str = "done",
    ) -> None:
        """Write an audit event of the application's own: an export, a refusal, a sign-in.

        About more ids than one event may name it writes several.
        """
        every = sorted(set(ids))
        facts = {"act": act, "kind": kind, "columns": sorted(set(columns)), "outcome": outcome}
        for first in range(0, max(len(every), 1), SUBJECTS_MAX):
            await self.execute(_NOTE, {**facts, "ids": every[first : first + SUBJECTS_MAX]})


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


class Database:
    """One plane's database, reached with one process's role.

    `role` is taken on for every statement: an operator's command logs in as the migrator and acts
    as the owner.
    """

    def __init__(
        self, url: str, *, pool_size: int = APPLICATION_POOL, role: str | None = None
    ) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "server_settings": {
                    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                    "idle_in_transaction_session_timeout": str(IDLE_TIMEOUT_MS),
                    "jit": "off",
                    **({"role": role} if role else {}),
                },
                "timeout": 5,
            },
        )
        self.engine.sync_engine.dialect.do_ping = _is_open
        self.reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        """The same connections for one statement that only reads: no transaction around it."""

    @asynccontextmanager
    async def uow(
        self, actor: Actor, purpose: str, *, zone: str = "", request_id: str = ""
    ) -> AsyncIterator[WriteSession]:
        """A unit of work that may write."""
        async with WriteSession(self.engine, expire_on_commit=False) as tx, tx.begin():
            await self._open(tx, actor, purpose, zone=zone, request_id=request_id)
            yield tx
            await tx.flush()
            await _note_reads(tx)

    @asynccontextmanager
    async def read(
        self, actor: Actor, purpose: str, *, zone: str = "", request_id: str = ""
    ) -> AsyncIterator[ReadSession]:
        """A unit of work that reads; what it read about clients is audited as it ends."""
        async with ReadSession(self.engine, expire_on_commit=False) as tx, tx.begin():
            await self._open(tx, actor, purpose, zone=zone, request_id=request_id)
            yield tx
            await _note_reads(tx)

    async def _open(
        self, tx: ReadSession, actor: Actor, purpose: str, *, zone: str, request_id: str
    ) -> None:
        tx.sync_session.info.update(reads={}, read_only=not tx.writable)
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
        await self.engine.dispose()


def _is_open(dbapi_connection: Any) -> bool:  # noqa: ANN401 - SQLAlchemy's adapted connection
    """Whether a pooled connection may be used again, without asking the server.

    The driver hears at once when the server closes a connection or dies; a question to the server
    is three messages there and back at every request, more work than most requests' own.
    """
    return not dbapi_connection.driver_connection.is_closed()


async def _note_reads(tx: ReadSession) -> None:
    """One audit event per kind read (and per 500 ids)."""
    reads: dict[str, set[uuid.UUID]] = tx.sync_session.info.get("reads", {})
    for kind, ids in sorted(reads.items()):
        ordered = sorted(ids)
        for start in range(0, len(ordered), SUBJECTS_MAX):
            await tx.note("read", kind=kind, ids=ordered[start : start + SUBJECTS_MAX])
    reads.clear()


_phi_tables: dict[type, str | None] = {}


def _phi_kind(model: type) -> str | None:
    """The audited name of a model that holds columns about clients, else None."""
    if model not in _phi_tables:
        table: Any = getattr(model, "__table__", None)
        watched = table is not None and DataClass.PHI in classes_of(table).values()
        _phi_tables[model] = str(table.name) if table is not None and watched else None
    return _phi_tables[model]


@event.listens_for(Session, "loaded_as_persistent")
def _remember_read(session: Session, instance: object) -> None:
    kind = _phi_kind(type(instance))
    reads = session.info.get("reads")
    if kind is not None and reads is not None:
        reads.setdefault(kind, set()).add(instance.id)  # type: ignore[attr-defined]


@event.listens_for(Session, "before_flush")
def _refuse_read_only(session: Session, *_: object) -> None:
    owner = session.info.get("read_only")
    if owner and (session.new or session.dirty or session.deleted):
        raise PermissionError("read_session_cannot_write")
