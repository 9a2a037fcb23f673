"""Who may do what in the workspace: one table, and nothing that is not in it."""

from collections.abc import Mapping

FRONT_DESK = "front_desk"
CLINICIAN = "clinician"
TRAINER = "trainer"
IT_SUPPORT = "it_support"
COMPLIANCE = "compliance"
ADMIN = "admin"
STAFF = "staff"

ROLES = (FRONT_DESK, CLINICIAN, TRAINER, IT_SUPPORT, COMPLIANCE, ADMIN, STAFF)

_CARE = frozenset({FRONT_DESK, CLINICIAN, ADMIN})
_EVERYONE = frozenset(ROLES)
_OFFICER = frozenset({COMPLIANCE})
_GLASS = frozenset({"break_glass"})
"""No role of a person: a session has it while break-glass is open."""

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "home.view": _EVERYONE,
    "clients.read": _CARE | _GLASS,
    "clients.write": frozenset({FRONT_DESK, ADMIN}),
    "referrals.read": _CARE | _GLASS,
    "referrals.write": frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
    "appointments.read": _CARE | _GLASS,
    "announcements.read": _EVERYONE,
    "announcements.write": frozenset({ADMIN, COMPLIANCE, FRONT_DESK, CLINICIAN, TRAINER}),
    "exemptions.approve": frozenset({COMPLIANCE, ADMIN}),
    "exemptions.withdraw": frozenset({COMPLIANCE, ADMIN}),
    "cloud_copy.read": _CARE | frozenset({COMPLIANCE}),
    "kept_texts.read": frozenset({COMPLIANCE, ADMIN}),
    "compliance.read": frozenset({COMPLIANCE, ADMIN}),
    "compliance.decide": _OFFICER,
    "compliance.export": _OFFICER,
    "packets.judge": _OFFICER,
    "packets.sign": _OFFICER,
    "people.manage": frozenset({ADMIN}),
    "powers.decide": frozenset({ADMIN, COMPLIANCE}),
    "oauth_clients.manage": frozenset({ADMIN}),
    "network.read": frozenset({ADMIN}),
    "break_glass.open": _EVERYONE,
    "break_glass.review": _OFFICER,
}
"""Permission to roles. A permission that is not listed belongs to nobody."""
