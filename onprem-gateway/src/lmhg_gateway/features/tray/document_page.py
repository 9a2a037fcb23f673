"""What a document's page says of the tray: which paper it was."""

import uuid

from lmhg_gateway.features.tray import repository
from lmhg_gateway.features.tray.listed import PATH
from lmhg_gateway.features.tray.rules import SOURCE_WORDS
from lmhg_gateway.web.points import Said
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.environment import count_of


async def came_from(tx: ReadSession, document_id: uuid.UUID) -> Said | None:
    """The paper that was filed as this document, if it was one."""
    paper = await repository.of_document(tx, document_id)
    if paper is None:
        return None
    pages, source = count_of(paper.page_count, "page"), SOURCE_WORDS[paper.source].lower()
    return Said(f"From the tray: {pages}, {source}", f"{PATH}/{paper.id}")
