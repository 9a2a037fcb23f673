"""What the core is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lmhg_contracts.wire import OpenDelay
from lmhg_relay.core.cursor import Cursor, Snapshot
from lmhg_relay.core.values import Held, Key, Row


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something happened: `at` for the ledger, `mono` for waits."""

    at: datetime
    mono: float


@dataclass(frozen=True, kw_only=True)
class Woken(Event):
    """The outbox may have rows."""


@dataclass(frozen=True, kw_only=True)
class Tick(Event):
    """Time passed. `nonce` is fresh randomness for a heartbeat."""

    nonce: bytes
    waiting: int = 0
    foreign: Sequence[tuple[str, int, tuple[bytes, ...]]] = ()
    """Checkpoint notes of other ledgers of this plane: note, old size, proof."""
    delays: Sequence[OpenDelay] = ()
    """What holds this plane's records up, to be told to the peer."""
    sharing: Sequence[str] | None = None
    """Kinds that leave by a standing approval at present."""


@dataclass(frozen=True, kw_only=True)
class RowsRead(Event):
    """An answer to `ReadOutbox`: rows of passed transactions first, and what the read could see."""

    after: Cursor
    rows: Sequence[Row]
    limit: int
    snapshot: Snapshot
    aside: Sequence[Row] = ()
    """The rows that were set aside, oldest first; the limit is not for them."""


@dataclass(frozen=True, kw_only=True)
class BatchesIn(Event):
    """Sealed batches from the broker, in the order they came."""

    raws: Sequence[bytes]


@dataclass(frozen=True, kw_only=True)
class ReplicaRead(Event):
    """An answer to `ReadReplica`."""

    held: Mapping[Key, Held]


@dataclass(frozen=True, kw_only=True)
class ReceiptRead(Event):
    """An answer to `ReadReceipt`: what was stored about this number, if anything."""

    number: int
    asked_hash: bytes
    size: int
    stored_hash: bytes | None
    raw: bytes | None


@dataclass(frozen=True, kw_only=True)
class ReceiptsIn(Event):
    """Sealed receipts from the broker."""

    raws: Sequence[bytes]


@dataclass(frozen=True, kw_only=True)
class HeartbeatIn(Event):
    """A sealed heartbeat from the broker."""

    raw: bytes


@dataclass(frozen=True, kw_only=True)
class Published(Event):
    """The broker stored a batch at this sequence. Closes nothing."""

    number: int
    stream_seq: int


@dataclass(frozen=True, kw_only=True)
class Purged(Event):
    """The broker confirmed that everything up to this sequence is gone."""

    upto: int
    recalled: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class Proved(Event):
    """An answer to `Prove`."""

    size: int
    old_size: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class CosignedRead(Event):
    """An answer to `ReadCosigned`: the root cosigned at this size, if any."""

    origin: str
    size: int
    root: bytes | None
    note: str
    proof: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class OwnRootRead(Event):
    """An answer to `ReadOwnRoot`: the root of our ledger when it had this size."""

    size: int
    root: bytes | None
    """None when it never had this size."""
    note: str


@dataclass(frozen=True, kw_only=True)
class Resynced(Event):
    """A resync is committed: everything to be released again is at or before this transaction."""

    xid: int


@dataclass(frozen=True, kw_only=True)
class ObjectWrong(Event):
    """The file of a record that we hold is not there, or is another one."""

    record_id: UUID


@dataclass(frozen=True, kw_only=True)
class StreamRenewed(Event):
    """Our stream had vanished and is there again, empty."""
