"""The SQL of the Intake page: deliveries by state and by code. No statement reads a body."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text

from lmhg_kit.persistence import ReadSession

SHOWN_DAYS = 30
"""What is done, and what was not accepted, is listed for so long."""

_STATE = (
    "case when result is null then 'waiting' when result in ('held', 'refused', 'set_aside')"
    " then result else 'done' end"
)
_COLUMNS = (
    "id, received_at, source, size, attempts, result, result_code, outcome, due_at, left_out,"
    f" {_STATE} as state"
)
_KEPT = (
    "(result is null or result in ('held', 'set_aside')"
    f" or received_at > clock_timestamp() - interval '{SHOWN_DAYS} days')"
)
_COUNTS = text(
    f"select {_STATE} as state, count(*) from ingress.delivery where {_KEPT} group by 1"  # noqa: S608 - constants
)
_CODES = text(
    "select result_code, count(*) from ingress.delivery where result = :result group by 1"
)
_LISTED = {
    is_rising: text(
        f"select {_COLUMNS} from ingress.delivery"  # noqa: S608 - constants
        f" where {_KEPT} and {_STATE} = :state order by received_at {order}, id limit :size offset :first"
    )
    for is_rising, order in ((True, "asc"), (False, "desc"))
}
_ONE = text(f"select {_COLUMNS} from ingress.delivery where id = :id")  # noqa: S608 - constants


async def counts(tx: ReadSession) -> Mapping[str, int]:
    """How many are in each state."""
    rows = await tx.execute(_COUNTS)
    return {str(state): int(count) for state, count in (tuple(row) for row in rows)}


async def codes(tx: ReadSession, *, result: str) -> Mapping[str, int]:
    """How many with one result have which code."""
    rows = await tx.execute(_CODES, {"result": result})
    return {str(code): int(count) for code, count in (tuple(row) for row in rows)}


async def listed(
    tx: ReadSession, *, state: str, first: int, size: int, is_rising: bool
) -> Sequence[Row[Any]]:
    """Some of one state, by when they came."""
    asked = {"state": state, "first": first, "size": size}
    return (await tx.execute(_LISTED[is_rising], asked)).all()


async def by_id(tx: ReadSession, delivery_id: uuid.UUID) -> Row[Any] | None:
    """One delivery."""
    return (await tx.execute(_ONE, {"id": delivery_id})).one_or_none()
