"""What the home page shows of referrals: how many are where a step is owed."""

from collections.abc import Sequence

from lmhg_gateway.features.referrals import repository
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
