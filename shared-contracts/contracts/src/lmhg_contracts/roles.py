"""The roles that a colleague can have, the same on both planes; a profile carries them across.

Which roles may do what is said by each `Permission` in a feature's `__init__.py`, role by role;
`docs/reference/permissions.md` has all of them.
"""

FRONT_DESK = "front_desk"
CLINICIAN = "clinician"
TRAINER = "trainer"
IT_SUPPORT = "it_support"
COMPLIANCE = "compliance"
ADMIN = "admin"
STAFF = "staff"

ROLES = (FRONT_DESK, CLINICIAN, TRAINER, IT_SUPPORT, COMPLIANCE, ADMIN, STAFF)

EVERYONE = frozenset(ROLES)

BREAK_GLASS = "break_glass"
"""No role of a person: a session has it while emergency access is open, to read and never to write."""
