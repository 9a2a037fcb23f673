"""Retention: how long records are kept, what is on hold, and disposal by two people."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_gateway.features.retention import api
from lmhg_gateway.features.retention.batch_pages import BATCH_PAGES
from lmhg_gateway.features.retention.bell import BELL
from lmhg_gateway.features.retention.client_page import banners
from lmhg_gateway.features.retention.hold_pages import HOLD_PAGES
from lmhg_gateway.features.retention.jobs import loops
from lmhg_gateway.features.retention.models import (
    DisposalBatch,
    DisposalCertificate,
    DisposalCount,
    DisposalItem,
    DisposalObject,
    LegalHold,
    RetentionChange,
    RetentionYears,
    StoreSweep,
)
from lmhg_gateway.features.retention.morning_page import red, status
from lmhg_gateway.features.retention.pages import PAGES
from lmhg_gateway.features.retention.weekly_packet import of_week
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientAct, ClientBanner, PacketLine, RedLine, StatusLine
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="retention",
    app="workspace",
    needs=("access_log", "clients", "referrals", "documents", "oversight", "packets"),
    pages=(*PAGES, *HOLD_PAGES, *BATCH_PAGES),
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Retention",
            path="/compliance/retention",
            icon="clock",
            permission="retention.read",
            section="Checks",
            order=47,
        ),
    ),
    bell=BELL,
    messages={
        "disposal_batch": "We can't find this disposal.",
        "disposal_decided": "Someone already decided this. Here is what is new.",
        "disposal_item": "We can't find this record in the list.",
        "disposal_not_done": "This disposal is not done, so it has no certificate.",
        "disposal_open": "A disposal is open already. Finish or cancel it first.",
        "legal_hold_lifted": "This hold has ended already.",
        "retention_asked": "Someone already asked to change this line. Decide that first.",
        "retention_change": "We can't find this change.",
        "retention_decided": "Someone already decided this. Here is what is new.",
        "retention_line": "There is no such line in the schedule.",
        "retention_own": "You asked for this, so someone else has to decide.",
    },
    notices={
        "retention.asked": "Asked. A compliance officer has to approve it.",
        "retention.approved": "Approved. The schedule counts from now on.",
        "retention.declined": "Declined. The schedule stays as it was.",
        "retention.dropped": "Canceled. The schedule stays as it was.",
        "retention.held": "Legal hold placed.",
        "retention.lifted": "Legal hold ended.",
        "disposal.proposed": "These records are due. Look through them.",
        "disposal.nothing": "Nothing is due.",
        "disposal.left_out": "Taken out. It is listed again the next time.",
        "disposal.asked": "Asked. A compliance officer has to approve it.",
        "disposal.approved": "Approved. The records are being removed.",
        "disposal.declined": "Declined. Nothing was removed.",
        "disposal.dropped": "Canceled. Nothing was removed.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="retention.read", roles=frozenset({COMPLIANCE, ADMIN}), scope="compliance"),
        Permission(name="retention.ask", roles=frozenset({ADMIN})),
        Permission(name="retention.decide", roles=frozenset({COMPLIANCE})),
        Permission(name="retention.hold", roles=frozenset({COMPLIANCE, ADMIN})),
    ),
    models=(
        RetentionYears,
        RetentionChange,
        LegalHold,
        DisposalBatch,
        DisposalItem,
        DisposalCount,
        DisposalCertificate,
        DisposalObject,
        StoreSweep,
    ),
    wall=Path(__file__).parent / "wall.sql",
    loops={"worker": loops},
    contributes=(
        ClientBanner(permission="retention.read", find=banners),
        ClientAct(permission="retention.hold", label="Legal hold", path="/clients/{}/hold"),
        rows_by(LegalHold.client_id, noun="legal hold"),
        RedLine(red),
        StatusLine(status),
        PacketLine(
            code="retention",
            title="Retention and disposal",
            question="Is each disposal and each hold one that you know of?",
            order=95,
            count=of_week,
            watched=("waiting", "stuck"),
        ),
        RetentionLine(
            code="hipaa_papers",
            title="HIPAA documentation: approvals, incidents, packets, decisions",
            clock="When it was made or last counted",
            order=60,
            least=6,
            after="The system never disposes of it.",
        ),
    ),
)
