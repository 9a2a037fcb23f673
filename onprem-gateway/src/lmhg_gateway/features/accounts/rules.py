"""Rules of sign-in: stages, second factors and the date from which they are needed.

Wrong passwords and how long they make someone wait: `attempts.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

PASSWORD, ENROL, FULL = "password", "enrol", "full"
STAGES = (PASSWORD, ENROL, FULL)
_PREFIX = "stage:"

PWD, OTP, HWK, RC, MFA = "pwd", "otp", "hwk", "rc", "mfa"
METHODS: Mapping[str, str] = {
    PWD: "password",
    OTP: "authenticator app",
    HWK: "security key",
    RC: "recovery code",
    MFA: "several ways",
}
"""How someone can prove who they are; the codes are the `amr` values of OpenID Connect.

Another issuer may say `mfa` without saying which."""
_SECOND = frozenset({OTP, HWK, RC, MFA})

ALONE_MIN, BESIDE_MIN = 15, 12
"""Characters of a password alone, and beside a second factor."""


@dataclass(frozen=True)
class Reminder:
    """When a second factor will be needed, for someone who has none."""

    required_from: datetime
    days_left: int


def stage_role(stage: str) -> str:
    """The role that a session of this stage has in the identity process."""
    return _PREFIX + stage


def stage_of(roles: Iterable[str]) -> str:
    """The stage among a session's roles; a session without one has passed them all."""
    return next((role.removeprefix(_PREFIX) for role in roles if role.startswith(_PREFIX)), FULL)


def has_second_factor(methods: Iterable[str]) -> bool:
    """Whether one of these methods is a second factor."""
    return not _SECOND.isdisjoint(methods)


def stage_after_password(*, enrolled: bool, required: bool, length: int) -> str:
    """What a right password opens.

    A password too short to stand alone opens enrolment only, as does one whose role needs more.
    """
    if enrolled:
        return PASSWORD
    return ENROL if required or length < ALONE_MIN else FULL


def reminder(rule: datetime | None, *, enrolled: bool, at: datetime) -> Reminder | None:
    """The reminder due to someone under this rule, if they still have to do something."""
    if rule is None or enrolled or rule <= at:
        return None
    return Reminder(rule, -((at - rule) // timedelta(days=1)))
