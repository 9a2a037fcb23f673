"""Whether an appointment takes place, for queries: what IntakeQ says, and what the desk says of this time.

The desk's word is about the time it was said of. Where IntakeQ moved the visit since, nothing is said.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_

from lmhg_gateway.features.appointments.board_rules import ATTENDED, MISSED, Desk
from lmhg_gateway.features.appointments.models import Appointment, VisitDesk
from lmhg_gateway.features.appointments.rules import NOT_TAKEN

AnyAppointment = Any
"""The table of appointments, or an alias of it."""


def is_said(appointment: AnyAppointment = Appointment) -> ColumnElement[bool]:
    """Whether what the desk says is about this appointment, at the time it has now."""
    return and_(
        VisitDesk.appointment_id == appointment.id, VisitDesk.said_of == appointment.starts_at
    )


def is_called_off(appointment: AnyAppointment = Appointment) -> ColumnElement[bool]:
    """Whether someone canceled an appointment here, which IntakeQ may not know yet."""
    return exists().where(is_said(appointment), VisitDesk.cancel_asked_at.is_not(None))


def took_place(appointment: AnyAppointment = Appointment) -> ColumnElement[bool]:
    """Whether nothing says that an appointment did not take place."""
    missed = exists().where(
        is_said(appointment),
        or_(VisitDesk.state == Desk.MISSED, VisitDesk.cancel_asked_at.is_not(None)),
    )
    return and_(appointment.status.not_in((*NOT_TAKEN, MISSED)), not_(missed))


def is_held(appointment: AnyAppointment, at: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a moment
    """Whether a visit was held: IntakeQ or the desk says so, or it began and nothing says otherwise."""
    done = exists().where(
        is_said(appointment), VisitDesk.state == Desk.DONE, VisitDesk.cancel_asked_at.is_(None)
    )
    taken = appointment.status.not_in(NOT_TAKEN)
    began = and_(appointment.starts_at <= at, took_place(appointment))
    return or_(appointment.status == ATTENDED, and_(taken, done), began)
