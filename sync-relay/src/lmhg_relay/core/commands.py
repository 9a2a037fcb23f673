"""What the core answers: things to be done, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lmhg_contracts.ledger.tree import Node
from lmhg_contracts.objects import ObjectName
from lmhg_contracts.wire import Direction, OpenDelay, PlaneName
from lmhg_relay.core.cursor import Cursor, Position
from lmhg_relay.core.values import Key, OpenBatch, ReceiverRow, SenderRow, Write


@dataclass(frozen=True, kw_only=True)
class Append:
    """A ledger append: exact entries, their nodes, the new head. Refused unless size is `start`."""

    start: int
    entries: Sequence[bytes]
    nodes: Sequence[Node]
    frontier: bytes
    checkpoint: str

    @property
    def size(self) -> int:
        """The ledger's size afterwards."""
        return self.start + len(self.entries)


class SentRecall(NamedTuple):
    """A recall that was sent: for the compliance officer's line."""

    kind: str
    record_id: UUID
    version: int
    withdrawn_at: datetime
    batch: int


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something to be done, in order; a failure of one stops the half, which starts again."""


@dataclass(frozen=True, kw_only=True)
class ReadOutbox(Command):
    """Read what can be seen beyond a cursor. Answer: `RowsRead`.

    In a generation above 0 each row comes with the newest recall of its record.
    """

    after: Cursor
    limit: int
    generation: int


@dataclass(frozen=True, kw_only=True)
class BringObject(Command):
    """Have a file in the other plane's bucket, some time: the row that names it may leave, and waits for it."""

    name: ObjectName
    size: int


@dataclass(frozen=True, kw_only=True)
class CommitSend(Command):
    """Decisions, batches and cursor, in one transaction of this epoch."""

    epoch: int
    append: Append
    batches: Sequence[OpenBatch]
    sender: SenderRow
    dropped: Sequence[Position]
    recalls: Sequence[SentRecall]


class Closed(NamedTuple):
    """A batch whose receipt is good."""

    batch: OpenBatch
    receipt: bytes
    purged: Sequence[tuple[str, bytes, int]]
    """Recalls that the receipt says are purged: kind, record id, version."""


@dataclass(frozen=True, kw_only=True)
class CommitClose(Command):
    """Receipts stored, bodies dropped, outbox rows deleted, in one transaction of this epoch."""

    epoch: int
    append: Append
    closed: Sequence[Closed]
    sender: SenderRow


@dataclass(frozen=True, kw_only=True)
class CommitPurged(Command):
    """The broker holds no recalled body any more; said in the ledger."""

    epoch: int
    append: Append
    batches: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class CommitResync(Command):
    """A declared restore: new generation, renumbered batches, everything released again.

    The store calls the plane's release function in the same transaction and notes its xid.
    """

    epoch: int
    append: Append
    sender: SenderRow
    voided: Sequence[int]
    batches: Sequence[OpenBatch]


@dataclass(frozen=True, kw_only=True)
class CommitState(Command):
    """Sender, receiver or restore counters, with their ledger entries, of this epoch."""

    epoch: int
    append: Append | None = None
    sender: SenderRow | None = None
    receiver: ReceiverRow | None = None
    restores: int | None = None
    restore_declared: bool | None = None
    known_restores: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReadReplica(Command):
    """What the replica holds of these records. Answer: `ReplicaRead`."""

    keys: Sequence[Key]


class StoredReceipt(NamedTuple):
    """A receipt that this half has signed."""

    number: int
    generation: int
    batch_hash: bytes
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class CommitApply(Command):
    """Replica writes, receipt entries, receipts and cursor, in one transaction of this epoch."""

    epoch: int
    append: Append
    writes: Sequence[Write]
    receipts: Sequence[StoredReceipt]
    receiver: ReceiverRow
    sweep: Sequence[str] = ()
    """Kinds whose rows of older generations go, when the batch ends a resync."""


class Refusal(NamedTuple):
    """A message that was not accepted, or an entry of one: never its content."""

    code: str
    digest: bytes
    size: int
    number: int | None = None
    kind: str | None = None
    record_id: UUID | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class CommitQuarantine(Command):
    """Refusals and their ledger entries."""

    epoch: int
    append: Append
    direction: Direction
    refusals: Sequence[Refusal]


@dataclass(frozen=True, kw_only=True)
class ReadReceipt(Command):
    """The stored receipt of a number. Answer: `ReceiptRead`."""

    number: int
    asked_hash: bytes
    size: int


@dataclass(frozen=True, kw_only=True)
class Publish(Command):
    """Give a batch to the broker. Answer, some time or never: `Published`."""

    number: int
    blob: bytes


@dataclass(frozen=True, kw_only=True)
class SendReceipts(Command):
    """Receipts to the peer."""

    raws: Sequence[bytes]


@dataclass(frozen=True, kw_only=True)
class SendHeartbeat(Command):
    """A heartbeat to the peer."""

    raw: bytes


@dataclass(frozen=True, kw_only=True)
class Purge(Command):
    """Remove everything up to this sequence from our stream. Answer, when done: `Purged`.

    `recalled` are the batches whose recalls wait for this.
    """

    upto: int
    recalled: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class Prove(Command):
    """Prove that our ledger at `old_size` is a prefix of it at `size`. Answer: `Proved`."""

    old_size: int
    size: int


@dataclass(frozen=True, kw_only=True)
class ReadCosigned(Command):
    """The root we cosigned at an older size. Answer: `CosignedRead`."""

    origin: str
    size: int
    note: str
    proof: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class StoreCosignature(Command):
    """A checkpoint with the witness's signature on it: the peer's of ours, or ours of the peer's."""

    origin: str
    size: int
    root: bytes
    note: str


@dataclass(frozen=True, kw_only=True)
class RecordShown(Command):
    """The checkpoint of a ledger of ours that the peer now says it has witnessed last.

    Both keys signed it. It is written whether or not our ledger agrees: that is what it is held
    against.
    """

    origin: str
    size: int
    root: bytes
    note: str
    unsettled_at: datetime | None = None
    """Since when a declared restore of ours waits to be joined by the peer; None when none does."""


@dataclass(frozen=True, kw_only=True)
class RecordPeer(Command):
    """What the peer's last heartbeat said, for pages and metrics."""

    delays: Sequence[OpenDelay] = ()
    sharing: Sequence[str] | None = None

    plane: PlaneName
    epoch: int
    restores: int
    applied_no: int
    next_no: int
    generation: int
    lag: int


@dataclass(frozen=True, kw_only=True)
class Alarm(Command):
    """Someone must look: a code, a direction and ids; never a value."""

    code: str
    direction: Direction | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadOwnRoot(Command):
    """The root of our ledger at a size the peer has cosigned. Answer: `OwnRootRead`."""

    size: int
    note: str
