"""Rows and states, as the database has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lmhg_contracts.objects import ObjectName
from lmhg_contracts.wire import Op
from lmhg_relay.core.cursor import START, Cursor, Stretch


class Row(NamedTuple):
    """One outbox row, joined with its exemption and its verdict in one snapshot."""

    xid: int
    seq: int
    kind: str
    record_id: UUID
    version: int
    op: Op
    body: str | None
    age_s: float
    created_at: datetime
    exemption_id: UUID | None
    exemption_kind: str | None
    exemption_record: UUID | None
    exemption_over: bool | None
    verdict: str | None
    recalled: "Recall | None" = None
    """The newest recall of this record that the plane knows of; read after a restore alone."""
    object: ObjectName | None = None
    """The file that the body names, as the other plane's bucket calls it."""
    object_size: int = 0
    is_there: bool = False
    """Whether that file lies there whole."""
    is_moving: bool = False
    """Whether a file of this record is on its way there at this moment."""


Recall = tuple[int, int]
"""(generation, version) of a recall."""
Key = tuple[str, bytes]
"""(kind, record id)."""


class Held(NamedTuple):
    """What the replica has of one record."""

    generation: int
    version: int
    purged: bool


class Write(NamedTuple):
    """What the replica shall have of one record; without a body it is a tombstone."""

    kind: str
    record_id: bytes
    version: int
    generation: int
    body: bytes | None
    digest: bytes | None


@dataclass(frozen=True, kw_only=True)
class OpenBatch:
    """A batch that has no receipt yet."""

    number: int
    generation: int
    epoch: int
    hash: bytes
    blob: bytes
    entries: int
    recalls: int
    first_n: int
    stretches: tuple[Stretch, ...]
    """The outbox rows that its receipt closes."""
    stream_seq: int | None = None


@dataclass(frozen=True, kw_only=True)
class SenderRow:
    """The sender as the database has it."""

    generation: int = 0
    announced: int = 0
    next_number: int = 1
    last_hash: bytes = bytes(32)
    cursor: Cursor = START
    closed_number: int = 0
    closed_hash: bytes = bytes(32)
    peer_restores: int = 0
    resync_xid: int | None = None
    stopped: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiverRow:
    """The receiver as the database has it."""

    generation: int = 0
    epoch: int = 0
    applied_number: int = 0
    applied_hash: bytes = bytes(32)


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Everything a half knows when it starts, read after the lock is held and the epoch is new."""

    epoch: int
    restores: int
    restore_declared: bool
    known_restores: int
    peer_epoch: int
    """The highest epoch that the peer's heartbeats have named."""
    sender: SenderRow
    receiver: ReceiverRow
    frontier: bytes
    checkpoint: str | None
    """The head as it was signed last; None before the first entry."""
    open: Sequence[OpenBatch]
    witnessed: Mapping[str, tuple[int, bytes, str]]
    """Origin of the peer's ledger -> size, root and note of the last checkpoint cosigned."""
    cosigned: Mapping[str, int]
    """Origin of an own ledger -> size of the last checkpoint that the peer cosigned."""
    has_recent_batches: bool = True
    """Whether a former process may have copies of batches on their way to the broker."""
    unpurged: Sequence[int] = ()
    """Closed batches with recalls that the broker has not confirmed as purged."""
