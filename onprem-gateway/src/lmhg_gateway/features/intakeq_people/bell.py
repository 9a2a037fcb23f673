"""What the bell counts: clients of IntakeQ's that wait for a decision."""

from lmhg_gateway.features.intakeq_people.repository import OPEN_COUNT
from lmhg_gateway.features.intakeq_people.views import PATH
from lmhg_kit.feature import BellEntry

BELL = (
    BellEntry(
        permission="intakeq_people.decide",
        label="IntakeQ clients to decide",
        href=PATH,
        count=OPEN_COUNT,
        tone="warn",
    ),
)
