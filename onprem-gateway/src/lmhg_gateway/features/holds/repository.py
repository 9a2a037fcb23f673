"""All SQL of held records."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on, insert

from lmhg_gateway.features.holds.models import HeldRecord
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

WAITING_COUNT = select(func.count(HeldRecord.id)).where(HeldRecord.outcome == "waiting")
_IS_OFFICER = text(
    "select exists (select from identity.user_account u where u.id::text = :person and u.active"
    " and 'compliance' = any(u.roles))"
)
_AGAIN = text("select relay_release.release_again(:kind, :id)")


async def held_of(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> HeldRecord | None:
    """The newest hold of a record."""
    query = select(HeldRecord).where(HeldRecord.kind == kind, HeldRecord.record_id == record_id)
    return await tx.scalar(query.order_by(HeldRecord.version.desc()).limit(1))


async def held_records(
    tx: ReadSession, *, outcome: str, rule: str = "", kind: str = "", first: int, size: int
) -> tuple[Sequence[HeldRecord], int]:
    """A part of the held records, what waits oldest first, the rest newest first; how many there are."""
    chosen: list[Any] = [HeldRecord.outcome == outcome]
    if rule:
        chosen.append((HeldRecord.rule == rule) | HeldRecord.hits.contains([{"rule": rule}]))
    if kind:
        chosen.append(HeldRecord.kind == kind)
    order = HeldRecord.held_at if outcome == "waiting" else HeldRecord.held_at.desc()
    query = select(HeldRecord).where(*chosen).order_by(order, HeldRecord.id)
    return await part_of(tx, query, first=first, size=size)


async def held_by_id(tx: ReadSession, held_id: uuid.UUID) -> HeldRecord | None:
    """One hold."""
    return await tx.get(HeldRecord, held_id)


async def locked_held(tx: WriteSession, held_id: uuid.UUID) -> HeldRecord | None:
    """One hold, held until this unit of work ends."""
    return await tx.scalar(select(HeldRecord).where(HeldRecord.id == held_id).with_for_update())


async def is_officer(tx: ReadSession, person: str) -> bool:
    """Whether someone works here as a compliance officer now."""
    return bool((await tx.execute(_IS_OFFICER, {"person": person})).scalar_one())


async def version_now(tx: WriteSession, *, kind: str, record_id: uuid.UUID) -> int | None:
    """The version of a held record as it is, locked; None where it is not here."""
    if kind not in RELEASED:
        return None
    query = text(f"select version from {RELEASED[kind].table} where id = :id for update")  # noqa: S608 - constant table names
    return (await tx.execute(query, {"id": record_id})).scalar_one_or_none()


async def is_changed(tx: ReadSession, held: HeldRecord) -> bool:
    """Whether the text that was held is not the one that would be shared now, or nothing would be."""
    if held.kind not in RELEASED:
        return False
    query = text(
        f"select version, hipaa_exempt from {RELEASED[held.kind].table} where id = :id"  # noqa: S608 - constant table names
    )
    row = (await tx.execute(query, {"id": held.record_id})).one_or_none()
    return row is None or not row.hipaa_exempt or int(row.version) != held.version


async def release_unchanged(tx: WriteSession, *, kind: str, record_id: uuid.UUID) -> None:
    """Raise the version by one, text untouched, and put the record in the outbox again."""
    query = text(f"update {RELEASED[kind].table} set updated_at = now() where id = :id")  # noqa: S608 - constant table names
    await tx.execute(query, {"id": record_id})
    await tx.execute(_AGAIN, {"kind": kind, "id": record_id})


async def hold_record(tx: WriteSession, verdict: Mapping[str, object]) -> None:
    """Put a held record with every hit before the officer, once for each version."""
    keys = ("kind", "record_id", "version", "rule", "place", "hits")
    row = {key: verdict[key] for key in keys} | {"id": uuid.uuid4()}
    await tx.execute(insert(HeldRecord).values(row).on_conflict_do_nothing())


async def counts_between(tx: ReadSession, start: datetime, end: datetime) -> dict[str, int]:
    """Holds made in the time, what was decided in it, and what waits now."""
    decided = HeldRecord.decided_at >= start, HeldRecord.decided_at < end
    made = HeldRecord.held_at >= start, HeldRecord.held_at < end
    return {
        "held": await _count(tx, HeldRecord.id, *made),
        "cleared": await _count(tx, HeldRecord.id, HeldRecord.outcome == "cleared", *decided),
        "kept": await _count(tx, HeldRecord.id, HeldRecord.outcome == "kept", *decided),
        "waiting": await _count(tx, HeldRecord.id, HeldRecord.outcome == "waiting"),
    }


async def waiting_count(tx: ReadSession) -> int:
    """How many records wait for an officer's decision."""
    return int(await tx.scalar(WAITING_COUNT) or 0)


async def newest_of(
    tx: ReadSession, *, kind: str, record_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, HeldRecord]:
    """The newest hold of each of these records."""
    query = (
        select(HeldRecord)
        .ext(distinct_on(HeldRecord.record_id))
        .where(HeldRecord.kind == kind, HeldRecord.record_id.in_(record_ids))
        .order_by(HeldRecord.record_id, HeldRecord.version.desc())
    )
    return {row.record_id: row for row in await tx.scalars(query)}


async def _count(tx: ReadSession, column: Any, *where: Any) -> int:  # noqa: ANN401 - SQL expressions
    return int(await tx.scalar(select(func.count(column)).where(*where)) or 0)
