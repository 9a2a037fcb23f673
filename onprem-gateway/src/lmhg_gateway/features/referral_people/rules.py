"""Who may take part in a referral, and as what. Pure."""

import uuid
from collections.abc import Collection, Mapping
from typing import NamedTuple

from lmhg_kit.errors import Invalid

ROLES: Mapping[str, str] = {
    "client": "Client",
    "partner": "Partner",
    "child": "Child",
    "guardian": "Guardian",
}
PEOPLE_MAX = 12
"""People of one referral besides the one it was made for."""


class Part(NamedTuple):
    """One person's part, as the rule sees it."""

    client_id: uuid.UUID
    role: str


def check_add(client_id: uuid.UUID, *, own: uuid.UUID, there: Collection[uuid.UUID]) -> None:
    """Accept one more person who is not there yet. Raises: Invalid."""
    if client_id == own or client_id in there:
        raise Invalid("part_already", fields={"client": "This person takes part already."})
    if len(there) >= PEOPLE_MAX:
        said = f"A referral has at most {PEOPLE_MAX} more people."
        raise Invalid("part_many", fields={"client": said})


def once(parts: Collection[Part]) -> list[Part]:
    """Each person once: two records that became one may have left two rows."""
    return list({each.client_id: each for each in reversed(list(parts))}.values())[::-1]
