"""The page of who is on call: turns by dates, the next four weeks with their gaps, and the standing list."""

import uuid
from typing import Any

import msgspec
from litestar import Request

from lmhg_gateway.features.risk_answers import repository, rota, service, views
from lmhg_gateway.features.risk_answers.forms import OnCallForm, TurnForm
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.away import AwayPeople
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/on-call"
TURN = f"{PATH}/turns/{{turn_id:uuid}}"
READ, WRITE = "on_call.read", "on_call.write"


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page has fields for, in both its forms."""

    first: str = ""
    second: str = ""
    third: str = ""
    person_id: str = ""
    first_on: str = ""
    last_on: str = ""


def away_points(request: Request[Any, Any, Any]) -> tuple[AwayPeople, ...]:
    """The features that know who is away."""
    return tuple(FEATURES.of(request).contributions(AwayPeople))


@shows(PATH, READ, template="risk_answers/on_call.html", purpose="on_call", form=OnPage)
async def on_call(tx: ReadSession, ask: Ask[OnPage]) -> Context:
    """Who is told of a risk answer today, in the next four weeks, and in which order after that."""
    today, points = ask.practice.today(), away_points(ask.request)
    found, turns = await rota.next_weeks(tx, today, points)
    told, _ = await rota.told_on(tx, today, points)
    listed = [str(each) for each in await repository.on_call(tx)]
    for name, person in zip(OnCallForm.__struct_fields__, listed, strict=False):
        ask.form.values[name] = ask.form.values.get(name) or person
    staff = await staff_names(tx)
    may_write = ask.may(WRITE)
    people = list((await rota.who_may(tx)).items()) if may_write else []
    return {
        "weeks": views.weeks(found, staff),
        "turns": [views.turn_row(each, staff) for each in turns],
        "told": [staff.get(str(each), views.GONE) for each in told],
        "gaps": sum(
            (each.last_on - each.first_on).days + 1 for each in found if not each.person_id
        ),
        "listed": [staff.get(each, views.GONE) for each in listed],
        "options": [("", "No one"), *people],
        "choices": [("", "Choose one"), *people],
        "today": today,
        "may_write": may_write,
    }


@acts(PATH, WRITE, purpose="on_call", form=OnCallForm, back=on_call)
async def save_on_call(tx: WriteSession, _ask: Ask[OnCallForm], data: OnCallForm) -> Done:
    """Tell these people from now on, after whose turn it is."""
    await service.put_on_call(tx, data.people())
    return Done(PATH, "on_call.saved")


@acts(f"{PATH}/turns", WRITE, purpose="on_call.turn", form=TurnForm, back=on_call)
async def add_turn(tx: WriteSession, ask: Ask[TurnForm], data: TurnForm) -> Done:
    """Put someone on call for some days."""
    made = await rota.add_turn(tx, data, by=ask.by, today=ask.practice.today())
    return Done(PATH, "on_call.turn_added", undo=f"{PATH}/turns/{made.id}/remove")


@acts(f"{TURN}/remove", WRITE, purpose="on_call.turn", back=on_call)
async def remove_turn(tx: WriteSession, ask: Ask[Any], turn_id: uuid.UUID) -> Done:
    """Take someone off call."""
    await rota.remove_turn(tx, turn_id, by=ask.by, at=ask.at)
    return Done(PATH, "on_call.turn_removed", undo=f"{PATH}/turns/{turn_id}/restore")


@acts(f"{TURN}/restore", WRITE, purpose="on_call.turn", back=on_call)
async def restore_turn(tx: WriteSession, _ask: Ask[Any], turn_id: uuid.UUID) -> Done:
    """Put them back."""
    await rota.restore_turn(tx, turn_id)
    return Done(PATH, "on_call.turn_restored")


PAGES = (on_call, save_on_call, add_turn, remove_turn, restore_turn)
