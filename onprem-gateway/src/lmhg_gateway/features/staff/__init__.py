"""Colleagues, their roles, and their exempt profile."""

from lmhg_gateway.features.staff.models import StaffProfile
from lmhg_kit.feature import Feature
from lmhg_kit.releasing import Releasable

FEATURE = Feature(
    name="staff",
    models=(StaffProfile,),
    contributes=(
        Releasable(
            kind="staff_profile",
            table="practice.staff_profile",
            title="Staff profiles",
            covers="Name, roles, work email, hire date, manager and if active, for everyone on staff. Nothing private.",
            place="/people/",
            is_keepable=True,
        ),
    ),
)
