"""Puts a small waitlist on record for the demo: people with wishes, a time that is free, a couple, visits allowed.

By the same use cases that the pages have, in the operator's name; everyone is invented.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import time, timedelta
from itertools import pairwise

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.features.authorizations.forms import AuthorizationForm
from lmhg_gateway.features.authorizations.service import add as allow
from lmhg_gateway.features.clients.forms import NewClient
from lmhg_gateway.features.clients.service import create
from lmhg_gateway.features.referral_people.forms import NewPart
from lmhg_gateway.features.referral_people.service import add as take_part
from lmhg_gateway.features.referrals.forms import MoveForm, NewReferral, Payer, Source
from lmhg_gateway.features.referrals.rules import State
from lmhg_gateway.features.referrals.service import move, record
from lmhg_gateway.features.waitlist.forms import NewSlot, WishForm
from lmhg_gateway.features.waitlist.ranking import save_wish
from lmhg_gateway.features.waitlist.service import add_slot
from lmhg_kit.errors import Invalid
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.practice import Practice
from lmhg_stack.people import STAFF

OPERATOR = Actor("operator")
PRACTICE = Practice("America/New_York")
WAY = (State.RECEIVED, State.CONTACTED, State.SCREENING, State.WAITLISTED)
TIME = time(15, 0)
PEOPLE: Sequence[tuple[str, Source, Payer, int, WishForm]] = (
    ("Orlaith Fenbrook", "physician", "medicaid", 40, WishForm(times=["tue_afternoon", "thu_afternoon"], state="KY")),
    ("Perrin Ashvale", "school", "commercial", 25, WishForm(meets="telehealth")),
    ("Quillan Thornby", "self", "medicaid", 12, WishForm(times=["tue_evening"])),
)  # fmt: skip
"""Who waits: name, source, payer, since how many days, and what they wish for."""
PARTNER = "Rosalind Fenbrook"


async def put_waitlist(url: str) -> None:
    """People who wait, a freed time that suits one of them, a partner, and visits that an insurer allows."""
    clinicians = [person for person in STAFF if CLINICIAN in person.roles]
    db = Database(url, pool_size=1, role=owner_for(url))
    try:
        async with db.uow(OPERATOR, "demo waitlist") as tx:
            for number, (name, source, payer, days, wish) in enumerate(PEOPLE):
                referral_id = await _wait(tx, name, source=source, payer=payer, days=days)
                await save_wish(tx, referral_id, wish)
                if number == 0:
                    await _couple(tx, referral_id)
            day = PRACTICE.today() + timedelta(days=1)
            while day.weekday() != 1:
                day += timedelta(days=1)
            free = NewSlot(
                clinician=clinicians[0].id,
                day=day,
                begins=f"{TIME:%H:%M}",
                minutes=50,
                meets="in_person",
            )
            with suppress(Invalid):  # the clinician has a visit then; the demo goes on without it
                await add_slot(tx, free, [], practice=PRACTICE)
    finally:
        await db.close()


async def _wait(
    tx: WriteSession, name: str, *, source: Source, payer: Payer, days: int
) -> uuid.UUID:
    """Someone new whose referral is on the waitlist."""
    today = PRACTICE.today()
    person = NewClient(legal_name=name, mobile="502 555 0171", may_voicemail=True)
    client = await create(tx, person, by=OPERATOR.id, today=today)
    form = NewReferral(
        received_on=today - timedelta(days=days),
        source_category=source,
        channel="phone",
        concern_code="anxiety",
        urgency="routine",
        payer=payer,
        may_contact=True,
    )
    made = await record(tx, form, client_id=client.id, by=OPERATOR.id, practice=PRACTICE)
    for seen, to in pairwise(WAY):
        await move(tx, made.id, MoveForm(seen=seen, to=to), by=OPERATOR.id, practice=PRACTICE)
    return made.id


async def _couple(tx: WriteSession, referral_id: uuid.UUID) -> None:
    """A partner who takes part, and visits that run out soon."""
    today = PRACTICE.today()
    partner = await create(tx, NewClient(legal_name=PARTNER), by=OPERATOR.id, today=today)
    at = PRACTICE.clock()
    part = NewPart(client=partner.id, role="partner")
    await take_part(tx, referral_id, part, by=OPERATOR.id, at=at)
    until = today + timedelta(days=60)
    visits = AuthorizationForm(
        granted_by="insurer", number="DEMO-4471", units=8, used=6, valid_until=until
    )
    await allow(tx, referral_id, visits, practice=PRACTICE)
