"""Webhook deliveries, kept encrypted until the worker opened them."""

from pathlib import Path

from lmhg_gateway.features.deliveries.jobs import loops
from lmhg_gateway.features.deliveries.models import (
    ApiCall,
    Delivery,
    IntakeState,
    ProfileFetch,
    SeenEvent,
)
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="deliveries",
    models=(
        Delivery,
        SeenEvent,
        ApiCall,
        ProfileFetch,
        IntakeState,
    ),
    loops={"worker": loops},
    wall=Path(__file__).parent / "wall.sql",
)
