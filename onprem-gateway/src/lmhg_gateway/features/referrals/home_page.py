"""What the home page shows of referrals: counts, and the first calls that are due."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.referrals import repository
from lmhg_gateway.features.referrals.service import waiting_rows
from lmhg_gateway.features.referrals.views import ReferralRow
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice

COUNTED = {"received": "To be contacted", "waitlisted": "On the waitlist", "offered": "Offers out"}


async def at_home(tx: ReadSession, _practice: Practice) -> Sequence[Stat]:
    """How many stand in the states that ask for a step."""
    counts = await repository.counts(tx)
    return [
        Stat(counts.get(state, 0), label, f"/referrals?state={state}")
        for state, label in COUNTED.items()
    ]


async def first_contacts(
    tx: ReadSession, _practice: Practice, _person: uuid.UUID
) -> Sequence[ReferralRow]:
    """Referrals that nobody contacted yet."""
    return await waiting_rows(tx)
