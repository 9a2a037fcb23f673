"""Referrals for programs: listed, read, written down, and moved along the same table as on the pages."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.referrals import repository, service
from lmhg_gateway.features.referrals.editing import edit, version_of
from lmhg_gateway.features.referrals.forms import EditReferral, MoveForm, NewReferral
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.referrals.rules import OPEN_STATES, State, moves_from
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class ReferralOut(msgspec.Struct, frozen=True, kw_only=True):
    """One referral, with its client's name."""

    id: uuid.UUID
    client_id: uuid.UUID
    client: str
    state: State
    state_at: datetime
    urgency: str
    concern_code: str
    received_on: date


class ReferralsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the referrals, and how many there are."""

    referrals: list[ReferralOut]
    total: int


class ReferralDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One referral with all that is known of it, and where it may go."""

    id: uuid.UUID
    client_id: uuid.UUID
    state: State
    state_at: datetime
    received_on: date
    channel: str
    source_category: str
    source: str
    concern_code: str
    concern: str
    urgency: str
    payer: str
    payer_name: str
    may_contact: bool
    may_report_back: bool
    version: int
    """To be sent with a change of these details."""
    moves: dict[str, list[str]]


class MovedReferral(msgspec.Struct, frozen=True, kw_only=True):
    """Where a referral is after a step, what takes it back, and where it may go from there."""

    id: uuid.UUID
    state: State
    move_id: uuid.UUID | None
    moves: dict[str, list[str]]


def _out(found: Iterable[Referral], names: Mapping[uuid.UUID, str]) -> list[ReferralOut]:
    return [
        ReferralOut(
            id=each.id,
            client_id=each.client_id,
            client=names.get(each.client_id, ""),
            state=State(each.state),
            state_at=each.state_at,
            urgency=each.urgency,
            concern_code=each.concern_code,
            received_on=each.received_on,
        )
        for each in found
    ]


def _moves(state: State) -> dict[str, list[str]]:
    return {to.value: [reason.value for reason in why] for to, why in moves_from(state).items()}


def _detail(each: Referral) -> ReferralDetail:
    return ReferralDetail(
        id=each.id,
        client_id=each.client_id,
        state=State(each.state),
        state_at=each.state_at,
        received_on=each.received_on,
        channel=each.channel,
        source_category=each.source_category,
        source=each.source or "",
        concern_code=each.concern_code,
        concern=each.concern or "",
        urgency=each.urgency,
        payer=each.payer,
        payer_name=each.payer_name or "",
        may_contact=each.may_contact,
        may_report_back=each.may_report_back,
        version=version_of(each),
        moves=_moves(State(each.state)),
    )


@answers("/api/v1/referrals", "referrals.read", purpose="referrals.list", tag="referrals")
async def list_referrals(
    tx: ReadSession,
    _ask: Ask[Any],
    in_state: FromQuery[State | None] = None,
    page: FromQuery[PageNumber] = 1,
) -> ReferralsOut:
    """Fifty open referrals, or those of one state: urgent first, then the longest waiting."""
    states = [in_state] if in_state else list(OPEN_STATES)
    found, total = await repository.listed(
        tx, states, urgency="", sort="waiting", first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE
    )
    names = await names_of(tx, (each.client_id for each in found))
    return ReferralsOut(referrals=_out(found, names), total=total)


@answers(
    "/api/v1/referrals/{referral_id:uuid}",
    "referrals.read",
    purpose="referral.view",
    tag="referrals",
)
async def read_referral(
    tx: ReadSession, _ask: Ask[Any], referral_id: FromPath[uuid.UUID]
) -> ReferralDetail:
    """One referral."""
    found = await repository.by_id(tx, referral_id)
    if found is None:
        raise NotFound("referral")
    return _detail(found)


@does(
    "/api/v1/clients/{client_id:uuid}/referrals",
    "referrals.write",
    purpose="referral.record",
    tag="referrals",
    status=201,
)
async def add_referral(
    tx: WriteSession,
    ask: Ask[Any],
    client_id: FromPath[uuid.UUID],
    data: JSONBody[NewReferral],
) -> ReferralDetail:
    """Write down a referral of a client; a second open one asks for `why_another`."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    made = await service.record(tx, data, client_id=client_id, by=ask.by, practice=ask.practice)
    return _detail(made)


@does(
    "/api/v1/referrals/{referral_id:uuid}",
    "referrals.write",
    purpose="referral.edit",
    tag="referrals",
    method="PUT",
)
async def change_referral(
    tx: WriteSession,
    ask: Ask[Any],
    referral_id: FromPath[uuid.UUID],
    data: JSONBody[EditReferral],
) -> ReferralDetail:
    """Change what is known of a referral, from the version that was seen."""
    return _detail(await edit(tx, referral_id, data, by=ask.by, practice=ask.practice))


@does(
    "/api/v1/referrals/{referral_id:uuid}/moves",
    "referrals.write",
    purpose="referral.move",
    tag="referrals",
    status=201,
)
async def move_referral(
    tx: WriteSession,
    ask: Ask[Any],
    referral_id: FromPath[uuid.UUID],
    data: JSONBody[MoveForm],
) -> MovedReferral:
    """Take one step of the transition table, from the state that the client saw."""
    step = await service.move(tx, referral_id, data, by=ask.by, practice=ask.practice)
    state = State(step.to_state)
    return MovedReferral(id=referral_id, state=state, move_id=step.id, moves=_moves(state))


@does(
    "/api/v1/referrals/{referral_id:uuid}/moves/{move_id:uuid}/undo",
    "referrals.write",
    purpose="referral.undo",
    tag="referrals",
)
async def undo_move(
    tx: WriteSession,
    ask: Ask[Any],
    referral_id: FromPath[uuid.UUID],
    move_id: FromPath[uuid.UUID],
) -> MovedReferral:
    """Take back one's own last step, for ten minutes and while nobody moved it since."""
    found = await service.undo(tx, referral_id, move_id, by=ask.by, practice=ask.practice)
    state = State(found.state)
    return MovedReferral(id=referral_id, state=state, move_id=None, moves=_moves(state))


HANDLERS = (list_referrals, read_referral, add_referral, change_referral, move_referral, undo_move)
