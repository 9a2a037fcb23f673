"""Exemptions for programs: listed. Granting and withdrawing ask for a person."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromQuery

from lmhg_gateway.features.exemptions import repository
from lmhg_gateway.features.exemptions.rules import SOON
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class ExemptionOut(msgspec.Struct, frozen=True, kw_only=True):
    """One exemption; without a record it is a standing approval of its kind."""

    id: uuid.UUID
    kind: str
    record_id: uuid.UUID | None
    granted_at: datetime
    expires_at: datetime | None
    withdrawn_at: datetime | None


class ExemptionsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the exemptions, and how many there are."""

    exemptions: list[ExemptionOut]
    total: int


@answers("/api/v1/exemptions", "compliance.read", purpose="compliance.exemptions", tag="exemptions")
async def list_exemptions(
    tx: ReadSession,
    ask: Ask[Any],
    *,
    standing: FromQuery[bool] = False,
    page: FromQuery[PageNumber] = 1,
) -> ExemptionsOut:
    """Fifty exemptions of single records, or standing approvals, newest first."""
    found, total = await repository.listed(
        tx,
        standing=standing,
        ends_by=ask.at + SOON,
        first=(page - 1) * PAGE_SIZE,
        size=PAGE_SIZE,
    )
    return ExemptionsOut(
        total=total,
        exemptions=[
            ExemptionOut(
                id=each.id,
                kind=each.kind,
                record_id=each.record_id,
                granted_at=each.granted_at,
                expires_at=each.expires_at,
                withdrawn_at=each.withdrawn_at,
            )
            for each in found
        ],
    )


HANDLERS = (list_exemptions,)
