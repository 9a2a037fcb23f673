"""What another sign-in server may say about admin and compliance."""

import pytest

from lmhg_gateway.features.decisions.public import POWERS
from lmhg_gateway.features.external.rules import without_new


@pytest.mark.parametrize(
    ("claimed", "has", "left"),
    [
        ({"staff", "admin"}, {"staff"}, {"staff"}),
        ({"admin", "compliance"}, {"admin"}, {"admin"}),
        ({"staff"}, {"staff", "admin", "compliance"}, {"staff"}),
        ({"admin"}, set(), set()),
    ],
)
def test_a_claim_takes_powers_away_and_gives_none(
    claimed: set[str], has: set[str], left: set[str]
) -> None:
    """Two people here give them; over there one administrator would be enough."""
    assert without_new(frozenset(claimed), powers=POWERS, has=frozenset(has)) == left
