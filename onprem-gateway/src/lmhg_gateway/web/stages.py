"""The stages of a sign-in in the identity process; its features say what each opens."""

PASSWORD = "stage:password"  # noqa: S105 - the name of a stage
ENROL = "stage:enrol"
FULL = "stage:full"

STAGES = (PASSWORD, ENROL, FULL)

IN_FULL = frozenset({FULL})
"""After the right password only the second factor is open; who has none and needs one can enrol it,
and no more."""
