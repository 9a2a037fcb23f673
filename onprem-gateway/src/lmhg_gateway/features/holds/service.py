"""The use case of a held record: an officer decides about it, or two."""

import uuid
from datetime import datetime

from lmhg_gateway.features.holds import repository
from lmhg_gateway.features.holds.rules import takes_two
from lmhg_kit.errors import Conflict, Forbidden, NotFound
from lmhg_kit.persistence import WriteSession


async def decide_held(
    tx: WriteSession, held_id: uuid.UUID, *, outcome: str, reason: str, by: str, at: datetime
) -> str:
    """Keep a held record here, clear it, or be the first of two to clear it; which of the three.

    Clearing is about the text that the officers saw: a record that changed since is not released.
    It raises the version by one without changing the text; screening accepts exactly that version
    with exactly that text. The strictest of all the rules that matched decides how many it takes.
    The word of a first officer who has left, or is no officer any more, counts no more: anyone who
    agreed to share next is the first.
    Raises: NotFound, Conflict, Forbidden for the same officer twice.
    """
    held = await repository.locked_held(tx, held_id)
    if held is None:
        raise NotFound("held_record")
    if held.outcome != "waiting":
        raise Conflict("held_decided")
    needs_two = outcome == "cleared" and takes_two(held.rules)
    first = held.proposed_by
    if needs_two and (first is None or not await repository.is_officer(tx, first)):
        held.proposed_by, held.proposed_at, held.reason = by, at, reason
        return "proposed"
    if needs_two and first == by:
        raise Forbidden("two_officers")
    held.outcome, held.decided_by, held.decided_at = outcome, by, at
    if held.proposed_by is None:
        held.reason = reason
    else:
        held.second_reason = reason
    await tx.flush()
    if outcome == "cleared":
        version = await repository.version_now(tx, kind=held.kind, record_id=held.record_id)
        if version != held.version:
            raise Conflict("held_changed")
        await repository.release_unchanged(tx, kind=held.kind, record_id=held.record_id)
    return outcome
