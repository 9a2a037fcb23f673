"""All SQL of log gaps."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Interval, Row, column, func, literal, select, table, text

from lmhg_kit.persistence import ReadSession

TOLD_FOR = timedelta(days=30)
"""How long the bell says it; the event itself is kept in the database for good."""
SHOWN_MAX = 50

_RECENT = text(
    "select id, n, at, set_aside_at, count(*) over () as every from audit.set_aside"
    " where set_aside_at > now() - cast(:told_for as interval)"
    " order by set_aside_at desc limit :most"
)

_SET_ASIDE = table("set_aside", column("set_aside_at"), schema="audit")
GAPS = (
    select(func.count())
    .select_from(_SET_ASIDE)
    .where(_SET_ASIDE.c.set_aside_at > func.now() - literal(TOLD_FOR, Interval))
)
"""How many there are, as the bell says it."""


async def recent(tx: ReadSession) -> Sequence[Row[Any]]:
    """The newest events that were set aside, each with how many there are in all."""
    return (await tx.execute(_RECENT, {"told_for": TOLD_FOR, "most": SHOWN_MAX})).all()
