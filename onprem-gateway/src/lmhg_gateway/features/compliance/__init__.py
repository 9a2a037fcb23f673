"""Exemptions, incidents, held records, matches and witnesses."""

from pathlib import Path

from lmhg_contracts.roles import CARE, OFFICER, OVERSIGHT
from lmhg_gateway.features.compliance.jobs import loops
from lmhg_gateway.features.compliance.models import (
    CanarySweep,
    ExemptionRequest,
    HeldRecord,
    Incident,
    IncidentEvent,
    KeptBack,
    Withdrawal,
)
from lmhg_gateway.features.compliance.pages import PARTS, WAYS, overview
from lmhg_gateway.features.compliance.public import waiting_notes
from lmhg_gateway.features.compliance.upkeep import open_ledger_incident
from lmhg_gateway.features.ledger_review.public import WhenUnsound
from lmhg_kit.feature import Feature, NavItem, NoteProvider, Permission
from lmhg_kit.persistence.exemptions import Exemption

FEATURE = Feature(
    name="compliance",
    app="workspace",
    pages=(overview, *(each for part in PARTS for each in part.HANDLERS)),
    nav=(
        NavItem(
            label="Compliance",
            path="/compliance",
            icon="shield",
            permission="compliance.read",
            order=60,
        ),
    ),
    ways=tuple(
        NavItem(
            label=label, path=f"/compliance/{path}", icon="shield", permission="compliance.read"
        )
        for label, path in WAYS
    ),
    notes=(NoteProvider(permission="compliance.read", find=waiting_notes),),
    messages={
        "checkpoint_missing": "The ledger has no signed checkpoint yet. The relay writes the first"
        " one with its first entry.",
        "ledger_keys_unreadable": "The file of published ledger keys holds something else.",
        "ledger_keys_missing": "The published ledger keys are not where the settings say.",
        **{code: said for part in PARTS for code, said in part.MESSAGES.items()},
    },
    notices={code: said for part in PARTS for code, said in part.NOTICES.items()},
    templates=Path(__file__).parent / "templates",
    permissions=(
        Permission(name="exemptions.approve", roles=OVERSIGHT),
        Permission(name="exemptions.withdraw", roles=OVERSIGHT),
        Permission(name="cloud_copy.read", roles=CARE | OFFICER),
        Permission(name="compliance.read", roles=OVERSIGHT),
        Permission(name="compliance.decide", roles=OFFICER),
        Permission(name="compliance.export", roles=OFFICER),
    ),
    models=(
        Exemption,
        ExemptionRequest,
        Withdrawal,
        KeptBack,
        Incident,
        IncidentEvent,
        HeldRecord,
        CanarySweep,
    ),
    loops={"worker": loops},
    contributes=(WhenUnsound(open_ledger_incident),),
)
