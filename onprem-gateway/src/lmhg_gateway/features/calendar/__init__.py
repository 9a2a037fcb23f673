"""Calendar blocks: what the cloud may know of an appointment."""

from pathlib import Path

from lmhg_gateway.features.calendar.models import CalendarBlock
from lmhg_kit.feature import Feature
from lmhg_kit.releasing import Releasable

OF_PART2 = (
    "exists (select from practice.appointment a join practice.client c on c.id = a.client_id"
    " where a.id = t.appointment_id and c.part2)"
)
FEATURE = Feature(
    name="calendar",
    models=(CalendarBlock,),
    contributes=(
        Releasable(
            kind="calendar_block",
            table="practice.calendar_block",
            title="Calendar busy times",
            covers="The clinician's busy time for each appointment: who, from when to when, and if it is confirmed. No client, no service, no place.",
            never=OF_PART2,
            is_keepable=True,
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
)
