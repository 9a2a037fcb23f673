"""Calendar blocks: what the cloud may know of an appointment."""

from lmhg_gateway.features.calendar.models import CalendarBlock
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="calendar",
    models=(CalendarBlock,),
)
