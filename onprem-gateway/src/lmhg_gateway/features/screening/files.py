"""Screening of files that records name: page by page, as the texts of records are, with a pause after each."""

import asyncio
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from lmhg_contracts.codec import BodyRefused, decode_body
from lmhg_contracts.kinds.base import Record
from lmhg_gateway.features.screening.rules import BEFORE, SEAM, ClientIndex, Hit, hits
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.persistence import ReadSession

PLACE = "file"
"""The place of a hit in a record's file."""
UNREAD = Hit("file_unread", PLACE)
"""A file of which nobody knows what it says."""


class PageHit(NamedTuple):
    """A rule that matched in a file, and on which page."""

    rule: str
    page: int


async def hits_in(
    pages: Sequence[str], index: ClientIndex, *, has_patterns: bool = True
) -> list[PageHit]:
    """Every rule that matches on a page or where two pages meet, once a page."""
    found: list[PageHit] = []
    before = ""
    for number, page in enumerate(pages, 1):
        if page.strip():
            texts = {PLACE: page, **({BEFORE: before} if before else {})}
            rules = {each.rule for each in hits(texts, index, has_patterns=has_patterns)}
            found += [PageHit(rule, number) for rule in sorted(rules)]
            before = page.rstrip()[-2 * SEAM :]
        await asyncio.sleep(0)
    return found


async def pages_of(
    tx: ReadSession, kind: str, record_id: uuid.UUID, body: Record | None = None
) -> Sequence[str] | None:
    """What the file of a record says; nothing where its kind has none, None where nobody knows."""
    files = RELEASED[kind].files if kind in RELEASED else None
    return await files.pages(tx, record_id, body) if files else ()


async def file_hits(
    tx: ReadSession, kind: str, record_id: uuid.UUID, body: bytes, index: ClientIndex
) -> list[Hit]:
    """Every rule that matches in the file that a body names, each once; one nobody has read is held."""
    if kind not in RELEASED or RELEASED[kind].files is None:
        return []
    try:
        pages = await pages_of(tx, kind, record_id, decode_body(kind, body))
    except BodyRefused:
        return []
    if pages is None:
        return [UNREAD]
    rules = dict.fromkeys(each.rule for each in await hits_in(pages, index))
    return [Hit(rule, PLACE) for rule in rules]
