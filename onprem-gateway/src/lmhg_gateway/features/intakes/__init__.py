"""Intakes that clients submitted."""

from lmhg_gateway.features.intakes.models import Intake
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="intakes",
    models=(Intake,),
)
