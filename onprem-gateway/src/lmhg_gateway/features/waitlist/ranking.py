"""Who on the waitlist fits a freed time: people, wishes and panels brought to the rule."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.features.referrals.public import Referral
from lmhg_gateway.features.staff.public import colleagues_with
from lmhg_gateway.features.waitlist import people_repository
from lmhg_gateway.features.waitlist.forms import RulesForm, WishForm
from lmhg_gateway.features.waitlist.matching_rules import (
    Match,
    Panel,
    Time,
    Waiting,
    joined,
    rank,
)
from lmhg_gateway.features.waitlist.models import FreedSlot, WaitWish
from lmhg_gateway.features.waitlist.offer_rules import Rules
from lmhg_gateway.web.points import ClinicianRights
from lmhg_kit.errors import Invalid, NotFound
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

SLOT_KIND, WISH_KIND = "freed_slot", "wait_wish"


async def panels_of(
    tx: ReadSession, features: FeatureSet, *, day: date
) -> Mapping[uuid.UUID, Panel]:
    """What is known of each clinician on a day, by the features that know it."""
    found: dict[uuid.UUID, Panel] = {}
    for rights in features.contributions(ClinicianRights):
        payers, states = await tx.together(
            rights.clinician_panels(tx, day), rights.licence_states(tx, day)
        )
        for each in {*payers, *states}:
            known = Panel(payers=payers.get(each), states=states.get(each))
            found[each] = joined([found.get(each, Panel()), known])
    return found


def waiting_of(referral: Referral, wish: WaitWish | None) -> Waiting:
    """Someone on the waitlist, as the rule sees them."""
    return Waiting(
        referral_id=str(referral.id),
        since=referral.arrived_at or referral.created_at,
        urgency=referral.urgency,
        payer=(wish.payer if wish else "") or referral.payer,
        payer_name="" if wish and wish.payer else referral.payer_name or "",
        clinicians=frozenset(str(each) for each in wish.clinicians) if wish else frozenset(),
        times=frozenset(wish.times) if wish else frozenset(),
        meets=wish.meets if wish else "",
        state=wish.state if wish else "",
    )


async def ranked(
    tx: ReadSession,
    slot: FreedSlot,
    features: FeatureSet,
    *,
    staff: Mapping[str, str],
    practice: Practice,
) -> tuple[list[Match], Mapping[uuid.UUID, Referral]]:
    """Everyone on the waitlist in the order in which to offer this time; and their referrals."""
    people, _ = await people_repository.waiting(tx)
    wishes = await people_repository.wishes_of(tx, [each.id for each in people])
    begins = slot.starts_at.astimezone(practice.zone)
    panels = await panels_of(tx, features, day=begins.date())
    time = Time(
        clinician_id=str(slot.clinician_id),
        clinician=staff.get(str(slot.clinician_id), "This clinician"),
        starts_at=begins,
        meets=slot.meets,
    )
    found = rank(
        (waiting_of(each, wishes.get(each.id)) for each in people),
        time,
        panels.get(slot.clinician_id, Panel()),
    )
    return found, {each.id: each for each in people}


async def save_wish(tx: WriteSession, referral_id: uuid.UUID, form: WishForm) -> WaitWish:
    """Note what someone wishes for. Raises: NotFound, Invalid."""
    if await people_repository.referral(tx, referral_id) is None:
        raise NotFound("referral")
    await check_clinicians(tx, form.clinicians, field="clinicians")
    wish = await people_repository.locked_wish(tx, referral_id)
    fresh = wish is None
    wish = wish or WaitWish(referral_id=referral_id)
    wish.clinicians, wish.times = sorted(set(form.clinicians)), sorted(set(form.times))
    wish.meets, wish.payer, wish.state = form.meets, form.payer, form.state
    if fresh:
        tx.add(wish)
    await tx.flush()
    return wish


async def check_clinicians(
    tx: ReadSession, people: Sequence[uuid.UUID], *, field: str
) -> Mapping[str, str]:
    """Accept clinicians who work here; who they all are. Raises: Invalid."""
    known = await colleagues_with(tx, CLINICIAN)
    if any(str(each) not in known for each in people):
        raise Invalid("not_a_clinician", fields={field: "Choose a clinician who works here."})
    return known


async def save_rules(tx: WriteSession, form: RulesForm) -> None:
    """Offer by these rules from now on; times that are free already keep theirs."""
    usual = Rules()
    said = {"round_size": form.round_size, "hold_minutes": form.hold_minutes}
    await people_repository.put_rules(
        tx, {name: value for name, value in said.items() if value != getattr(usual, name)}
    )
    await tx.audit("update", kind="waitlist_rule")
