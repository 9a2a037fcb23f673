"""Intakes that clients submitted."""

from pathlib import Path

from lmhg_gateway.features.intakes.client_page import rows_of_client
from lmhg_gateway.features.intakes.models import Intake
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientSection
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="intakes",
    app="workspace",
    templates=Path(__file__).parent / "templates",
    models=(Intake,),
    contributes=(
        ClientSection(
            permission="clients.read", template="intakes/client_part.html", load=rows_of_client
        ),
        rows_by(Intake.client_id, noun="intake form"),
    ),
)
