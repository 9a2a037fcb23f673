"""Duplicates: records that may be of one person, found while someone types and after each change."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, FRONT_DESK
from lmhg_gateway.features.duplicates import api
from lmhg_gateway.features.duplicates.bell import BELL
from lmhg_gateway.features.duplicates.client_check import CHECK
from lmhg_gateway.features.duplicates.client_page import banners
from lmhg_gateway.features.duplicates.jobs import loops
from lmhg_gateway.features.duplicates.models import ClientPair
from lmhg_gateway.features.duplicates.pages import ask_again, check, not_same, pair_page, queue
from lmhg_gateway.features.duplicates.views import PATH
from lmhg_gateway.web.points import ClientBanner
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="duplicates",
    app="workspace",
    pages=(check, queue, pair_page, not_same, ask_again),
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Possible duplicates", path=PATH, icon="people", permission="duplicates.decide"
        ),
    ),
    bell=BELL,
    messages={
        "client_pair": "There is no such pair of records.",
        "pair_decided": "Someone already decided this pair. Here is what is new.",
    },
    notices={
        "pair.not_same": "Noted: two different people.",
        "pair.asked_again": "Undone. The pair waits again.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="duplicates.check", roles=frozenset({FRONT_DESK, ADMIN})),
        Permission(name="duplicates.decide", roles=frozenset({FRONT_DESK, ADMIN})),
    ),
    models=(ClientPair,),
    wall=Path(__file__).parent / "wall.sql",
    needs=("clients",),
    loops={"worker": loops},
    contributes=(CHECK, ClientBanner(permission="duplicates.decide", find=banners)),
)
