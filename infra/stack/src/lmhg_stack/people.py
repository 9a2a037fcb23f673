"""The demo staff: who can sign in after `make up`, where, and with what."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid5

DEMO_PASSWORD = "practice-makes-calm"  # noqa: S105 - printed by `make up`; loopback only
_NAMESPACE = UUID("7d0f2f6e-53f1-4f0e-9f0c-6c6d68670000")


@dataclass(frozen=True)
class Member:
    """One invented member of staff, with the roles held on each plane."""

    email: str
    name: str
    onprem: tuple[str, ...] = ()
    cloud: tuple[str, ...] = ("staff",)

    @property
    def id(self) -> UUID:
        """The same account id on both planes and in every stack."""
        return uuid5(_NAMESPACE, self.email)


@dataclass(frozen=True)
class Login:
    """One account that can sign in somewhere."""

    plane: str
    email: str
    name: str
    roles: tuple[str, ...]
    password: str = DEMO_PASSWORD

    def as_dict(self) -> dict[str, Any]:
        """As stack.json has it."""
        return {**asdict(self), "roles": list(self.roles)}


STAFF = (
    Member("front@lmhg.test", "Robin Vance", ("front_desk",)),
    Member("morgan.reyes@lmhg.test", "Dr Morgan Reyes", ("clinician",)),
    Member("casey.lindqvist@lmhg.test", "Dr Casey Lindqvist", ("clinician",)),
    Member("devon.okafor@lmhg.test", "Devon Okafor LCSW", ("clinician",)),
    Member("compliance@lmhg.test", "Jordan Achebe", ("compliance",)),
    Member("second@lmhg.test", "Sam Whitlock", ("compliance",)),
    Member("admin@lmhg.test", "Alex Moreau", ("admin",)),
    Member("it@lmhg.test", "Kim Sorensen", ("it_support",), ("it_support",)),
)
ASKS, APPROVES = STAFF[4], STAFF[5]
# Kinds that cross by a standing approval: colleagues' names, and the export of busy times.
STANDING = ("staff_profile", "calendar_block")


def logins() -> Iterator[Login]:
    """Every account, by plane."""
    for plane in ("onprem", "cloud"):
        for member in STAFF:
            roles = member.onprem if plane == "onprem" else member.cloud
            if roles:
                yield Login(plane, member.email, member.name, roles)


LOGINS = tuple(logins())
