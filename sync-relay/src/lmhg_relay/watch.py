"""Finds out what holds records up, beside the hot path, and says so: table, peer, metrics, health.

It has a connection of its own, because what it looks for may be what the other one waits for.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog

from lmhg_contracts.ledger.entries import timestamp
from lmhg_contracts.ledger.head import HEAD_REFUSALS
from lmhg_contracts.registry import KINDS
from lmhg_contracts.wire import OpenDelay
from lmhg_relay import watch_statements as sql
from lmhg_relay.core import limits
from lmhg_relay.core.delays import Delay, Facts, delays
from lmhg_relay.core.half import Half
from lmhg_relay.objects import Ferry, Shelf
from lmhg_relay.observe import Metrics
from lmhg_relay.settings import Settings
from lmhg_relay.store import LOCK_KEY, PROGRAM, connect_watching, set_delays
from lmhg_relay.transport import Transport

log = structlog.get_logger()

WATCH_EVERY_S = 5.0
LOCK_FAILURES = frozenset({"LockNotAvailableError", "TimeoutError"})
REFUSALS = frozenset(
    {"InsufficientPrivilegeError", "InvalidPasswordError", "InvalidAuthorizationSpecificationError"}
)
WHO_MAX = 128
PLAIN = re.compile(r"[^A-Za-z0-9_. -]")
SCREENED_HERE = [name for name, kind in KINDS.items() if kind.screening != "arrival"]


def who_is(role: str, database: str, application: str) -> str:
    """A session by what it is, in plain letters: role, database, and the program's name for itself."""
    name = f"{role} in {database}" if database else role
    if application:
        name += f", {application}"
    return PLAIN.sub("", name.replace(",", " -"))[:WHO_MAX]


def open_delays(found: Sequence[Delay]) -> list[OpenDelay]:
    """Delays as they are stored and told: with a moment instead of an age."""
    now = datetime.now(UTC)
    return [
        OpenDelay(
            delay.code,
            delay.who[:WHO_MAX],
            timestamp(now - timedelta(seconds=delay.age_s)),
            delay.rows,
        )
        for delay in found
    ]


@dataclass
class Life:
    """What the half that is watched is doing, as its runner knows."""

    half: Half | None = None
    """None while it does not serve."""
    work_pid: int = 0
    failing: str = ""
    """The error that ended the last life, until one serves again."""
    failing_at: float | None = None
    queued_at: float | None = None
    """Since when it waits for the plane's lock."""
    revisions: tuple[str, str] | None = None
    """The database's schema revision and the code's, while they differ."""

    def failed(self, code: str, at: float) -> None:
        """A life has ended by an error."""
        self.half, self.failing = None, code
        self.failing_at = self.failing_at or at

    def serves(self, half: Half) -> None:
        """A life has begun, and serves."""
        self.half, self.failing, self.failing_at, self.queued_at = half, "", None, None


async def read_revision(link: asyncpg.Connection) -> str:
    """The schema's revision; `older` where it does not even let us read it."""
    try:
        return str(await link.fetchval(sql.READ_REVISION) or "none")
    except (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError):
        return "older"


class Watch:
    """Watches for as long as the process lives. `delays` is what is open now."""

    def __init__(
        self,
        settings: Settings,
        transport: Transport,
        metrics: Metrics,
        life: Life,
        *,
        revision: str,
        ferry: Ferry,
        shelf: Shelf,
    ) -> None:
        self._identity = settings.identity
        self._url = settings.database_url
        self._transport = transport
        self._metrics = metrics
        self._life = life
        self._revision = revision
        self._ferry = ferry
        self._shelf = shelf
        self._stays_at: float | None = None
        self._started: float | None = None
        self._blocked_at: float | None = None
        self._blocked_by = ""
        self._away_at: float | None = None
        self._resyncing_at: float | None = None
        self._stopped_at: float | None = None
        self._served: Half | None = None
        self._served_at = 0.0
        self.is_database_away = False
        self.delays: list[OpenDelay] = []

    async def run(self) -> None:
        """Look every few seconds; a look that fails is not the end."""
        link: asyncpg.Connection | None = None
        try:
            while True:
                try:
                    if link is None or link.is_closed():
                        link = await connect_watching(self._url)
                    await self.look(link)
                    self.is_database_away = False
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                    self.is_database_away = link is None or link.is_closed()
                await asyncio.sleep(WATCH_EVERY_S)
        finally:
            if link is not None:
                link.terminate()

    async def look(self, link: asyncpg.Connection) -> None:
        """One look: gather facts, decide, say; a process that waits behind a sound one is silent."""
        now = asyncio.get_running_loop().time()
        self._started = self._started or now
        await self._blockers(link, now)
        revision = await read_revision(link)
        differs = None if revision == self._revision else (revision, self._revision)
        self._life.revisions = differs
        half = self._life.half
        if half is not None:
            found = delays(await self._facts(link, half, now))
            if differs is not None:
                found.append(Delay("schema_differs", 0.0, " ".join(differs)))
            found += await self._raised(link)
        else:
            found = await self._not_serving(link, now)
            if self._is_second(found):
                return
        await self._say(link, found, is_alive=half is not None)

    async def _raised(self, link: asyncpg.Connection) -> list[Delay]:
        """Alarms that stand here, so that the other plane's people hear of them too."""
        row = await link.fetchrow(sql.RAISED, limits.ALARM_STANDS_S)
        if row is None or row[0] is None:
            return []
        return [Delay("alarm_raised", float(row[1]), row[0][:WHO_MAX])]

    def _is_second(self, found: Sequence[Delay]) -> bool:
        return self._life.queued_at is not None and not found

    async def _say(
        self, link: asyncpg.Connection, found: Sequence[Delay], *, is_alive: bool
    ) -> None:
        """Keep what is open for the pages, the peer and the collector."""
        before = {delay.code for delay in self.delays}
        self.delays = open_delays(found)
        for delay in self.delays:
            if delay.code not in before:
                log.warning("relay.delayed", code=delay.code, who=delay.who, rows=delay.rows)
        self._metrics.set_delays({delay.code: delay.age_s for delay in found})
        await set_delays(link, self._identity.plane, self.delays)
        if is_alive:
            await link.execute(sql.ALIVE, self._identity.plane)

    async def _blockers(self, link: asyncpg.Connection, now: float) -> None:
        """Who makes our connection wait; remembered while its lives end for want of the lock."""
        row = await link.fetchrow(sql.BLOCKERS, self._life.work_pid)
        if row is not None:
            self._blocked_at = self._blocked_at or now
            self._blocked_by = who_is(*row)
        elif self._life.failing not in LOCK_FAILURES:
            self._blocked_at = None

    async def _not_serving(self, link: asyncpg.Connection, now: float) -> list[Delay]:
        """Why there is no half that serves."""
        life = self._life
        if life.revisions is not None:
            found, wanted = life.revisions
            return [Delay("schema_differs", self._since(life.failing_at, now), f"{found} {wanted}")]
        if self._blocked_at is not None:
            return [Delay("lock_wait", now - self._blocked_at, self._blocked_by)]
        if life.queued_at is not None and now - life.queued_at >= limits.DELAY_S:
            taken = await link.fetchrow(sql.LOCK_HOLDER, LOCK_KEY[self._identity.plane])
            is_relay = taken is None or (taken[0] == "relay" and taken[2].startswith(PROGRAM))
            if taken is not None and not is_relay:
                return [Delay("lock_taken", now - life.queued_at, who_is(*taken))]
        if life.failing in HEAD_REFUSALS:
            return [Delay("ledger_refused", self._since(life.failing_at, now), life.failing)]
        if life.failing_at is not None and now - life.failing_at >= WATCH_EVERY_S:
            code = "database_refuses" if life.failing in REFUSALS else "half_restarts"
            return [Delay(code, now - life.failing_at, life.failing)]
        return []

    @staticmethod
    def _since(at: float | None, now: float) -> float:
        return 0.0 if at is None else now - at

    async def _facts(self, link: asyncpg.Connection, half: Half, now: float) -> Facts:
        waiting, oldest = await self._rows(link)
        row, carrier = half.sender.row, self._transport
        if self._served is not half:
            self._served, self._served_at = half, now
        self._away_at = None if carrier.is_connected else self._away_at or now
        self._resyncing_at = (self._resyncing_at or now) if half.sender.is_resyncing else None
        self._stopped_at = (self._stopped_at or now) if row.stopped else None

        def age(since: float | None) -> float | None:
            return None if since is None else now - since

        self._stays_at = None if self._shelf.is_settled else self._stays_at or now
        heard = half.sender.peer_heard
        return Facts(
            blocked_s=age(self._blocked_at),
            blocked_by=self._blocked_by,
            broker_away_s=age(self._away_at),
            refused_s=age(carrier.refused_since(now)),
            out_missing_s=age(carrier.out_missing_at),
            in_missing_s=age(carrier.in_missing_at),
            silent_s=now - (self._served_at if heard is None else heard),
            unheard_s=now - (half.answered_mono or self._served_at),
            stopped=row.stopped,
            stopped_s=age(self._stopped_at) or 0.0,
            resyncing_s=age(self._resyncing_at),
            passed=len(row.cursor.passed),
            undecided=waiting[0],
            undecided_s=waiting[1],
            aside=len(row.cursor.aside),
            aside_why=self._ferry.fault,
            stays_s=age(self._stays_at),
            stays_why=self._shelf.fault,
            unscreened=waiting[2],
            unscreened_s=waiting[3],
            unreceipted=waiting[4],
            unreceipted_s=oldest,
        )

    async def _rows(
        self, link: asyncpg.Connection
    ) -> tuple[tuple[int, float, int, float, int], float]:
        """What waits, where, for how long; nothing while someone has locked the tables."""
        try:
            row = await link.fetchrow(sql.WAITING, SCREENED_HERE)
            oldest = await link.fetchval(sql.OLDEST_OPEN, self._identity.out)
        except asyncpg.LockNotAvailableError:
            return (0, 0.0, 0, 0.0, 0), 0.0
        return (0, 0.0, 0, 0.0, 0) if row is None else tuple(row), float(oldest or 0.0)
