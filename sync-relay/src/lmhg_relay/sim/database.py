"""A plane's database, in memory: transactions are atomic, commit order is not sequence order."""

import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_contracts.wire import Op, PlaneName
from lmhg_relay.core import commands as c
from lmhg_relay.core.cursor import Cursor, Snapshot
from lmhg_relay.core.values import (
    Held,
    Key,
    Loaded,
    OpenBatch,
    Recall,
    ReceiverRow,
    Row,
    SenderRow,
    Write,
)
from lmhg_relay.sim.options import Options
from lmhg_relay.sim.records import Change, Exemption, HomeRecord, OutboxRow, RecallLine


class SimFenced(Exception):
    """The epoch or the head is another's: nothing was written."""


@dataclass
class Database:
    """One plane. A backup is a deep copy of it."""

    options: Options
    records: dict[UUID, HomeRecord] = field(default_factory=dict[UUID, HomeRecord])
    exemptions: dict[UUID, Exemption] = field(default_factory=dict[UUID, Exemption])
    verdicts: dict[tuple[UUID, int], str] = field(default_factory=dict[tuple[UUID, int], str])
    outbox: list[OutboxRow] = field(default_factory=list[OutboxRow])
    history: list[tuple[str, UUID, int, str]] = field(
        default_factory=list[tuple[str, UUID, int, str]]
    )
    next_xid: int = 10
    next_seq: int = 1
    last_ended: int = 9
    running: dict[int, list[Change]] = field(default_factory=dict[int, list[Change]])
    prepared: set[int] = field(default_factory=set[int])
    """Running transactions that outlive a crash and are in a backup."""
    strangers: set[int] = field(default_factory=set[int])
    """Running transactions that never write here and never end: another database, a forgotten session."""

    epoch: int = 0
    restores: int = 0
    restore_declared: bool = False
    known_restores: int = 0
    peer_epoch: int = 0
    sender: SenderRow = field(default_factory=SenderRow)
    receiver: ReceiverRow = field(default_factory=ReceiverRow)
    frontier: bytes = bytes(8)
    checkpoint: str | None = None
    ledger: list[bytes] = field(default_factory=list[bytes])
    batches: dict[int, OpenBatch] = field(default_factory=dict[int, OpenBatch])
    receipts: dict[int, tuple[bytes, bytes]] = field(default_factory=dict[int, tuple[bytes, bytes]])
    replica: dict[Key, Write] = field(default_factory=dict[Key, Write])
    applied: list[tuple[Key, int, int]] = field(default_factory=list[tuple[Key, int, int]])
    recalls: dict[tuple[str, UUID, int], RecallLine] = field(
        default_factory=dict[tuple[str, UUID, int], RecallLine]
    )
    cosigned: list[tuple[str, int, bytes, str]] = field(
        default_factory=list[tuple[str, int, bytes, str]]
    )
    alarms: list[str] = field(default_factory=list[str])

    def backup(self) -> "Database":
        """A copy as a backup tool takes it: of running transactions only prepared ones are in it."""
        taken = copy.deepcopy(self)
        for xid in list(taken.running):
            if xid not in taken.prepared:
                taken.abort(xid)
        taken.strangers &= taken.prepared
        return taken

    # Home transactions ---------------------------------------------------------------------------

    def begin(self) -> int:
        """A new writing transaction."""
        xid = self.next_xid
        self.next_xid += 1
        self.running[xid] = []
        return xid

    def write(
        self,
        xid: int,
        record: HomeRecord,
        op: Op,
        at: datetime,
        *,
        grants: tuple[UUID, Exemption] | None = None,
        withdraws: UUID | None = None,
    ) -> None:
        """A new state of a record, with its outbox row; the sequence number is taken now."""
        if record.id in self.records:
            self.records[record.id].is_locked = True
        body = record.body if op == "put" else None
        exemption = record.exemption if op == "put" else None
        row = OutboxRow(
            xid, self.next_seq, record.kind, record.id, record.version, op, body, exemption, at
        )
        self.next_seq += 1
        self.running[xid].append(Change(row, record, grants, withdraws))

    def commit(self, xid: int) -> None:
        """All changes of a transaction become visible at once."""
        for change in self._end(xid):
            row = change.row
            self.records[row.record_id] = change.record
            if change.grants is not None:
                self.exemptions[change.grants[0]] = change.grants[1]
            if change.withdraws is not None:
                self.exemptions[change.withdraws].is_withdrawn = True
            self.outbox.append(row)
            self.history.append((row.kind, row.record_id, row.version, row.op))

    def _end(self, xid: int) -> list[Change]:
        self.last_ended = max(self.last_ended, xid)
        self.prepared.discard(xid)
        return self.running.pop(xid)

    def abort(self, xid: int) -> None:
        """A transaction leaves nothing but a gap."""
        for change in self._end(xid):
            if change.row.record_id in self.records:
                self.records[change.row.record_id].is_locked = False

    def release_all(self, at: datetime) -> int:
        """What `relay_release.release_all()` does: every releasable record once more."""
        xid = self.begin()
        for record in self.records.values():
            if record.is_exempt:
                self.write(xid, replace(record), "put", at)
        self.commit(xid)
        return xid

    # The store -----------------------------------------------------------------------------------

    def load(self, plane: PlaneName) -> Loaded:
        """A new epoch, and what a half needs to know."""
        self.epoch += 1
        mine = f"/{plane}/"
        own = {origin: size for origin, size, _, _ in self.cosigned if mine in origin}
        seen = {
            origin: (size, root, note)
            for origin, size, root, note in self.cosigned
            if mine not in origin
        }
        return Loaded(
            epoch=self.epoch,
            restores=self.restores,
            restore_declared=self.restore_declared,
            known_restores=self.known_restores,
            peer_epoch=self.peer_epoch,
            sender=self.sender,
            receiver=self.receiver,
            frontier=self.frontier,
            checkpoint=self.checkpoint,
            open=[batch for _, batch in sorted(self.batches.items())],
            witnessed=seen,
            cosigned=own,
            unpurged=sorted(
                {
                    line.batch
                    for line in self.recalls.values()
                    if line.unreadable and not line.broker_purged
                }
            ),
        )

    def read_outbox(
        self, after: Cursor, limit: int, at: datetime, generation: int
    ) -> tuple[list[Row], list[Row], Snapshot]:
        """What was set aside and what can be seen beyond the cursor, with its policy in the same snapshot."""
        xmax = self.last_ended + 1
        snapshot = Snapshot(xmax, tuple(sorted(xid for xid in self.running if xid < xmax)))
        rows = sorted(self._beyond(after), key=lambda row: (row.xid, row.seq))
        if self.options.is_order_by_sequence:
            rows = [row for row in self.outbox if row.seq > after.place[1]]
            rows.sort(key=lambda row: row.seq)
        waiting = [row for row in self.outbox if (row.xid, row.seq) in after.aside]
        aside = [self._joined(row, at, generation) for row in waiting]
        rows = [row for row in rows if (row.xid, row.seq) not in after.aside]
        return aside, [self._joined(row, at, generation) for row in rows[:limit]], snapshot

    def _beyond(self, after: Cursor) -> list[OutboxRow]:
        passed = {} if self.options.forgets_passed else dict(after.passed)
        found = [
            row
            for row in self.outbox
            if (row.xid, row.seq) > after.place or (row.xid in passed and row.seq > passed[row.xid])
        ]
        if self.options.waits_for_all:
            horizon = min(self.running, default=self.next_xid)
            found = [row for row in found if row.xid < horizon]
        return found

    def _joined(self, row: OutboxRow, at: datetime, generation: int) -> Row:
        exemption = self.exemptions.get(row.exemption_id) if row.exemption_id else None
        is_told = generation > 0 and row.op == "put" and not self.options.forgets_recalls
        return Row(
            row.xid,
            row.seq,
            row.kind,
            row.record_id,
            row.version,
            row.op,
            row.body,
            (at - row.created_at).total_seconds(),
            row.created_at,
            row.exemption_id,
            exemption.kind if exemption else None,
            exemption.record_id if exemption else None,
            exemption.is_withdrawn if exemption else None,
            "clear" if self.options.gates_are_open else self._verdict(row),
            self.known_recall(row.kind, row.record_id) if is_told else None,
        )

    def known_recall(self, kind: str, record_id: UUID) -> Recall | None:
        """The newest recall of a record that this plane knows of, sent or still to be sent."""
        known = [
            (line.generation, version)
            for (of, id_, version), line in self.recalls.items()
            if (of, id_) == (kind, record_id)
        ]
        known += [
            (self.sender.generation, row.version)
            for row in self.outbox
            if row.op == "recall" and (row.kind, row.record_id) == (kind, record_id)
        ]
        return max(known, default=None)

    def _verdict(self, row: OutboxRow) -> str | None:
        return self.verdicts.get((row.record_id, row.version))

    def _append(self, epoch: int, append: c.Append | None) -> None:
        is_mine = epoch == self.epoch and (append is None or append.start == len(self.ledger))
        if not is_mine and not self.options.is_unfenced:
            raise SimFenced
        if append is not None:
            self.ledger += append.entries
            self.frontier = append.frontier
            self.checkpoint = append.checkpoint

    def commit_send(self, tx: c.CommitSend) -> None:
        """Decisions, batches and cursor."""
        self._append(tx.epoch, tx.append)
        for batch in tx.batches:
            self.batches[batch.number] = batch
        self.sender = tx.sender
        dropped = set(tx.dropped)
        self.outbox = [row for row in self.outbox if (row.xid, row.seq) not in dropped]
        for note in tx.recalls:
            self.recalls[note.kind, note.record_id, note.version] = RecallLine(
                note.batch, tx.sender.generation
            )

    def commit_close(self, tx: c.CommitClose) -> None:
        """Receipts stored, bodies dropped, outbox rows deleted."""
        self._append(tx.epoch, tx.append)
        self.sender = replace(
            self.sender, closed_number=tx.sender.closed_number, closed_hash=tx.sender.closed_hash
        )
        for closed in tx.closed:
            batch = closed.batch
            self.batches.pop(batch.number, None)
            self.outbox = [
                row
                for row in self.outbox
                if not any(low < (row.xid, row.seq) <= high for low, high in batch.stretches)
            ]
            for kind, record_id, version in closed.purged:
                line = self.recalls.get((kind, UUID(bytes=record_id), version))
                if line is not None:
                    line.unreadable = True

    def commit_apply(self, tx: c.CommitApply) -> None:
        """Replica writes, receipts and cursor."""
        self._append(tx.epoch, tx.append)
        for write in tx.writes:
            self.replica[write.kind, write.record_id] = write
            if write.body is not None:
                key = (write.kind, write.record_id)
                self.applied.append((key, write.generation, write.version))
        for receipt in tx.receipts:
            self.receipts[receipt.number] = (receipt.batch_hash, receipt.raw)
        self.receiver = tx.receiver
        for key, held in list(self.replica.items()):
            is_old = held.generation < tx.receiver.generation and held.body is not None
            if key[0] in tx.sweep and is_old:
                self.replica[key] = Write(*key, 0, tx.receiver.generation, None, None)

    def commit_other(self, tx: c.CommitQuarantine | c.CommitPurged | c.CommitState) -> None:
        """Quarantine, purge confirmations and counters."""
        self._append(tx.epoch, tx.append)
        if isinstance(tx, c.CommitPurged):
            for line in self.recalls.values():
                if line.batch in tx.batches and line.unreadable:
                    line.broker_purged = True
        if isinstance(tx, c.CommitState):
            self._state(tx)

    def _state(self, tx: c.CommitState) -> None:
        if tx.sender is not None:
            self.sender = tx.sender
        if tx.receiver is not None:
            self.receiver = tx.receiver
        if tx.restores is not None:
            self.restores = tx.restores
        if tx.restore_declared is not None:
            self.restore_declared = tx.restore_declared
        if tx.known_restores is not None:
            self.known_restores = tx.known_restores

    def commit_resync(self, tx: c.CommitResync, at: datetime) -> int:
        """Renumbered batches, and everything released again."""
        self._append(tx.epoch, tx.append)
        renumbered = dict(zip(tx.voided, [batch.number for batch in tx.batches], strict=True))
        for number in tx.voided:
            del self.batches[number]
        for batch in tx.batches:
            self.batches[batch.number] = batch
        for line in self.recalls.values():
            if not line.unreadable:
                if line.batch in renumbered:
                    line.generation = tx.sender.generation
                line.batch = renumbered.get(line.batch, line.batch)
        xid = self.release_all(at)
        self.sender = replace(tx.sender, resync_xid=xid)
        return xid

    def held(self, keys: list[Key]) -> dict[Key, Held]:
        """What the replica has of some records."""
        found = {key: self.replica[key] for key in keys if key in self.replica}
        if self.options.has_no_tombstones:
            found = {key: write for key, write in found.items() if write.body is not None}
        return {
            key: Held(write.generation, write.version, write.body is None)
            for key, write in found.items()
        }

    def root_at(self, size: int) -> bytes:
        """The root of the ledger's first entries."""
        frontier = Frontier()
        frontier.append_many([leaf_hash(entry) for entry in self.ledger[:size]])
        return frontier.root()
