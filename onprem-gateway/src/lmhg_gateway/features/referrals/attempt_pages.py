"""Steps of a referral that are about reaching the person: tries, what it waits for, whose it is."""

import uuid
from typing import Annotated, Any, Literal

import msgspec

from lmhg_gateway.features.contacts.public import AttemptForm, OutcomeForm
from lmhg_gateway.features.referrals import service, trying
from lmhg_gateway.features.referrals.next_step_rules import Waits
from lmhg_gateway.features.referrals.pages import referral_page
from lmhg_gateway.features.referrals.rules import Move, Reason, State
from lmhg_gateway.features.work_list.public import back_to
from lmhg_kit.http.faces import Ask, Done, acts
from lmhg_kit.persistence import WriteSession

ONE = "/referrals/{referral_id:uuid}"


class WaitsForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a referral waits for; nothing when it came."""

    waits_for: Literal["", "paperwork", "insurance"] = ""
    seen: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The version of the row that the person saw; 0 asks for no comparison."""


class OwnerForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who sees to it: the person who presses, or no one."""

    owner: Literal["", "me"] = ""


@acts(
    f"{ONE}/attempts",
    "referrals.write",
    purpose="contact.try",
    form=AttemptForm,
    back=referral_page,
)
async def try_contact(
    tx: WriteSession, ask: Ask[AttemptForm], data: AttemptForm, referral_id: uuid.UUID
) -> Done:
    """Note a try to reach the person, with one key or the whole form."""
    made = await trying.try_contact(tx, referral_id, data, by=ask.by, practice=ask.practice)
    own = f"/referrals/{referral_id}"
    undo = f"{own}/attempts/{made.id}/undo"
    said, about = f"contact.{made.result}", made.client_id
    return Done(back_to(ask.request, own), said, undo=undo, about=about)


@acts(
    f"{ONE}/contacts",
    "referrals.write",
    purpose="contact.try",
    form=OutcomeForm,
    back=referral_page,
)
async def record_contact(
    tx: WriteSession, ask: Ask[OutcomeForm], data: OutcomeForm, referral_id: uuid.UUID
) -> Done:
    """Note a try with the whole form: what happened, a note, and when to try again."""
    made = await trying.try_contact(
        tx, referral_id, data.attempt(), by=ask.by, practice=ask.practice
    )
    own = f"/referrals/{referral_id}"
    undo = f"{own}/attempts/{made.id}/undo"
    return Done(own, f"contact.{made.result}", undo=undo, about=made.client_id)


@acts(
    f"{ONE}/attempts/{{attempt_id:uuid}}/undo",
    "referrals.write",
    purpose="contact.undo",
    back=referral_page,
)
async def untry(
    tx: WriteSession, ask: Ask[Any], referral_id: uuid.UUID, attempt_id: uuid.UUID
) -> Done:
    """Take back one's own try, with the step that came with it."""
    await trying.untry(tx, referral_id, attempt_id, by=ask.by, practice=ask.practice)
    about = await service.client_of(tx, referral_id)
    return Done(back_to(ask.request, f"/referrals/{referral_id}"), "contact.undone", about=about)


@acts(
    f"{ONE}/waits",
    "referrals.write",
    purpose="referral.waits",
    form=WaitsForm,
    back=referral_page,
)
async def wait_for(
    tx: WriteSession, ask: Ask[WaitsForm], data: WaitsForm, referral_id: uuid.UUID
) -> Done:
    """Say what it waits for, or that it came."""
    waits = Waits(data.waits_for) if data.waits_for else None
    await trying.wait_for(tx, referral_id, waits, seen=data.seen, practice=ask.practice)
    said = f"referral.waits_{data.waits_for}" if waits else "referral.arrived"
    about = await service.client_of(tx, referral_id)
    return Done(back_to(ask.request, f"/referrals/{referral_id}"), said, about=about)


@acts(
    f"{ONE}/owner",
    "referrals.write",
    purpose="referral.owner",
    form=OwnerForm,
    back=referral_page,
)
async def own(
    tx: WriteSession, ask: Ask[OwnerForm], data: OwnerForm, referral_id: uuid.UUID
) -> Done:
    """Take it on, or give it back."""
    mine = service.person_id(ask.by) if data.owner else None
    await trying.own(tx, referral_id, mine, practice=ask.practice)
    said = "referral.mine" if data.owner else "referral.given_back"
    about = await service.client_of(tx, referral_id)
    return Done(back_to(ask.request, f"/referrals/{referral_id}"), said, about=about)


@acts(
    "/clients/{client_id:uuid}/rang-back",
    "referrals.write",
    purpose="referral.rang_back",
)
async def rang_back(tx: WriteSession, ask: Ask[Any], client_id: uuid.UUID) -> Done:
    """Put someone back on the work list who called."""
    made = await trying.rang_back(tx, client_id, by=ask.by, practice=ask.practice)
    own_path = f"/referrals/{made.referral_id}"
    undo = f"{own_path}/attempts/{made.id}/undo"
    return Done(own_path, "contact.rang_back", undo=undo, about=client_id)


class SeenForm(msgspec.Struct, frozen=True, kw_only=True):
    """The version of the row that the person saw."""

    seen: Annotated[int, msgspec.Meta(ge=0)] = 0


@acts(
    f"{ONE}/redirect",
    "referrals.write",
    purpose="referral.redirect",
    form=SeenForm,
    back=referral_page,
)
async def redirect(
    tx: WriteSession, ask: Ask[SeenForm], data: SeenForm, referral_id: uuid.UUID
) -> Done:
    """Record that an urgent person was sent to urgent care."""
    step = Move(State.REFERRED_OUT, Reason.URGENT_REDIRECT)
    return await _give_up(tx, ask, referral_id, step, seen=data.seen)


@acts(
    f"{ONE}/unreached",
    "referrals.write",
    purpose="referral.unreached",
    form=SeenForm,
    back=referral_page,
)
async def close_unreached(
    tx: WriteSession, ask: Ask[SeenForm], data: SeenForm, referral_id: uuid.UUID
) -> Done:
    """Close the referral of someone who could not be reached."""
    step = Move(State.CLOSED, Reason.UNREACHABLE)
    return await _give_up(tx, ask, referral_id, step, seen=data.seen)


async def _give_up(
    tx: WriteSession, ask: Ask[Any], referral_id: uuid.UUID, step: Move, *, seen: int
) -> Done:
    made = await trying.give_up(tx, referral_id, step, seen=seen, by=ask.by, practice=ask.practice)
    own_path = f"/referrals/{referral_id}"
    about, undo = await service.client_of(tx, referral_id), f"{own_path}/undo/{made.id}"
    return Done(back_to(ask.request, own_path), "referral.moved", undo=undo, about=about)


PAGES = (try_contact, record_contact, untry, wait_for, own, rang_back, redirect, close_unreached)
