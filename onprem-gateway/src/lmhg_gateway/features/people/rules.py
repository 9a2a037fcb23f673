"""Rules about people: who may do what to whom, and how long the other plane may still be open."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from lmhg_contracts.roles import ADMIN
from lmhg_kit.errors import Conflict
from lmhg_kit.http.session_limits import LIMITS_BY_ROLE, SessionLimits

PORTAL_LIMITS = SessionLimits(
    idle=timedelta(minutes=60), absolute=timedelta(hours=12), by_role=LIMITS_BY_ROLE
)
"""What no session of the portal outlives."""
GOAL = timedelta(seconds=5)
"""How long an offboarding may take on both planes while the link is up."""


def check_other(person: str, *, actor: str) -> None:
    """Nobody does this to themselves. Raises: Conflict."""
    if person == actor:
        raise Conflict("own_account")


def check_admin_left(person: str, roles: Iterable[str], *, admins: Sequence[str]) -> None:
    """Someone can still administer afterwards. Raises: Conflict."""
    if ADMIN not in roles and set(admins) <= {person}:
        raise Conflict("last_admin")


def portal_ends_by(signed_in_at: datetime | None, roles: Iterable[str]) -> datetime | None:
    """When the last portal session of a person is over, whatever happens to the link."""
    if signed_in_at is None:
        return None
    return signed_in_at + PORTAL_LIMITS.of(roles).absolute


def seconds_between(start: datetime, stop: datetime | None) -> float | None:
    """How long something took, or None while it goes on."""
    return None if stop is None else max((stop - start).total_seconds(), 0.0)


def account_state(*, is_active: bool, is_invited: bool) -> tuple[str, str]:
    """How far someone's account is, in a word with its colour."""
    if not is_active:
        return "Left", ""
    return ("Invited", "warn") if is_invited else ("Active", "ok")
