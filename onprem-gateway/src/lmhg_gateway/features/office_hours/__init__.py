"""Office hours: when the practice works, which every due date here counts by."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, EVERYONE
from lmhg_gateway.features.office_hours import api
from lmhg_gateway.features.office_hours.models import Holiday, OfficeDay
from lmhg_gateway.features.office_hours.pages import (
    add_holiday,
    add_suggested,
    drop_holiday,
    new_holiday,
    office_hours,
    save_week,
)
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="office_hours",
    app="workspace",
    pages=(office_hours, save_week, new_holiday, add_holiday, add_suggested, drop_holiday),
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Office hours",
            path="/office-hours",
            icon="calendar",
            permission="office_hours.read",
        ),
    ),
    messages={
        "office_week": "The week was not saved. Check the times.",
        "holiday_gone": "There is no such closed day.",
        "holiday_none": "Tick at least one day.",
        "holiday": "The day was not added. Check the date.",
    },
    notices={
        "office_hours.saved": "Office hours saved. New due dates count by them.",
        "office_hours.closed": "Day added. Nothing will be due on it.",
        "office_hours.open": "Day removed. The practice works on it.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="office_hours.read", roles=EVERYONE, scope="office_hours"),
        Permission(name="office_hours.write", roles=frozenset({ADMIN})),
    ),
    models=(OfficeDay, Holiday),
)
