"""All SQL of ledger review: rows by which entries are found, their counts, checks and saved views."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    LargeBinary,
    Row,
    Select,
    String,
    bindparam,
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
from lmhg_gateway.features.ledger_review.models import (
    LedgerCheck,
    LedgerDay,
    LedgerRow,
    SavedView,
)
from lmhg_gateway.features.ledger_review.rules import LedgerFilter
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.exemptions import Exemption

COUNT_MAX = 10_000
"""Entries that a count looks at when no count by day answers it."""
RELATED_MAX = 30
VIEWS_MAX = 40
CHECKS_SHOWN = 5
REASONS_MAX = 200
FILTERS_MAX = 256
"""Sets of filters whose queries are kept; the page offers as many ways to combine them."""
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
_INDEXED_HEAD = text(
    "select coalesce(h.size, 0) as size, h.checkpoint from compliance.index_relay(:zone, :most)"
    " left join relay.ledger_head h on h.ledger = 'relay'"
)
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


async def indexed_head(tx: ReadSession, *, zone: str, most: int) -> tuple[int, str | None]:
    """Size and newest checkpoint of the relay ledger, whose entries have their rows then."""
    row = (await tx.execute(_INDEXED_HEAD, {"zone": zone, "most": most})).one()
    return int(row.size), row.checkpoint


async def ledger_head(tx: ReadSession) -> tuple[int, str | None]:
    """Size and newest checkpoint of the relay ledger."""
    row = (await tx.execute(_HEAD)).one_or_none()
    return (int(row.size), row.checkpoint) if row else (0, None)


async def size_of(tx: ReadSession, ledger: str) -> int:
    """How many entries a ledger has."""
    return int((await tx.execute(_SIZES[ledger])).scalar_one())


async def span_of(tx: ReadSession, wanted: LedgerFilter) -> Span | None:
    """Between which numbers the wanted days lie; None when no entry is of these days."""
    given = {name: value for name, value in wanted.values().items() if name in _DAYS}
    found: Any = (await tx.execute(_span(frozenset(given)), given)).one()
    return None if found[0] is None else Span(found[0], found[1] + 1)


_DAYS = frozenset({"since", "until"})
Names = frozenset[str]
"""Filters that are in use: a query is made once for each such set, and their values given when it runs."""


@lru_cache(FILTERS_MAX)
def _span(names: Names) -> Select[Any, Any]:
    return select(func.min(LedgerDay.first_n), func.max(LedgerDay.last_n)).where(
        *_conditions(LedgerDay, names)
    )


def _conditions(of: type[LedgerRow | LedgerDay], names: Names) -> list[ColumnElement[bool]]:
    """What these filters demand of a row, or of a day's counts."""
    found: list[ColumnElement[bool]] = [
        getattr(of, name) == bindparam(name)
        for name in ("decision", "gate", "reason", "kind", "record_id", "batch")
        if name in names
    ]
    if "since" in names:
        found.append(of.day >= bindparam("since"))
    if "until" in names:
        found.append(of.day <= bindparam("until"))
    if "actor" in names:
        by = bindparam("actor", type_=String)
        person = or_(Exemption.requested_by == by, Exemption.approved_by == by)
        found.append(LedgerRow.exemption_id.in_(select(Exemption.id).where(person)))
    return found


async def ledger_page(
    tx: ReadSession, wanted: LedgerFilter, *, span: Span, before: int, limit: int = PAGE_SIZE + 1
) -> list[bytes]:
    """Entries that fit, newest first, below a number and within a span: their own bytes."""
    values = wanted.values()
    given = {**values, "begin": span.first, "stop": min(before, span.stop), "most": limit}
    return list((await tx.execute(_page(frozenset(values)), given)).scalars())


@lru_cache(FILTERS_MAX)
def _page(names: Names) -> Select[Any]:
    begin, stop = bindparam("begin", type_=BigInteger), bindparam("stop", type_=BigInteger)
    most = bindparam("most", type_=BigInteger)
    query: Select[Any] = select(LEDGER.c.entry).order_by(LEDGER.c.n.desc()).limit(most)
    if not names:
        return query.where(LEDGER.c.n >= begin, LEDGER.c.n < stop)
    found = (
        select(LedgerRow.n)
        .where(LedgerRow.n >= begin, LedgerRow.n < stop, *_conditions(LedgerRow, names))
        .order_by(LedgerRow.n.desc())
        .limit(most)
        .subquery()
    )
    return query.join(found, found.c.n == LEDGER.c.n)


async def count(tx: ReadSession, wanted: LedgerFilter) -> int | None:
    """How many entries fit; None beyond 10,000 where no count by day answers."""
    values = wanted.values()
    query = _count(frozenset(values), by_day=wanted.is_counted)
    found = int((await tx.execute(query, values)).scalar_one())
    return found if wanted.is_counted or found <= COUNT_MAX else None


@lru_cache(FILTERS_MAX)
def _count(names: Names, *, by_day: bool) -> Select[Any]:
    if by_day:
        of_days = _conditions(LedgerDay, names)
        return select(func.coalesce(func.sum(LedgerDay.entries), 0)).where(*of_days)
    some = select(LedgerRow.n).where(*_conditions(LedgerRow, names)).limit(COUNT_MAX + 1).subquery()
    return select(func.count()).select_from(some)


async def days(tx: ReadSession, wanted: LedgerFilter, *, first: date, last: date) -> list[DayCount]:
    """Counts of a range of days, as the filter leaves them."""
    values = wanted.values()
    given = {**values, "first": first, "last": last}
    found = await tx.execute(_by_day(frozenset(values), by_day=wanted.is_counted), given)
    return [DayCount(*row) for row in found]


@lru_cache(FILTERS_MAX)
def _by_day(names: Names, *, by_day: bool) -> Select[Any, Any, Any]:
    of = LedgerDay if by_day else LedgerRow
    entries: Any = func.sum(LedgerDay.entries) if by_day else func.count()
    return (
        select(of.day, of.decision, entries.label("entries"))
        .where(of.day >= bindparam("first"), of.day <= bindparam("last"), *_conditions(of, names))
        .group_by(of.day, of.decision)
    )


async def reasons(tx: ReadSession) -> list[str]:
    """Every reason that the ledger names, for the filter's choice."""
    return sorted((await tx.execute(_REASONS)).scalars())


_REASONS = select(LedgerDay.reason).where(LedgerDay.reason != "").distinct().limit(REASONS_MAX)


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
    return (await tx.scalars(_VIEWS, {"owner": owner, "page": page})).all()


_VIEWS = (
    select(SavedView)
    .where(SavedView.owner == bindparam("owner"), SavedView.page == bindparam("page"))
    .order_by(SavedView.name)
    .limit(VIEWS_MAX)
)


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
    return await tx.scalar(_NEWEST_CHECK, {"ledger": ledger})


_NEWEST_CHECK = (
    select(LedgerCheck)
    .where(
        LedgerCheck.ledger == bindparam("ledger"),
        LedgerCheck.finished_at <= func.clock_timestamp(),
    )
    .order_by(LedgerCheck.finished_at.desc())
    .limit(1)
)


async def store(tx: WriteSession, check: LedgerCheck, facts: Mapping[str, Any]) -> None:
    """Write how far a verification is, or its verdict."""
    for name, value in facts.items():
        setattr(check, name, value)
    await tx.flush()
