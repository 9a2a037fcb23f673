"""Colleagues, their roles, and their exempt profile."""

from lmhg_gateway.features.staff.models import StaffProfile
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="staff",
    models=(StaffProfile,),
)
