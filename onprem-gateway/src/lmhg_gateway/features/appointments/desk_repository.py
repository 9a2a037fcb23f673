"""All SQL of the day board."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, func, not_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from lmhg_gateway.features.appointments.board_rules import MISSED, Desk
from lmhg_gateway.features.appointments.follow_up_rules import FOLLOWED_FOR
from lmhg_gateway.features.appointments.models import Appointment, VisitDesk, VisitStep
from lmhg_gateway.features.appointments.rules import NOT_TAKEN
from lmhg_gateway.features.appointments.taking_place import is_said, took_place
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import is_one_of

_LATER = aliased(Appointment)
_HAS_LATER = exists().where(
    _LATER.client_id == Appointment.client_id,
    _LATER.starts_at > Appointment.starts_at,
    took_place(_LATER),
)
_TAKES_PLACE = Appointment.status.not_in(NOT_TAKEN)
_IS_MISSED = and_(
    _TAKES_PLACE,
    or_(
        VisitDesk.state == Desk.MISSED,
        and_(VisitDesk.state.is_(None), Appointment.status == MISSED),
    ),
)


async def desk_of(tx: ReadSession, appointment_id: uuid.UUID) -> VisitDesk | None:
    """What the desk says of an appointment at the time it has now."""
    query = select(VisitDesk).join(Appointment, is_said())
    return await tx.scalar(query.where(VisitDesk.appointment_id == appointment_id))


async def kept_of(tx: ReadSession, appointment_id: uuid.UUID) -> VisitDesk | None:
    """What the desk last said of an appointment, at whatever time it was then."""
    return await tx.scalar(select(VisitDesk).where(VisitDesk.appointment_id == appointment_id))


async def desks_of(tx: ReadSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, VisitDesk]:
    """The same for several, by appointment."""
    found = await tx.scalars(_DESKS, {"ids": list(ids)})
    return {each.appointment_id: each for each in found}


_DESKS = (
    select(VisitDesk).join(Appointment, is_said()).where(is_one_of(VisitDesk.appointment_id, "ids"))
)


async def held(tx: WriteSession, appointment_id: uuid.UUID) -> Appointment | None:
    """One appointment, held until this unit of work ends."""
    return await tx.get(Appointment, appointment_id, with_for_update=True)


async def last_states(
    tx: ReadSession, client_ids: Sequence[uuid.UUID], *, before: datetime
) -> dict[uuid.UUID, str]:
    """In which state each of these clients last sat during a visit."""
    query = (
        select(Appointment.client_id, VisitDesk.client_state)
        .join(VisitDesk, is_said())
        .where(
            Appointment.client_id.in_(client_ids),
            Appointment.starts_at < before,
            VisitDesk.client_state.is_not(None),
        )
        .ext(distinct_on(Appointment.client_id))
        .order_by(Appointment.client_id, Appointment.starts_at.desc())
    )
    return {client: state or "" for client, state in (await tx.execute(query)).all()}


async def has_later(tx: ReadSession, appointment: Appointment) -> bool:
    """Whether the client has a later appointment that takes place."""
    query = select(_HAS_LATER).where(Appointment.id == appointment.id)
    return bool(await tx.scalar(query))


async def steps_of(tx: ReadSession, appointment_id: uuid.UUID) -> Sequence[VisitStep]:
    """The steps of a visit, newest first."""
    query = select(VisitStep).where(VisitStep.appointment_id == appointment_id)
    return (await tx.scalars(query.order_by(VisitStep.stepped_at.desc()).limit(50))).all()


async def not_on(tx: ReadSession, kind: str, *, limit: int) -> Sequence[uuid.UUID]:
    """Visits after which someone owes a step, and that are missing from the work list."""
    on_list = exists().where(WorkItem.subject_kind == kind, WorkItem.subject_id == Appointment.id)
    query = (
        select(Appointment.id)
        .outerjoin(VisitDesk, is_said())
        .where(
            Appointment.starts_at > func.now() - FOLLOWED_FOR,
            or_(
                and_(
                    VisitDesk.cancel_asked_at.is_not(None),
                    _TAKES_PLACE,
                    Appointment.ends_at > func.now(),
                ),
                and_(
                    VisitDesk.cancel_asked_at.is_(None),
                    _IS_MISSED,
                    VisitDesk.followed_at.is_(None),
                    not_(_HAS_LATER),
                ),
            ),
            not_(on_list),
        )
        .order_by(Appointment.starts_at)
        .limit(limit)
    )
    return (await tx.scalars(query)).all()


async def add(tx: WriteSession, row: VisitDesk | VisitStep) -> None:
    """Write one row."""
    tx.add(row)
    await tx.flush()
