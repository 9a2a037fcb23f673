"""Where a client sits during a visit: there the clinician needs a license. Pure."""

from collections.abc import Mapping

from lmhg_kit.errors import Invalid
from lmhg_kit.us_states import US_STATES

ABROAD = "ZZ"
PLACES: Mapping[str, str] = {**US_STATES, ABROAD: "Outside the US"}
"""What can be said, by its code."""


def check_place(code: str) -> None:
    """Accept a place that can be said, or none. Raises: Invalid."""
    if code and code not in PLACES:
        raise Invalid("visit", fields={"place": "Choose one of the states."})


def license_words(place: str, licensed_in: frozenset[str] | None) -> str:
    """What to know before a visit with someone who sits there; nothing where all is well.

    `licensed_in` are the states of the clinician's licenses, None where no one wrote them down.
    """
    if not place or licensed_in is None or place in licensed_in:
        return ""
    return f"No license in {PLACES[place]}" if place != ABROAD else "Outside the US: no license"
