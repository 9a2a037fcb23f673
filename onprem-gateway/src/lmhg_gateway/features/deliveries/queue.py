"""Deliveries as a queue that a person looks at: what waits, what is held and why, what was not taken."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, text

from lmhg_gateway.features.deliveries.repository import database_now, set_held_aside, try_held_again
from lmhg_gateway.features.deliveries.status import IntakeStatus, intake_status
from lmhg_gateway.features.deliveries.views import held_words, pause_words, refused_words
from lmhg_kit.http.queue import Queue, QueueItem, Reason, State
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/intake"
SHOWN = timedelta(days=30)
"""What is done, and what was not taken, is listed for so long."""

_STATE = (
    "case when result is null then 'waiting' when result in ('held', 'refused', 'set_aside')"
    " then result else 'done' end"
)
_COLUMNS = (
    "id, received_at, source, size, attempts, result, result_code, outcome, due_at, left_out,"
    f" {_STATE} as state"
)
_KEPT = "(result is null or result in ('held', 'set_aside') or received_at > :since)"
_COUNTS = text(
    f"select {_STATE} as state, count(*) from ingress.delivery where {_KEPT} group by 1"  # noqa: S608 - constants
)
_REASONS = text(
    "select result_code, count(*) from ingress.delivery where result = 'held'"
    " group by 1 order by 2 desc, 1"
)
_LISTED = text(
    f"select {_COLUMNS}, count(*) over () as total from ingress.delivery"  # noqa: S608 - constants
    f" where {_KEPT} and {_STATE} = :state order by received_at, id limit :size offset :first"
)
_ONE = text(f"select {_COLUMNS} from ingress.delivery where id = :id")  # noqa: S608 - constants


class Deliveries:
    """The queue's reading and the two steps."""

    async def counts(self, tx: ReadSession, /) -> Mapping[str, int]:
        """How many are in each state."""
        rows = await tx.execute(_COUNTS, {"since": await _since(tx)})
        return {str(state): int(count) for state, count in (tuple(row) for row in rows)}

    async def reasons(self, tx: ReadSession, /) -> Sequence[Reason]:
        """Why what is held is held, the most frequent first."""
        rows = (await tx.execute(_REASONS)).all()
        return [Reason(code=code, why=held_words(code), count=count) for code, count in rows]

    async def listed(
        self, tx: ReadSession, /, *, state: str, first: int, size: int
    ) -> tuple[Sequence[QueueItem], int]:
        """Deliveries of one state, the oldest first, and how many there are."""
        asked = {"state": state, "first": first, "size": size, "since": await _since(tx)}
        rows = (await tx.execute(_LISTED, asked)).all()
        return [_item(row) for row in rows], rows[0].total if rows else 0

    async def one(self, tx: ReadSession, item_id: uuid.UUID, /) -> QueueItem | None:
        """One delivery."""
        row = (await tx.execute(_ONE, {"id": item_id})).one_or_none()
        return None if row is None else _item(row)

    async def again(
        self, tx: WriteSession, /, *, item_id: uuid.UUID | None = None, code: str = ""
    ) -> int:
        """Read and work on them from the beginning."""
        return await try_held_again(tx, code=code, one=item_id)

    async def aside(
        self, tx: WriteSession, /, *, item_id: uuid.UUID | None = None, code: str = ""
    ) -> int:
        """End them; code and body are kept."""
        return await set_held_aside(tx, code=code, one=item_id)


async def _since(tx: ReadSession) -> Any:  # noqa: ANN401 - the database's clock
    return await database_now(tx) - SHOWN


def _item(row: Row[Any]) -> QueueItem:
    state: State = row.state
    why = {"held": held_words, "set_aside": held_words, "refused": refused_words}.get(state)
    code = row.result_code or ("" if row.outcome == "stored" else row.outcome)
    left_out = ", ".join(row.left_out or ())
    return QueueItem(
        id=row.id,
        label=f"Message {str(row.id)[-6:]}",
        state=state,
        why=why(code) if why else "",
        code=code,
        since=row.received_at,
        attempts=row.attempts,
        next_at=row.due_at if state == "waiting" and row.attempts else None,
        facts=(
            ("From", "IntakeQ" if row.source == "intakeq" else row.source),
            ("Size", f"{row.size:,} bytes"),
            ("Fields left out", left_out),
            ("Code", code),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class IntakeQueue(Queue):
    """The Intake page: the queue, and how many requests IntakeQ still allows."""

    async def head(self, tx: ReadSession) -> object:
        """How intake is now, and why it waits if it does."""
        status: IntakeStatus = await intake_status(tx)
        return {"status": status, "pause": pause_words(status)}


INTAKE = IntakeQueue(
    path=PATH,
    name="intake",
    noun="message",
    kind="delivery",
    read="intake.read",
    decide="intake.decide",
    store=Deliveries(),
    template="deliveries/list.html",
)
