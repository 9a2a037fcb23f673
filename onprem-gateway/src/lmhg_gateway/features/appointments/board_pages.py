"""The day board, and the steps that one tap takes on it."""

import uuid
from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec

from lmhg_gateway.features.appointments import desk, repository
from lmhg_gateway.features.appointments.board import PATH, points_of, read_board
from lmhg_gateway.features.appointments.board_rules import Desk
from lmhg_gateway.features.work_list.public import back_to
from lmhg_kit.http.door import day_in
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.paging import address
from lmhg_kit.persistence import ReadSession, WriteSession

ONE = "/appointments/{appointment_id:uuid}"
LISTS = frozenset({"/", "/work", PATH})
"""Pages on which a visit is stepped on."""


async def whose(tx: ReadSession, appointment_id: uuid.UUID) -> uuid.UUID | None:
    """Whose visit it is; known already where it was just changed."""
    found = await repository.by_id(tx, appointment_id)
    return found.client_id if found else None


class StepForm(msgspec.Struct, frozen=True, kw_only=True):
    """How far a visit is, and how far the person saw it."""

    state: Literal["arrived", "in_session", "done", "missed"]
    seen: Literal["", "expected", "arrived", "in_session", "done", "missed"] = ""


class PlaceForm(msgspec.Struct, frozen=True, kw_only=True):
    """The state in which the client sits, by its postal code; empty where it is not known."""

    place: Annotated[str, msgspec.Meta(max_length=2)] = ""


class WorkForm(msgspec.Struct, frozen=True, kw_only=True):
    """The version of the work list's row that the person saw; 0 asks for no comparison."""

    seen: Annotated[int, msgspec.Meta(ge=0)] = 0


@shows(PATH, "appointments.read", template="appointments/board.html", purpose="appointments.board")
async def board(tx: ReadSession, ask: Ask[Any]) -> Context:
    """The visits of a day: who is expected, here, done or missed, and what is in the way."""
    today = ask.practice.today()
    day = day_in(ask.query.get("day", "")) or today
    clinician, view = ask.query.get("clinician", ""), ask.query.get("view", "")
    found = await read_board(
        tx,
        day,
        ask.practice,
        points_of(ask.request),
        clinician=clinician,
        view=view,
    )
    seen_at, calls = await repository.freshness(tx, zone=ask.practice.zone.key)
    fixed = {"day": day.isoformat()} if day != today else {}
    whose = {**fixed, "clinician": clinician} if clinician else fixed
    return {
        "board": found,
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "seen_at": seen_at,
        "calls": calls,
        "calls_a_day": repository.CALLS_A_DAY,
        "views": [
            (label, address(PATH, {**whose, "view": name} if name else whose), name == view, count)
            for name, label, count in found.counts
        ],
        "clinicians": found.clinicians,
    }


@acts(f"{ONE}/state", "appointments.write", purpose="visit.step", form=StepForm, back=board)
async def step(
    tx: WriteSession, ask: Ask[StepForm], data: StepForm, appointment_id: uuid.UUID
) -> Done:
    """Say how far a visit is."""
    made = await desk.take_step(
        tx, appointment_id, Desk(data.state), seen=data.seen, by=ask.by, practice=ask.practice
    )
    own = f"/appointments/{appointment_id}"
    undo = f"{own}/steps/{made.id}/undo"
    said, about = f"visit.{made.to_state}", await whose(tx, appointment_id)
    return Done(back_to(ask.request, own, lists=LISTS), said, undo=undo, about=about)


@acts(f"{ONE}/steps/{{step_id:uuid}}/undo", "appointments.write", purpose="visit.undo", back=board)
async def unstep(
    tx: WriteSession, ask: Ask[Any], appointment_id: uuid.UUID, step_id: uuid.UUID
) -> Done:
    """Take back one's own last step."""
    await desk.undo_step(tx, appointment_id, step_id, by=ask.by, practice=ask.practice)
    own = f"/appointments/{appointment_id}"
    return Done(
        back_to(ask.request, own, lists=LISTS),
        "visit.undone",
        about=await whose(tx, appointment_id),
    )


@acts(f"{ONE}/place", "appointments.write", purpose="visit.place", form=PlaceForm, back=board)
async def say_where(
    tx: WriteSession, ask: Ask[PlaceForm], data: PlaceForm, appointment_id: uuid.UUID
) -> Done:
    """Say in which state the client sits."""
    await desk.say_where(tx, appointment_id, data.place)
    own = f"/appointments/{appointment_id}"
    return Done(
        back_to(ask.request, own, lists=LISTS), "visit.place", about=await whose(tx, appointment_id)
    )


@acts(f"{ONE}/seen-to", "appointments.write", purpose="visit.follow_up", form=WorkForm, back=board)
async def see_to(
    tx: WriteSession, ask: Ask[WorkForm], data: WorkForm, appointment_id: uuid.UUID
) -> Done:
    """Say that a missed visit was seen to."""
    await desk.see_to(tx, appointment_id, seen=data.seen, practice=ask.practice)
    own = f"/appointments/{appointment_id}"
    about, undo = await whose(tx, appointment_id), f"{own}/seen-to/undo"
    return Done(back_to(ask.request, own, lists=LISTS), "visit.seen_to", undo=undo, about=about)


@acts(f"{ONE}/seen-to/undo", "appointments.write", purpose="visit.follow_up", back=board)
async def open_again(tx: WriteSession, ask: Ask[Any], appointment_id: uuid.UUID) -> Done:
    """Say that it still has to be seen to."""
    await desk.open_again(tx, appointment_id, practice=ask.practice)
    own = f"/appointments/{appointment_id}"
    return Done(
        back_to(ask.request, own, lists=LISTS),
        "visit.open_again",
        about=await whose(tx, appointment_id),
    )


PAGES = (board, step, unstep, say_where, see_to, open_again)
