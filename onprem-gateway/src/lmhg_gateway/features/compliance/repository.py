"""All SQL of compliance: exemptions, verdicts, the ledger and its witnesses."""

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from lmhg_gateway.features.compliance.models import ExemptionRequest, HeldRecord, Incident
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.http.lists import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.exemptions import Exemption

LIST_MAX = 200

Found = Row[Any] | None
M = TypeVar("M", Exemption, ExemptionRequest, HeldRecord)

_VERDICT = text(
    "select outcome, rule, place, decided_at, version from relay.verdict"
    " where kind = :kind and record_id = :id order by version desc limit 1"
)
_RECALL = text(
    "select withdrawn_at, unreadable_at, broker_purged_at, version from relay.recall_status"
    " where kind = :kind and record_id = :id order by version desc limit 1"
)
_RECALLS = text(
    "select distinct on (record_id) record_id, withdrawn_at, unreadable_at, broker_purged_at"
    " from relay.recall_status where kind = :kind and record_id = any(:ids)"
    " order by record_id, version desc"
)
_IS_OFFICER = text(
    "select exists (select from identity.user_account u where u.id::text = :person and u.active"
    " and 'compliance' = any(u.roles))"
)
_AGAIN = text("select relay_release.release_again(:kind, :id)")


async def locked_exemption(tx: WriteSession, exemption_id: uuid.UUID) -> Exemption | None:
    """One exemption, held until this unit of work ends."""
    query = select(Exemption).where(Exemption.id == exemption_id).with_for_update()
    return await tx.scalar(query)


async def exemption_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Exemption | None:
    """The newest exemption of a record."""
    query = select(Exemption).where(Exemption.kind == kind, Exemption.record_id == record_id)
    return await tx.scalar(query.order_by(Exemption.granted_at.desc()).limit(1))


async def open_requests(tx: ReadSession) -> Sequence[ExemptionRequest]:
    """Requests that wait for a second person, oldest first."""
    query = select(ExemptionRequest).where(ExemptionRequest.outcome == "open")
    ordered = query.order_by(ExemptionRequest.requested_at).limit(LIST_MAX)
    return (await tx.scalars(ordered)).all()


async def verdict_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Found:
    """The newest screening verdict of a record."""
    return (await tx.execute(_VERDICT, {"kind": kind, "id": record_id})).one_or_none()


async def recall_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Found:
    """How far the newest recall of a record is."""
    return (await tx.execute(_RECALL, {"kind": kind, "id": record_id})).one_or_none()


async def held_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> HeldRecord | None:
    """The newest hold of a record."""
    query = select(HeldRecord).where(HeldRecord.kind == kind, HeldRecord.record_id == record_id)
    return await tx.scalar(query.order_by(HeldRecord.version.desc()).limit(1))


async def recalls_of(
    tx: ReadSession, *, kind: str, record_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, Row[Any]]:
    """The newest recall of each of these records."""
    rows = await tx.execute(_RECALLS, {"kind": kind, "ids": list(record_ids)})
    return {row.record_id: row for row in rows}


async def newest(
    tx: ReadSession, model: type[M], *, kind: str, record_ids: Sequence[uuid.UUID], at: str
) -> dict[uuid.UUID, M]:
    """The newest row about each of these records, by its column `at`."""
    table: Any = model
    query = (
        select(table)
        .ext(distinct_on(table.record_id))
        .where(table.kind == kind, table.record_id.in_(record_ids))
        .order_by(table.record_id, getattr(table, at).desc())
    )
    return {row.record_id: row for row in await tx.scalars(query)}


async def held_records(
    tx: ReadSession, *, outcome: str, rule: str = "", kind: str = "", page: int = 1
) -> Sequence[HeldRecord]:
    """One page of held records and one more; what waits oldest first, the rest newest first."""
    query = select(HeldRecord).where(HeldRecord.outcome == outcome)
    if rule:
        query = query.where((HeldRecord.rule == rule) | HeldRecord.hits.contains([{"rule": rule}]))
    if kind:
        query = query.where(HeldRecord.kind == kind)
    order = HeldRecord.held_at if outcome == "waiting" else HeldRecord.held_at.desc()
    part = query.order_by(order, HeldRecord.id).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1)
    return (await tx.scalars(part)).all()


async def held_by_id(tx: ReadSession, held_id: uuid.UUID) -> HeldRecord | None:
    """One hold."""
    return await tx.get(HeldRecord, held_id)


async def locked_held(tx: WriteSession, held_id: uuid.UUID) -> HeldRecord | None:
    """One hold, held until this unit of work ends."""
    return await tx.scalar(select(HeldRecord).where(HeldRecord.id == held_id).with_for_update())


async def is_officer(tx: ReadSession, person: str) -> bool:
    """Whether somebody works here as a compliance officer now."""
    return bool((await tx.execute(_IS_OFFICER, {"person": person})).scalar_one())


async def version_now(tx: WriteSession, *, kind: str, record_id: uuid.UUID) -> int | None:
    """The version of a held record as it stands, locked; None where it is not here."""
    if kind not in RELEASED:
        return None
    query = text(f"select version from {RELEASED[kind].table} where id = :id for update")  # noqa: S608 - constant table names
    return (await tx.execute(query, {"id": record_id})).scalar_one_or_none()


async def release_unchanged(tx: WriteSession, *, kind: str, record_id: uuid.UUID) -> None:
    """Raise the version by one, text untouched, and put the record in the outbox again."""
    query = text(f"update {RELEASED[kind].table} set updated_at = now() where id = :id")  # noqa: S608 - constant table names
    await tx.execute(query, {"id": record_id})
    await tx.execute(_AGAIN, {"kind": kind, "id": record_id})


async def end_release(tx: WriteSession, *, kind: str, record_id: uuid.UUID) -> None:
    """Turn off the designation of one record that shares its approval with others."""
    query = text(
        f"update {RELEASED[kind].table} set hipaa_exempt = false where id = :id and hipaa_exempt"  # noqa: S608 - constant table names
    )
    await tx.execute(query, {"id": record_id})


async def counts(tx: ReadSession) -> dict[str, int]:
    """How much waits for the officer."""
    held = select(func.count()).where(HeldRecord.outcome == "waiting").scalar_subquery()
    asked = select(func.count()).where(ExemptionRequest.outcome == "open").scalar_subquery()
    still = select(func.count()).where(Incident.closed_at.is_(None)).scalar_subquery()
    found = await tx.execute(select(held, asked, still))
    return dict(zip(("held", "requests", "incidents"), found.one(), strict=True))
