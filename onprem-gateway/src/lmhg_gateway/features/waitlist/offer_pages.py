"""Steps with one offer, the practice's rules for offers, and whom clinicians can see."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from litestar.response import Redirect

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.features.referrals.public import PAYERS
from lmhg_gateway.features.staff.public import colleagues_with
from lmhg_gateway.features.waitlist import ranking, repository, service, undoing
from lmhg_gateway.features.waitlist.forms import RulesForm
from lmhg_gateway.features.waitlist.listed import PATH, SLOTS_PATH
from lmhg_gateway.features.waitlist.matching_rules import Panel
from lmhg_gateway.features.waitlist.offer_rules import OfferState
from lmhg_gateway.web.booking_points import BookingAsked
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import start
from lmhg_kit.http.returning import page_before
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.ui.coded import words

ONE = f"{PATH}/offers/{{offer_id:uuid}}"
"""Payers that a clinician is with or not."""


@shows(ONE, "waitlist.read", template="waitlist/time.html", purpose="waitlist.time")
async def one_offer(tx: ReadSession, _ask: Ask[Any], offer_id: uuid.UUID) -> Redirect:
    """On to the freed time that an offer is about."""
    slot_id = await repository.slot_of_offer(tx, offer_id)
    if slot_id is None:
        raise NotFound("slot_offer")
    return Redirect(f"{SLOTS_PATH}/{slot_id}", status_code=303)


async def _whose(tx: ReadSession, offer_id: uuid.UUID) -> uuid.UUID | None:
    """Whose offer it is; known already where it was just answered."""
    found = await repository.offer(tx, offer_id)
    return found.client_id if found else None


def _back(ask: Ask[Any], slot_id: uuid.UUID) -> str:
    """The list on which the button was, or the freed time."""
    before = page_before(ask.request)
    is_list = before.partition("?")[0] in ("/", "/work")
    return before if is_list else f"{SLOTS_PATH}/{slot_id}"


@acts(f"{ONE}/accept", "waitlist.write", purpose="waitlist.answer", back=one_offer)
async def accept_offer(tx: WriteSession, ask: Ask[Any], offer_id: uuid.UUID) -> Done:
    """The person takes the time."""
    slot = await service.accept(tx, offer_id, by=ask.by, practice=ask.practice)
    undo = f"{PATH}/offers/{offer_id}/accept/undo"
    return Done(
        _back(ask, slot.id), "waitlist.accepted", undo=undo, about=await _whose(tx, offer_id)
    )


@acts(f"{ONE}/accept/undo", "waitlist.write", purpose="waitlist.take_back", back=one_offer)
async def take_back_accepted(tx: WriteSession, ask: Ask[Any], offer_id: uuid.UUID) -> Done:
    """Take back that they took it; they have the offer again."""
    asked = FEATURES.of(ask.request).contributions(BookingAsked)
    slot = await undoing.take_back(tx, offer_id, asked, by=ask.by, practice=ask.practice)
    return Done(
        f"{SLOTS_PATH}/{slot.id}", "waitlist.accept_undone", about=await _whose(tx, offer_id)
    )


@acts(f"{ONE}/decline", "waitlist.write", purpose="waitlist.answer", back=one_offer)
async def decline_offer(tx: WriteSession, ask: Ask[Any], offer_id: uuid.UUID) -> Done:
    """The person says no; the time passes on."""
    slot = await service.refuse(
        tx, offer_id, to=OfferState.DECLINED, by=ask.by, practice=ask.practice
    )
    return Done(_back(ask, slot.id), "waitlist.declined", about=await _whose(tx, offer_id))


@acts(f"{ONE}/pass", "waitlist.write", purpose="waitlist.answer", back=one_offer)
async def pass_offer(tx: WriteSession, ask: Ask[Any], offer_id: uuid.UUID) -> Done:
    """The person could not be reached; the time passes on before its hold ends."""
    slot = await service.refuse(
        tx, offer_id, to=OfferState.EXPIRED, by=ask.by, practice=ask.practice
    )
    return Done(_back(ask, slot.id), "waitlist.passed", about=await _whose(tx, offer_id))


@acts(f"{ONE}/again", "waitlist.write", purpose="waitlist.again", back=one_offer)
async def offer_again(tx: WriteSession, ask: Ask[Any], offer_id: uuid.UUID) -> Done:
    """Put someone in line again."""
    slot = await service.put_back(tx, offer_id, by=ask.by, practice=ask.practice)
    return Done(f"{SLOTS_PATH}/{slot.id}", "waitlist.again", about=await _whose(tx, offer_id))


@acts(f"{ONE}/told", "waitlist.write", purpose="waitlist.answer", back=one_offer)
async def told_taken(tx: WriteSession, ask: Ask[Any], offer_id: uuid.UUID) -> Done:
    """The person knows that the time is taken."""
    slot = await service.told(tx, offer_id, by=ask.by, practice=ask.practice)
    return Done(_back(ask, slot.id), "waitlist.told", about=await _whose(tx, offer_id))


@shows(
    f"{PATH}/rules",
    "waitlist.read",
    template="waitlist/rules.html",
    purpose="waitlist.rules",
    form=RulesForm,
)
async def offer_rules(tx: ReadSession, ask: Ask[RulesForm]) -> Context:
    """How the practice offers freed times, and whom its clinicians can see."""
    rules, clinicians = await tx.together(service.rules_of(tx), colleagues_with(tx, CLINICIAN))
    features = FEATURES.of(ask.request)
    panels = await ranking.panels_of(tx, features, day=ask.practice.today())
    form = ask.form
    if not form.errors and not any(form.values.values()):
        form = start(RulesForm, {name: str(value) for name, value in asdict(rules).items()})
    known = [
        (person_id, name, panels.get(uuid.UUID(person_id), Panel()))
        for person_id, name in sorted(clinicians.items(), key=lambda each: each[1])
    ]
    return {
        "form": form,
        "clinicians": [
            (
                person_id,
                name,
                _known(_payers(panel)),
                _known(panel.states),
            )
            for person_id, name, panel in known
        ],
    }


def _payers(panel: Panel) -> list[str] | None:
    if panel.payers is None:
        return None
    return [words(each) for each in panel.payers if each in PAYERS]


def _known(found: Iterable[str] | None) -> str:
    """What is on record of a clinician in one line; that all of it is over is said too."""
    return "Not said yet" if found is None else ", ".join(sorted(found)) or "None that counts today"


@acts(
    f"{PATH}/rules",
    "waitlist.set_rules",
    purpose="waitlist.save_rules",
    form=RulesForm,
    back=offer_rules,
)
async def save_offer_rules(tx: WriteSession, _ask: Ask[RulesForm], data: RulesForm) -> Done:
    """Offer by these rules from now on."""
    await ranking.save_rules(tx, data)
    return Done(f"{PATH}/rules", "waitlist.rules_saved")


PAGES = (
    one_offer,
    accept_offer,
    take_back_accepted,
    decline_offer,
    pass_offer,
    offer_again,
    told_taken,
    offer_rules,
    save_offer_rules,
)
