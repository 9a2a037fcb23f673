"""Referrals for programs: listed, and moved along the same table as on the pages."""

import uuid
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.referrals import repository, service, views
from lmhg_gateway.features.referrals.forms import MoveForm
from lmhg_gateway.features.referrals.rules import OPEN_STATES, State
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import needs
from lmhg_kit.http.work import actor_of, reading, writing

AnyRequest = Request[Any, Any, Any]


class MovedReferral(msgspec.Struct, frozen=True):
    """Where a referral is after a step, and where it may go from there."""

    id: uuid.UUID
    state: State
    moves: dict[str, list[str]]


@get("/api/v1/referrals", opt=needs("referrals.read"), tags=["referrals"])
async def list_referrals(
    request: AnyRequest, in_state: FromQuery[State | None] = None
) -> list[views.ReferralRow]:
    """Open referrals, or those of one state: urgent first, then the longest waiting."""
    states = [in_state] if in_state else list(OPEN_STATES)
    async with reading(request, "referrals.list") as tx:
        found = await repository.in_states(tx, states)
        names = await names_of(tx, (each.client_id for each in found))
    return [views.row_of(each, names.get(each.client_id, ""), at=utc_now()) for each in found]


@post(
    "/api/v1/referrals/{referral_id:uuid}/moves", opt=needs("referrals.write"), tags=["referrals"]
)
async def move_referral(
    request: AnyRequest, referral_id: FromPath[uuid.UUID], data: JSONBody[MoveForm]
) -> MovedReferral:
    """Take one step of the transition table, from the state that the client saw."""
    async with writing(request, "referral.move") as tx:
        moved = await service.move(tx, referral_id, data, by=actor_of(request).id, at=utc_now())
        state = State(moved.state)
    moves = {each.to: [code for code, _ in each.reasons] for each in views.choices(state)}
    return MovedReferral(referral_id, state, moves)
