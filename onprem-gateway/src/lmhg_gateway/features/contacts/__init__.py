"""Contact attempts: when someone was called or written to, and what came of it."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.contacts import api
from lmhg_gateway.features.contacts.client_page import rows_of_client
from lmhg_gateway.features.contacts.models import ContactAttempt
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientSection
from lmhg_kit.feature import Feature, Permission

FEATURE = Feature(
    name="contacts",
    app="workspace",
    api=api.HANDLERS,
    messages={
        "attempt": "This call was not noted. Check what is marked.",
        "attempt_of_other": "Someone else noted this. Only they can undo it.",
        "attempt_late": "It is too late to undo this. Note what is right now instead.",
        "attempt_undone": "This was undone already.",
    },
    templates=Path(__file__).parent / "templates",
    permissions=(
        Permission(
            name="contacts.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="clients",
        ),
    ),
    models=(ContactAttempt,),
    contributes=(
        ClientSection(
            permission="contacts.read",
            template="contacts/client_part.html",
            load=rows_of_client,
        ),
        rows_by(ContactAttempt.client_id, noun="contact attempt"),
    ),
)
