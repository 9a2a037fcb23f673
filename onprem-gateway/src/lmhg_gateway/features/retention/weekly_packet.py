"""What the weekly packet counts of retention."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.retention import repository
from lmhg_gateway.features.retention.rules import ItemState, State, is_stuck
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """What is due, waits or is stuck at the end of the week, and what was disposed of in it."""
    batches = await repository.batches(tx)
    now = next((each for each in batches if each.state in ("proposed", "asked", "approved")), None)
    counts = await repository.item_counts(tx, [each.id for each in batches])
    done = [each.id for each in batches if each.done_at and week.begins <= each.done_at < week.ends]
    stuck = now is not None and now.state == State.APPROVED and now.decided_at is not None
    return {
        "due": counts.get((now.id, ItemState.LISTED.value), 0) if now else 0,
        "waiting": int(now is not None and now.state == State.ASKED)
        + len(await repository.open_changes(tx)),
        "stuck": int(stuck and is_stuck(now.decided_at, at=week.at)),  # type: ignore[union-attr] - not None where stuck
        "disposed_of": sum(counts.get((each, ItemState.DONE.value), 0) for each in done),
        "holds": (await repository.waiting(tx)).holds,
    }
