"""What became of a practice day, read from the databases and the ledgers, never from the demo."""

import asyncio
import json
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

PLANES = ("onprem", "cloud")
GATED = ("ship", "refuse", "supersede")

# From the transaction that changed the record to the one that made it readable on the other plane.
HOME = {
    "onprem": {
        "calendar_block": "practice.calendar_block",
        "announcement": "practice.announcement",
    },
    "cloud": {"ticket": "portal.ticket", "ticket_message": "portal.ticket_message"},
}
RECALLS = """
    SELECT extract(epoch FROM unreadable_at - withdrawn_at) AS unreadable_s,
           extract(epoch FROM broker_purged_at - withdrawn_at) AS purged_s
    FROM relay.recall_status WHERE withdrawn_at >= $1
"""


@dataclass(frozen=True)
class Spread:
    """Some durations: how many, the middle, the slowest in a hundred, the slowest."""

    count: int
    p50_s: float
    p99_s: float
    max_s: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Spread":
        """Of at least one duration."""
        ordered = sorted(seconds)
        rank = min(len(ordered) - 1, round(0.99 * (len(ordered) - 1)))
        return cls(len(ordered), statistics.median(ordered), ordered[rank], ordered[-1])


@dataclass
class Results:
    """One day's results."""

    decisions: dict[str, Counter[tuple[str, str]]] = field(
        default_factory=dict[str, "Counter[tuple[str, str]]"]
    )
    refusals: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    latencies: dict[str, Spread] = field(default_factory=dict[str, Spread])
    counts: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Mark:
    """Where the ledgers stood, and when, before the day began."""

    at: Any
    sizes: Mapping[str, int]


async def mark(facts: Mapping[str, Any]) -> Mark:
    """Take the mark."""
    sizes: dict[str, int] = {}
    at: Any = None
    for plane in PLANES:
        connection = await asyncpg.connect(facts["databases"][plane]["superuser"])
        try:
            sizes[plane] = await connection.fetchval("SELECT count(*) FROM relay.ledger")
            at = await connection.fetchval("SELECT now()")
        finally:
            await connection.close()
    return Mark(at, sizes)


async def read(facts: Mapping[str, Any], since: Mark) -> Results:
    """Everything since the mark."""
    results = Results()
    connections = await asyncio.gather(
        *(asyncpg.connect(facts["databases"][plane]["superuser"]) for plane in PLANES)
    )
    planes: dict[str, asyncpg.Connection] = dict(zip(PLANES, connections, strict=True))
    try:
        for plane in PLANES:
            await _decisions(planes[plane], plane, since=since, results=results)
        for home, tables in HOME.items():
            away = "cloud" if home == "onprem" else "onprem"
            for kind, table in tables.items():
                seconds = await _visible(planes[home], planes[away], kind, table=table, since=since)
                if seconds:
                    results.latencies[f"{kind}: commit to visible"] = Spread.of(seconds)
        await _recalls(planes["onprem"], since=since, results=results)
        await _counts(planes, since=since, results=results)
    finally:
        for connection in connections:
            await connection.close()
    return results


async def _decisions(
    connection: asyncpg.Connection, plane: str, *, since: Mark, results: Results
) -> None:
    rows = await connection.fetch(
        "SELECT entry FROM relay.ledger WHERE n >= $1 ORDER BY n", since.sizes[plane]
    )
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows:
        entry = json.loads(row["entry"])
        if entry["decision"] not in GATED:
            continue
        what = "recall" if entry["op"] == "recall" else entry["decision"]
        counted[entry["kind"], what] += 1
        if entry["decision"] == "refuse":
            results.refusals[entry["gate"], entry["reason"], entry["kind"]] += 1
    results.decisions[plane] = counted


async def _visible(
    home: asyncpg.Connection,
    away: asyncpg.Connection,
    kind: str,
    *,
    table: str,
    since: Mark,
) -> list[float]:
    """Seconds from commit to readable, of records whose newest version is the one that crossed."""
    query = f"SELECT id, version, updated_at FROM {table} WHERE updated_at >= $1"  # noqa: S608 - a constant table
    changed = {(r["id"], r["version"]): r["updated_at"] for r in await home.fetch(query, since.at)}
    arrived = await away.fetch(
        "SELECT record_id, version, received_at FROM replica.record WHERE kind = $1 AND NOT purged",
        kind,
    )
    return [
        (row["received_at"] - changed[key]).total_seconds()
        for row in arrived
        if (key := (row["record_id"], row["version"])) in changed
    ]


async def _recalls(connection: asyncpg.Connection, *, since: Mark, results: Results) -> None:
    rows = await connection.fetch(RECALLS, since.at)
    for name, label in (
        ("unreadable_s", "recall: withdrawn to unreadable"),
        ("purged_s", "recall: withdrawn to deleted in transit"),
    ):
        seconds = [float(row[name]) for row in rows if row[name] is not None]
        if seconds:
            results.latencies[label] = Spread.of(seconds)


async def _counts(
    planes: Mapping[str, asyncpg.Connection], *, since: Mark, results: Results
) -> None:
    questions = {
        "webhooks kept": (
            "onprem",
            "SELECT count(*) FROM ingress.delivery WHERE outcome = 'stored' AND received_at >= $1",
        ),
        "webhooks refused, with a trace": (
            "onprem",
            "SELECT count(*) FROM ingress.delivery WHERE outcome <> 'stored' AND received_at >= $1",
        ),
        "duplicate webhooks": (
            "onprem",
            "SELECT count(*) FROM ingress.delivery WHERE result = 'duplicate' AND received_at >= $1",
        ),
        "webhooks answered by another's call": (
            "onprem",
            (
                "SELECT count(*) FROM ingress.delivery"
                " WHERE result_code = 'with_another' AND received_at >= $1"
            ),
        ),
        "records held for the compliance officer": (
            "onprem",
            "SELECT count(*) FROM compliance.held_record WHERE held_at >= $1",
        ),
        "incidents opened": (
            "onprem",
            "SELECT count(*) FROM compliance.incident WHERE opened_at >= $1",
        ),
        "texts kept on-prem, redacted in the cloud": (
            "onprem",
            "SELECT count(*) FROM practice.kept_text WHERE arrived_at >= $1",
        ),
        "portal tickets redacted": (
            "cloud",
            "SELECT count(*) FROM portal.ticket WHERE redacted AND updated_at >= $1",
        ),
    }
    for label, (plane, query) in questions.items():
        results.counts[label] = int(await planes[plane].fetchval(query, since.at) or 0)
