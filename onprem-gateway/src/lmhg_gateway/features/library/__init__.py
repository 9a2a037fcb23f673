"""Library: handbooks and forms of the practice, in the office until a second person approves the file itself."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, CLINICIAN, COMPLIANCE, FRONT_DESK
from lmhg_gateway.features.library import api
from lmhg_gateway.features.library.download import library_file
from lmhg_gateway.features.library.home_page import at_home
from lmhg_gateway.features.library.jobs import loops
from lmhg_gateway.features.library.models import (
    DocumentApproval,
    DocumentRef,
    SharedFile,
    SharedPage,
)
from lmhg_gateway.features.library.pages import (
    add_next,
    add_shared_document,
    approve,
    find_documents,
    library_list,
    library_page,
    library_state,
    new_shared_document,
    propose,
    refuse,
    vouch,
    withdraw,
)
from lmhg_gateway.features.library.screened import SCREENED
from lmhg_gateway.features.library.taken_along import TAKEN
from lmhg_gateway.web.points import HomeStats, SubjectPage
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider
from lmhg_kit.releasing import Releasable

FEATURE = Feature(
    name="library",
    app="workspace",
    needs=("documents", "exemptions", "uploads"),
    pages=(
        library_list,
        new_shared_document,
        add_shared_document,
        library_page,
        library_state,
        library_file,
        add_next,
        propose,
        approve,
        vouch,
        refuse,
        withdraw,
    ),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Library",
            path="/library",
            icon="download",
            permission="library.read",
            order=51,
        ),
    ),
    ways=(
        NavItem(
            label="Add to the library",
            path="/library/new",
            icon="plus",
            permission="library.write",
        ),
    ),
    search=(SearchProvider(label="Library", permission="library.read", find=find_documents),),
    messages={
        "shared_document": "We can't find this document in the library.",
        "shared_file": "This file is not stored yet. Wait a moment, then open the document again.",
        "shared_file_refused": "We could not take this file. Add the document again with another one.",
        "shared_file_named": "The check found client information in this file, so it can't be shared."
        " Take that out of the file, then add it as a new version.",
        "shared_file_unchecked": "This file is still being checked for client information. Try again in a minute.",
        "shared_file_unread": "The program can't read all of this file. Someone who approves it must say"
        " that they read every page.",
        "shared_changed": "The file changed after you opened it. Please open it again.",
        "shared_author": "You added this file, so someone else must approve it.",
        "shared_newer": "There is a newer version of this document. Open that one.",
        "shared_already": "This version is already on the portal, or waits for approval.",
        "shared_versions": "This document has too many versions. Add the file as a new document.",
    },
    notices={
        "library.added": "Document added. It stays in the office until a second person approves the file.",
        "library.version": "New version added. The one on the portal stays until this one is approved.",
        "library.proposed": "Sent for approval. A second person must open the file and approve it.",
        "library.approved": "Approved. The file goes to the portal after one more check for client names.",
        "library.declined": "Declined. The file stays in the office.",
        "library.withdrawn": "Taken back. The portal is removing the file now.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="library.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, COMPLIANCE}),
            scope="documents",
        ),
        Permission(
            name="library.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="documents",
        ),
    ),
    models=(DocumentRef, SharedFile, SharedPage, DocumentApproval),
    wall=Path(__file__).parent / "wall.sql",
    loops={"worker": loops},
    contributes=(
        SubjectPage("document_ref", "/library/{}"),
        TAKEN,
        HomeStats(permission="exemptions.approve", find=at_home),
        Releasable(
            kind="document_ref",
            table="practice.document_ref",
            title="Library",
            covers="Handbooks and forms with their files, for everyone on staff. Each file is approved by itself.",
            place="/library/",
            files=SCREENED,
        ),
    ),
)
