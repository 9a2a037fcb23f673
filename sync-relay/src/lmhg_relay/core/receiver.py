"""The receiving role: applies batches in order, once, and signs what became of each entry."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from lmhg_contracts.wire import (
    Batch,
    Receipt,
    Result,
    SenderState,
    WireRefused,
    seal,
    unseal,
)
from lmhg_relay.core.apply import Fate, apply_entries, homes, keys_of
from lmhg_relay.core.commands import (
    Alarm,
    Command,
    CommitApply,
    CommitState,
    ReadReceipt,
    ReadReplica,
    Refusal,
    SendReceipts,
    StoredReceipt,
)
from lmhg_relay.core.context import Identity
from lmhg_relay.core.events import BatchesIn, ReceiptRead, ReplicaRead
from lmhg_relay.core.tail import LedgerTail, moment
from lmhg_relay.core.values import Key, Loaded, Write

DECISIONS = {
    Result.APPLIED: "applied",
    Result.STALE: "stale",
    Result.PURGED: "purged",
    Result.QUARANTINED: "quarantined",
}


class _Ready(NamedTuple):
    batch: Batch
    hash: bytes


class Receiver:
    """One direction's receiver. Runs ahead of the database like `Sender` does."""

    def __init__(self, identity: Identity, tail: LedgerTail, loaded: Loaded) -> None:
        self.identity = identity
        self.tail = tail
        self.epoch = loaded.epoch
        self.row = loaded.receiver
        self.ahead = 0
        self._ready: list[_Ready] = []

    @property
    def missing(self) -> int | None:
        """The first number that we lack, when a later one has already come."""
        applied = self.row.applied_number
        return applied + 1 if self.ahead > applied else None

    # Taking batches in ---------------------------------------------------------------------------

    def on_batches(self, event: BatchesIn) -> tuple[list[Command], list[Refusal]]:
        """Sort what came: apply the next ones, answer old ones, ask for missing ones."""
        commands: list[Command] = []
        refusals: list[Refusal] = []
        ready: list[_Ready] = []
        for raw in event.raws:
            number: int | None = None
            try:
                batch, digest = unseal(raw, Batch, self.identity.peer_key)
                number = batch.number
                self._sort(batch, digest, len(raw), ready=ready, commands=commands)
            except WireRefused as refused:
                found = hashlib.sha256(raw).digest()
                refusals.append(Refusal(f"batch_{refused.code}", found, len(raw), number))
        self._ready = ready
        if ready:
            entries = [item.batch.entries for item in ready]
            commands.append(ReadReplica(keys=keys_of(entries)))
        return commands, refusals

    def _sort(
        self,
        batch: Batch,
        digest: bytes,
        size: int,
        *,
        ready: list[_Ready],
        commands: list[Command],
    ) -> None:
        """One batch: next, old, ahead, or wrong. Raises: WireRefused."""
        if batch.site != self.identity.site:
            raise WireRefused("site_wrong")
        if batch.direction != self.identity.incoming:
            raise WireRefused("direction_wrong")
        row = self.row
        last, last_hash = row.applied_number, row.applied_hash
        generation, epoch = row.generation, row.epoch
        if ready:
            before = ready[-1]
            last, last_hash = before.batch.number, before.hash
            generation, epoch = before.batch.generation, before.batch.epoch
        if batch.number <= row.applied_number:
            commands.append(ReadReceipt(number=batch.number, asked_hash=digest, size=size))
        elif batch.generation < generation or batch.number <= last:
            return  # fenced by a restore, or a second copy of one that is about to be applied
        elif batch.number > last + 1:
            self.ahead = max(self.ahead, batch.number)
        elif batch.previous != last_hash:
            raise WireRefused("chain_broken")
        elif batch.generation == generation and batch.epoch < epoch:
            raise WireRefused("epoch_old")
        else:
            ready.append(_Ready(batch, digest))

    def on_receipt_read(self, event: ReceiptRead) -> tuple[list[Command], list[Refusal]]:
        """An old number: the stored receipt again, if it is the same batch."""
        if event.raw is not None:
            return [SendReceipts(raws=[event.raw])], []
        if event.stored_hash is None:
            return [], []
        refusal = Refusal("batch_number_reused", event.asked_hash, event.size, event.number)
        return [], [refusal]

    # Applying ------------------------------------------------------------------------------------

    def on_replica(self, event: ReplicaRead) -> tuple[list[Command], list[Refusal]]:
        """Apply the batches that were next: one transaction, one receipt each."""
        ready, self._ready = self._ready, []
        if not ready:
            return [], []
        at = moment(event.at)
        held = dict(event.held)
        writes: dict[Key, Write] = {}
        receipts: list[StoredReceipt] = []
        refusals: list[Refusal] = []
        sweep: Sequence[str] = ()
        for item in ready:
            fates = apply_entries(
                item.batch.entries,
                held,
                generation=item.batch.generation,
                home=self.identity.peer,
                writes=writes,
                recalled={place: (known, upto) for place, known, upto in item.batch.recalled},
            )
            receipts.append(self._receipt(item, fates, at))
            refusals += _refusals(item, fates)
            if item.batch.sweep:
                sweep = homes(self.identity.peer)
                self.tail.event("swept", at=at, batch=item.batch.number)
        last = ready[-1]
        self.row = replace(
            self.row,
            generation=last.batch.generation,
            epoch=last.batch.epoch,
            applied_number=last.batch.number,
            applied_hash=last.hash,
        )
        commit = CommitApply(
            epoch=self.epoch,
            append=self.tail.take(),
            writes=list(writes.values()),
            receipts=receipts,
            receiver=self.row,
            sweep=sweep,
        )
        return [commit, SendReceipts(raws=[receipt.raw for receipt in receipts])], refusals

    def _receipt(self, item: _Ready, fates: Sequence[Fate], at: str) -> StoredReceipt:
        batch = item.batch
        first_n = self.tail.next_n
        for entry, fate in zip(batch.entries, fates, strict=True):
            self.tail.arrival(
                entry,
                DECISIONS[fate.result],
                at=at,
                batch=batch.number,
                reason=fate.reason,
                digest=fate.digest,
            )
        receipt = Receipt(
            site=batch.site,
            direction=batch.direction,
            generation=batch.generation,
            number=batch.number,
            batch_hash=item.hash,
            first_n=first_n,
            entries=len(fates),
            at=at,
            results=bytes(fate.result for fate in fates),
            reasons=tuple(
                (index, fate.reason) for index, fate in enumerate(fates) if fate.reason is not None
            ),
        )
        raw, _ = seal(receipt, self.identity.key)
        return StoredReceipt(batch.number, batch.generation, item.hash, raw)

    # The peer's sender ---------------------------------------------------------------------------

    def on_heartbeat(self, state: SenderState) -> list[Command]:
        """Fence older generations when the peer announces a new one; notice what we have lost."""
        commands: list[Command] = []
        if state.generation > self.row.generation:
            self.row = replace(self.row, generation=state.generation, epoch=0)
            self.ahead = 0
            commands.append(CommitState(epoch=self.epoch, receiver=self.row))
        elif state.closed_number > self.row.applied_number:
            commands.append(
                Alarm(code="own_state_is_behind_receipts", direction=self.identity.incoming)
            )
        return commands


def _refusals(item: _Ready, fates: Sequence[Fate]) -> list[Refusal]:
    """The entries of a batch that could not be applied, for the quarantine table."""
    found: list[Refusal] = []
    for index, (entry, fate) in enumerate(zip(item.batch.entries, fates, strict=True)):
        if fate.reason is not None:
            name = hashlib.sha256(item.hash + index.to_bytes(4, "big")).digest()
            size = 0 if entry.body is None else len(entry.body)
            record_id = UUID(bytes=entry.record_id)
            found.append(
                Refusal(
                    fate.reason, name, size, item.batch.number, entry.kind, record_id, entry.version
                )
            )
    return found
