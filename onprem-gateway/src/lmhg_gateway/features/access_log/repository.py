"""All SQL of the access log: entries by filter and view, ties, bulk reads, and disclosures."""

import uuid
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    LargeBinary,
    Row,
    TextClause,
    and_,
    bindparam,
    column,
    delete,
    false,
    func,
    not_,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID, insert

from lmhg_gateway.features.access_log.about_clients import client_kinds, ids_of_clients
from lmhg_gateway.features.access_log.models import AccessDay, AccessRow, Disclosure, StaffTie
from lmhg_gateway.features.access_log.rules import (
    BULK_LISTED,
    BULK_RECORDS,
    OUTCOMES_REFUSED,
    AccessFilter,
    Hours,
)
from lmhg_gateway.features.ledger_review.public import COUNT_MAX, Span, day_of, uuid_of
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

TIES_MAX = 2_000
GROUPS_MAX = 100
DISCLOSURES_MAX = 500
REPORT_MAX = 200

LEDGER = table("ledger", column("n", BigInteger), column("entry", LargeBinary), schema="audit")
_HEAD = text("select size, checkpoint from audit.ledger_head where ledger = 'access'")


@cache
def _about() -> TextClause:
    """The ids of everything about some clients."""
    sql = ids_of_clients("cast(:clients as uuid[])")
    return text(sql).bindparams(bindparam("clients", type_=ARRAY(UUID(as_uuid=True))))


@cache
def _tied() -> TextClause:
    """The entries in which someone saw what is about a client to whom they are tied."""
    about = ids_of_clients("array[t.client_id]")
    return text(
        "select r.n from compliance.access_row r"  # noqa: S608 - names of our own tables
        " join (select t.account_id, array_agg(about.id) as ids from compliance.staff_tie t,"
        f"  lateral ({about}) about"
        "  where t.tie = :tie group by t.account_id) tied"
        " on tied.account_id = r.actor and r.subject_ids && tied.ids and r.act <> 'list'"
    )


_GLASS = text(
    "select r.n from compliance.break_glass g join compliance.access_row r"
    " on r.actor = g.user_id::text and r.at >= g.opened_at and r.at < coalesce(g.ended_at, g.ends_at)"
    " where r.subject_kind = any(:kinds)"
).columns(column("n", BigInteger))
_BULK = text(
    "select r.actor, date_trunc('hour', r.at) as hour, count(distinct found.id) as records,"
    " count(distinct found.id) filter (where r.act = 'read') as opened"
    " from compliance.access_row r, lateral unnest(r.subject_ids) as found(id)"
    " where r.is_person and r.act in ('read', 'list') and r.subject_kind = any(:kinds)"
    " and r.n >= :first and r.n < :stop"
    " group by 1, 2 having count(distinct found.id) filter (where r.act = 'read') >= :least"
    " or count(distinct found.id) >= :listed"
    " order by 2 desc limit :most"
)
_BY_PERSON = text(
    "select r.actor, count(*) as times, min(r.at) as first_at, max(r.at) as last_at,"
    " count(*) filter (where r.act not in ('read', 'list')) as changes"
    " from compliance.access_row r where r.subject_ids && :ids"
    " group by 1 order by last_at desc limit :most"
).bindparams(bindparam("ids", type_=ARRAY(UUID(as_uuid=True))))


class DayCount(NamedTuple):
    """How many entries of one sort of actor a day has."""

    day: date
    is_person: bool
    entries: int


class LedgerEntry(NamedTuple):
    """One entry of the access ledger: its number, and the names that it holds."""

    n: int
    columns: list[str]


_ABOUT_ONE = text(
    "select r.n, convert_from(l.entry, 'UTF8')::jsonb -> 'columns' as columns"
    " from compliance.access_row r join audit.ledger l on l.n = r.n"
    " where r.act = :act and r.subject_ids @> :ids order by r.n limit 1"
).bindparams(bindparam("ids", type_=ARRAY(UUID(as_uuid=True))))


async def entry_about(tx: ReadSession, *, act: str, record_id: uuid.UUID) -> LedgerEntry | None:
    """The first entry of this act about one record; None until it is in the ledger and its index."""
    row = (await tx.execute(_ABOUT_ONE, {"act": act, "ids": [record_id]})).one_or_none()
    return LedgerEntry(row.n, list(row.columns)) if row else None


async def head(tx: ReadSession) -> tuple[int, str | None]:
    """Size and newest checkpoint of the access ledger."""
    row = (await tx.execute(_HEAD)).one_or_none()
    return (int(row.size), row.checkpoint) if row else (0, None)


async def span_of(tx: ReadSession, *, first: date | None, last: date | None) -> Span | None:
    """Between which numbers these days lie; None when no entry is of these days."""
    query = select(func.min(AccessDay.first_n), func.max(AccessDay.last_n))
    if first:
        query = query.where(AccessDay.day >= first)
    if last:
        query = query.where(AccessDay.day <= last)
    found: Any = (await tx.execute(query)).one()
    return None if found[0] is None else Span(found[0], found[1] + 1)


def conditions(wanted: AccessFilter, *, hours: Hours) -> list[ColumnElement[bool]]:
    """What the filter and its view demand of a row."""
    row, found = AccessRow, list[ColumnElement[bool]]()
    if wanted.is_people:
        found.append(row.is_person.is_(True))
    if wanted.actor:
        found.append(row.actor == wanted.actor)
    if wanted.act:
        found.append(row.act == wanted.act)
    if wanted.kind:
        found.append(row.subject_kind == wanted.kind)
    if wanted.record_id:
        # By itself and first: the planner would else walk every entry backwards to find a few.
        about = select(row.n).where(row.subject_ids.contains([uuid_of(wanted.record_id)]))
        only = about.cte("about").prefix_with("materialized")
        found.append(row.n.in_(select(only.c.n)))
    if first := day_of(wanted.since):
        found.append(row.day >= first)
    if last := day_of(wanted.until):
        found.append(row.day <= last)
    return [*found, *_of_view(wanted.view, hours=hours)]


def _of_view(view: str, *, hours: Hours) -> list[ColumnElement[bool]]:
    row = AccessRow
    about_clients = and_(row.is_person, row.subject_kind.in_(client_kinds()))
    at_work = and_(
        row.weekday.in_(hours.weekdays), row.minute >= hours.opens, row.minute < hours.closes
    )
    if view == "after_hours":
        return [about_clients, not_(at_work)]
    if view in {"own_record", "same_surname"}:
        tie = "own" if view == "own_record" else "surname"
        tied = _tied().bindparams(tie=tie).columns(column("n", BigInteger)).subquery()
        return [row.n.in_(select(tied.c.n))]
    if view == "break_glass":
        glass = _GLASS.bindparams(kinds=list(client_kinds())).subquery()
        return [or_(row.act.like("break\\_glass%"), row.n.in_(select(glass.c.n)))]
    if view == "refused":
        return [row.outcome.in_(OUTCOMES_REFUSED)]
    return [false()] if view == "bulk" else []


async def page_of(
    tx: ReadSession, wanted: AccessFilter, *, hours: Hours, span: Span, before: int
) -> list[bytes]:
    """One page of entries and one more, newest first: their own bytes."""
    found = (
        select(AccessRow.n)
        .where(
            AccessRow.n >= span.first,
            AccessRow.n < min(before, span.stop),
            *conditions(wanted, hours=hours),
        )
        .order_by(AccessRow.n.desc())
        .limit(PAGE_SIZE + 1)
        .subquery()
    )
    query = select(LEDGER.c.entry).join(found, found.c.n == LEDGER.c.n)
    return list((await tx.execute(query.order_by(LEDGER.c.n.desc()))).scalars())


async def count(tx: ReadSession, wanted: AccessFilter, *, hours: Hours) -> int | None:
    """How many entries fit; None beyond 10,000 where no count by day answers."""
    if wanted.is_counted:
        by_day = select(func.coalesce(func.sum(AccessDay.entries), 0)).where(*_of_days(wanted))
        return int((await tx.execute(by_day)).scalar_one())
    some = select(AccessRow.n).where(*conditions(wanted, hours=hours)).limit(COUNT_MAX + 1)
    found = await tx.execute(select(func.count()).select_from(some.subquery()))
    number = int(found.scalar_one())
    return number if number <= COUNT_MAX else None


def _of_days(wanted: AccessFilter) -> list[ColumnElement[bool]]:
    day, found = AccessDay, list[ColumnElement[bool]]()
    if wanted.is_people:
        found.append(day.is_person.is_(True))
    if wanted.act:
        found.append(day.act == wanted.act)
    if first := day_of(wanted.since):
        found.append(day.day >= first)
    if last := day_of(wanted.until):
        found.append(day.day <= last)
    return found


async def days(tx: ReadSession, *, first: date, last: date) -> list[DayCount]:
    """Counts of a range of days, people and processes apart."""
    d = AccessDay
    query = (
        select(d.day, d.is_person, func.sum(d.entries))
        .where(d.day >= first, d.day <= last)
        .group_by(d.day, d.is_person)
    )
    return [DayCount(*row) for row in await tx.execute(query)]


async def acts(tx: ReadSession) -> list[str]:
    """Every act that the ledger names, for the filter's choice."""
    return sorted((await tx.execute(select(AccessDay.act).distinct().limit(200))).scalars())


async def bulk(tx: ReadSession, *, first: date, last: date) -> Sequence[Row[Any]]:
    """(actor, hour, records) where someone opened many records within an hour, newest first."""
    span = await span_of(tx, first=first, last=last)
    if span is None:
        return []
    given = {
        "kinds": list(client_kinds()),
        "least": BULK_RECORDS,
        "listed": BULK_LISTED,
        "most": GROUPS_MAX,
    }
    return (await tx.execute(_BULK, {**given, "first": span.first, "stop": span.stop})).all()


async def ids_about(tx: ReadSession, client_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """The ids of a client's records, and those of everything about the client."""
    return list((await tx.execute(_about(), {"clients": list(client_ids)})).scalars())


async def by_person(tx: ReadSession, ids: Sequence[uuid.UUID]) -> Sequence[Row[Any]]:
    """Who opened or changed any of these records, how often, and between when."""
    return (await tx.execute(_BY_PERSON, {"ids": list(ids), "most": REPORT_MAX})).all()


async def entries_about(tx: ReadSession, ids: Sequence[uuid.UUID]) -> list[bytes]:
    """The newest entries about any of these records."""
    found = (
        select(AccessRow.n)
        .where(AccessRow.subject_ids.overlap(list(ids)))
        .order_by(AccessRow.n.desc())
        .limit(REPORT_MAX)
        .subquery()
    )
    query = select(LEDGER.c.entry).join(found, found.c.n == LEDGER.c.n)
    return list((await tx.execute(query.order_by(LEDGER.c.n.desc()))).scalars())


async def disclosures_of(tx: ReadSession, client_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The ids of what has to be accounted for to this record's client, of all years."""
    query = select(Disclosure.id).where(Disclosure.client_id == client_id)
    return (await tx.scalars(query)).all()


async def disclosures(
    tx: ReadSession, client_ids: Sequence[uuid.UUID], *, first: date, last: date
) -> Sequence[Disclosure]:
    """What has to be accounted for to the client of these records within a period, newest first."""
    query = select(Disclosure).where(
        Disclosure.client_id.in_(client_ids),
        Disclosure.disclosed_on >= first,
        Disclosure.disclosed_on <= last,
    )
    ordered = query.order_by(Disclosure.disclosed_on.desc(), Disclosure.recorded_at.desc())
    return (await tx.scalars(ordered.limit(DISCLOSURES_MAX))).all()


async def disclosure_by_id(tx: ReadSession, disclosure_id: uuid.UUID) -> Disclosure | None:
    """One disclosure."""
    return await tx.get(Disclosure, disclosure_id)


async def ties(tx: ReadSession) -> set[tuple[str, uuid.UUID, str]]:
    """Every tie on record."""
    query = select(StaffTie.account_id, StaffTie.client_id, StaffTie.tie).limit(TIES_MAX)
    return {(row[0], row[1], row[2]) for row in await tx.execute(query)}


async def put_ties(
    tx: WriteSession,
    *,
    gone: set[tuple[str, uuid.UUID, str]],
    fresh: set[tuple[str, uuid.UUID, str]],
) -> None:
    """Bring the ties up to date."""
    for account_id, client_id, _ in gone:
        await tx.execute(
            delete(StaffTie).where(
                StaffTie.account_id == account_id, StaffTie.client_id == client_id
            )
        )
    rows = [{"account_id": a, "client_id": c, "tie": tie} for a, c, tie in sorted(fresh, key=str)]
    if rows:
        await tx.execute(insert(StaffTie).on_conflict_do_nothing(), rows)


async def count_view(tx: ReadSession, view: str, *, hours: Hours, first: date, last: date) -> int:
    """How many entries of a range of days a view finds."""
    wanted = AccessFilter(since=str(first), until=str(last), view=view)
    found = select(func.count()).select_from(AccessRow)
    return int((await tx.execute(found.where(*conditions(wanted, hours=hours)))).scalar_one())
