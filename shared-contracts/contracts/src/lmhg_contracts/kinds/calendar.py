"""Calendar block: all that crosses of an appointment, that a clinician is busy, and nothing else."""

from typing import ClassVar

from lmhg_contracts.classification import Plane
from lmhg_contracts.kinds.base import BusyType, Id, Moment, Record


class CalendarBlock(Record, frozen=True, tag="calendar_block", kw_only=True):
    """A stretch of a clinician's time.

    No client, service, place, price or link: each of them can identify care.
    """

    HOME: ClassVar = Plane.ONPREM
    SCREENED: ClassVar = ()

    busy: BusyType
    clinician_id: Id
    ends_at: Moment
    starts_at: Moment
