"""Runs one half: waits for the lock, feeds events to the core, starts again when something fails."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import Callable, Mapping
from uuid import UUID

import asyncpg
import nats.errors
import structlog

from lmhg_contracts.ledger.checkpoint import Checkpoint
from lmhg_contracts.ledger.head import HeadRefused
from lmhg_contracts.objects import OBJECT_KINDS, Live
from lmhg_contracts.registry import KINDS
from lmhg_relay import statements as sql
from lmhg_relay.core import events as e
from lmhg_relay.core import limits
from lmhg_relay.core.apply import homes
from lmhg_relay.core.half import Half
from lmhg_relay.executor import Executor, now
from lmhg_relay.match import Matcher
from lmhg_relay.migrate import newest_revision
from lmhg_relay.objects import Bucket, Ferry, Shelf
from lmhg_relay.observe import Metrics, PrivatePage
from lmhg_relay.settings import Settings
from lmhg_relay.store import Fenced, Store, connect, connect_cold
from lmhg_relay.tasks import ended
from lmhg_relay.transport import Delivery, Transport
from lmhg_relay.watch import Life, Watch, read_revision

log = structlog.get_logger()

LOCK_RETRY_S = 0.5
BACKOFF_FIRST_S = 0.1
BACKOFF_MAX_S = 5.0
TICK_S = 0.5
PROVISION_EVERY_S = 2.0
NOT_READY = frozenset(
    {
        "lock_wait",
        "stopped",
        "broker_away",
        "broker_refuses",
        "stream_missing",
        "consumer_missing",
        "schema_differs",
    }
)
"""What blocks this half itself."""


class RevisionDiffers(Exception):
    """The database's schema is not the one that this code was written for."""


FAILURES = (
    RevisionDiffers,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
    Fenced,
    HeadRefused,
)


class Runner:
    """One process of one plane."""

    def __init__(self, settings: Settings, *, metrics: Metrics | None = None) -> None:
        self._settings = settings
        self._metrics = metrics or Metrics()
        self._transport = Transport(settings.identity, settings.nats)
        self._life = Life()
        self._revision = newest_revision()
        self._with_files = [name for name in homes(settings.identity.peer) if name in OBJECT_KINDS]
        """Kinds with files that come here."""
        target = Bucket.of(settings.s3)
        self._ferry = Ferry(Bucket.of(settings.shared_s3), target, wake=self._on_notify)
        mine = target if self._with_files else None
        self._shelf = Shelf(mine, self._read_live, wake=self._on_notify)
        self._watch = Watch(
            settings,
            self._transport,
            self._metrics,
            self._life,
            revision=self._revision,
            ferry=self._ferry,
            shelf=self._shelf,
        )
        self._outbox = True
        self._has_match = True
        self._matching: asyncio.Task[None] | None = None
        self._healing: asyncio.Task[None] | None = None
        self._matcher = Matcher(
            settings.identity,
            lambda: connect_cold(settings.database_url),
            self._transport.ask_match,
        )
        self._transport.answer_match = self._matcher.answer
        self._tick_at = 0.0
        self._provision_at = 0.0
        self._signed: Checkpoint | None = None
        """The head of our ledger as this process has last signed and committed it."""

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until told to stop; no failure of the database or the broker ends it."""
        page = PrivatePage(self._metrics, causes=self._not_ready)
        if self._settings.metrics_listen is not None:
            await page.open(*self._settings.metrics_listen)
        watching = asyncio.create_task(self._watch.run())
        ferrying = asyncio.create_task(self._ferry.run())
        work = asyncio.create_task(self._work())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            helpers = (watching, ferrying, stopping, self._matching, self._healing)
            for task in filter(None, (work, *helpers)):
                await ended(task)
            await self._shelf.close()
            await self._transport.close()
            await page.close()
            log.info("relay.stopped")

    async def _work(self) -> None:
        wait_s = BACKOFF_FIRST_S
        await self._open_transport()
        while True:
            try:
                await self._serve()
            except FAILURES as failure:
                code = type(failure).__name__
                if isinstance(failure, HeadRefused):
                    code = failure.code
                self._life.failed(code, asyncio.get_running_loop().time())
                self._metrics.restarts.labels(code).inc()
                log.warning("relay.half_restarts", code=code)
                was_serving = self._tick_at > 0
                wait_s = BACKOFF_FIRST_S if was_serving else min(wait_s * 2, BACKOFF_MAX_S)
                self._tick_at = 0.0
                await asyncio.sleep(wait_s * (0.5 + random.random()))  # noqa: S311 - jitter

    async def _open_transport(self) -> None:
        """The database may be served before the broker is there."""
        while True:
            try:
                await self._transport.open()
            except (TimeoutError, nats.errors.Error, OSError) as failure:
                log.warning("relay.broker_away", code=type(failure).__name__)
                await asyncio.sleep(BACKOFF_MAX_S)
            else:
                return

    # One life of a half --------------------------------------------------------------------------

    async def _serve(self) -> None:
        control = await connect(self._settings.database_url)
        work: asyncpg.Connection | None = None
        try:
            guard = Store(control, plane=self._settings.identity.plane)
            await self._check_revision(control)
            while not await guard.try_lock():
                self._life.queued_at = self._life.queued_at or asyncio.get_running_loop().time()
                await asyncio.sleep(LOCK_RETRY_S)
            work = await connect(self._settings.database_url)
            self._life.work_pid = work.get_server_pid()
            store = Store(work, plane=self._settings.identity.plane)
            await control.add_listener("relay_outbox", self._on_notify)
            await control.add_listener("relay_match", self._on_match)
            loaded = await store.load(self._settings.identity.site)
            half = Half(self._settings.identity, loaded, signed=self._signed)
            self._shelf.unsettle()
            executor = Executor(
                half, store, self._transport, self._metrics, ferry=self._ferry, shelf=self._shelf
            )
            self._metrics.epoch.set(loaded.epoch)
            self._life.serves(half)
            self._outbox = True
            log.info("relay.serving", plane=self._settings.identity.plane, epoch=loaded.epoch)
            await self._feed(executor, store, lambda: not control.is_closed())
        finally:
            self._life.half = None
            self._ferry.keep_only(set())
            for connection in (control, work):
                if connection is not None:
                    connection.terminate()

    async def _check_revision(self, control: asyncpg.Connection) -> None:
        """Serve only a schema that this code was written for. Raises: RevisionDiffers."""
        found = await read_revision(control)
        self._life.revisions = None if found == self._revision else (found, self._revision)
        if self._life.revisions is not None:
            log.error(
                "relay.schema_differs", found=found, wanted=self._revision, run="lmhg-relay migrate"
            )
            raise RevisionDiffers

    async def _read_live(self) -> tuple[Mapping[UUID, Live], int]:
        """What the replica has of records with files, over a connection of its own."""
        if not self._with_files:
            return {}, 0
        link = await connect_cold(self._settings.database_url)
        try:
            fields = [KINDS[name].object_field for name in self._with_files]
            rows = await link.fetch(sql.READ_LIVE, self._with_files, fields)
            receiver = await link.fetchrow(sql.READ_RECEIVER, self._settings.identity.incoming)
        finally:
            await link.close()
        generation = 0 if receiver is None else int(receiver["generation"])
        return {row[0]: Live(*row[1:]) for row in rows}, generation

    def _not_ready(self) -> list[str]:
        """Why this half is not ready, as codes; the other plane's silence is not its fault."""
        if self._life.half is None:
            named = [f"{delay.code} {delay.who}".strip() for delay in self._watch.delays]
            if self._life.revisions is not None:
                found, wanted = self._life.revisions
                named = [f"schema is {found}, code wants {wanted}: run lmhg-relay migrate"]
            away = ["database_away"] if self._watch.is_database_away else []
            return named or away or ["starting" if not self._life.failing else self._life.failing]
        return [delay.code for delay in self._watch.delays if delay.code in NOT_READY]

    def _on_notify(self, *_: object) -> None:
        self._outbox = True
        self._transport.arrived.set()

    def _on_match(self, *_: object) -> None:
        self._has_match = True

    def _start_match(self) -> None:
        """Serve requests of the match beside the hot path, one at a time."""
        is_idle = self._matching is None or self._matching.done()
        if self._has_match and is_idle and self._transport.is_connected:
            self._has_match = False
            self._matching = asyncio.create_task(self._match())

    async def _match(self) -> None:
        try:
            await self._matcher.serve()
        except FAILURES as failure:
            self._has_match = True
            log.warning("relay.match_failed", code=type(failure).__name__)

    async def _feed(self, executor: Executor, store: Store, is_locked: Callable[[], bool]) -> None:
        """Events to the core, one at a time, for as long as the lock's connection lives."""
        loop = asyncio.get_running_loop()
        arrived = self._transport.arrived
        poll_at = loop.time()
        while is_locked():
            arrived.clear()
            await self._drain(executor)
            await executor.send_withheld()
            at = loop.time()
            if at >= poll_at or self._outbox:
                self._outbox = False
                poll_at = at + self._settings.poll_interval_s
                await executor.run(e.Woken(**now()))
            if at - self._tick_at >= TICK_S:
                self._tick_at = at
                await self._tick(executor, store)
            await self._transport.pull(loop.time())
            if not self._has_arrivals():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._settings.poll_interval_s):
                        await arrived.wait()
        raise Fenced

    def _has_arrivals(self) -> bool:
        carrier = self._transport
        return bool(
            self._outbox or carrier.batches or carrier.receipts or carrier.beats or carrier.stored
        )

    async def _drain(self, executor: Executor) -> None:
        """Everything that has arrived, a bounded part of it at a time."""
        carrier = self._transport
        if carrier.is_renewed:
            carrier.is_renewed = False
            await executor.run(e.StreamRenewed(**now()))
        for _ in range(len(carrier.stored)):
            number, seq = carrier.stored.popleft()
            await executor.run(e.Published(number=number, stream_seq=seq, **now()))
        if carrier.receipts:
            raws = [carrier.receipts.popleft() for _ in range(len(carrier.receipts))]
            await executor.run(e.ReceiptsIn(raws=raws, **now()))
        while carrier.beats:
            await executor.run(e.HeartbeatIn(raw=carrier.beats.popleft(), **now()))
        if carrier.batches:
            count = min(len(carrier.batches), limits.APPLY_BATCHES_MAX)
            taken: list[Delivery] = [carrier.batches.popleft() for _ in range(count)]
            await carrier.pull(asyncio.get_running_loop().time())
            await executor.run(e.BatchesIn(raws=[item.raw for item in taken], **now()))
            for delivery in taken:
                await carrier.acknowledge(delivery)

    async def _tick(self, executor: Executor, store: Store) -> None:
        half = executor.half
        await store.check_epoch(half.epoch)
        waiting, oldest_s = await store.waiting(half.sender.row.cursor)
        event = e.Tick(
            nonce=secrets.token_bytes(16),
            waiting=waiting,
            delays=self._watch.delays,
            sharing=await store.sharing(),
            foreign=await store.foreign_notes(),
            **now(),
        )
        await executor.run(event)
        self._signed = half.tail.head
        metrics = self._metrics
        metrics.lag.set(waiting)
        metrics.oldest.set(oldest_s)
        metrics.open.set(len(half.sender.open))
        metrics.ledger.set(half.tail.size)
        metrics.running.set(int(half.sender.is_running))
        self._start_match()
        self._start_healing(event.mono)

    def _start_healing(self, mono: float) -> None:
        """Create again what is missing on the broker, where our credential may; or say so."""
        carrier = self._transport
        is_missing = carrier.out_missing_at is not None or carrier.in_missing_at is not None
        is_idle = self._healing is None or self._healing.done()
        is_due = mono - self._provision_at >= PROVISION_EVERY_S
        is_to_do = carrier.is_closed or (is_missing and carrier.is_connected)
        if is_to_do and is_idle and is_due:
            self._provision_at = mono
            self._healing = asyncio.create_task(self._heal())

    async def _heal(self) -> None:
        try:
            if self._transport.is_closed:
                await self._transport.open()
            made = await self._transport.rebuild()
        except (TimeoutError, nats.errors.Error, OSError) as failure:
            log.warning("relay.broker_incomplete", code=type(failure).__name__)
        else:
            if made:
                log.warning("relay.broker_rebuilt", made=made)
