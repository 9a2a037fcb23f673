"""One appointment as its page shows it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lmhg_gateway.features.appointments import desk_repository, repository
from lmhg_gateway.features.appointments.board import (
    BoardRow,
    Known,
    Points,
    away_on,
    licensed_of,
    row_of,
)
from lmhg_gateway.features.appointments.board_rules import LABELS, Desk
from lmhg_gateway.features.appointments.cancel_rules import REASONS, CancelReason
from lmhg_gateway.features.appointments.models import Appointment, VisitDesk, VisitStep
from lmhg_gateway.features.appointments.overlap_rules import overlaps
from lmhg_gateway.features.appointments.rules import NOT_TAKEN, status_words
from lmhg_gateway.features.appointments.views import is_canceled_here, span_of, takes_place
from lmhg_gateway.features.clients.public import reach_of
from lmhg_gateway.features.staff.public import staff_names, who_words
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


@dataclass(frozen=True, kw_only=True)
class Past:
    """One thing that the desk did, for the page's history."""

    title: str
    at: datetime
    text: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One appointment: its row on the board, what IntakeQ says, and what the desk did."""

    row: BoardRow
    day: date
    version: int
    facts: Sequence[tuple[str, str | None]]
    past: Sequence[Past]
    place: str
    is_canceled_here: bool
    may_cancel: bool
    canceled: str
    phone: str
    may_voicemail: bool


async def read_visit(
    tx: ReadSession,
    appointment_id: uuid.UUID,
    practice: Practice,
    points: Points,
) -> Visit:
    """One appointment with its history. Raises: NotFound."""
    found = await repository.by_id(tx, appointment_id)
    if found is None:
        raise NotFound("appointment")
    near, _ = await repository.between(tx, found.starts_at, found.ends_at)
    desks = await desk_repository.desks_of(tx, [each.id for each in (found, *near)])
    clients = list({each.client_id for each in (found, *near)})
    known = Known(
        desks=desks,
        reach=await reach_of(tx, clients),
        staff=await staff_names(tx),
        shared=overlaps(span_of(each) for each in near if takes_place(each, desks)),
        licensed=await licensed_of(tx, points.rights, practice.day_of(found.starts_at)),
        away=await away_on(tx, points.away, practice.day_of(found.starts_at)),
        last_places=await desk_repository.last_states(
            tx, [found.client_id], before=found.starts_at
        ),
    )
    steps = await desk_repository.steps_of(tx, appointment_id)
    return _visit(found, known, steps, practice=practice)


def _visit(
    found: Appointment, known: Known, steps: Sequence[VisitStep], *, practice: Practice
) -> Visit:
    desk = known.desks.get(found.id)
    day = practice.day_of(found.starts_at)
    row = row_of(found, known, day=day, practice=practice)
    reach = known.reach.get(found.client_id)
    is_canceled = is_canceled_here(desk)
    is_over = found.ends_at + timedelta(days=1) < practice.clock()
    return Visit(
        row=row,
        day=day,
        version=found.version,
        facts=[
            ("Clinician", row.clinician),
            ("Service", found.service),
            ("Place", found.place),
            ("IntakeQ says", status_words(found.status)[0]),
        ],
        past=[_past(each, known) for each in steps],
        place=(desk.client_state if desk else None) or "",
        is_canceled_here=is_canceled and found.status not in NOT_TAKEN,
        may_cancel=not is_canceled and not is_over and found.status not in NOT_TAKEN,
        canceled=_canceled(desk, known),
        phone=(reach.mobile or reach.phone) if reach else "",
        may_voicemail=reach is not None and reach.may_voicemail,
    )


def _past(step: VisitStep, known: Known) -> Past:
    who = who_words(step.stepped_by, known.staff)
    words, tone = LABELS[Desk(step.to_state)]
    return Past(
        title=words,
        at=step.stepped_at,
        text=f"{who}, taken back" if step.undone_at else who,
        tone="" if step.undone_at else tone,
    )


def _canceled(desk: VisitDesk | None, known: Known) -> str:
    if desk is None or desk.cancel_asked_at is None:
        return ""
    who = who_words(desk.cancel_asked_by or "", known.staff)
    return f"{REASONS[CancelReason(desk.cancel_reason)]}. Canceled here by {who}."
