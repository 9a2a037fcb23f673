"""The roles that a colleague can have, the same on both planes; a profile carries them across."""

FRONT_DESK = "front_desk"
CLINICIAN = "clinician"
TRAINER = "trainer"
IT_SUPPORT = "it_support"
COMPLIANCE = "compliance"
ADMIN = "admin"
STAFF = "staff"

ROLES = (FRONT_DESK, CLINICIAN, TRAINER, IT_SUPPORT, COMPLIANCE, ADMIN, STAFF)

EVERYONE = frozenset(ROLES)
CARE = frozenset({FRONT_DESK, CLINICIAN, ADMIN})
OFFICER = frozenset({COMPLIANCE})
OVERSIGHT = frozenset({COMPLIANCE, ADMIN})
BREAK_GLASS = "break_glass"
GLASS = frozenset({BREAK_GLASS})
"""No role of a person: a session has it while emergency access is open."""
