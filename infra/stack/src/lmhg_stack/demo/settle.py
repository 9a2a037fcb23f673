"""When nothing is in progress any more: the question asked before results are counted.

What waits for IntakeQ's call limits is no failure to settle: it is said, with the hour.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
from sqlalchemy.exc import SQLAlchemyError

from lmhg_gateway.features.deliveries.public import IntakeStatus, intake_status
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.process import StackError

LIMIT_S = 120.0
POLL_S = 0.25
CALM_LOOKS = 3
SAY_EVERY_S = 5.0
SAY_AGAIN_S = 30.0
CALL_PATIENCE_S = 600
"""Seconds until IntakeQ's next call that a demo waits for."""
UNWORKED = "webhooks not worked on"

# What is under way on a plane: a sentence, and a query that counts it.
ONPREM = {
    UNWORKED: "SELECT count(*) FROM ingress.delivery WHERE result IS NULL",
    "rows waiting to go down": "SELECT count(*) FROM relay.outbox",
    "recalls without a receipt": (
        "SELECT count(*) FROM relay.recall_status"
        " WHERE unreadable_at IS NULL OR broker_purged_at IS NULL"
    ),
    "arrivals not screened": """
        SELECT count(*) FROM replica.record r
        WHERE NOT r.purged AND r.kind IN ('ticket', 'ticket_message') AND NOT EXISTS (
            SELECT FROM practice.arrival a
            WHERE a.kind = r.kind AND a.record_id = r.record_id AND a.version >= r.version)
    """,
}
CLOUD = {
    "rows waiting to go up": "SELECT count(*) FROM relay.outbox",
    "orders not carried out": """
        SELECT count(*) FROM replica.record o WHERE o.kind = 'redaction_order' AND NOT o.purged
        AND EXISTS (SELECT FROM portal.ticket t
                    WHERE t.id = (o.body->>'target_id')::uuid AND NOT t.redacted)
    """,
    "recalls of broker copies": (
        "SELECT count(*) FROM relay.recall_status"
        " WHERE unreadable_at IS NULL OR broker_purged_at IS NULL"
    ),
}


async def under_way(facts: dict[str, Any]) -> dict[str, int]:
    """What is not finished yet, by sentence; empty when all is calm."""
    found: dict[str, int] = {}
    async with httpx.AsyncClient(timeout=5) as client:
        answer = await client.get(f"{facts['addresses']['intakeq']}/_sim/status")
        found["webhooks not sent"] = answer.json()["waiting"]
    for plane, questions in (("onprem", ONPREM), ("cloud", CLOUD)):
        connection = await asyncpg.connect(facts["databases"][plane]["superuser"])
        try:
            for sentence, query in questions.items():
                found[sentence] = await connection.fetchval(query)
        finally:
            await connection.close()
    return {sentence: count for sentence, count in found.items() if count}


async def forget_calls(facts: dict[str, Any]) -> None:
    """Count no call to IntakeQ: its simulator has just begun to count again."""
    connection = await asyncpg.connect(facts["databases"]["onprem"]["superuser"])
    try:
        await connection.execute("truncate ingress.api_call")
        await connection.execute(
            "update ingress.intake_state set failures = 0, paused_until = null, pause_code = null"
        )
    finally:
        await connection.close()


async def intake_of(facts: dict[str, Any]) -> IntakeStatus:
    """How intake is."""
    db = Database(facts["databases"]["onprem"]["superuser"], pool_size=1)
    try:
        async with db.read(Actor("demo"), "intake status") as tx:
            return await intake_status(tx)
    finally:
        await db.close()


class Waiting:
    """Says what is waited for when it changes, but never too often, and now and then anyway."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said, self._at = "", time.monotonic()

    def __call__(self, text: str) -> None:
        """What is waited for now."""
        passed = time.monotonic() - self._at
        if passed >= SAY_AGAIN_S or (text != self._said and passed >= SAY_EVERY_S):
            self._said, self._at = text, time.monotonic()
            self._say(f"  waiting for: {text}")


async def settle(
    facts: Callable[[], dict[str, Any]],
    *,
    limit_s: float = LIMIT_S,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Return when nothing is in progress for a few looks.

    Raises: StackError, saying what is, when nothing has moved for `limit_s`, or when IntakeQ's
    calls of the day are used up.
    """
    end = time.monotonic() + limit_s
    calm = 0
    before: dict[str, int] = {}
    while calm < CALM_LOOKS:
        why = ""
        try:
            left = await under_way(facts())
            if UNWORKED in left:
                why = _allowed(await intake_of(facts()), left[UNWORKED])
        except (OSError, asyncpg.PostgresError, httpx.HTTPError, SQLAlchemyError) as error:
            left = {f"a server does not answer ({type(error).__name__})": 1}
        calm = 0 if left else calm + 1
        if left != before or why:
            before, end = left, time.monotonic() + limit_s
        if left and time.monotonic() > end:
            message = f"not settled, and nothing has moved for {limit_s:.0f} s: {left}"
            raise StackError(message)
        said = ", ".join(f"{count} {sentence}" for sentence, count in left.items())
        say(f"{said}{why}" or "a last look")
        await asyncio.sleep(POLL_S)


def _allowed(status: IntakeStatus, waiting: int) -> str:
    """What IntakeQ's limits make us wait for; empty when a call is free.

    Raises: StackError when the next call is further away than anybody waits for.
    """
    at = f"{status.next_call_at:%H:%M:%S} UTC"
    if status.next_call_s > CALL_PATIENCE_S:
        message = (
            f"IntakeQ allows the next call at {at}: {status.day_left} calls are left in 24 hours."
            f" {waiting} webhooks are kept and wait for it; run the demo again then, or without"
            " --real-limits"
        )
        raise StackError(message)
    return f" (IntakeQ allows the next call at {at})" if status.next_call_s else ""
