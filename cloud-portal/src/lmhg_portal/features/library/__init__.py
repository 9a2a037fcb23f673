"""Library: handbooks and forms that the practice shares, each with its file."""

from pathlib import Path

from lmhg_contracts.roles import EVERYONE
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider
from lmhg_portal.features.library import api
from lmhg_portal.features.library.download import library_file
from lmhg_portal.features.library.pages import find_documents, library_list, library_page

FEATURE = Feature(
    name="library",
    app="portal",
    pages=(library_list, library_page, library_file),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Library",
            path="/library",
            icon="download",
            permission="library.read",
            order=31,
        ),
    ),
    search=(SearchProvider(label="Library", permission="library.read", find=find_documents),),
    messages={
        "library_gone": "We can't find this document. The practice may have taken it back, or has a newer version.",
        "library_store": "The file store does not answer. Try again in a minute. If it lasts, file a ticket.",
        "library_file_missing": "The file of this document is not here. The practice's IT support was told.",
        "library_file_damaged": "The file of this document is not the one that the practice shared, so we"
        " don't hand it over. The practice's IT support was told.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="library.read", roles=EVERYONE),),
)
