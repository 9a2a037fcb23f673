"""What other features may ask of the work list."""

from lmhg_gateway.features.work_list.models import WorkItem
from lmhg_gateway.features.work_list.reading import read_promised, sources_for
from lmhg_gateway.features.work_list.repository import of_subject
from lmhg_gateway.features.work_list.returning import back_to
from lmhg_gateway.features.work_list.rules import Next, Urgency
from lmhg_gateway.features.work_list.service import plan_again, put_work
from lmhg_gateway.features.work_list.views import WorkRow, due_words

__all__ = [
    "Next",
    "Urgency",
    "WorkItem",
    "WorkRow",
    "back_to",
    "due_words",
    "of_subject",
    "plan_again",
    "put_work",
    "read_promised",
    "sources_for",
]
