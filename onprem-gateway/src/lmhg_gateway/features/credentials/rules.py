"""How long a credential counts, when its owner is reminded, and who may change it. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from lmhg_kit.errors import Forbidden
from lmhg_kit.http.door import FIRST_DAY, LAST_DAY
from lmhg_kit.us_states import US_STATES


class Kind(StrEnum):
    """What lets a colleague work."""

    LICENSE = "license"
    MALPRACTICE = "malpractice"
    CAQH = "caqh"
    DEA = "dea"
    OTHER = "other"


KINDS: Mapping[Kind, str] = {
    Kind.LICENSE: "License",
    Kind.MALPRACTICE: "Malpractice insurance",
    Kind.CAQH: "CAQH profile",
    Kind.DEA: "DEA registration",
    Kind.OTHER: "Other",
}
CAQH_DAYS = 120
"""An attestation at CAQH counts for so many days."""
STAGES = (60, 30, 7)
"""Reminders go out so many days before the end; once more when it is over."""
OVER = 0
PAYERS: Mapping[str, str] = {
    "medicaid": "Medicaid",
    "medicare": "Medicare",
    "commercial": "Commercial insurance",
}
"""Payers that have panels, by the codes that referrals use."""


def caqh_until(attested_on: date) -> date:
    """The last day on which an attestation at CAQH counts."""
    return attested_on + timedelta(days=CAQH_DAYS)


def problems(
    kind: Kind,
    *,
    state: str,
    valid_until: date | None,
    attested_on: date | None,
    today: date,
) -> dict[str, str]:
    """What keeps a credential from being saved, by field; nothing where all is there."""
    found: dict[str, str] = {}
    if kind is Kind.LICENSE and state not in US_STATES:
        found["state"] = "Choose the state that gave the license."
    if kind is Kind.CAQH:
        if attested_on is None or not FIRST_DAY <= attested_on <= today:
            found["attested_on"] = "Write the day of the last attestation."
    elif valid_until is None or not FIRST_DAY <= valid_until <= LAST_DAY:
        found["valid_until"] = "Write the last day on which it counts."
    return found


def stage_of(valid_until: date, *, today: date) -> int | None:
    """The reminder that fits a day: the nearest of 60, 30 and 7 that is reached, 0 when it is over."""
    left = (valid_until - today).days
    if left < 0:
        return OVER
    return min((stage for stage in STAGES if left <= stage), default=None)


def to_tell(valid_until: date, *, told: int | None, today: date) -> int | None:
    """The reminder to send now; nothing where it was sent. One that was missed is not sent late."""
    stage = stage_of(valid_until, today=today)
    return stage if stage is not None and (told is None or stage < told) else None


def check_whose(*, is_own: bool, is_manager: bool) -> None:
    """Accept a change of one's own credentials, or of anyone's by who manages people. Raises: Forbidden."""
    if not is_own and not is_manager:
        raise Forbidden("credential_whose")


def counts_on(begins_on: date, ends_on: date | None, *, day: date) -> bool:
    """Whether something that lasts from a day until a day counts on one."""
    return begins_on <= day and (ends_on is None or day <= ends_on)
