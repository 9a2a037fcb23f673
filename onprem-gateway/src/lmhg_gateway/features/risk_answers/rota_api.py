"""Who is on call, for programs: today's order, the turns of four weeks, one more, one less."""

import uuid
from datetime import date
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.risk_answers import rota
from lmhg_gateway.features.risk_answers.forms import TurnForm
from lmhg_gateway.features.risk_answers.models import OnCallTurn
from lmhg_gateway.features.risk_answers.rota_pages import READ, WRITE, away_points
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH, TAG = "/api/v1/on-call", "on call"


class TurnOut(msgspec.Struct, frozen=True, kw_only=True):
    """From which day until which day someone is on call."""

    id: uuid.UUID
    person_id: uuid.UUID
    first_on: date
    last_on: date


class OnCallOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told today, in order; the turns of the next four weeks; the days on which no one has one."""

    today: list[uuid.UUID]
    turns: list[TurnOut]
    gap_days: int


def _out(each: OnCallTurn) -> TurnOut:
    return msgspec.convert(each, TurnOut, from_attributes=True)


@answers(PATH, READ, purpose="on_call", tag=TAG)
async def read_on_call(tx: ReadSession, ask: Ask[Any]) -> OnCallOut:
    """Who is on call."""
    today, points = ask.practice.today(), away_points(ask.request)
    found, turns = await rota.next_weeks(tx, today, points)
    told, _ = await rota.told_on(tx, today, points)
    gaps = [each for each in found if each.person_id is None]
    return OnCallOut(
        today=told,
        turns=[_out(each) for each in turns],
        gap_days=sum((each.last_on - each.first_on).days + 1 for each in gaps),
    )


@does(f"{PATH}/turns", WRITE, purpose="on_call.turn", tag=TAG, status=201)
async def new_turn(tx: WriteSession, ask: Ask[Any], data: JSONBody[TurnForm]) -> TurnOut:
    """Put someone on call for some days."""
    return _out(await rota.add_turn(tx, data, by=ask.by, today=ask.practice.today()))


@does(
    f"{PATH}/turns/{{turn_id:uuid}}",
    WRITE,
    purpose="on_call.turn",
    tag=TAG,
    method="DELETE",
    status=204,
)
async def drop_turn(tx: WriteSession, ask: Ask[Any], turn_id: FromPath[uuid.UUID]) -> None:
    """Take someone off call."""
    await rota.remove_turn(tx, turn_id, by=ask.by, at=ask.at)


HANDLERS = (read_on_call, new_turn, drop_turn)
