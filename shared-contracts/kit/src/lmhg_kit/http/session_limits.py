"""How long sessions live, by role: the one table of both planes. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple


class Limit(NamedTuple):
    """How long a session lives: without use, and at all."""

    idle: timedelta
    absolute: timedelta


LIMITS_BY_ROLE: Mapping[str, Limit] = {
    "admin": Limit(timedelta(minutes=15), timedelta(hours=8)),
    "compliance": Limit(timedelta(minutes=15), timedelta(hours=8)),
    "clinician": Limit(timedelta(minutes=30), timedelta(hours=12)),
    "front_desk": Limit(timedelta(minutes=30), timedelta(hours=12)),
    "it_support": Limit(timedelta(minutes=30), timedelta(hours=12)),
    "trainer": Limit(timedelta(minutes=60), timedelta(hours=12)),
    "staff": Limit(timedelta(minutes=60), timedelta(hours=12)),
    "stage:password": Limit(timedelta(minutes=5), timedelta(minutes=10)),
    "stage:enrol": Limit(timedelta(minutes=15), timedelta(minutes=30)),
}
"""The one table of limits. Of several roles the strictest counts; a stage is a half sign-in."""


@dataclass(frozen=True)
class SessionLimits:
    """What no session outlives, and the stricter limits of its roles."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    by_role: Mapping[str, Limit] = field(default_factory=dict[str, Limit])

    def of(self, roles: Iterable[str]) -> Limit:
        """The limit of a session with these roles: the shortest of all that apply."""
        named = [self.by_role[role] for role in roles if role in self.by_role]
        return Limit(
            min([self.idle, *(limit.idle for limit in named)]),
            min([self.absolute, *(limit.absolute for limit in named)]),
        )
