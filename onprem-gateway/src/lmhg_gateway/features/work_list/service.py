"""Use cases of the work list: a feature puts its subjects on it, and takes them off."""

import uuid

from lmhg_gateway.features.work_list import repository
from lmhg_gateway.features.work_list.models import WorkItem
from lmhg_gateway.features.work_list.rules import RANKS, Next
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import WriteSession


async def put_work(
    tx: WriteSession,
    kind: str,
    subject_id: uuid.UUID,
    found: Next | None,
    *,
    client_id: uuid.UUID | None,
    owner_id: uuid.UUID | None,
) -> None:
    """Say what is to be done next with a subject; nothing takes it off the list."""
    if found is None:
        await repository.drop(tx, kind, subject_id)
        return
    item = await repository.of_subject(tx, kind, subject_id)
    fields = {
        "client_id": client_id,
        "owner_id": owner_id,
        "step": found.step,
        "urgency": found.urgency.value,
        "rank": RANKS[found.urgency],
        "since": found.since,
        "due_at": found.due_at,
        "changes_at": found.changes_at,
        "last_at": found.last_at,
        "last_words": found.last_words,
    }
    if item is None:
        made = WorkItem(subject_kind=kind, subject_id=subject_id, **fields)
        await repository.add(tx, made)
        return
    for name, value in fields.items():
        if getattr(item, name) != value:
            setattr(item, name, value)
    await tx.flush()


async def plan_again(
    tx: WriteSession, kind: str | None = None, *, client_id: uuid.UUID | None = None
) -> None:
    """Have next actions decided again: of every subject of a kind, or of all that concern a client.

    Its rules changed, or something else that its history does not say.
    """
    await repository.mark_changing(tx, kind, client_id=client_id, at=utc_now())
