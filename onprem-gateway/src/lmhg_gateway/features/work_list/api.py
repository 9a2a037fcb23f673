"""The work list for programs."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar.params import FromQuery

from lmhg_gateway.features.work_list.reading import read_list, sources_for
from lmhg_gateway.features.work_list.rules import Urgency
from lmhg_gateway.web.points import WorkSource
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
View = Literal[
    "",
    "late",
    "today",
    "urgent",
    "risk",
    "first_calls",
    "call_backs",
    "paperwork",
    "insurance",
    "decide",
    "waitlist",
    "offers",
    "booked",
    "visits",
    "finish",
    "requests",
]


class WorkOut(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that someone owes a step: about whom, what next, until when, and what was last."""

    id: uuid.UUID
    version: int
    subject_kind: str
    subject_id: uuid.UUID
    client_id: uuid.UUID | None
    client: str
    step: str
    lane: str
    urgency: Urgency
    due_at: datetime | None
    last_contact: str
    last_contact_at: datetime | None
    owner_id: uuid.UUID | None


class WorkListOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the work list, and how many rows it has."""

    work: list[WorkOut]
    total: int


@answers("/api/v1/work", "work.read", purpose="work", tag="work list")
async def list_work(
    tx: ReadSession,
    ask: Ask[Any],
    view: FromQuery[View] = "",
    owner: FromQuery[uuid.UUID | None] = None,
    page: FromQuery[PageNumber] = 1,
) -> WorkListOut:
    """Fifty rows: at risk and urgent first, then what is due first."""
    sources = sources_for(FEATURES.of(ask.request).contributions(WorkSource), ask.may)
    seen = await read_list(
        tx,
        sources,
        practice=ask.practice,
        view=view,
        owner_id=owner,
        first=(page - 1) * PAGE_SIZE,
        size=PAGE_SIZE,
        may=ask.may,
    )
    return WorkListOut(
        work=[
            WorkOut(
                id=item.id,
                version=item.version,
                subject_kind=item.subject_kind,
                subject_id=item.subject_id,
                client_id=item.client_id,
                client=row.name,
                step=item.step,
                lane=seen.lanes[item.step],
                urgency=Urgency(item.urgency),
                due_at=item.due_at,
                last_contact=item.last_words,
                last_contact_at=item.last_at,
                owner_id=item.owner_id,
            )
            for item, row in zip(seen.items, seen.rows, strict=True)
        ],
        total=seen.total,
    )


HANDLERS = (list_work,)
