"""Backwards in time: what became a client's after a text crossed is searched in all that crossed."""

from pathlib import Path

from lmhg_gateway.features.look_back.jobs import loops
from lmhg_gateway.features.look_back.models import LookBackFinding, LookBackPass, LookBackState
from lmhg_gateway.features.look_back.morning_page import PATH, red_lines
from lmhg_gateway.features.look_back.pages import found_later
from lmhg_gateway.web.points import RedLine
from lmhg_kit.feature import Feature, NavItem

FEATURE = Feature(
    name="look_back",
    app="workspace",
    no_api="What it found is judged by a person.",
    pages=(found_later,),
    ways=(
        NavItem(
            label="Found later",
            path=PATH,
            icon="search",
            permission="compliance.read",
            section="Sharing",
            order=24,
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    models=(
        LookBackState,
        LookBackPass,
        LookBackFinding,
    ),
    needs=(
        "incidents",
        "holds",
        "exemptions",
        "kept_texts",
        "ledger_review",
        "screening",
        "oversight",
    ),
    loops={"worker": loops},
    contributes=(RedLine(red_lines),),
)
