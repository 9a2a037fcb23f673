"""What each stage of a sign-in opens in the identity process: one table, and nothing beside it."""

from collections.abc import Mapping

PASSWORD = "stage:password"  # noqa: S105 - the name of a stage
ENROL = "stage:enrol"
FULL = "stage:full"

STAGES = (PASSWORD, ENROL, FULL)

_FULL = frozenset({FULL})

IDENTITY_PERMISSIONS: Mapping[str, frozenset[str]] = {
    "identity.second_factor": frozenset({PASSWORD}),
    "identity.enrol": frozenset({ENROL, FULL}),
    "identity.security": _FULL,
}
"""Permission to stages. After the right password only the second factor is open; who has none
and needs one can enrol it, and no more."""
