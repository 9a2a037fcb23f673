"""The broker side of a half: NATS, with JetStream for batches. Nothing here is trusted.

Batches go through one stream a direction, and heartbeats go the same way: through the same stream
and the same consumer, so that a sign of life proves the road that records take. The stream keeps
the newest heartbeat alone. Receipts and the match go as plain messages, because losing one costs
only time. A publish while the connection is down fails at once: the database is the buffer.
"""

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from lmhg_relay.core.context import Identity
from lmhg_relay.provision import ensure_consumer, ensure_stream
from lmhg_relay.settings import NatsSettings
from lmhg_relay.subjects import BEAT, CONSUMER, stream_name, subject

PING_S = 10
MAX_PINGS = 2
RECONNECT_S = 1
PULL_BATCHES = 8
PULL_EXPIRES_S = 5.0
SILENCE_S = 8.0
"""Without any answer to a pull for so long, pull again."""
INBOX_MAX = 64
"""Batches, receipts or heartbeats waiting to be handled; more are dropped and come again."""
API_TIMEOUT_S = 3.0
ONLY_NEWEST = {"Nats-Rollup": "sub"}
"""A heartbeat takes the place of the one before it in the stream."""
NOBODY = "503"
"""The broker's word that nobody serves a subject: no stream takes it, no consumer gives it."""
REFUSED = re.compile(r"permissions violation for (publish|subscription)", re.IGNORECASE)
REFUSED_S = 30.0
"""For so long after the last refusal by the broker it counts as lasting."""


class Delivery(NamedTuple):
    """A batch as the broker handed it over, and where to acknowledge it."""

    raw: bytes
    reply: str


class _Ack(msgspec.Struct):
    seq: int = 0
    error: msgspec.Raw | None = None


class _Purged(msgspec.Struct):
    success: bool = False
    error: msgspec.Raw | None = None


_ack = msgspec.json.Decoder(_Ack)
_purged = msgspec.json.Decoder(_Purged)

Answer = Callable[[bytes], Awaitable[bytes | None]]


class Transport:
    """One connection. What arrives waits in bounded queues; `arrived` says that something has."""

    def __init__(self, identity: Identity, settings: NatsSettings) -> None:
        self._identity = identity
        self._settings = settings
        self._nc = Client()
        self._inbox = ""
        self._asked = 0
        self._heard_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self.arrived = asyncio.Event()
        self.batches: deque[Delivery] = deque()
        self.receipts: deque[bytes] = deque()
        self.beats: deque[bytes] = deque()
        self.stored: deque[tuple[int, int]] = deque()
        self.is_renewed = False
        self.out_missing_at: float | None = None
        """Since when no stream takes what we send; None while one does."""
        self.in_missing_at: float | None = None
        """Since when no consumer gives us what the other plane sends."""
        self.refused: dict[str, tuple[float, float]] = {}
        """`publish` or `subscription` -> when the broker first and last refused us one."""
        self.answer_match: Answer | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the client has given up: it must be opened again."""
        return self._nc.is_closed

    @property
    def is_connected(self) -> bool:
        """Whether the broker can be reached now."""
        return self._nc.is_connected

    async def open(self) -> None:
        """Connect, however long it takes, and subscribe."""
        settings = self._settings
        if self._nc.is_closed:
            self._nc = Client()
        await self._nc.connect(
            settings.url,
            user=settings.user,
            password=settings.password,
            name=f"lmhg-relay-{self._identity.site}-{self._identity.plane}",
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_S,
            ping_interval=PING_S,
            max_outstanding_pings=MAX_PINGS,
            pending_size=0,
            inbox_prefix=f"_I.{self._identity.site}.{self._identity.plane}",
            error_cb=self._on_error,
            reconnected_cb=self._on_reconnected,
        )
        site = self._identity.site
        out, incoming = self._identity.out, self._identity.incoming
        self._inbox = self._nc.new_inbox()
        await self._nc.subscribe(f"{self._inbox}.ack.*", cb=self._on_ack)
        await self._nc.subscribe(f"{self._inbox}.pull", cb=self._on_pulled)
        await self._nc.subscribe(subject(site, out, "receipt"), cb=self._on_receipt)
        await self._nc.subscribe(subject(site, incoming, "match"), cb=self._on_match)

    async def close(self) -> None:
        """Leave, without waiting for anything."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(API_TIMEOUT_S):
                await self._nc.close()

    # Sending -------------------------------------------------------------------------------------

    async def publish_batch(self, number: int, blob: bytes) -> None:
        """Give a batch to the stream; its place comes back in `stored`, some time or never."""
        name = subject(self._identity.site, self._identity.out, "batch")
        await self._send(name, blob, reply=f"{self._inbox}.ack.{number}")

    async def send_receipt(self, raw: bytes) -> None:
        """A receipt to the peer."""
        await self._send(subject(self._identity.site, self._identity.incoming, "receipt"), raw)

    async def send_beat(self, raw: bytes) -> None:
        """A heartbeat to the peer, on the road that batches take."""
        name = subject(self._identity.site, self._identity.out, BEAT)
        await self._send(name, raw, reply=f"{self._inbox}.ack.{BEAT}", headers=ONLY_NEWEST)

    async def acknowledge(self, delivery: Delivery) -> None:
        """Tell the broker that it need not deliver this again."""
        if delivery.reply:
            await self._send(delivery.reply, b"+ACK")

    async def ask_match(self, raw: bytes) -> bytes | None:
        """The peer's answer to a question of the match, or None."""
        name = subject(self._identity.site, self._identity.out, "match")
        return await self._request(name, raw, timeout_s=60.0)

    async def purge(self, upto: int) -> bool:
        """Whether the broker confirms that our stream is empty up to this sequence."""
        stream = stream_name(self._identity.site, self._identity.out)
        wanted = b"{}" if upto >= 2**62 else msgspec.json.encode({"seq": upto + 1})
        answer = await self._request(f"$JS.API.STREAM.PURGE.{stream}", wanted)
        if answer is None:
            return False
        with contextlib.suppress(msgspec.MsgspecError):
            done = _purged.decode(answer)
            return done.success and done.error is None
        return False

    async def _send(
        self, name: str, data: bytes, reply: str = "", headers: dict[str, str] | None = None
    ) -> None:
        with contextlib.suppress(nats.errors.Error, OSError):
            await self._nc.publish(name, data, reply=reply, headers=headers)

    async def _request(
        self, name: str, data: bytes, *, timeout_s: float = API_TIMEOUT_S
    ) -> bytes | None:
        with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
            return (await self._nc.request(name, data, timeout=timeout_s)).data
        return None

    # Receiving -----------------------------------------------------------------------------------

    async def pull(self, now: float) -> None:
        """Keep the stream flowing towards us; call often."""
        if not self.is_connected or len(self.batches) >= INBOX_MAX // 2:
            return
        is_silent = now - self._heard_at > SILENCE_S
        if self._asked > PULL_BATCHES // 2 and not is_silent:
            return
        self._heard_at = now
        self._asked = PULL_BATCHES
        stream = stream_name(self._identity.site, self._identity.incoming)
        wanted = {"batch": PULL_BATCHES, "expires": int(PULL_EXPIRES_S * 1e9)}
        await self._send(
            f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{CONSUMER}",
            msgspec.json.encode(wanted),
            reply=f"{self._inbox}.pull",
        )

    async def _on_pulled(self, msg: Msg) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        status = (msg.headers or {}).get("Status")
        if status == NOBODY:
            self._asked = 0
            self.in_missing_at = self.in_missing_at or self._heard_at
            return
        self.in_missing_at = None
        if status is not None:
            self._asked = 0
            await self.pull(self._heard_at)
            return
        self._asked -= 1
        if msg.subject.endswith(f".{BEAT}"):
            await self._send(msg.reply, b"+ACK")
            self._take_beat(msg.data)
        elif len(self.batches) < INBOX_MAX:
            self.batches.append(Delivery(msg.data, msg.reply))
            self.arrived.set()
        await self.pull(self._heard_at)

    async def _on_ack(self, msg: Msg) -> None:
        if (msg.headers or {}).get("Status") == NOBODY:
            self.out_missing_at = self.out_missing_at or asyncio.get_running_loop().time()
            return
        number = msg.subject.rpartition(".")[2]
        with contextlib.suppress(msgspec.MsgspecError):
            ack = _ack.decode(msg.data)
            if ack.error is None and ack.seq > 0:
                if number.isdigit():
                    self.stored.append((int(number), ack.seq))
                self.mark_renewed()

    def mark_renewed(self) -> None:
        """Our stream answers; if it was missing, everything open has to be published again."""
        if self.out_missing_at is not None:
            self.out_missing_at = None
            self.is_renewed = True
        self.arrived.set()

    async def _on_receipt(self, msg: Msg) -> None:
        if len(self.receipts) < INBOX_MAX:
            self.receipts.append(msg.data)
            self.arrived.set()

    def _take_beat(self, raw: bytes) -> None:
        if len(self.beats) < INBOX_MAX:
            self.beats.append(raw)
            self.arrived.set()

    async def _on_match(self, msg: Msg) -> None:
        task = asyncio.create_task(self._answer(msg))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, msg: Msg) -> None:
        if self.answer_match is not None and msg.reply:
            answer = await self.answer_match(msg.data)
            if answer is not None:
                await self._send(msg.reply, answer)

    async def _on_error(self, error: Exception) -> None:
        """The client reconnects by itself; health is judged by heartbeats. A refusal is kept."""
        found = REFUSED.search(str(error))
        if found is not None:
            at = asyncio.get_running_loop().time()
            what = found[1].lower()
            first, last = self.refused.get(what, (at, at))
            self.refused[what] = (at if at - last > REFUSED_S else first, at)

    def refused_since(self, now: float) -> float | None:
        """Since when the broker refuses us something, if it does now."""
        lasting = [first for first, last in self.refused.values() if now - last <= REFUSED_S]
        return min(lasting, default=None)

    async def rebuild(self) -> list[str]:
        """Create again what is missing and ours to create: our stream, our consumer of the peer's.

        Raises: nats.errors.Error, TimeoutError when the broker is away or refuses.
        """
        js = self._nc.jetstream()
        site, made = self._identity.site, list[str]()
        if await ensure_stream(js, site, self._identity.out):
            made.append("stream")
        if await ensure_consumer(js, site, self._identity.incoming):
            made.append("consumer")
        self._asked = 0
        self._heard_at = 0.0
        self.mark_renewed()
        return made

    async def _on_reconnected(self) -> None:
        self._asked = 0
        self._heard_at = 0.0
        self.arrived.set()
