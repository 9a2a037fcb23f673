"""Who may do what on the portal: one table, and nothing that is not in it."""

from collections.abc import Mapping

ROLES = ("front_desk", "clinician", "trainer", "it_support", "compliance", "admin", "staff")
_EVERYONE = frozenset(ROLES)
_SUPPORT = frozenset({"it_support", "admin"})

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "home.view": _EVERYONE,
    "account.view": _EVERYONE,
    "announcements.read": _EVERYONE,
    "calendar.read": _EVERYONE,
    "tickets.file": _EVERYONE,
    "tickets.read": _EVERYONE,
    "tickets.work": _SUPPORT,
    "log_gaps.read": frozenset({"compliance", "admin"}),
}
"""Permission to roles. A permission that is not listed belongs to nobody."""
