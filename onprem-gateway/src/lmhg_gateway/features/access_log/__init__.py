"""Who saw and did what: the access ledger to search, and the accounting of disclosures."""

from pathlib import Path

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.access_log.jobs import loops
from lmhg_gateway.features.access_log.models import AccessDay, AccessRow, Disclosure, StaffTie
from lmhg_gateway.features.access_log.pages import (
    access_log,
    accounting_page,
    add_disclosure,
    client_report,
    export,
    find_client,
    found_clients,
)
from lmhg_gateway.features.access_log.repository import disclosures_of
from lmhg_gateway.features.access_log.weekly_packet import of_week
from lmhg_gateway.web.points import AskedOften, ClientAct, MergeRows, PacketLine
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="access_log",
    app="workspace",
    no_api="The ledger is exported whole; reports about a client are for a person.",
    pages=(
        access_log,
        export,
        find_client,
        found_clients,
        client_report,
        add_disclosure,
        accounting_page,
    ),
    messages={
        "disclosure_stands": "A disclosure on record is never changed or removed. Record a correction instead.",
    },
    notices={
        "disclosure.recorded": "Disclosure recorded. If something is wrong, record a correction."
    },
    ways=(
        NavItem(
            label="Access log",
            path="/compliance/access",
            icon="eye",
            permission="compliance.read",
            section="Ledgers",
            order=31,
        ),
    ),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="access_log.export", roles=frozenset({COMPLIANCE})),
        Permission(name="disclosures.record", roles=frozenset({COMPLIANCE})),
    ),
    models=(
        AccessRow,
        AccessDay,
        StaffTie,
        Disclosure,
    ),
    needs=("oversight",),
    loops={"worker": loops},
    contributes=(
        RetentionLine(
            code="ledgers",
            title="Access log and ledgers",
            clock="The day of each entry",
            order=40,
            least=6,
            after="Never disposed of: a ledger can't lose an entry.",
        ),
        RetentionLine(
            code="disclosures",
            title="Accounting of disclosures",
            clock="The day of each disclosure",
            order=50,
            least=6,
            after="Older ones go with their client.",
        ),
        AskedOften(
            question="Who saw this client's record?", path="/compliance/access/clients", order=40
        ),
        PacketLine(
            code="access",
            title="Access log",
            question="Do you know the reason of each unusual look?",
            order=100,
            count=of_week,
            watched=("own_record", "same_surname", "bulk", "refused"),
        ),
        ClientAct(
            permission="compliance.read",
            label="Who saw this record",
            path="/compliance/access/clients/{}",
        ),
        MergeRows(kind="disclosure", noun="recorded disclosure", of_client=disclosures_of),
    ),
)
