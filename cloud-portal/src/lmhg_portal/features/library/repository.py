"""All SQL of the library: each document by its newest version, because for a moment there may be two."""

from collections.abc import Sequence

from sqlalchemy import text

from lmhg_contracts.kinds.documents import DocumentRef
from lmhg_kit.persistence import ReadSession
from lmhg_portal.adapters.replica import Received, received

_CHOSEN = (
    "with newest as (select distinct on (body ->> 'document_id') record_id, body, received_at"
    " from replica.record where kind = 'document_ref' and not purged"
    " order by body ->> 'document_id', (body ->> 'revision')::bigint desc, received_at desc),"
    " chosen as (select * from newest where :category in ('', body ->> 'category')"
    " and not exists (select from unnest(cast(:words as text[])) as w(word)"
    " where strpos(lower(normalize(body ->> 'title')), lower(normalize(w.word))) = 0))"
)
_PART = text(
    f"{_CHOSEN} select record_id, body::text as body, received_at,"  # noqa: S608 - constant text
    " (select count(*) from chosen) as total from chosen"
    " order by body ->> 'published_at' desc, record_id desc offset :first limit :size"
)
_COUNT = text(f"{_CHOSEN} select count(*) from chosen")  # noqa: S608 - constant text


async def listed(
    tx: ReadSession, *, first: int, size: int, words: str = "", category: str = ""
) -> tuple[Sequence[Received[DocumentRef]], int]:
    """A part of the documents, newest first, with all of these words in their title; and how many there are."""
    asked = {"words": words.split(), "category": category}
    rows = (await tx.execute(_PART, {**asked, "first": first, "size": size})).all()
    if rows or not first:
        total = rows[0].total if rows else 0
    else:
        total = (await tx.execute(_COUNT, asked)).scalar_one()
    found = [received(DocumentRef, row.record_id, row.body, row.received_at) for row in rows]
    return found, int(total)
