"""The handoff: a day as the next shift takes it over."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.handoff import api
from lmhg_gateway.features.handoff.models import ShiftNote, ShiftRead
from lmhg_gateway.features.handoff.pages import handoff, leave_note, read_note
from lmhg_kit.feature import Feature, NavItem, Permission

_DESK = frozenset({FRONT_DESK, CLINICIAN, ADMIN})

FEATURE = Feature(
    name="handoff",
    app="workspace",
    pages=(handoff, leave_note, read_note),
    api=api.HANDLERS,
    ways=(NavItem(label="Handoff", path="/handoff", icon="people", permission="handoff.read"),),
    messages={"shift_note": "We can't find this note."},
    notices={
        "handoff.left": "Note saved for the next shift.",
        "handoff.read": "Marked as read.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="handoff.read", roles=_DESK, scope="work"),
        Permission(name="handoff.write", roles=_DESK, scope="work"),
    ),
    models=(ShiftNote, ShiftRead),
    needs=("work_list",),
)
