"""The funnel for programs: counts by source or month, and the referrals behind each."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar.params import FromQuery

from lmhg_gateway.features.funnel import service
from lmhg_gateway.features.funnel.listed import cut_of
from lmhg_gateway.features.funnel.rules import MONTHS_MAX, NOW, REACHED, check_month, check_months
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Months = Annotated[int, msgspec.Meta(ge=0, le=MONTHS_MAX)]
Month = Annotated[str, msgspec.Meta(max_length=7)]
Code = Annotated[str, msgspec.Meta(max_length=40)]


class FunnelOut(msgspec.Struct, frozen=True, kw_only=True):
    """One source or month: how many came, how far they got, and how they are now."""

    of: str
    received: int
    reached: dict[str, int]
    now: dict[str, int]


class FunnelsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The funnel by source or by month; `months` is 0 for all that ever came."""

    by: str
    months: int
    rows: list[FunnelOut]


class StandingOut(msgspec.Struct, frozen=True, kw_only=True):
    """One referral's standing."""

    id: uuid.UUID
    client: str
    state: str
    days_in_state: int
    urgency: str
    next: str
    due: str
    last_contact: str
    owner: str
    source: str
    payer: str
    received_on: date


class StandingsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the referrals, and how many there are."""

    referrals: list[StandingOut]
    total: int


@answers("/api/v1/funnel", "funnel.read", purpose="funnel", tag="referrals")
async def read_funnel(
    tx: ReadSession,
    ask: Ask[Any],
    by: FromQuery[Literal["source", "month"]] = "source",
    months: FromQuery[Months] = 12,
) -> FunnelsOut:
    """The funnel of the referrals that came in the last so many months."""
    cut = cut_of({"span": str(check_months(months))}, today=ask.practice.today())
    found = await service.counted(tx, cut, by=by)
    rows = [
        FunnelOut(
            of=key,
            received=counts["received"],
            reached={each: counts[f"reached_{each}"] for each in REACHED},
            now={each: counts[f"now_{each}"] for each in NOW},
        )
        for key, counts in sorted(found.items())
    ]
    return FunnelsOut(by=by, months=months, rows=rows)


@answers("/api/v1/standing", "funnel.read", purpose="funnel.list", tag="referrals")
async def list_standing(
    tx: ReadSession,
    ask: Ask[Any],
    *,
    source: FromQuery[Code] = "",
    month: FromQuery[Month] = "",
    months: FromQuery[Months] = 0,
    reached: FromQuery[
        Literal["", "contacted", "screening", "waitlisted", "offered", "booked", "attended"]
    ] = "",
    now: FromQuery[Literal["", "open", "in_care", "declined", "referred_out", "closed"]] = "",
    page: FromQuery[PageNumber] = 1,
) -> StandingsOut:
    """Fifty of the referrals behind one count of the funnel, received last first."""
    check_month(month)
    asked = {
        "source": source,
        "month": month,
        "span": str(check_months(months)),
        "reached": reached,
        "now": now,
    }
    found = await service.standings(
        tx,
        cut_of(asked, today=ask.practice.today()),
        sort="-received",
        first=(page - 1) * PAGE_SIZE,
        size=PAGE_SIZE,
        practice=ask.practice,
    )
    return StandingsOut(
        referrals=[
            StandingOut(
                id=each.id,
                client=each.client,
                state=each.state,
                days_in_state=each.days,
                urgency=each.urgency,
                next=each.step,
                due=each.due,
                last_contact=each.last,
                owner=each.owner,
                source=each.source,
                payer=each.payer,
                received_on=each.received_on,
            )
            for each in found.rows
        ],
        total=found.total,
    )


HANDLERS = (read_funnel, list_standing)
