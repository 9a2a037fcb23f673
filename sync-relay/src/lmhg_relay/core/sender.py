"""The sending role: decides rows, cuts batches, repeats them until a receipt closes them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from lmhg_contracts.wire import Entry, Heartbeat
from lmhg_relay.core import limits
from lmhg_relay.core.commands import (
    Alarm,
    BringObject,
    Command,
    CommitSend,
    CommitState,
    Publish,
    ReadOutbox,
    SentRecall,
)
from lmhg_relay.core.context import Identity
from lmhg_relay.core.cursor import Position, Snapshot, advance, barrier, stretches
from lmhg_relay.core.events import Published, Resynced, RowsRead, Tick
from lmhg_relay.core.gates import ASIDE, SHIP, Outcome, decide_window
from lmhg_relay.core.packing import Cutter, Envelope, Slot, make_batch
from lmhg_relay.core.tail import LedgerTail, moment
from lmhg_relay.core.values import Loaded, OpenBatch, Row


class _Group(NamedTuple):
    entries: list[Entry]
    recalled: list[tuple[int, int, int]]
    places: list[Position]
    first_n: int


def _aside(
    window: Sequence[Row], outcomes: Sequence[Outcome], *, known: int
) -> tuple[Position, ...]:
    """Where the rows are that wait for their files; of the known ones also those that were not decided."""
    waiting = [row for row, outcome in zip(window, outcomes, strict=False) if outcome is ASIDE]
    waiting += window[len(outcomes) : known]
    return tuple(sorted((row.xid, row.seq) for row in waiting))


def _brought(window: Sequence[Row], outcomes: Sequence[Outcome]) -> list[Command]:
    """The files that rows wait for: nothing else keeps these rows."""
    return [
        BringObject(name=row.object, size=row.object_size)
        for row, outcome in zip(window, outcomes, strict=False)
        if outcome is ASIDE and row.op == "put" and row.object is not None and not row.is_there
    ]


class Sender:
    """One direction's sender of one epoch.

    Its state runs ahead of the database by the commands it has just handed over; when one of them
    fails, the half is thrown away and loaded again.
    """

    def __init__(self, identity: Identity, tail: LedgerTail, loaded: Loaded) -> None:
        self.identity = identity
        self.tail = tail
        self.epoch = loaded.epoch
        self.row = loaded.sender
        self.open = {batch.number: batch for batch in loaded.open}
        self.hashes = {batch.number: batch.hash for batch in loaded.open}
        self.hashes[loaded.sender.next_number - 1] = loaded.sender.last_hash
        self.hashes[loaded.sender.closed_number] = loaded.sender.closed_hash
        self.unacked: dict[int, tuple[int, float]] = {}
        self.sent: dict[int, tuple[float, int]] = {}
        announced = loaded.sender.announced > loaded.sender.generation
        self.is_resyncing = loaded.restore_declared or announced
        self.peer_heard: float | None = None
        self._head: tuple[Position, float] | None = None
        self._limit = min(limits.READ_ROWS_FIRST, identity.read_rows)
        self._envelope = Envelope(identity.site, identity.out, identity.key)

    @property
    def is_running(self) -> bool:
        """Whether it may decide and publish."""
        return self.row.stopped is None and not self.is_resyncing

    def slot(self) -> Slot:
        """Where the next batch is."""
        row = self.row
        return Slot(row.generation, self.epoch, row.next_number, row.last_hash)

    # Reading and deciding ------------------------------------------------------------------------

    def read(self) -> list[Command]:
        """Ask for rows, unless too many batches are open or the direction is stopped."""
        if not self.is_running or len(self.open) >= limits.OPEN_BATCHES_MAX:
            return []
        generation = self.row.generation
        return [ReadOutbox(after=self.row.cursor, limit=self._limit, generation=generation)]

    def on_rows(self, event: RowsRead) -> list[Command]:
        """Decide rows up to the first that must wait; commit; only then publish."""
        if not self.is_running or event.after != self.row.cursor:
            return []  # stopped meanwhile, or a second answer about rows that are decided
        rows = self._aged(event)
        window = [*event.aside, *self._reachable(rows, event.snapshot)]
        outcomes = decide_window(
            window,
            plane=self.identity.plane,
            verdict_limit_s=self.identity.verdict_limit_s,
        )
        decided = max(0, len(outcomes) - len(event.aside))
        is_drained = decided == len(rows) < event.limit
        sweep = self._is_resync_over(rows, event.snapshot, is_drained=is_drained)
        cursor = advance(
            self.row.cursor,
            [(row.xid, row.seq) for row in event.rows],
            decided=decided,
            limit=event.limit,
            snapshot=event.snapshot,
        )
        aside = _aside(window, outcomes, known=len(event.aside))
        self.row = replace(self.row, cursor=cursor._replace(aside=aside))
        commands = _brought(window, outcomes)
        if sweep or any(outcome is not ASIDE for outcome in outcomes):
            commands += self._send(window[: len(outcomes)], outcomes, event, sweep=sweep)
            self._tune(rows)
        # A transaction that has ended without a row is forgotten with the next commit.
        if decided == len(rows) == event.limit:
            commands += self.read()
        return commands

    def _reachable(self, rows: Sequence[Row], snapshot: Snapshot) -> Sequence[Row]:
        """The rows that can be decided without passing by more running transactions than we keep."""
        stop = barrier(self.row.cursor, snapshot)
        return rows if stop is None else [row for row in rows if row.xid < stop]

    def _aged(self, event: RowsRead) -> Sequence[Row]:
        """The rows; the first is as old as we have waited for it, if the clock was set back."""
        if not event.rows:
            return event.rows
        first = event.rows[0]
        place = (first.xid, first.seq)
        if self._head is None or self._head[0] != place:
            self._head = (place, event.mono)
        waited_s = event.mono - self._head[1]
        return [first._replace(age_s=max(first.age_s, waited_s)), *event.rows[1:]]

    def _send(
        self, rows: Sequence[Row], outcomes: Sequence[Outcome], event: RowsRead, *, sweep: bool
    ) -> list[Command]:
        at = moment(event.at)
        groups, dropped, recalls = self._decide(rows, outcomes, at)
        if sweep:
            groups.append(_Group([], [], [], self.tail.next_n))
        append = self.tail.take()
        batches: list[OpenBatch] = []
        for index, group in enumerate(groups):
            batch = make_batch(
                self._envelope,
                self.slot(),
                group.entries,
                made_at=at,
                checkpoint=append.checkpoint,
                stretches=stretches(group.places, event.snapshot.running, self.row.cursor.aside),
                first_n=group.first_n,
                recalled=group.recalled,
                sweep=sweep and index == len(groups) - 1,
            )
            batches.append(batch)
            self.row = replace(self.row, next_number=batch.number + 1, last_hash=batch.hash)
        resync_xid = None if sweep else self.row.resync_xid
        self.row = replace(self.row, resync_xid=resync_xid)
        commit = CommitSend(
            epoch=self.epoch,
            append=append,
            batches=batches,
            sender=self.row,
            dropped=dropped,
            recalls=recalls,
        )
        for batch in batches:
            self.open[batch.number] = batch
            self.hashes[batch.number] = batch.hash
        return [commit, *self.publish(batches, event.mono)]

    def _decide(
        self, rows: Sequence[Row], outcomes: Sequence[Outcome], at: str
    ) -> tuple[list[_Group], list[Position], list[SentRecall]]:
        """Ledger entries for all rows; groups of entries for those that ship."""
        groups: list[_Group] = []
        dropped: list[Position] = []
        recalls: list[SentRecall] = []
        cutter = Cutter(self.identity.batch_entries)
        number = self.row.next_number - 1
        entries: list[Entry] = []
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome is ASIDE:
                continue
            if outcome is not SHIP:
                self.tail.decision(row, outcome, at=at, batch=None)
                dropped.append((row.xid, row.seq))
                continue
            body = None if row.op == "recall" or row.body is None else row.body.encode()
            if cutter.is_full(0 if body is None else len(body)) or not groups:
                number += 1
                entries = []
                groups.append(_Group(entries, [], [], self.tail.next_n))
            n = self.tail.next_n
            self.tail.decision(row, outcome, at=at, batch=number)
            if row.recalled is not None and row.op == "put":
                groups[-1].recalled.append((len(entries), *row.recalled))
            entries.append(Entry(n, row.kind, row.record_id.bytes, row.version, row.op, body))
            groups[-1].places.append((row.xid, row.seq))
            if row.op == "recall":
                sent = SentRecall(row.kind, row.record_id, row.version, row.created_at, number)
                recalls.append(sent)
        return groups, dropped, recalls

    def _is_resync_over(self, rows: Sequence[Row], snapshot: Snapshot, *, is_drained: bool) -> bool:
        """Whether everything that the restore released again has now been decided.

        What other transactions write is newer than that, whenever they end.
        """
        mark = self.row.resync_xid
        if mark is None or snapshot.xmax <= mark:
            return False
        ahead = [row.xid for row in rows if (row.xid, row.seq) > self.row.cursor.place]
        return is_drained or (bool(ahead) and ahead[0] > mark)

    def on_resynced(self, event: Resynced) -> list[Command]:
        """Remember up to where the released-again rows reach."""
        self.row = replace(self.row, resync_xid=event.xid)
        return self.read()

    def _tune(self, rows: Sequence[Row]) -> None:
        """Aim the next read at a bounded number of bytes."""
        if not rows:
            return
        mean = sum(len(row.body or "") for row in rows) / len(rows) + 64
        goal = int(limits.READ_BYTES_GOAL / mean)
        self._limit = min(self.identity.read_rows, max(limits.READ_ROWS_MIN, goal))

    # Publishing ----------------------------------------------------------------------------------

    def publish(self, batches: Sequence[OpenBatch], mono: float) -> list[Command]:
        """Give batches to the broker, and remember when."""
        if not self.is_running:
            return []
        for batch in batches:
            self.sent[batch.number] = (mono, self.sent.get(batch.number, (0.0, 0))[1] + 1)
            self.unacked[batch.number] = (self.unacked.get(batch.number, (0, 0.0))[0] + 1, mono)
        return [Publish(number=batch.number, blob=batch.blob) for batch in batches]

    def on_published(self, event: Published) -> None:
        """Remember where in the stream a batch is. Closes nothing."""
        count, mono = self.unacked.pop(event.number, (0, 0.0))
        if count > 1:
            self.unacked[event.number] = (count - 1, mono)
        batch = self.open.get(event.number)
        if batch is not None:
            self.open[event.number] = replace(batch, stream_seq=event.stream_seq)

    def on_tick(self, event: Tick) -> list[Command]:
        """Repeat what has no receipt in time, the oldest alone while the peer is away; read on."""
        heard = self.peer_heard
        is_away = heard is None or event.mono - heard > limits.SILENCE_S
        due: list[OpenBatch] = []
        for number in sorted(self.open):
            at, times = self.sent.get(number, (float("-inf"), 0))
            wait = min(self.identity.receipt_timeout_s * times, limits.REPEAT_MAX_S)
            if is_away and times:
                wait = limits.AWAY_REPEAT_S
            if event.mono - at >= wait or event.mono < at:
                due.append(self.open[number])
            if is_away:
                break
        return [*self.publish(due, event.mono), *self.read()]

    def repeat_from(self, number: int, mono: float) -> list[Command]:
        """Publish again what the peer asks for, not too often."""
        due = [
            batch
            for key, batch in sorted(self.open.items())
            if key >= number
            and abs(mono - self.sent.get(key, (float("-inf"), 0))[0]) >= limits.ASK_EVERY_S
        ]
        return self.publish(due, mono)

    # The peer's word -----------------------------------------------------------------------------

    def on_heartbeat(self, beat: Heartbeat, *, mono: float, closed_then: int) -> list[Command]:
        """Check a fresh heartbeat against our own history; answer what the peer lacks.

        `closed_then` is what was closed when we issued the nonce that the heartbeat echoes.
        """
        self.peer_heard = mono
        if not self.is_running:
            return []
        fault = self._fault(beat, closed_then)
        if fault is not None:
            return self.stop(fault, at=beat.at)
        applied = beat.receiver.applied_number
        missing = beat.receiver.missing
        if missing is not None:
            return self.repeat_from(missing, mono)
        lost = [
            batch
            for number, batch in sorted(self.open.items())
            if number <= applied and mono - self.sent.get(number, (mono, 0))[0] > 1.0
        ]
        return self.publish(lost, mono)

    def _fault(self, beat: Heartbeat, closed_then: int) -> str | None:
        """What in the peer's state cannot follow from what we have sent."""
        receiver = beat.receiver
        if receiver.generation > self.row.generation:
            return "peer_has_newer_generation"
        if receiver.applied_number >= self.row.next_number:
            return "peer_is_ahead"
        if receiver.applied_number < closed_then:
            return "peer_is_behind_its_receipts"
        known = self.hashes.get(receiver.applied_number)
        if known is not None and known != receiver.applied_hash:
            return "peer_has_other_hash"
        return None

    def stop(self, reason: str, *, at: str) -> list[Command]:
        """Stop the direction, in the database and in the ledger, with an alarm that names why."""
        if self.row.stopped is not None:
            return []
        self.row = replace(self.row, stopped=reason)
        self.tail.event("stopped", at=at, reason=reason)
        state = CommitState(epoch=self.epoch, append=self.tail.take(), sender=self.row)
        return [state, Alarm(code=reason, direction=self.identity.out)]

    def forget_hashes(self) -> None:
        """Keep hashes from the last closed batch on."""
        first = self.row.closed_number
        self.hashes = {number: found for number, found in self.hashes.items() if number >= first}
