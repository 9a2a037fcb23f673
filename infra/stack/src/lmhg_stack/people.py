"""The demo staff: who can sign in after `make up`, and with what."""

import base64
from dataclasses import dataclass
from hashlib import sha1
from typing import Any
from uuid import UUID, uuid5

DEMO_PASSWORD = "practice-makes-calm"  # noqa: S105 - printed by `make up`; loopback only
_NAMESPACE = UUID("7d0f2f6e-53f1-4f0e-9f0c-6c6d68670000")
ENROLLED = frozenset({"compliance", "admin"})
"""Roles whose demo people have a second factor already; the others see the reminder."""


@dataclass(frozen=True)
class Member:
    """One invented member of staff, with one list of roles for both planes."""

    email: str
    name: str
    roles: tuple[str, ...]
    password: str = DEMO_PASSWORD

    @property
    def id(self) -> UUID:
        """The same account id on both planes and in every stack."""
        return uuid5(_NAMESPACE, self.email)

    @property
    def totp_secret(self) -> str:
        """The secret of the demo authenticator, the same in every stack; empty without one."""
        if ENROLLED.isdisjoint(self.roles):
            return ""
        return base64.b32encode(sha1(self.id.bytes, usedforsecurity=False).digest()).decode()

    def as_login(self) -> dict[str, Any]:
        """As stack.json has it."""
        login: dict[str, Any] = {
            "email": self.email,
            "name": self.name,
            "roles": list(self.roles),
            "password": self.password,
        }
        return {**login, "totp_secret": self.totp_secret} if self.totp_secret else login


STAFF = (
    Member("front@lmhg.test", "Robin Vance", ("front_desk",)),
    Member("morgan.reyes@lmhg.test", "Dr. Morgan Reyes", ("clinician",)),
    Member("casey.lindqvist@lmhg.test", "Dr. Casey Lindqvist", ("clinician",)),
    Member("devon.okafor@lmhg.test", "Devon Okafor LCSW", ("clinician",)),
    Member("compliance@lmhg.test", "Jordan Achebe", ("compliance",)),
    Member("second@lmhg.test", "Sam Whitlock", ("compliance",)),
    Member("admin@lmhg.test", "Alex Moreau", ("admin",)),
    Member("deputy@lmhg.test", "Lee Marchetti", ("admin",)),
    Member("it@lmhg.test", "Kim Sorensen", ("it_support",)),
)
ASKS, APPROVES = STAFF[4], STAFF[5]
FIRST = (STAFF[6], STAFF[7])
"""The first two people, made by the operator's command."""
# Kinds that cross by a standing approval: colleagues' names, and the export of busy times.
STANDING = ("staff_profile", "calendar_block")


def member(email: str) -> Member:
    """One of the demo staff. Raises: StopIteration."""
    return next(one for one in STAFF if one.email == email)
