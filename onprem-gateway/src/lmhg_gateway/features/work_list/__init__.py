"""The work list: everyone to whom the practice owes a step, and the step."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.work_list import api
from lmhg_gateway.features.work_list.handover import CASE_ROWS
from lmhg_gateway.features.work_list.home_page import first_rows
from lmhg_gateway.features.work_list.jobs import loops
from lmhg_gateway.features.work_list.models import WorkItem
from lmhg_gateway.features.work_list.pages import work_list
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import HomeCard
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="work_list",
    app="workspace",
    pages=(work_list,),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Work list",
            short="Work",
            path="/work",
            icon="inbox",
            permission="work.read",
            order=15,
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="work.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="work",
        ),
        Permission(name="work.at_home", roles=frozenset({FRONT_DESK, ADMIN})),
    ),
    models=(WorkItem,),
    contributes=(
        CASE_ROWS,
        HomeCard(permission="work.at_home", template="work_list/home_part.html", load=first_rows),
        rows_by(WorkItem.client_id, noun=""),
    ),
    loops={"worker": loops},
)
