"""What the people around a client may decide and know, and how the privacy notice was given. Pure."""

from collections.abc import Mapping
from datetime import date

from lmhg_kit.http.door import FIRST_DAY

ROLES: Mapping[str, str] = {
    "parent": "Parent",
    "guardian": "Guardian",
    "foster": "Foster parent",
    "representative": "Legal representative",
    "partner": "Partner",
    "relative": "Relative",
    "caregiver": "Caregiver",
    "friend": "Friend",
}
ALONE, WITH_OTHER, NO, UNKNOWN = "alone", "with_other", "no", "unknown"
CONSENTS: Mapping[str, str] = {
    UNKNOWN: "Not known yet",
    ALONE: "May consent alone",
    WITH_OTHER: "Only together with the other parent",
    NO: "May not consent",
}
MAY_NOT_DECIDE = frozenset({"partner", "caregiver", "friend"})
"""Who does not consent for a client by being that; with papers they are a legal representative."""
ACKNOWLEDGED, REFUSED, NOT_REACHED, EMERGENCY = (
    "acknowledged",
    "refused",
    "not_reached",
    "emergency",
)
NOTICES: Mapping[str, str] = {
    ACKNOWLEDGED: "Received, and confirmed in writing",
    REFUSED: "Given; they would not confirm it",
    NOT_REACHED: "Sent; no confirmation came back",
    EMERGENCY: "Not yet: it was an emergency",
}
"""The notice of privacy practices: confirmed, or the attempt and why. Source: 45 CFR 164.520 (c)(2)."""


def problems(role: str, *, consents: str, limits: str, phone: str, email: str) -> dict[str, str]:
    """What keeps such a person from being saved, by field; nothing where all is there."""
    found: dict[str, str] = {}
    if role in MAY_NOT_DECIDE and consents in {ALONE, WITH_OTHER}:
        found["consents"] = "Choose Legal representative as the role, if there are papers."
    if consents == WITH_OTHER and not limits:
        found["limits"] = "Write what the papers say, so that everyone keeps to it."
    if not phone and not email:
        found["phone"] = "Write a phone number or an email address."
    return found


def check_notice(outcome: str, *, day: date, note: str, today: date) -> dict[str, str]:
    """What keeps a notice from being recorded, by field: without a confirmation it says what was tried."""
    found: dict[str, str] = {}
    if not FIRST_DAY <= day <= today:
        found["day"] = f"Write a date from {FIRST_DAY.year} to today."
    if outcome != ACKNOWLEDGED and not note:
        found["note"] = "Write what was tried, and why it was not confirmed."
    return found


def warnings(consents: str, *, limits: str, may_know: bool) -> list[str]:
    """What to keep to whenever this person is contacted."""
    found = [CONSENTS[consents]] if consents in {WITH_OTHER, NO} else []
    if not may_know:
        found.append("Say nothing about care")
    return [*found, limits] if limits else found
