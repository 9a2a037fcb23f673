"""What a referral's page shows of the waitlist: the person's wishes, and which times they were offered."""

import uuid
from datetime import datetime
from typing import NamedTuple

from lmhg_gateway.features.referrals.public import State
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.waitlist import people_repository, repository
from lmhg_gateway.features.waitlist.views import OFFER_WORDS, wish_facts
from lmhg_kit.persistence import ReadSession

SHOWN = 3
_WAITS = (State.SCREENING, State.WAITLISTED, State.OFFERED)


class Offered(NamedTuple):
    """One time that the person was offered."""

    slot_id: uuid.UUID
    starts_at: datetime
    said: str
    tone: str


class Known(NamedTuple):
    """Wishes in words, and the newest offers."""

    facts: list[tuple[str, str]]
    offers: list[Offered]


async def rows_of_referral(tx: ReadSession, referral_id: uuid.UUID) -> list[Known]:
    """One row where the person waits, or waited and was offered a time; none otherwise."""
    referral = await people_repository.referral(tx, referral_id)
    if referral is None:
        return []
    wish, offers, staff = await tx.together(
        people_repository.wish(tx, referral_id),
        repository.offers_of_referral(tx, referral_id),
        staff_names(tx),
    )
    if referral.state not in _WAITS and not offers:
        return []
    shown = [
        Offered(slot.id, slot.starts_at, *OFFER_WORDS[one.state]) for one, slot in offers[:SHOWN]
    ]
    return [Known(wish_facts(referral, wish, staff=staff), shown)]
