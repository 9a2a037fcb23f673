"""Staff: who works here, as the portal may know it."""

from lmhg_contracts.kinds.base import Codes, Flag, Name, Record


class StaffProfile(Record, frozen=True, tag="staff_profile", kw_only=True):
    """A colleague's name and roles; no credential, no contact detail."""

    active: Flag
    display_name: Name
    roles: Codes
