"""Oversight: the officer's morning page, the three-way match, the witness, sweeps and alarms."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_gateway.features.ledger_review.public import WhenUnsound
from lmhg_gateway.features.oversight import watch_pages, weekly_packet
from lmhg_gateway.features.oversight.incident_codes import CODES
from lmhg_gateway.features.oversight.jobs import loops
from lmhg_gateway.features.oversight.models import CanarySweep
from lmhg_gateway.features.oversight.pages import overview
from lmhg_gateway.features.oversight.upkeep import open_ledger_incident
from lmhg_gateway.web.points import PacketLine, SubjectPage
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="oversight",
    app="workspace",
    no_api="Its figures are in the metrics; what it asks for is a person's judgment.",
    pages=(overview, *watch_pages.HANDLERS),
    nav=(
        NavItem(
            label="Compliance",
            path="/compliance",
            icon="shield",
            permission="compliance.read",
            order=60,
            section="Today",
        ),
    ),
    ways=(
        NavItem(
            label="Confirmations",
            path="/compliance/witness",
            icon="link",
            permission="compliance.read",
            section="Ledgers",
            order=32,
        ),
        NavItem(
            label="Three-way match",
            path="/compliance/match",
            icon="ledger",
            permission="compliance.read",
            section="Checks",
            order=40,
            short="Match",
        ),
        NavItem(
            label="Leak checks",
            path="/compliance/sweeps",
            icon="search",
            permission="compliance.read",
            section="Checks",
            order=41,
            short="Leak checks",
        ),
    ),
    messages={
        "checkpoint_missing": "The ledger has no signed checkpoint yet. The first one comes with the first entry.",
        "ledger_keys_unreadable": "The file of published ledger keys is wrong. Tell IT.",
        "ledger_keys_missing": "We can't find the published ledger keys. Tell IT.",
        **watch_pages.MESSAGES,
    },
    notices=watch_pages.NOTICES,
    permissions=(
        Permission(name="compliance.read", roles=frozenset({COMPLIANCE, ADMIN})),
        Permission(name="alarms.clear", roles=frozenset({COMPLIANCE})),
    ),
    models=(CanarySweep,),
    needs=("deliveries", "incidents", "ledger_review"),
    loops={"worker": loops},
    contributes=(
        WhenUnsound(open_ledger_incident),
        *CODES,
        SubjectPage("match", "/compliance/match/{}"),
        SubjectPage("canary_sweep", "/compliance/sweeps"),
        PacketLine(
            code="crossed",
            title="What was shared",
            question="Is this what should be shared, and how much?",
            order=10,
            count=weekly_packet.crossed,
        ),
        PacketLine(
            code="refused",
            title="What was not sent",
            question="Do you know the reason for each?",
            order=20,
            count=weekly_packet.refused,
        ),
        PacketLine(
            code="match",
            title="Three-way match",
            question="Did it run each night with no difference?",
            order=60,
            count=weekly_packet.matches,
            watched=("differing", "nights_without"),
        ),
        PacketLine(
            code="sweeps",
            title="Leak checks",
            question="Did they run every day and find nothing?",
            order=70,
            count=weekly_packet.sweeps,
            watched=("with_findings", "days_without"),
        ),
        PacketLine(
            code="witness",
            title="Confirmations",
            question="Did the other side confirm our ledgers, up to now?",
            order=120,
            count=weekly_packet.witness,
            watched=("open_alarms", "late"),
        ),
    ),
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
)
