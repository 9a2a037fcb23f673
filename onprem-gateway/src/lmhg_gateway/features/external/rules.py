"""What another issuer's ID token means here: whose account, which roles, proved when and how."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from lmhg_kit.errors import Forbidden

STEP_UP = timedelta(minutes=10)
METHODS = frozenset({"pwd", "otp", "hwk", "mfa"})
"""Values of `amr` that mean something here; others are left out."""

Claims = Mapping[str, Any]


def parse_roles(text: str, *, known: Iterable[str]) -> Mapping[str, str]:
    """Role over there to role here, of `theirs=ours,...`; empty: the same names.

    Raises: ValueError for a role that we do not have.
    """
    ours = frozenset(known)
    if not text.strip():
        return {role: role for role in ours}
    pairs = [pair.strip().partition("=") for pair in text.split(",") if pair.strip()]
    made = {theirs.strip(): role.strip() for theirs, _, role in pairs}
    if "" in made or not ours.issuperset(made.values()):
        raise ValueError(text)
    return made


def granted(claims: Claims, *, path: str, roles: Mapping[str, str]) -> frozenset[str]:
    """Our roles that the claim grants; what we do not know grants nothing."""
    named = _at(claims, path)
    if not isinstance(named, list):
        return frozenset()
    texts = [each for each in cast("list[object]", named) if isinstance(each, str)]
    return frozenset(roles[each] for each in texts if each in roles)


def without_new(
    claimed: frozenset[str], *, powers: Iterable[str], has: frozenset[str]
) -> frozenset[str]:
    """The claimed roles, but none of these that the account does not have already."""
    return claimed - (frozenset(powers) - has)


def _at(claims: Claims, path: str) -> object:
    """The value at a claim of this very name, or at the end of a dotted path."""
    if path in claims:
        return claims[path]
    found: object = claims
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = cast("Mapping[str, object]", found).get(part)
    return found


def verified_email(claims: Claims) -> str:
    """The address that the issuer has verified. Raises: Forbidden."""
    email = claims.get("email")
    if not isinstance(email, str) or not email.strip() or claims.get("email_verified") is not True:
        raise Forbidden("external_email")
    return email.strip().lower()


def proven_at(claims: Claims, authenticated_at: datetime, *, now: datetime) -> datetime:
    """When the person proved who they are; without word of it, too long ago for a sensitive step."""
    if "auth_time" not in claims:
        return now - STEP_UP
    return min(authenticated_at, now)


def check_fresh(at: datetime, *, now: datetime) -> None:
    """Someone who had to prove again who they are has just done so. Raises: Forbidden."""
    if now - at >= STEP_UP:
        raise Forbidden("external_stale")
