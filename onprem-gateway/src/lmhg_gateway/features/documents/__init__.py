"""Documents: papers and files of clients and referrals, kept as ciphertext in the office."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.documents import api
from lmhg_gateway.features.documents.client_page import rows_of_client
from lmhg_gateway.features.documents.download import document_file
from lmhg_gateway.features.documents.jobs import loops
from lmhg_gateway.features.documents.models import (
    Document,
    DocumentHold,
    DocumentStep,
    DocumentVersion,
)
from lmhg_gateway.features.documents.pages import (
    add_document,
    add_version,
    delete_document,
    document_page,
    edit_document,
    hold_document,
    lift_hold,
    new_document,
    restore_document,
    save_document,
    state_part,
)
from lmhg_gateway.features.documents.referral_page import rows_of_referral
from lmhg_gateway.features.documents.taken_along import TAKEN
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientAct, ClientSection, ReferralSection
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.feature import Feature, Permission

FEATURE = Feature(
    name="documents",
    app="workspace",
    needs=("clients", "referrals", "uploads"),
    pages=(
        new_document,
        add_document,
        document_page,
        state_part,
        document_file,
        add_version,
        edit_document,
        save_document,
        delete_document,
        restore_document,
        hold_document,
        lift_hold,
    ),
    api=api.HANDLERS,
    messages={
        "document": "We can't find this document. It may have been removed.",
        "document_went_on": "Someone changed this document since, or added a newer file. If it should go, delete it on its own page first.",
        "document_deleted": "This document was deleted. Bring it back first, then change it.",
        "document_file": "This file is not stored yet. Wait a moment, then open the document again.",
        "document_gone": "It is too late to bring this document back.",
        "document_held": "This document is on legal hold, so it can't be deleted. Nothing was changed."
        " Ask an administrator to end the hold first.",
        "document_held_already": "This document is already on hold.",
        "document_not_held": "This document is not on hold anymore.",
        "document_there": "This document was brought back already.",
        "document_versions": "This document has too many versions. Add the file as a new document.",
        "object_missing": "The document store does not have this file. Tell IT support. Nothing was changed.",
        "range": "This file does not have the part you asked for.",
        "store_missing": "No document store is set up. Tell IT support. Files that were sent are kept.",
        "store_unreachable": "The document store does not answer. Your files are safe. Try again in a"
        " minute. If it lasts, tell IT support.",
    },
    notices={
        "document.added": "Document added.",
        "document.version": "New version added. The older ones are kept.",
        "document.saved": "Changes saved.",
        "document.deleted": "Document deleted. You can bring it back for 7 days.",
        "document.restored": "The document is back.",
        "document.held": "Legal hold placed. No one can delete this document.",
        "document.lifted": "Legal hold ended.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="documents.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="documents",
        ),
        Permission(
            name="documents.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="documents",
        ),
        Permission(name="documents.hold", roles=frozenset({ADMIN})),
    ),
    models=(Document, DocumentVersion, DocumentHold, DocumentStep),
    wall=Path(__file__).parent / "wall.sql",
    loops={"worker": loops},
    contributes=(
        RetentionLine(
            code="documents",
            title="Documents",
            clock="As their client, or the day in Keep until if that is later",
            order=15,
            after="With their client",
            is_settable=False,
        ),
        ClientSection(
            permission="documents.read",
            template="documents/client_part.html",
            load=rows_of_client,
        ),
        ReferralSection(
            permission="documents.read",
            template="documents/referral_part.html",
            load=rows_of_referral,
        ),
        ClientAct(
            permission="documents.write",
            label="Add document",
            path="/clients/{}/documents/new",
            icon="plus",
        ),
        rows_by(Document.client_id, noun="document"),
        TAKEN,
    ),
)
