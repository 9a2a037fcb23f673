"""The three-way match: what the ledger shipped = what receipts say arrived = what is held.

Digests of 256 buckets are compared first, and rows only where buckets differ. Records may be on
their way while this runs, so a difference counts only when it stays.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec
import structlog

from lmhg_contracts.wire import (
    Direction,
    MatchAnswer,
    MatchQuestion,
    MatchRow,
    MatchSide,
    SideName,
    WireRefused,
    seal,
    unseal,
)
from lmhg_relay.core.apply import homes
from lmhg_relay.core.context import Identity
from lmhg_relay.match_sides import read_broken, read_side

log = structlog.get_logger()

ROUNDS = 4
ROUND_PAUSE_S = 1.0
DIFFERENCES_MAX = 1_000
ROW_BUCKETS_MAX = 16
"""Buckets whose rows are compared in one round; the differences of more show in the next match."""
DIRECTIONS: tuple[Direction, ...] = ("down", "up")

Ask = Callable[[bytes], Awaitable[bytes | None]]
Sides = dict[SideName, MatchSide]


class Difference(NamedTuple):
    """One record on which the accounts do not agree, and which of them."""

    direction: str
    kind: str
    record_id: str
    what: str


class PeerSilent(Exception):
    """The other plane did not answer: there is no result, rather than a wrong one."""


class Matcher:
    """Runs matches for this plane, and answers the peer's questions."""

    def __init__(
        self, identity: Identity, connect: Callable[[], Awaitable[asyncpg.Connection]], ask: Ask
    ) -> None:
        self._identity = identity
        self._connect = connect
        self._ask = ask
        self._busy = asyncio.Lock()

    # Asked ---------------------------------------------------------------------------------------

    async def answer(self, raw: bytes) -> bytes | None:
        """The sealed answer to a sealed question; None to anything else."""
        try:
            question, _ = unseal(raw, MatchQuestion, self._identity.peer_key)
        except WireRefused as refused:
            log.warning("relay.match_refused", code=refused.code)
            return None
        if question.site != self._identity.site:
            return None
        with contextlib.suppress(asyncpg.PostgresError, OSError, asyncpg.InterfaceError):
            async with self._busy:
                db = await self._connect()
                try:
                    sides, broken = await self._own(db, question.direction, question.rows_of)
                finally:
                    await db.close()
            answer = MatchAnswer(
                question.site, question.direction, question.request_id, tuple(sides), broken
            )
            return seal(answer, self._identity.key)[0]
        return None

    async def _own(
        self, db: asyncpg.Connection, direction: Direction, rows_of: Sequence[int]
    ) -> tuple[list[MatchSide], tuple[MatchRow, ...]]:
        """This plane's accounts of a direction."""
        kinds = homes("onprem" if direction == "down" else "cloud")
        if direction == self._identity.out:
            return [await read_side(db, "shipped", kinds, rows_of)], ()
        sides = [await read_side(db, name, kinds, rows_of) for name in ("arrived", "held")]
        return sides, () if rows_of else await read_broken(db, kinds)

    # Asking --------------------------------------------------------------------------------------

    async def serve(self) -> None:
        """Every request of this plane that has no result yet."""
        async with self._busy:
            db = await self._connect()
            try:
                rows = await db.fetch(
                    "SELECT r.id FROM relay.match_request r WHERE NOT EXISTS "
                    "(SELECT FROM relay.match_result m WHERE m.id = r.id) ORDER BY requested_at LIMIT 8"
                )
                for row in rows:
                    await self._run(db, row[0])
            finally:
                await db.close()

    async def _run(self, db: asyncpg.Connection, request_id: UUID) -> None:
        found: list[Difference] = []
        compared = 0
        try:
            for direction in DIRECTIONS:
                count, differences = await self._direction(db, direction, str(request_id))
                compared += count
                found += differences
        except PeerSilent:
            found = [Difference("", "", "", "peer_silent")]
        rows = [row._asdict() for row in found]
        await db.execute(
            "INSERT INTO relay.match_result (id, clean, compared, differences) "
            "VALUES ($1, $2, $3, $4::jsonb) ON CONFLICT DO NOTHING",
            request_id,
            not found,
            compared,
            msgspec.json.encode(rows[:DIFFERENCES_MAX]).decode(),
        )
        log.info(
            "relay.matched", request_id=str(request_id), compared=compared, differences=len(found)
        )

    async def _direction(
        self, db: asyncpg.Connection, direction: Direction, request_id: str
    ) -> tuple[int, list[Difference]]:
        """Differences that stay over several rounds; records on their way do not."""
        staying: set[Difference] | None = None
        count = 0
        for turn in range(ROUNDS):
            if turn:
                await asyncio.sleep(ROUND_PAUSE_S)
            count, found = await self._round(db, direction, request_id)
            staying = found if staying is None else staying & found
            if not staying:
                return count, []
        return count, sorted(staying or ())

    async def _round(
        self, db: asyncpg.Connection, direction: Direction, request_id: str
    ) -> tuple[int, set[Difference]]:
        sides, broken = await self._both(db, direction, request_id, ())
        digests = {name: dict(side.digests) for name, side in sides.items()}
        buckets = sorted({bucket for side in digests.values() for bucket in side})
        differing = [
            bucket for bucket in buckets if len({side.get(bucket) for side in digests.values()}) > 1
        ][:ROW_BUCKETS_MAX]
        found = {_named(direction, row, "body_changed") for row in broken}
        if differing:
            rows, _ = await self._both(db, direction, request_id, differing)
            found |= _compare(direction, rows)
        return sides["shipped"].count, found

    async def _both(
        self,
        db: asyncpg.Connection,
        direction: Direction,
        request_id: str,
        rows_of: Sequence[int],
    ) -> tuple[Sides, tuple[MatchRow, ...]]:
        """All three accounts: ours, and the peer's by question. Raises: PeerSilent."""
        own, broken = await self._own(db, direction, rows_of)
        question = MatchQuestion(self._identity.site, direction, request_id, tuple(rows_of))
        raw = await self._ask(seal(question, self._identity.key)[0])
        if raw is None:
            raise PeerSilent
        try:
            answer, _ = unseal(raw, MatchAnswer, self._identity.peer_key)
        except WireRefused as refused:
            log.warning("relay.match_refused", code=refused.code)
            raise PeerSilent from None
        if (answer.direction, answer.request_id) != (direction, request_id):
            raise PeerSilent
        sides: Sides = {side.name: side for side in (*own, *answer.sides)}
        if set(sides) != {"shipped", "arrived", "held"}:
            raise PeerSilent
        return sides, (*broken, *answer.broken)


def _named(direction: str, row: MatchRow, what: str) -> Difference:
    return Difference(direction, row.kind, str(UUID(bytes=row.record_id)), what)


def _compare(direction: str, sides: Sides) -> set[Difference]:
    """Where the accounts of some buckets disagree, record by record."""
    tables: dict[SideName, dict[tuple[str, bytes], MatchRow]] = {
        name: {(row.kind, row.record_id): row for row in side.rows} for name, side in sides.items()
    }
    found: set[Difference] = set()
    for key in {key for table in tables.values() for key in table}:
        rows: dict[SideName, MatchRow | None] = {
            name: table.get(key) for name, table in tables.items()
        }
        if len(set(rows.values())) > 1:
            any_row = next(row for row in rows.values() if row is not None)
            found.add(_named(direction, any_row, _what(rows)))
    return found


def _what(rows: Mapping[SideName, MatchRow | None]) -> str:
    """A code for the kind of disagreement."""
    missing = [name for name, row in rows.items() if row is None]
    if missing:
        return "missing_" + "_".join(sorted(missing))
    versions = {row.version for row in rows.values() if row is not None}
    return "version_differs" if len(versions) > 1 else "digest_differs"
