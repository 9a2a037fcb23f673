"""Webhook deliveries, kept encrypted until the worker opened them."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE, FRONT_DESK, IT_SUPPORT
from lmhg_gateway.features.deliveries import api
from lmhg_gateway.features.deliveries.jobs import loops
from lmhg_gateway.features.deliveries.models import (
    ApiCall,
    Delivery,
    IntakeState,
    ProfileFetch,
    SeenEvent,
)
from lmhg_gateway.features.deliveries.queue import INTAKE, PATH
from lmhg_kit.feature import Feature, NavItem, Permission

DESK = frozenset({FRONT_DESK, IT_SUPPORT, COMPLIANCE, ADMIN})
"""Who looks after the messages of IntakeQ: nothing on these pages says what is in one."""

FEATURE = Feature(
    name="deliveries",
    app="workspace",
    pages=INTAKE.handlers(),
    api=api.HANDLERS,
    permissions=(
        Permission(name="intake.read", roles=DESK, scope="intake.read"),
        Permission(name="intake.decide", roles=DESK, scope="intake.write"),
    ),
    nav=(
        NavItem(
            label="Intake",
            path=PATH,
            icon="inbox",
            permission="intake.read",
            order=35,
            primary=False,
        ),
    ),
    messages={
        "intake": "There is no such message, or it is over and gone.",
        "queue_moved": "Nothing was changed: this is no longer held. Look at how it is now.",
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
    templates=Path(__file__).parent / "templates",
    wall=Path(__file__).parent / "wall.sql",
)
