"""What of a stored ledger does not fit together, without reading all of it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from lmhg_contracts.ledger.checkpoint import NoteRefused, NoteVerifier, open_own
from lmhg_contracts.ledger.head import HeadRefused, check_head
from lmhg_contracts.ledger.stored import root_at
from lmhg_gateway.features.ledger_review import repository
from lmhg_kit.persistence.ledgers import StoredLedger


async def misfit(
    link: AsyncConnection,
    ledger: str,
    *,
    log: str,
    shown: str | None,
    verifiers: Sequence[NoteVerifier],
) -> str | None:
    """What of head, checkpoint, stored tree and the portal's word does not agree; None if all does.

    Raises: NotFound.
    """
    stored = StoredLedger(link, ledger)
    size, note = await stored.head()
    if await repository.is_word_late(link, log):
        return "word_late"
    points = [note] if shown is None else [note, shown]
    try:
        head, *witnessed = [open_own(each, verifiers) for each in points]
        if (head.origin, head.size) != (log, size):
            return "head"
        check_head(await stored.frontier(), note, origin=log, own=verifiers)
        for point in (head, *witnessed):
            if point.size > size or (
                point.size and await root_at(stored, point.size) != point.root
            ):
                return "tree" if point is head else "word"
    except (NoteRefused, HeadRefused, LookupError):
        return "head"
    return None
