"""All SQL of exemptions: who approved what, and what leaves under it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from lmhg_gateway.features.cloud_copies.public import HOME_KINDS
from lmhg_gateway.features.exemptions.models import ExemptionRequest, Withdrawal
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.exemptions import Exemption
from lmhg_kit.persistence.parts import part_of

LIST_MAX = 200
OPEN_COUNT = select(func.count(ExemptionRequest.id)).where(ExemptionRequest.outcome == "open")
M = TypeVar("M", Exemption, ExemptionRequest)

_COUNT = {
    name: text(
        f"select count(*) from practice.{name} n where n.hipaa_exempt and n.exemption_id = :id"  # noqa: S608 - constant table names
    )
    for name in HOME_KINDS
}
_STANDING_KINDS = text(
    "select distinct kind from relay.exemption where record_id is null and withdrawn_at is null"
    " and (expires_at is null or expires_at > now())"
)


async def by_id(tx: ReadSession, exemption_id: uuid.UUID) -> Exemption | None:
    """One exemption."""
    return await tx.get(Exemption, exemption_id)


async def listed(
    tx: ReadSession,
    *,
    standing: bool,
    kind: str = "",
    state: str = "",
    ends_by: datetime,
    first: int = 0,
    size: int = LIST_MAX,
) -> tuple[Sequence[Exemption], int]:
    """A part of the exemptions, newest first, and how many there are: standing, or of single records."""
    chosen: list[ColumnElement[bool]] = [
        Exemption.record_id.is_(None) if standing else Exemption.record_id.is_not(None)
    ]
    if kind:
        chosen.append(Exemption.kind == kind)
    if state == "withdrawn":
        chosen.append(Exemption.withdrawn_at.is_not(None))
    elif state:
        chosen.append(Exemption.withdrawn_at.is_(None))
    if state == "ending":
        chosen.append(Exemption.expires_at <= ends_by)
    query = select(Exemption).where(*chosen).order_by(Exemption.granted_at.desc(), Exemption.id)
    return await part_of(tx, query, first=first, size=size)


async def request_by_id(tx: ReadSession, request_id: uuid.UUID) -> ExemptionRequest | None:
    """One request."""
    return await tx.get(ExemptionRequest, request_id)


async def request_of(tx: ReadSession, exemption_id: uuid.UUID) -> ExemptionRequest | None:
    """The request that led to an exemption."""
    query = select(ExemptionRequest).where(ExemptionRequest.exemption_id == exemption_id)
    return await tx.scalar(query.limit(1))


async def withdrawal_of(tx: ReadSession, exemption_id: uuid.UUID) -> Withdrawal | None:
    """The withdrawal of an exemption."""
    query = select(Withdrawal).where(Withdrawal.exemption_id == exemption_id)
    return await tx.scalar(query)


async def count_under(tx: ReadSession, *, kind: str, exemption_id: uuid.UUID) -> int:
    """How many records are out under an exemption."""
    query = _COUNT.get(kind)
    if query is None:
        return 0
    return int((await tx.execute(query, {"id": exemption_id})).scalar_one())


async def ending_count(tx: ReadSession, *, until: datetime) -> int:
    """How many exemptions in force end by then."""
    query = select(func.count()).where(
        Exemption.withdrawn_at.is_(None), Exemption.expires_at <= until
    )
    return int(await tx.scalar(query) or 0)


async def standing_kinds(tx: ReadSession) -> set[str]:
    """Kinds that leave by a standing approval at present."""
    return set(await tx.scalars(_STANDING_KINDS))


async def share_again(tx: WriteSession, *, kind: str, exemption_id: uuid.UUID) -> None:
    """Put every record of a kind under its new standing approval, but for those that may not leave."""
    found = RELEASED[kind]
    never = f" and not ({found.never})" if found.never else ""
    query = text(
        f"update {found.table} t set exemption_id = :exemption, hipaa_exempt = true"  # noqa: S608 - constant table names
        " where not t.hipaa_exempt and not exists (select from compliance.kept_back k"
        f" where k.kind = :kind and k.record_id = t.id and k.lifted_at is null){never}"
    )
    await tx.execute(query, {"exemption": exemption_id, "kind": kind})


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


async def end_release(tx: WriteSession, *, kind: str, record_id: uuid.UUID) -> None:
    """Turn off the designation of one record that shares its approval with others."""
    query = text(
        f"update {RELEASED[kind].table} set hipaa_exempt = false where id = :id and hipaa_exempt"  # noqa: S608 - constant table names
    )
    await tx.execute(query, {"id": record_id})


async def open_count(tx: ReadSession) -> int:
    """How many requests wait for a second person."""
    return int(await tx.scalar(OPEN_COUNT) or 0)


async def open_count_of(tx: ReadSession, person: str) -> int:
    """How many requests of someone wait for a second person."""
    asked = ExemptionRequest.requested_by == person
    return await _count(tx, ExemptionRequest.id, ExemptionRequest.outcome == "open", asked)


async def latest_request(
    tx: ReadSession, *, kind: str, record_id: uuid.UUID | None
) -> ExemptionRequest | None:
    """The newest request about a record."""
    query = select(ExemptionRequest).where(
        ExemptionRequest.kind == kind, ExemptionRequest.record_id == record_id
    )
    return await tx.scalar(query.order_by(ExemptionRequest.requested_at.desc()).limit(1))


async def _count(tx: ReadSession, column: Any, *where: Any) -> int:  # noqa: ANN401 - SQL expressions
    return int(await tx.scalar(select(func.count(column)).where(*where)) or 0)
