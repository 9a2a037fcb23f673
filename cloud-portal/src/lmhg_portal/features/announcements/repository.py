"""All SQL of announcements."""

from collections.abc import Sequence

from sqlalchemy import text

from lmhg_contracts.kinds.announcements import Announcement
from lmhg_kit.persistence import ReadSession
from lmhg_portal.adapters.replica import Received, received

_HERE = "from replica.record where kind = 'announcement' and not purged"
_COUNT = text(f"select count(*) {_HERE}")
_WORDED = text(
    f"select record_id, body::text as body, received_at {_HERE}"
    " and (strpos(lower(normalize(body ->> 'title')), lower(normalize(:words))) > 0"
    " or strpos(lower(normalize(body ->> 'body')), lower(normalize(:words))) > 0)"
    " order by body ->> 'published_at' desc, record_id desc limit :limit"
)


async def count(tx: ReadSession) -> int:
    """How many announcements there are."""
    return int((await tx.execute(_COUNT)).scalar_one())


async def worded(tx: ReadSession, words: str, *, limit: int) -> Sequence[Received[Announcement]]:
    """Announcements with these words in their title or text, newest first."""
    rows = await tx.execute(_WORDED, {"words": words, "limit": limit})
    return [received(Announcement, row.record_id, row.body, row.received_at) for row in rows]
