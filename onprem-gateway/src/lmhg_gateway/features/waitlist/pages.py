"""Pages of the waitlist: who waits, what they wish for, freed times and their offers."""

import uuid
from typing import Any

from litestar import Request, Response, get

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.referrals.public import PAYERS, payer_said
from lmhg_gateway.features.staff.public import colleagues_with, staff_names
from lmhg_gateway.features.waitlist import people_repository, ranking, repository, service, views
from lmhg_gateway.features.waitlist.forms import (
    ConfirmForm,
    NewSlot,
    OfferForm,
    WishForm,
)
from lmhg_gateway.features.waitlist.listed import PATH, PEOPLE, SLOTS_PATH, TIMES_LIST
from lmhg_gateway.features.waitlist.matching_rules import MEETS
from lmhg_gateway.features.waitlist.models import WaitWish
from lmhg_gateway.features.waitlist.offer_rules import IN_LINE, LIVE, SlotState
from lmhg_gateway.web.away import AwayPeople
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import start
from lmhg_kit.http.page import page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE
from lmhg_kit.ui.coded import words
from lmhg_kit.us_states import US_STATES

AnyRequest = Request[Any, Any, Any]
MATCHES_SHOWN = 30
"""People shown for one freed time: more are on the waitlist's own page."""
ONE_SLOT = f"{SLOTS_PATH}/{{slot_id:uuid}}"


@get(PATH, opt=needs("waitlist.read"), include_in_schema=False)
async def waitlist(request: AnyRequest) -> Response[Any]:
    """Freed times that need someone, and everyone who waits."""
    wanted, practice = PEOPLE.wanted(request), PRACTICE.of(request)
    now = practice.clock()
    async with reading(request, "waitlist.list") as tx:
        (found, total), staff, live, (_, stale) = await tx.together(
            people_repository.waiting(tx, sort=wanted.sort, first=wanted.first, size=wanted.size),
            staff_names(tx),
            repository.live_slots(tx),
            people_repository.stale(tx, at=now),
        )
        ids = [each.id for each in found]
        names, wishes, old, asked = await tx.together(
            names_of(tx, (each.client_id for each in found)),
            people_repository.wishes_of(tx, ids),
            people_repository.stale_ids(tx, ids, at=now),
            repository.held_counts(tx, [each.id for each in live]),
        )
        await PEOPLE.audit(tx, wanted)
    rows = [
        views.wait_row(
            each,
            wishes.get(each.id),
            client=names.get(each.client_id, views.NAMELESS),
            staff=staff,
            at=now,
            is_stale=each.id in old,
        )
        for each in found
    ]
    if wanted.is_file:
        return PEOPLE.file(request, rows, total=total)
    slots = [
        views.slot_row(each, staff=staff, asked=asked.get(each.id, (0, 0)), practice=practice)
        for each in live
    ]
    return await page(
        request,
        "waitlist/waitlist.html",
        list=PEOPLE.made(wanted, rows, total=total),
        slots=slots,
        stale=stale,
        total=total,
        share=round(100 * stale / total) if total else 0,
    )


@get(SLOTS_PATH, opt=needs("waitlist.read"), include_in_schema=False)
async def freed_times(request: AnyRequest) -> Response[Any]:
    """Every freed time there was, with what became of it."""
    wanted, practice = TIMES_LIST.wanted(request), PRACTICE.of(request)
    states = [wanted["state"]] if wanted["state"] else [each.value for each in SlotState]
    async with reading(request, "waitlist.times") as tx:
        found, total = await repository.slots(
            tx, states, sort=wanted.sort, first=wanted.first, size=wanted.size
        )
        staff, asked = await tx.together(
            staff_names(tx), repository.held_counts(tx, [each.id for each in found])
        )
        await TIMES_LIST.audit(tx, wanted)
    rows = [
        views.slot_row(each, staff=staff, asked=asked.get(each.id, (0, 0)), practice=practice)
        for each in found
    ]
    if wanted.is_file:
        return TIMES_LIST.file(request, rows, total=total)
    return await page(
        request, "waitlist/times.html", list=TIMES_LIST.made(wanted, rows, total=total)
    )


@shows(
    f"{SLOTS_PATH}/new",
    "waitlist.write",
    template="waitlist/new_time.html",
    purpose="waitlist.new_time",
    form=NewSlot,
)
async def new_time(tx: ReadSession, ask: Ask[NewSlot]) -> Context:
    """The form for a time that is free again."""
    clinicians = await colleagues_with(tx, CLINICIAN)
    if not ask.form.values.get("minutes"):
        ask.form.values["minutes"] = "50"
    return {
        "clinicians": [("", "Choose one"), *sorted(clinicians.items(), key=lambda each: each[1])],
        "meets": [("", "Choose one"), *MEETS.items()],
        "today": ask.practice.today(),
    }


@acts(SLOTS_PATH, "waitlist.write", purpose="waitlist.add_time", form=NewSlot, back=new_time)
async def add_time(tx: WriteSession, ask: Ask[NewSlot], data: NewSlot) -> Done:
    """Put the time down, and show whom it suits."""
    await ranking.check_clinicians(tx, [data.clinician], field="clinician")
    slot = await service.add_slot(
        tx, data, FEATURES.of(ask.request).contributions(AwayPeople), practice=ask.practice
    )
    return Done(f"{SLOTS_PATH}/{slot.id}", "waitlist.time_added")


@shows(
    ONE_SLOT,
    "waitlist.read",
    template="waitlist/time.html",
    purpose="waitlist.time",
    form=OfferForm,
)
async def freed_time(tx: ReadSession, ask: Ask[OfferForm], slot_id: uuid.UUID) -> Context:
    """One freed time: whom it suits and why, who is asked, and what came of each offer."""
    slot = await repository.slot(tx, slot_id)
    if slot is None:
        raise NotFound("freed_slot")
    staff, offers = await tx.together(staff_names(tx), repository.offers_of(tx, slot_id))
    is_live = slot.state in LIVE
    features = FEATURES.of(ask.request)
    found, people = (
        await ranking.ranked(tx, slot, features, staff=staff, practice=ask.practice)
        if is_live
        else ([], {})
    )
    in_line = {str(each.referral_id) for each in offers if each.state in IN_LINE}
    left = [each for each in found if each.referral_id not in in_line]
    shown = [(each, people[uuid.UUID(each.referral_id)]) for each in left[:MATCHES_SHOWN]]
    clients = [each.client_id for each in offers] + [each.client_id for _, each in shown]
    names = await names_of(tx, clients)
    return {
        "slot": views.slot_row(slot, staff=staff, asked=(0, 0), practice=ask.practice),
        "is_live": is_live,
        "banner": views.banner_of(slot, offers),
        "meets": list(MEETS.items()),
        "round_size": slot.round_size,
        "hold_minutes": slot.hold_minutes,
        "offers": [
            views.offer_row(
                each,
                client=names.get(each.client_id, views.NAMELESS),
                staff=staff,
                practice=ask.practice,
            )
            for each in offers
        ],
        "matches": [
            views.match_row(each, one, client=names.get(one.client_id, views.NAMELESS), at=ask.at)
            for each, one in shown
        ],
        "more": max(len(left) - MATCHES_SHOWN, 0),
    }


@acts(
    f"{ONE_SLOT}/confirm",
    "waitlist.write",
    purpose="waitlist.confirm",
    form=ConfirmForm,
    back=freed_time,
)
async def confirm_time(
    tx: WriteSession, _ask: Ask[ConfirmForm], data: ConfirmForm, slot_id: uuid.UUID
) -> Done:
    """Say that a proposed time is really free."""
    await service.confirm(tx, slot_id, meets=data.meets)
    return Done(f"{SLOTS_PATH}/{slot_id}", "waitlist.confirmed")


@acts(
    f"{ONE_SLOT}/offer", "waitlist.write", purpose="waitlist.offer", form=OfferForm, back=freed_time
)
async def offer_time(
    tx: WriteSession, ask: Ask[OfferForm], data: OfferForm, slot_id: uuid.UUID
) -> Done:
    """Ask these people in this order."""
    await service.offer(tx, slot_id, data.people, by=ask.by, practice=ask.practice)
    return Done(f"{SLOTS_PATH}/{slot_id}", "waitlist.offered")


@acts(f"{ONE_SLOT}/fill", "waitlist.write", purpose="waitlist.fill", back=freed_time)
async def fill_time(tx: WriteSession, ask: Ask[Any], slot_id: uuid.UUID) -> Done:
    """Say that someone else got the time."""
    await service.fill(tx, slot_id, by=ask.by, practice=ask.practice)
    return Done(f"{SLOTS_PATH}/{slot_id}", "waitlist.filled")


@acts(f"{ONE_SLOT}/withdraw", "waitlist.write", purpose="waitlist.withdraw", back=freed_time)
async def withdraw_time(tx: WriteSession, ask: Ask[Any], slot_id: uuid.UUID) -> Done:
    """Say that the time is not free after all."""
    await service.withdraw(tx, slot_id, by=ask.by, practice=ask.practice)
    return Done(f"{SLOTS_PATH}/{slot_id}", "waitlist.gone")


@shows(
    f"{PATH}/people/{{referral_id:uuid}}",
    "waitlist.read",
    template="waitlist/person.html",
    purpose="waitlist.person",
    form=WishForm,
)
async def waiting_person(tx: ReadSession, ask: Ask[WishForm], referral_id: uuid.UUID) -> Context:
    """What one person wishes for, and what they were offered."""
    referral = await people_repository.referral(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    names, wish, staff, offers, clinicians = await tx.together(
        names_of(tx, [referral.client_id]),
        people_repository.wish(tx, referral_id),
        staff_names(tx),
        repository.offers_of_referral(tx, referral_id),
        colleagues_with(tx, CLINICIAN),
    )
    form = ask.form
    if not form.errors and not any(form.values.values()):
        form = start(WishForm, _typed(wish))
    return {
        "form": form,
        "client": names.get(referral.client_id, views.NAMELESS),
        "referral_id": referral_id,
        "facts": views.wish_facts(referral, wish, staff=staff),
        "week": views.WEEK,
        "clinicians": sorted(clinicians.items(), key=lambda each: each[1]),
        "meets": [("", "Either"), *MEETS.items()],
        "payers": [
            ("", f"As on the referral: {payer_said(referral)}"),
            *((each, words(each)) for each in PAYERS if each not in ("unknown", "other")),
        ],
        "states": [("", "Not known yet"), *((each, each) for each in US_STATES)],
        "offers": [
            (
                views.slot_row(slot, staff=staff, asked=(0, 0), practice=ask.practice),
                views.offer_row(each, client="", staff=staff, practice=ask.practice),
            )
            for each, slot in offers
        ],
    }


def _typed(wish: WaitWish | None) -> dict[str, object]:
    if wish is None:
        return {}
    return {
        "clinicians": [str(each) for each in wish.clinicians],
        "times": list(wish.times),
        "meets": wish.meets,
        "payer": wish.payer,
        "state": wish.state,
    }


@acts(
    f"{PATH}/people/{{referral_id:uuid}}",
    "waitlist.write",
    purpose="waitlist.wish",
    form=WishForm,
    back=waiting_person,
)
async def save_wish(
    tx: WriteSession, _ask: Ask[WishForm], data: WishForm, referral_id: uuid.UUID
) -> Done:
    """Note what someone wishes for."""
    await ranking.save_wish(tx, referral_id, data)
    about = (await service.waiting_or_raise(tx, referral_id)).client_id
    return Done(f"{PATH}/people/{referral_id}", "waitlist.wish_saved", about=about)


PAGES = (
    waitlist,
    freed_times,
    new_time,
    add_time,
    freed_time,
    confirm_time,
    offer_time,
    fill_time,
    withdraw_time,
    waiting_person,
    save_wish,
)
