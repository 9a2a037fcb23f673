"""All SQL of ledger review: rows by which entries are found, their counts, checks and saved views."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    LargeBinary,
    Row,
    Select,
    column,
    delete,
    func,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from lmhg_contracts.ledger.checkpoint import parse_body
from lmhg_gateway.features.ledger_review.filter_rules import day_of, uuid_of
from lmhg_gateway.features.ledger_review.models import (
    LedgerCheck,
    LedgerDay,
    LedgerRow,
    SavedView,
)
from lmhg_gateway.features.ledger_review.rules import LedgerFilter, entry_number
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.exemptions import Exemption

COUNT_MAX = 10_000
"""Entries that a count looks at when no count by day answers it."""
RELATED_MAX = 30
VIEWS_MAX = 40
CHECKS_SHOWN = 5
KEPT_MAX = 64
RESTORE_SETTLES_S = 15 * 60
"""How long after a declared restore the portal, while it is heard, may name checkpoints of before it."""
WORD_LATE_S = 60
"""Twelve heartbeats: the portal's word about a ledger comes with each, and must be as new."""
LOOK_BACK = 50_000
"""Entries without a row yet that one look for a record reads at most."""

LEDGER = table("ledger", column("n", BigInteger), column("entry", LargeBinary), schema="relay")
_INDEX = {
    "relay": text("select compliance.index_relay(:zone, :most)"),
    "access": text("select compliance.index_access(:zone, :most)"),
}
_HEAD = text("select size, checkpoint from relay.ledger_head where ledger = 'relay'")
_SIZES = {
    "relay": text("select coalesce(max(size), 0) from relay.ledger_head where ledger = 'relay'"),
    "access": text("select coalesce(max(size), 0) from audit.ledger_head where ledger = 'access'"),
}
_ENTRY = text("select entry from relay.ledger where n = :n")
_NEWEST = text(
    "with found as ("
    "  (select l.n, l.entry from compliance.ledger_row r join relay.ledger l using (n)"
    "   where r.record_id = :id and r.kind = :kind order by r.n desc limit 1)"
    "  union all"
    "  (select n, entry from relay.ledger where position(convert_to(:said, 'utf8') in entry) > 0"
    "   and n >= coalesce((select next_n from compliance.review_state where ledger = 'relay'), 0)"
    "   and n >= (select size from relay.ledger_head where ledger = 'relay') - :look_back)"
    "), said as (select n, convert_from(entry, 'utf8')::jsonb as entry from found)"
    " select said.entry, b.closed_at from said left join lateral ("
    "  select closed_at from relay.batch where direction = 'down'"
    "  and number = (said.entry ->> 'batch')::bigint order by generation desc limit 1"
    ") b on true"
    " where said.entry ->> 'record_id' = :said and said.entry ->> 'kind' = :kind"
    " order by said.n desc limit 1"
)
_BATCH = text(
    "select closed_at, entries, hash from relay.batch where direction = :direction"
    " and number = :number order by generation desc limit 1"
)
_KEPT = text(
    "with recent as (select note, size, seq from relay.cosignature where origin = :origin"
    "   order by seq desc limit :most),"
    " stepped as (select *, lag(size) over (order by seq) as before from recent)"
    " select note from stepped"
    " where seq >= coalesce((select max(seq) from stepped where size < before), 0)"
    " order by seq desc"
)
"""Since the last one that was smaller than the one before: a declared restore begins again."""
_SHOWN = text(
    "select note from relay.shown_checkpoint where origin = :origin"
    " and (unsettled_at is null or unsettled_at < at - make_interval(secs => :settles))"
)
_WORD_IS_LATE = text(
    "select exists (select from relay.shown_checkpoint s, relay.peer p where s.origin = :origin"
    " and p.plane = 'cloud' and s.at < p.last_heard_at - make_interval(secs => :late))"
)


class DayCount(NamedTuple):
    """How many entries of one decision a day has."""

    day: date
    decision: str
    entries: int


@dataclass(frozen=True)
class Span:
    """Entry numbers, the first included and the last not."""

    first: int
    stop: int


async def newest_entry(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Row[Any] | None:
    """The newest ledger entry about a record, with its batch's receipt time (`closed_at`)."""
    given = {"kind": kind, "id": record_id, "said": str(record_id), "look_back": LOOK_BACK}
    return (await tx.execute(_NEWEST, given)).one_or_none()


async def index(tx: ReadSession, ledger: str, *, zone: str, most: int) -> int:
    """Make rows of at most so many entries that have none yet; how many were made."""
    return int((await tx.execute(_INDEX[ledger], {"zone": zone, "most": most})).scalar_one())


async def ledger_head(tx: ReadSession) -> tuple[int, str | None]:
    """Size and newest checkpoint of the relay ledger."""
    row = (await tx.execute(_HEAD)).one_or_none()
    return (int(row.size), row.checkpoint) if row else (0, None)


async def size_of(tx: ReadSession, ledger: str) -> int:
    """How many entries a ledger has."""
    return int((await tx.execute(_SIZES[ledger])).scalar_one())


async def span_of(tx: ReadSession, wanted: LedgerFilter) -> Span | None:
    """Between which numbers the wanted days lie; None when no entry is of these days."""
    query = select(func.min(LedgerDay.first_n), func.max(LedgerDay.last_n))
    first, last = day_of(wanted.since), day_of(wanted.until)
    if first:
        query = query.where(LedgerDay.day >= first)
    if last:
        query = query.where(LedgerDay.day <= last)
    found: Any = (await tx.execute(query)).one()
    return None if found[0] is None else Span(found[0], found[1] + 1)


def _conditions(wanted: LedgerFilter) -> list[ColumnElement[bool]]:
    """What the filter demands of a row."""
    row, found = LedgerRow, list[ColumnElement[bool]]()
    for name in ("decision", "gate", "reason", "kind"):
        if value := getattr(wanted, name):
            found.append(getattr(row, name) == value)
    if first := day_of(wanted.since):
        found.append(row.day >= first)
    if last := day_of(wanted.until):
        found.append(row.day <= last)
    if wanted.record_id:
        found.append(row.record_id == uuid_of(wanted.record_id))
    if wanted.batch:
        found.append(row.batch == entry_number(wanted.batch))
    if wanted.actor:
        person = or_(Exemption.requested_by == wanted.actor, Exemption.approved_by == wanted.actor)
        found.append(row.exemption_id.in_(select(Exemption.id).where(person)))
    return found


async def ledger_page(
    tx: ReadSession, wanted: LedgerFilter, *, span: Span, before: int, limit: int = PAGE_SIZE + 1
) -> list[bytes]:
    """Entries that fit, newest first, below a number and within a span: their own bytes."""
    stop = min(before, span.stop)
    query: Select[Any] = select(LEDGER.c.entry)
    if wanted.is_empty:
        query = query.where(LEDGER.c.n < stop).order_by(LEDGER.c.n.desc())
    else:
        found = (
            select(LedgerRow.n)
            .where(LedgerRow.n >= span.first, LedgerRow.n < stop, *_conditions(wanted))
            .order_by(LedgerRow.n.desc())
            .limit(limit)
            .subquery()
        )
        query = query.join(found, found.c.n == LEDGER.c.n).order_by(LEDGER.c.n.desc())
    return list((await tx.execute(query.limit(limit))).scalars())


async def count(tx: ReadSession, wanted: LedgerFilter) -> int | None:
    """How many entries fit; None beyond 10,000 where no count by day answers."""
    if wanted.is_counted:
        query = select(func.coalesce(func.sum(LedgerDay.entries), 0)).where(*_of_days(wanted))
        return int((await tx.execute(query)).scalar_one())
    some = select(LedgerRow.n).where(*_conditions(wanted)).limit(COUNT_MAX + 1).subquery()
    found = int((await tx.execute(select(func.count()).select_from(some))).scalar_one())
    return found if found <= COUNT_MAX else None


def _of_days(wanted: LedgerFilter) -> list[ColumnElement[bool]]:
    day, found = LedgerDay, list[ColumnElement[bool]]()
    for name in ("decision", "gate", "reason", "kind"):
        if value := getattr(wanted, name):
            found.append(getattr(day, name) == value)
    if first := day_of(wanted.since):
        found.append(day.day >= first)
    if last := day_of(wanted.until):
        found.append(day.day <= last)
    return found


async def days(tx: ReadSession, wanted: LedgerFilter, *, first: date, last: date) -> list[DayCount]:
    """Counts of a range of days, as the filter leaves them."""
    if wanted.is_counted:
        d = LedgerDay
        query = (
            select(d.day, d.decision, func.sum(d.entries).label("entries"))
            .where(d.day >= first, d.day <= last, *_of_days(wanted))
            .group_by(d.day, d.decision)
        )
    else:
        r = LedgerRow
        query = (
            select(r.day, r.decision, func.count().label("entries"))
            .where(r.day >= first, r.day <= last, *_conditions(wanted))
            .group_by(r.day, r.decision)
        )
    return [DayCount(*row) for row in await tx.execute(query)]


async def reasons(tx: ReadSession) -> list[str]:
    """Every reason that the ledger names, for the filter's choice."""
    query = select(LedgerDay.reason).where(LedgerDay.reason != "").distinct()
    return sorted((await tx.execute(query.limit(200))).scalars())


async def entry_at(tx: ReadSession, n: int) -> bytes | None:
    """The bytes of one entry."""
    return (await tx.execute(_ENTRY, {"n": n})).scalar_one_or_none()


async def related(tx: ReadSession, *, record_id: uuid.UUID) -> list[bytes]:
    """The newest entries about one record, newest first."""
    found = (
        select(LedgerRow.n)
        .where(LedgerRow.record_id == record_id)
        .order_by(LedgerRow.n.desc())
        .limit(RELATED_MAX)
        .subquery()
    )
    query = select(LEDGER.c.entry).join(found, found.c.n == LEDGER.c.n)
    return list((await tx.execute(query.order_by(LEDGER.c.n.desc()))).scalars())


async def batch_at(tx: ReadSession, *, direction: str, number: int) -> Row[Any] | None:
    """When a batch's receipt came back, and how many entries it had."""
    given = {"direction": direction, "number": number}
    return (await tx.execute(_BATCH, given)).one_or_none()


async def exemption_at(tx: ReadSession, exemption_id: uuid.UUID) -> Exemption | None:
    """The approval that an entry names."""
    return await tx.get(Exemption, exemption_id)


async def kept_checkpoints(tx: ReadSession, origin: str) -> list[str]:
    """Checkpoints of a ledger that both planes signed, newest first, the portal's last word in front."""
    rows = await tx.execute(_KEPT, {"origin": origin, "most": KEPT_MAX})
    kept = list(rows.scalars())
    shown = await shown_checkpoint(tx, origin)
    return kept if shown is None or shown in kept else [shown, *kept]


async def shown_checkpoint(tx: ReadSession | AsyncConnection, origin: str) -> str | None:
    """What the portal says now that it has witnessed of a ledger of ours.

    None before its first word, and for a while after a declared restore: the relay itself says
    since when that is not settled.
    """
    given = {"origin": origin, "settles": RESTORE_SETTLES_S}
    return (await tx.execute(_SHOWN, given)).scalar_one_or_none()


async def is_word_late(tx: ReadSession | AsyncConnection, origin: str) -> bool:
    """Whether the portal is heard, and what it says about a ledger of ours is not written down."""
    given = {"origin": origin, "late": WORD_LATE_S}
    return bool((await tx.execute(_WORD_IS_LATE, given)).scalar_one())


async def largest_checkpoint(tx: ReadSession, origin: str) -> str | None:
    """Of the kept checkpoints of a ledger the one of the most entries."""
    kept = await kept_checkpoints(tx, origin)
    return max(kept, key=_size_of_note, default=None)


def _size_of_note(note: str) -> int:
    return parse_body(note.partition("\n\n")[0] + "\n").size


async def saved_views(tx: ReadSession, *, owner: str, page: str) -> Sequence[SavedView]:
    """Someone's own views of a page, by name."""
    query = select(SavedView).where(SavedView.owner == owner, SavedView.page == page)
    return (await tx.scalars(query.order_by(SavedView.name).limit(VIEWS_MAX))).all()


async def saved_view_named(
    tx: WriteSession, *, owner: str, page: str, name: str
) -> SavedView | None:
    """Someone's view of this name."""
    return await tx.scalar(
        select(SavedView).where(
            SavedView.owner == owner, SavedView.page == page, SavedView.name == name
        )
    )


async def forget_view(tx: WriteSession, view_id: uuid.UUID, *, owner: str) -> str | None:
    """Remove someone's own view; the page it was of."""
    gone = delete(SavedView).where(SavedView.id == view_id, SavedView.owner == owner)
    return (await tx.execute(gone.returning(SavedView.page))).scalar_one_or_none()


async def checks(tx: ReadSession) -> Sequence[LedgerCheck]:
    """The last verifications that were asked for, newest first."""
    query = select(LedgerCheck).order_by(LedgerCheck.asked_at.desc()).limit(CHECKS_SHOWN)
    return (await tx.scalars(query)).all()


async def check_by_id(tx: ReadSession, check_id: uuid.UUID) -> LedgerCheck | None:
    """One verification."""
    return await tx.get(LedgerCheck, check_id)


async def waiting_check(tx: ReadSession, *, ledger: str = "") -> LedgerCheck | None:
    """The oldest verification that has no verdict yet."""
    query = select(LedgerCheck).where(LedgerCheck.finished_at.is_(None))
    if ledger:
        query = query.where(LedgerCheck.ledger == ledger)
    return await tx.scalar(query.order_by(LedgerCheck.asked_at).limit(1))


async def newest_check(tx: ReadSession, ledger: str) -> LedgerCheck | None:
    """The newest finished verification of a ledger."""
    query = select(LedgerCheck).where(
        LedgerCheck.ledger == ledger, LedgerCheck.finished_at <= func.clock_timestamp()
    )
    return await tx.scalar(query.order_by(LedgerCheck.finished_at.desc()).limit(1))


async def store(tx: WriteSession, check: LedgerCheck, facts: Mapping[str, Any]) -> None:
    """Write how far a verification is, or its verdict."""
    for name, value in facts.items():
        setattr(check, name, value)
    await tx.flush()
