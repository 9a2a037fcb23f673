"""Held records for programs: listed. Deciding about one asks for a person."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar.params import FromQuery

from lmhg_gateway.features.holds import repository
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """One held record: which rule and field, never what was found."""

    id: uuid.UUID
    kind: str
    record_id: uuid.UUID
    version: int
    rule: str
    place: str | None
    held_at: datetime
    outcome: str
    decided_at: datetime | None


class HeldRecordsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the held records, and how many there are."""

    records: list[HeldOut]
    total: int


@answers("/api/v1/held", "compliance.read", purpose="compliance.held", tag="held")
async def list_held(
    tx: ReadSession,
    _ask: Ask[Any],
    outcome: FromQuery[Literal["waiting", "cleared", "kept"]] = "waiting",
    page: FromQuery[PageNumber] = 1,
) -> HeldRecordsOut:
    """Fifty held records by what became of them; what waits oldest first."""
    found, total = await repository.held_records(
        tx, outcome=outcome, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE
    )
    return HeldRecordsOut(
        total=total,
        records=[
            HeldOut(
                id=each.id,
                kind=each.kind,
                record_id=each.record_id,
                version=each.version,
                rule=each.rule,
                place=each.place,
                held_at=each.held_at,
                outcome=each.outcome,
                decided_at=each.decided_at,
            )
            for each in found
        ],
    )


HANDLERS = (list_held,)
