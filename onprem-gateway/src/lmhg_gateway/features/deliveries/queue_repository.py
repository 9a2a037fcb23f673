"""The SQL of the Intake page: deliveries by state and by code. No statement reads a body."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Interval, Row, String, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from lmhg_kit.persistence import ReadSession

SHOWN = timedelta(days=30)
"""What is done, and what was not accepted, is listed for so long."""
OPEN = ["waiting", "held", "set_aside"]
"""These are listed for ever."""
_OPEN = bindparam("open", OPEN, type_=ARRAY(String))
_SHOWN = bindparam("shown", SHOWN, type_=Interval)

_COUNTS = text(
    "select coalesce(result, 'waiting'), count(*) from ingress.delivery"
    " where coalesce(result, 'waiting') = any(:open) or received_at > clock_timestamp() - :shown"
    " group by 1"
).bindparams(_OPEN, _SHOWN)
_CODES = text(
    "select result_code, count(*) from ingress.delivery where result = :result group by 1"
)
_LISTED = {
    is_rising: text(
        "select id, received_at, source, size, attempts, result, result_code, outcome, due_at, left_out"  # noqa: S608 - constants
        " from ingress.delivery where coalesce(result, 'waiting') = any(:results)"
        " and (coalesce(result, 'waiting') = any(:open) or received_at > clock_timestamp() - :shown)"
        f" order by received_at {order}, id limit :size offset :first"
    ).bindparams(_OPEN, _SHOWN, bindparam("results", type_=ARRAY(String)))
    for is_rising, order in ((True, "asc"), (False, "desc"))
}
_ONE = text(
    "select id, received_at, source, size, attempts, result, result_code, outcome, due_at, left_out"
    " from ingress.delivery where id = :id"
)


async def counts(tx: ReadSession) -> Mapping[str, int]:
    """How many have which result; those without one are `waiting`."""
    rows = await tx.execute(_COUNTS)
    return {str(result): int(count) for result, count in (tuple(row) for row in rows)}


async def codes(tx: ReadSession, *, result: str) -> Mapping[str, int]:
    """How many with one result have which code."""
    rows = await tx.execute(_CODES, {"result": result})
    return {str(code): int(count) for code, count in (tuple(row) for row in rows)}


async def listed(
    tx: ReadSession, *, results: Sequence[str], first: int, size: int, is_rising: bool
) -> Sequence[Row[Any]]:
    """Some with these results, by when they came."""
    asked = {"results": results, "first": first, "size": size}
    return (await tx.execute(_LISTED[is_rising], asked)).all()


async def by_id(tx: ReadSession, delivery_id: uuid.UUID) -> Row[Any] | None:
    """One delivery."""
    return (await tx.execute(_ONE, {"id": delivery_id})).one_or_none()
