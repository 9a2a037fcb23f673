"""Creates the broker's streams and consumers; a second run changes nothing."""

import contextlib

import nats
import nats.errors
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from lmhg_contracts.wire import Direction
from lmhg_relay.settings import NatsSettings
from lmhg_relay.subjects import BATCH, BEAT, CONSUMER, stream_name, subject

MAX_AGE_S = 24 * 3600.0
MAX_BYTES = 512 * 1024 * 1024
MAX_MESSAGE_BYTES = 1024 * 1024
MAX_ACK_PENDING = 256
ACK_WAIT_S = 30.0
CONNECT_TIMEOUT_S = 5
DIRECTIONS: tuple[Direction, ...] = ("down", "up")


def stream_config(site: str, direction: Direction) -> StreamConfig:
    """A stream that refuses when full: the sender keeps its batches in the database."""
    return StreamConfig(
        name=stream_name(site, direction),
        subjects=[subject(site, direction, what) for what in (BATCH, BEAT)],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_age=MAX_AGE_S,
        max_bytes=MAX_BYTES,
        max_msg_size=MAX_MESSAGE_BYTES,
        duplicate_window=0.1,
        num_replicas=1,
        allow_rollup_hdrs=True,
    )


CONSUMER_CONFIG = ConsumerConfig(
    durable_name=CONSUMER,
    deliver_policy=DeliverPolicy.ALL,
    ack_policy=AckPolicy.EXPLICIT,
    ack_wait=ACK_WAIT_S,
    max_deliver=-1,
    max_ack_pending=MAX_ACK_PENDING,
)


async def ensure_stream(js: JetStreamContext, site: str, direction: Direction) -> bool:
    """Whether the direction's stream had to be created."""
    try:
        await js.stream_info(stream_name(site, direction))
    except NotFoundError:
        await js.add_stream(stream_config(site, direction))
        return True
    return False


async def ensure_consumer(js: JetStreamContext, site: str, direction: Direction) -> bool:
    """Whether the direction's consumer had to be created; False without its stream."""
    name = stream_name(site, direction)
    try:
        await js.consumer_info(name, CONSUMER)
    except NotFoundError:
        try:
            await js.add_consumer(name, CONSUMER_CONFIG)
        except NotFoundError:
            return False
        return True
    return False


async def _update(js: JetStreamContext, site: str, direction: Direction) -> bool:
    """Whether the stream of an older version had to be changed."""
    wanted = stream_config(site, direction)
    found = (await js.stream_info(stream_name(site, direction))).config
    is_same = set(found.subjects or ()) == set(wanted.subjects or ()) and found.allow_rollup_hdrs
    if not is_same:
        await js.update_stream(wanted)
    return not is_same


async def _ensure(js: JetStreamContext, site: str, direction: Direction) -> bool:
    """Whether anything had to be created or changed."""
    done = [
        await ensure_stream(js, site, direction),
        await _update(js, site, direction),
        await ensure_consumer(js, site, direction),
    ]
    return any(done)


async def provision(site: str, settings: NatsSettings) -> list[Direction]:
    """Both directions' streams and consumers exist; the directions that had to be created or changed.

    Raises: nats.errors.Error when the broker is away or the credential may not.
    """
    client = await nats.connect(
        settings.url,
        user=settings.user,
        password=settings.password,
        connect_timeout=CONNECT_TIMEOUT_S,
        allow_reconnect=False,
    )
    try:
        js = client.jetstream()
        return [direction for direction in DIRECTIONS if await _ensure(js, site, direction)]
    finally:
        with contextlib.suppress(nats.errors.Error):
            await client.close()
