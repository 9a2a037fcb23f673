"""Deliveries as a queue that a person looks at: what waits, what is held and why, what was not accepted."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from lmhg_gateway.features.deliveries import queue_repository, views
from lmhg_gateway.features.deliveries.repository import set_held_aside, try_held_again
from lmhg_gateway.features.deliveries.status import IntakeStatus, intake_status
from lmhg_gateway.web.sync_points import IntakeLine
from lmhg_kit.http.faces import Ask
from lmhg_kit.http.queue import OLDEST_FIRST, Queue, QueueItem, Reason, State, Which
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

RESULTS: Mapping[State, Sequence[str]] = {
    "held": ("held",),
    "waiting": ("waiting",),
    "refused": ("refused",),
    "set_aside": ("set_aside",),
    "done": ("done", "duplicate"),
}
"""The results of the worker that each state is about."""
_STATE_OF: Mapping[str, State] = {
    result: state for state, results in RESULTS.items() for result in results
}


class Deliveries:
    """The queue's reading and the two steps."""

    async def counts(self, tx: ReadSession, /) -> Mapping[str, int]:
        """How many are in each state."""
        found = await queue_repository.counts(tx)
        return {
            state: sum(found.get(each, 0) for each in results) for state, results in RESULTS.items()
        }

    async def reasons(self, tx: ReadSession, /, *, state: str) -> Sequence[Reason]:
        """Why what is held or set aside is so, the most frequent first."""
        return views.reasons(await queue_repository.codes(tx, result=state))

    async def listed(
        self, tx: ReadSession, /, *, state: State, first: int, size: int
    ) -> Sequence[QueueItem]:
        """Deliveries of one state: the oldest first where they ask for a look, else the newest."""
        rows = await queue_repository.listed(
            tx, results=RESULTS[state], first=first, size=size, is_rising=state in OLDEST_FIRST
        )
        return [_item(row) for row in rows]

    async def one(self, tx: ReadSession, item_id: uuid.UUID, /) -> QueueItem | None:
        """One delivery."""
        row = await queue_repository.by_id(tx, item_id)
        return None if row is None else _item(row)

    async def again(self, tx: WriteSession, which: Which, /) -> int:
        """Read and work on them from the beginning."""
        if isinstance(which, uuid.UUID):
            return await try_held_again(tx, one=which)
        return await try_held_again(tx, codes=which.codes, state=which.state)

    async def aside(self, tx: WriteSession, which: Which, /) -> int:
        """End them; code and body are kept."""
        if isinstance(which, uuid.UUID):
            return await set_held_aside(tx, one=which)
        return await set_held_aside(tx, codes=which.codes)


def _item(row: Row[Any]) -> QueueItem:
    state = _STATE_OF[row.result or "waiting"]
    code = row.result_code or ("" if row.outcome == "stored" else row.outcome)
    return QueueItem(
        id=row.id,
        label=f"Message {str(row.id)[-6:].upper()}",
        state=state,
        why=views.why(state, code, attempts=row.attempts),
        code=code,
        since=row.received_at,
        attempts=row.attempts,
        next_at=row.due_at if state == "waiting" and row.attempts else None,
        facts=(("From", "IntakeQ" if row.source == "intakeq" else row.source),),
        technical=(
            ("Size", f"{row.size:,} bytes"),
            ("Fields left out", ", ".join(row.left_out or ())),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class IntakeQueue(Queue):
    """The Intake page: the queue, and how many requests IntakeQ still allows."""

    async def head(self, tx: ReadSession, ask: Ask[Any]) -> object:
        """How intake is now, and why it waits if it does; with what other features say of it."""
        status: IntakeStatus = await intake_status(tx)
        lines = [
            line
            for each in FEATURES.of(ask.request).contributions(IntakeLine)
            if ask.may(each.permission)
            for line in await each.find(tx, ask.practice)
        ]
        return {
            "status": status,
            "pause": views.pause_words(status),
            "classes": [(views.CLASS_WORDS[each.priority], each) for each in status.classes],
            "lines": lines,
        }


INTAKE = IntakeQueue(
    path=views.PATH,
    name="intake",
    noun="message",
    kind="delivery",
    read="intake.read",
    decide="intake.decide",
    store=Deliveries(),
    template="deliveries/list.html",
    advice="It is not in a client's record yet. If you fixed it in IntakeQ, try again. If you do not"
    " need it, set it aside.",
)
