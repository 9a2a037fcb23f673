"""Closes batches by signed receipts, and sees recalled bodies purged from the broker."""

import hashlib
from dataclasses import dataclass, field, replace

from lmhg_contracts.wire import Entry, Receipt, Result, WireRefused, unseal, unseal_own
from lmhg_relay.core import limits
from lmhg_relay.core.commands import (
    Closed,
    Command,
    CommitClose,
    CommitPurged,
    Purge,
    Refusal,
)
from lmhg_relay.core.events import Published, Purged, ReceiptsIn
from lmhg_relay.core.sender import Sender
from lmhg_relay.core.tail import moment
from lmhg_relay.core.values import OpenBatch

PURGE_ALL = 2**62
SETTLED = frozenset({Result.PURGED, Result.STALE})
"""Results that say that the other plane cannot read the recalled version any more."""


@dataclass
class Closing:
    """The receipt side of a sender."""

    sender: Sender
    has_recent_batches: bool = True
    started_mono: float | None = None
    closed_mono: float = float("-inf")
    purged_mono: float = float("-inf")
    high_closed_seq: int = 0
    recalled: list[int] = field(default_factory=list[int])
    """Closed batches with recalls that the broker has not confirmed as purged."""

    def on_receipts(self, event: ReceiptsIn) -> tuple[list[Command], list[Refusal]]:
        """Close what good receipts close, in one transaction; name the receipts that are none."""
        closed: dict[int, Closed] = {}
        refusals: list[Refusal] = []
        for raw in event.raws:
            try:
                found = self._check(raw)
            except WireRefused as refused:
                digest = hashlib.sha256(raw).digest()
                refusals.append(Refusal(f"receipt_{refused.code}", digest, len(raw)))
                continue
            if found is not None:
                receipt, batch = found
                closed[batch.number] = self._close(receipt, batch, raw, at=moment(event.at))
        if not closed:
            return [], refusals
        return self._commit(list(closed.values()), event), refusals

    def _check(self, raw: bytes) -> tuple[Receipt, OpenBatch] | None:
        """A receipt and the open batch it closes; None if that is closed already."""
        sender = self.sender
        receipt, _ = unseal(raw, Receipt, sender.identity.peer_key)
        if receipt.site != sender.identity.site:
            raise WireRefused("site_wrong")
        if receipt.direction != sender.identity.out:
            raise WireRefused("direction_wrong")
        batch = sender.open.get(receipt.number)
        if batch is None:
            if receipt.number >= sender.row.next_number:
                raise WireRefused("number_unknown")
            return None
        if receipt.batch_hash != batch.hash:
            raise WireRefused("hash_wrong")
        if len(receipt.results) != batch.entries or any(code > 3 for code in receipt.results):
            raise WireRefused("results_wrong")
        return receipt, batch

    def _close(self, receipt: Receipt, batch: OpenBatch, raw: bytes, *, at: str) -> Closed:
        tail = self.sender.tail
        digest = hashlib.sha256(raw).digest()
        tail.event("receipted", at=at, batch=batch.number, digest=digest, size=len(raw))
        is_plain = batch.recalls == 0 and Result.QUARANTINED not in receipt.results
        if is_plain:
            return Closed(batch, raw, ())
        reasons = dict(receipt.reasons)
        purged: list[tuple[str, bytes, int]] = []
        entries: tuple[Entry, ...] = unseal_own(batch.blob).entries
        for index, (entry, code) in enumerate(zip(entries, receipt.results, strict=True)):
            if entry.op == "recall" and code in SETTLED:
                purged.append((entry.kind, entry.record_id, entry.version))
            if code == Result.QUARANTINED:
                reason = reasons.get(index, "unnamed")
                tail.arrival(
                    entry, "returned", at=at, batch=batch.number, reason=reason, digest=None
                )
        return Closed(batch, raw, purged)

    def _commit(self, closed: list[Closed], event: ReceiptsIn) -> list[Command]:
        sender = self.sender
        for item in closed:
            del sender.open[item.batch.number]
            sender.sent.pop(item.batch.number, None)
            self.high_closed_seq = max(self.high_closed_seq, item.batch.stream_seq or 0)
        number = min(sender.open, default=sender.row.next_number) - 1
        known = sender.hashes.get(number)
        if known is not None:
            sender.row = replace(sender.row, closed_number=number, closed_hash=known)
        sender.forget_hashes()
        commit = CommitClose(
            epoch=sender.epoch, append=sender.tail.take(), closed=closed, sender=sender.row
        )
        self.closed_mono = event.mono
        commands: list[Command] = [commit]
        recalled = [item.batch.number for item in closed if item.batch.recalls]
        if recalled:
            self.recalled += recalled
            commands += self.purge(event.mono)
        return [*commands, *sender.read()]

    # Purging -------------------------------------------------------------------------------------

    def on_published(self, event: Published) -> None:
        """A copy of a closed batch that the broker stored late has to go too."""
        if event.number not in self.sender.open:
            self.high_closed_seq = max(self.high_closed_seq, event.stream_seq)

    def on_tick(self, mono: float) -> list[Command]:
        """Keep the broker small, and leave no recalled body in it.

        An acknowledgement may have been lost, and with it the place of a copy: so for a while
        after the last close everything is purged again.
        """
        if self.started_mono is None:
            self.started_mono = self.closed_mono = mono
        due_s = limits.RECALL_PURGE_EVERY_S if self.recalled else limits.PURGE_EVERY_S
        is_recent = self.recalled or abs(mono - self.closed_mono) < limits.PURGE_FOR_S
        if is_recent and abs(mono - self.purged_mono) >= due_s:
            return self.purge(mono)
        return []

    def purge(self, mono: float) -> list[Command]:
        """Purge closed batches from the stream; for a recall everything, then repeat what is open."""
        self.purged_mono = mono
        still_open = [batch for _, batch in sorted(self.sender.open.items())]
        if still_open and not self.recalled:
            return [Purge(upto=self.high_closed_seq)] if self.high_closed_seq else []
        done = () if self._has_copies_on_the_way(mono) else tuple(self.recalled)
        return [
            Purge(upto=PURGE_ALL, recalled=done),
            *self.sender.publish(still_open, mono),
        ]

    def _has_copies_on_the_way(self, mono: float) -> bool:
        """Whether the broker may yet store a closed batch that it has not acknowledged."""
        started = self.started_mono
        is_young = started is None or abs(mono - started) < limits.LATE_COPY_S
        if is_young and self.has_recent_batches:
            return True  # what the process before us published is not known
        unacked = self.sender.unacked
        for number in [number for number in unacked if number not in self.sender.open]:
            if abs(mono - unacked[number][1]) < limits.LATE_COPY_S:
                return True
            del unacked[number]
        return False

    def on_purged(self, event: Purged) -> list[Command]:
        """The broker has confirmed; the ledger says so for each batch that carried a recall."""
        done = [number for number in event.recalled if number in self.recalled]
        if not done:
            return []
        tail = self.sender.tail
        for number in done:
            self.recalled.remove(number)
            tail.event("broker_purged", at=moment(event.at), batch=number)
        return [CommitPurged(epoch=self.sender.epoch, append=tail.take(), batches=done)]
