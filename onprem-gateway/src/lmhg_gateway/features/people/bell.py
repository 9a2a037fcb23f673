"""What the bell counts of people: lost devices, and accounts without a second factor."""

from lmhg_gateway.features.factors.public import OWING_FACTOR
from lmhg_gateway.features.sign_in.public import RESETS_OF_OTHERS
from lmhg_kit.feature import BellEntry

BELL = (
    BellEntry(
        permission="people.manage",
        label="Lost devices to approve",
        href="/people",
        count=RESETS_OF_OTHERS,
        tone="bad",
    ),
    BellEntry(
        permission="people.manage",
        label="People without two-step sign-in",
        href="/people",
        count=OWING_FACTOR,
        tone="warn",
    ),
)
