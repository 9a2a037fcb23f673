"""When nothing is under way any more: the question asked before results are counted."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx

from lmhg_stack.process import StackError

LIMIT_S = 120.0
POLL_S = 0.25
CALM_LOOKS = 3

# What is under way on a plane: a sentence, and a query that counts it.
ONPREM = {
    "webhooks not worked on": "SELECT count(*) FROM ingress.delivery WHERE result IS NULL",
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


async def settle(
    facts: Callable[[], dict[str, Any]],
    *,
    limit_s: float = LIMIT_S,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Return when nothing is under way for a few looks. Raises: StackError, saying what is."""
    end = time.monotonic() + limit_s
    calm = 0
    left: dict[str, int] = {}
    while calm < CALM_LOOKS:
        try:
            left = await under_way(facts())
        except (OSError, asyncpg.PostgresError, httpx.HTTPError) as error:
            left = {f"a server does not answer ({type(error).__name__})": 1}
        calm = 0 if left else calm + 1
        if left and time.monotonic() > end:
            message = f"not settled after {limit_s:.0f} s: {left}"
            raise StackError(message)
        say(", ".join(f"{count} {sentence}" for sentence, count in left.items()) or "calm")
        await asyncio.sleep(POLL_S)
