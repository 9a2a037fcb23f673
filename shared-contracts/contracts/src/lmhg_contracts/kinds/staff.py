"""Staff: who works here, as the portal may know it."""

from typing import ClassVar

from lmhg_contracts.classification import Plane
from lmhg_contracts.kinds.base import Address, Codes, Day, Flag, Id, Name, Record


class StaffProfile(Record, frozen=True, tag="staff_profile", kw_only=True):
    """A colleague at work: name, roles, work email, since when, and whose reports; nothing private."""

    HOME: ClassVar = Plane.ONPREM
    SCREENED: ClassVar = ("display_name", "work_email")

    active: Flag
    display_name: Name
    roles: Codes
    hired_on: Day | None = None
    manager_id: Id | None = None
    work_email: Address = ""
