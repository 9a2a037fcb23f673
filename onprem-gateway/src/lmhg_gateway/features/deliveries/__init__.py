"""Webhook deliveries, kept encrypted until the worker opened them."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE, FRONT_DESK, IT_SUPPORT
from lmhg_gateway.features.deliveries import api
from lmhg_gateway.features.deliveries.bell import BELL
from lmhg_gateway.features.deliveries.jobs import loops
from lmhg_gateway.features.deliveries.models import (
    ApiCall,
    Delivery,
    IntakeState,
    ProfileFetch,
    SeenEvent,
)
from lmhg_gateway.features.deliveries.queue import INTAKE
from lmhg_gateway.features.deliveries.views import PATH
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="deliveries",
    app="workspace",
    pages=INTAKE.handlers(),
    api=api.HANDLERS,
    permissions=(
        Permission(
            name="intake.read",
            roles=frozenset({FRONT_DESK, IT_SUPPORT, COMPLIANCE, ADMIN}),
            scope="intake.read",
        ),
        Permission(
            name="intake.decide",
            roles=frozenset({FRONT_DESK, IT_SUPPORT, ADMIN}),
            scope="intake.write",
        ),
    ),
    nav=(
        NavItem(
            label="Intake",
            path=PATH,
            icon="mail",
            permission="intake.read",
            order=35,
            primary=False,
        ),
    ),
    bell=BELL,
    messages={
        "intake": "There is no message with this number.",
        "queue_moved": "Someone already did this, so nothing was changed.",
    },
    notices=INTAKE.notices(),
    models=(
        Delivery,
        SeenEvent,
        ApiCall,
        ProfileFetch,
        IntakeState,
    ),
    loops={"worker": loops},
    help=Path(__file__).parent / "help.md",
    templates=Path(__file__).parent / "templates",
    wall=Path(__file__).parent / "wall.sql",
    contributes=(
        RetentionLine(
            code="messages",
            title="Messages of IntakeQ as they came",
            clock="The day on which each one came; what was read from it has lines of its own",
            order=30,
        ),
    ),
)
