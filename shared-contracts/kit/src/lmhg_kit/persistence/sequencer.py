"""The access ledger: audit events, sequenced in commit order and signed.

One step moves at most 1,000 events into the ledger in one transaction: it reads the events that it
can see, appends them under the head's row lock, stores the completed tree nodes and the new
checkpoint, and deletes the events it moved. An event of a transaction that is still running cannot
be seen; a later step finds it, because what is left in the table is what is not in the ledger. So
no transaction makes another's events wait, and each step's events come after those before it in
commit order.

An event that cannot be an entry is set aside, and an entry says so (see `audit`).

A head that this ledger's key has not signed is never appended to: the step fails, by name, until
someone has put back what was signed.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, NoteVerifier, sign
from lmhg_contracts.ledger.entries import AccessEntry, encode_entry, timestamp
from lmhg_contracts.ledger.head import HeadRefused, check_head
from lmhg_contracts.ledger.stored import prove_growth
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_kit.persistence.audit import KEPT_MAX
from lmhg_kit.persistence.ledgers import StoredLedger
from lmhg_kit.persistence.session import Database

BATCH = 1_000
LEDGER = "access"
ENTRY_MAX = 65_536
"""Bytes of an entry, as the ledger's table bounds it."""
SET_ASIDE = "set_aside"
"""The act of an entry that says that one event could not be an entry."""
ACTOR = "process: sequencer"

log = structlog.get_logger()

_HEAD = text(
    "select size, frontier, checkpoint from audit.ledger_head where ledger = 'access' for update"
)
_EVENTS = text("select * from audit.event order by xid, seq limit :limit")
_KEEP = text(
    "insert into audit.set_aside"
    " (id, n, at, actor, act, subject_kind, subjects, reason, digest, event)"
    " select :id, :n, e.at, e.actor, e.act, e.subject_kind, cardinality(e.subject_ids), :reason,"
    " sha256(convert_to(to_jsonb(e)::text, 'UTF8')),"
    " case when octet_length(to_jsonb(e)::text) <= :most then to_jsonb(e) end"
    " from audit.event e where e.seq = :seq"
)
_APPEND = text("insert into audit.ledger (n, entry) values (:n, :entry)")
_NODES = text("insert into audit.ledger_node (level, idx, hash) values (:level, :idx, :hash)")
_MOVE = text(
    "update audit.ledger_head set size = :size, frontier = :frontier, checkpoint = :checkpoint"
    " where ledger = 'access'"
)
_FORGET = text("delete from audit.event where seq = any(:seqs)")
_NEWEST = "(select size from relay.cosignature where origin = :origin order by seq desc limit 1)"
"""What the other plane knows now: after a restore of either it may be less than it was."""
_COSIGNED = text(f"select coalesce({_NEWEST}, 0)")
_IS_OUTRUN = text(
    "select exists (select from relay.foreign_checkpoint o join audit.ledger_head h using (ledger),"  # noqa: S608 - constants
    f" (select {_NEWEST} as known) c"
    " where o.ledger = 'access' and o.size <> c.known and c.known < h.size)"
)
_OFFER = text(
    "insert into relay.foreign_checkpoint (ledger, note, size, proof, at)"
    " values (:ledger, :note, :size, :proof, now()) on conflict (ledger)"
    " do update set note = :note, size = :size, proof = :proof, at = now()"
)


@dataclass
class Sequencer:
    """Appends audit events to the access ledger of one plane. One step at a time."""

    db: Database
    origin: str
    signer: NoteSigner
    former: Sequence[NoteVerifier] = ()
    """Keys with which this ledger was signed before."""
    signed: Checkpoint | None = None
    """What this process signed last."""

    async def step(self) -> int:
        """Sequence what waits; how many events were moved. Raises: HeadRefused."""
        newest = self.signed
        async with self.db.engine.begin() as link:
            frontier = await self._head(link)
            rows = (await link.execute(_EVENTS, {"limit": BATCH})).all()
            if rows:
                newest = await self._append(link, frontier, rows)
            if rows or await self._is_outrun(link):
                await self._offer(link)
        self.signed = newest
        return len(rows)

    async def _head(self, link: AsyncConnection) -> Frontier:
        """The end of the ledger, under its lock, if it is what was signed. Raises: HeadRefused."""
        size, raw, note = (await link.execute(_HEAD)).one()
        frontier = Frontier.from_bytes(raw)
        own = (self.signer.verifier, *self.former)
        check_head(frontier, note, origin=self.origin, own=own, newest=self.signed)
        if size != frontier.size:
            raise HeadRefused("head_differs")
        return frontier

    async def _is_outrun(self, link: AsyncConnection) -> bool:
        """Whether the offer begins before what was cosigned since, so that the other plane passes it over.

        Without a new offer the last entries would wait for the next event.
        """
        return bool((await link.execute(_IS_OUTRUN, {"origin": self.origin})).scalar_one())

    async def _offer(self, link: AsyncConnection) -> None:
        """Lay the newest checkpoint out for the relay, with its proof from the last witnessed one.

        The other plane cosigns it only if it extends what that plane has seen.
        """
        stored = StoredLedger(link, LEDGER)
        size, note = await stored.head()
        known = int((await link.execute(_COSIGNED, {"origin": self.origin})).scalar_one())
        proof = await prove_growth(stored, known, size) if 0 < known <= size else ()
        facts = {"ledger": LEDGER, "note": note, "size": known, "proof": list(proof)}
        await link.execute(_OFFER, facts)

    async def _append(
        self, link: AsyncConnection, frontier: Frontier, rows: "Sequence[Row[Any]]"
    ) -> Checkpoint:
        first = frontier.size
        entries = [await self._encode(link, first + at, row) for at, row in enumerate(rows)]
        nodes = frontier.append_many([leaf_hash(entry) for entry in entries])
        await link.execute(
            _APPEND, [{"n": first + at, "entry": entry} for at, entry in enumerate(entries)]
        )
        if nodes:
            await link.execute(_NODES, [node._asdict() for node in nodes])
        point = Checkpoint(self.origin, frontier.size, frontier.root())
        note = sign(point, self.signer)
        head = {"size": frontier.size, "frontier": frontier.to_bytes(), "checkpoint": note}
        await link.execute(_MOVE, head)
        await link.execute(_FORGET, {"seqs": [row.seq for row in rows]})
        return point

    async def _encode(self, link: AsyncConnection, n: int, row: "Row[Any]") -> bytes:
        """The event's entry; or, if it cannot be one, the entry that says so, and the event kept."""
        try:
            return _bounded(n, row)
        except NoEntry as failure:
            name = uuid.uuid4()
            facts = {"id": name, "n": n, "seq": row.seq, "reason": failure.code, "most": KEPT_MAX}
            await link.execute(_KEEP, facts)
            log.warning("audit.event_set_aside", id=str(name), n=n, reason=failure.code)
            return encode_entry(_said(n, name, failure.code))


class NoEntry(Exception):
    """An event that cannot be an entry. `code` says why, never what was in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _bounded(n: int, row: "Row[Any]") -> bytes:
    """The event's entry. Raises: NoEntry."""
    if not all(isinstance(found, uuid.UUID) for found in row.subject_ids):
        raise NoEntry("subject_not_an_id")
    if not all(isinstance(found, str) for found in row.columns):
        raise NoEntry("column_not_a_name")
    try:
        entry = encode_entry(_entry(n, row))
    except Exception as failure:
        raise NoEntry("not_readable") from failure
    if len(entry) > ENTRY_MAX:
        raise NoEntry("entry_too_long")
    return entry


def _said(n: int, name: uuid.UUID, code: str) -> AccessEntry:
    """The entry in the event's place."""
    return AccessEntry(
        act=SET_ASIDE,
        actor=ACTOR,
        at=timestamp(datetime.now(UTC)),
        columns=(),
        n=n,
        outcome=code,
        purpose="ledger",
        request_id="",
        subject_ids=(str(name),),
        subject_kind="audit_event",
        zone="",
    )


def _entry(n: int, row: "Row[Any]") -> AccessEntry:
    return AccessEntry(
        act=row.act,
        actor=row.actor,
        at=timestamp(row.at),
        columns=tuple(row.columns),
        n=n,
        outcome=row.outcome,
        purpose=row.purpose,
        request_id=row.request_id,
        subject_ids=tuple(str(found) for found in row.subject_ids),
        subject_kind=row.subject_kind,
        zone=row.zone,
    )
