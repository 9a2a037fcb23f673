"""All SQL of what is in the cloud: the records there, their ledger entries and recalls."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.sql.elements import TextClause

from lmhg_contracts.classification import DataClass, Plane
from lmhg_contracts.registry import KINDS, kinds_from
from lmhg_gateway.features.cloud_copies.models import KeptBack
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import Base, ReadSession, WriteSession
from lmhg_kit.persistence.columns import classes_of
from lmhg_kit.persistence.release_triggers import projection

ENTRIES_MAX = 40
HOME_KINDS = tuple(kind.name for kind in kinds_from(Plane.ONPREM))


def _record(tail: str) -> dict[str, TextClause]:
    """A query for each kind of this plane: the record with what would ship, and whether that is held."""
    return {
        name: text(
            "select n.id, n.version, n.hipaa_exempt, n.exemption_id, n.updated_at,"  # noqa: S608 - constant table names
            " exists (select 1 from compliance.held_record h where h.record_id = n.id"
            f" and h.kind = '{name}' and h.version = n.version and h.outcome <> 'cleared') as is_held,"
            f" {projection(KINDS[name], 'n')} as body from practice.{name} n {tail}"
        )
        for name in HOME_KINDS
    }


_BY_ID = _record("where n.id = :id")
_BY_IDS = _record("where n.id = any(:ids)")
_NEWEST = _record(
    "where n.exemption_id = :exemption_id or not n.hipaa_exempt"
    " order by n.hipaa_exempt desc, n.updated_at desc limit 1"
)
_LISTED = _record(
    "where n.hipaa_exempt order by n.updated_at desc, n.id offset :start limit :limit"
)
_DAY = _record(
    "where n.hipaa_exempt and n.starts_at < :until and (n.ends_at > :first or n.starts_at >= :first)"
    " order by n.starts_at, n.id offset :start limit :limit"
)["calendar_block"]
_RECALLS = text(
    "select count(*) as known, count(unreadable_at) as unreadable,"
    " max(unreadable_at) as unreadable_at, count(broker_purged_at) as purged,"
    " max(broker_purged_at) as purged_at from relay.recall_status"
    " where kind = :kind and withdrawn_at = :at"
)
_LATE_RECALLS = text(
    "with asked as ("
    "  select e.kind, w.at, w.records from compliance.withdrawal w"
    "  join relay.exemption e on e.id = w.exemption_id where w.at between :since and :before"
    "  union all select kind, kept_at, 1 from compliance.kept_back"
    "  where lifted_at is null and kept_at between :since and :before"
    ") select count(*) from asked a where a.records > ("
    "  select count(r.broker_purged_at) from relay.recall_status r"
    "  where r.kind = a.kind and r.withdrawn_at = a.at)"
)
_ENTRIES = text(
    "with tail as materialized ("
    "  select coalesce(max(n) + 1, 0) as first from compliance.ledger_row"
    "), near as materialized ("
    "  select n from compliance.ledger_row where record_id = :uid union"
    "  select l.n from relay.ledger l, tail where l.n >= tail.first"
    "  and position(convert_to(:id, 'utf8') in l.entry) > 0"
    "), found as ("
    "  select l.n, convert_from(l.entry, 'utf8')::jsonb as entry"
    "  from near join relay.ledger l using (n)"
    ") select found.n, found.entry, b.closed_at from found left join lateral ("
    "  select closed_at from relay.batch where direction = 'down'"
    "  and number = (found.entry ->> 'batch')::bigint order by generation desc limit 1"
    ") b on true"
    " where found.entry ->> 'record_id' = :id and found.entry ->> 'kind' = :kind"
    " order by found.n desc limit :limit"
)


def local_fields(kind: str) -> list[tuple[str, str]]:
    """Columns of a kind's table that no projection carries, with their classes."""
    classes = classes_of(Base.metadata.tables[f"practice.{kind}"])
    ships = set(KINDS[kind].fields)
    words = {DataClass.PHI: "about a client", DataClass.EXEMPT: "not on the list of shared fields"}
    kept = ((name, found) for name, found in classes.items() if name not in ships)
    return [(name, words.get(found, "for the program itself")) for name, found in sorted(kept)]


async def recalls(tx: ReadSession, *, kind: str, at: datetime) -> Row[Any]:
    """How far the recalls of one withdrawal are; they carry its very time."""
    return (await tx.execute(_RECALLS, {"kind": kind, "at": at})).one()


async def late_recalls(tx: ReadSession, *, since: datetime, before: datetime) -> int:
    """How many withdrawals between two moments are not confirmed to the end."""
    given = {"since": since, "before": before}
    return int((await tx.execute(_LATE_RECALLS, given)).scalar_one())


async def record_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Row[Any] | None:
    """One record with exactly what ships of it."""
    query = _BY_ID.get(kind)
    return None if query is None else (await tx.execute(query, {"id": record_id})).one_or_none()


async def records_of(
    tx: ReadSession, *, kind: str, record_ids: Sequence[uuid.UUID]
) -> Sequence[Row[Any]]:
    """Those of these records that are here, with exactly what ships of each."""
    query = _BY_IDS.get(kind)
    return [] if query is None else (await tx.execute(query, {"ids": list(record_ids)})).all()


async def sample_of(tx: ReadSession, *, kind: str, exemption_id: uuid.UUID) -> Row[Any] | None:
    """A recent record of a kind with exactly what ships of it; one that left if there is one."""
    query = _NEWEST.get(kind)
    if query is None:
        return None
    return (await tx.execute(query, {"exemption_id": exemption_id})).one_or_none()


async def records_in_cloud(
    tx: ReadSession, *, kind: str, page: int, day: tuple[datetime, datetime] | None = None
) -> Sequence[Row[Any]]:
    """One page of released records of a kind and one more; calendar blocks also by their day."""
    given: dict[str, Any] = {"start": (page - 1) * PAGE_SIZE, "limit": PAGE_SIZE + 1}
    if day is not None and kind == "calendar_block":
        given |= {"first": day[0], "until": day[1]}
        return (await tx.execute(_DAY, given)).all()
    return (await tx.execute(_LISTED[kind], given)).all()


async def entries_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Sequence[Row[Any]]:
    """The ledger's newest entries about a record, with the receipt time of each one's batch."""
    given = {"kind": kind, "id": str(record_id), "uid": record_id, "limit": ENTRIES_MAX}
    return (await tx.execute(_ENTRIES, given)).all()


async def kept_back(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> KeptBack | None:
    """What keeps a record back now, or the newest that did."""
    query = select(KeptBack).where(KeptBack.kind == kind, KeptBack.record_id == record_id)
    return await tx.scalar(query.order_by(KeptBack.kept_at.desc()).limit(1))


async def locked_kept_back(tx: WriteSession, *, kind: str, record_id: uuid.UUID) -> KeptBack | None:
    """What keeps a record back now, held until this unit of work ends."""
    query = select(KeptBack).where(
        KeptBack.kind == kind, KeptBack.record_id == record_id, KeptBack.lifted_at.is_(None)
    )
    return await tx.scalar(query.limit(1).with_for_update())


async def subject_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> uuid.UUID | None:
    """What a record is about, if it may be made again: a block's appointment."""
    if kind != "calendar_block":
        return None
    table = Base.metadata.tables["practice.calendar_block"]
    query = select(table.c.appointment_id).where(table.c.id == record_id)
    return await tx.scalar(query)


Found = Row[Any] | None
_VERDICT = text(
    "select outcome, rule, place, decided_at, version from relay.verdict"
    " where kind = :kind and record_id = :id order by version desc limit 1"
)
_RECALL = text(
    "select withdrawn_at, unreadable_at, broker_purged_at, version from relay.recall_status"
    " where kind = :kind and record_id = :id order by version desc limit 1"
)
_NEWEST_RECALLS = text(
    "select distinct on (record_id) record_id, withdrawn_at, unreadable_at, broker_purged_at"
    " from relay.recall_status where kind = :kind and record_id = any(:ids)"
    " order by record_id, version desc"
)


async def verdict_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Found:
    """The newest screening verdict of a record."""
    return (await tx.execute(_VERDICT, {"kind": kind, "id": record_id})).one_or_none()


async def recall_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Found:
    """How far the newest recall of a record is."""
    return (await tx.execute(_RECALL, {"kind": kind, "id": record_id})).one_or_none()


async def recalls_of(
    tx: ReadSession, *, kind: str, record_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, Row[Any]]:
    """The newest recall of each of these records."""
    rows = await tx.execute(_NEWEST_RECALLS, {"kind": kind, "ids": list(record_ids)})
    return {row.record_id: row for row in rows}
