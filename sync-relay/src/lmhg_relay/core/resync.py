"""After a declared restore, on either plane: agree on a generation, renumber, release again."""

from dataclasses import dataclass, replace

from lmhg_contracts.wire import Heartbeat
from lmhg_relay.core.commands import Command, CommitResync, CommitState
from lmhg_relay.core.packing import Envelope, Slot, renumber
from lmhg_relay.core.sender import Sender
from lmhg_relay.core.values import OpenBatch


@dataclass
class Resync:
    """The steps of one restore, each begun by a fresh heartbeat of the peer.

    1. Choose a generation that neither side has seen, and announce it.
    2. The peer's receiver fences older generations, and says so.
    3. Number on from what it has applied; release everything again. Open batches are signed
       again: one of the same number may have been applied, but from a branch that we do not know.
    """

    sender: Sender
    restores: int
    is_declared: bool

    def on_heartbeat(self, beat: Heartbeat, *, mono: float) -> list[Command]:
        """The next step, if the peer's state allows it."""
        sender = self.sender
        peer_restored = beat.restores > sender.row.peer_restores
        if not sender.is_resyncing and not peer_restored and not self._is_announced():
            return []
        if self.is_declared or peer_restored or not self._is_announced():
            return self._announce(beat)
        if beat.restoring or beat.receiver.generation != sender.row.announced:
            return []
        return self._resume(beat, mono)

    def _is_announced(self) -> bool:
        return self.sender.row.announced > self.sender.row.generation

    def _announce(self, beat: Heartbeat) -> list[Command]:
        sender = self.sender
        row = sender.row
        generation = max(row.generation, row.announced, beat.receiver.generation) + 1
        if self.is_declared:
            self.restores = max(self.restores, beat.known_restores) + 1
            self.is_declared = False
        sender.is_resyncing = True
        sender.row = replace(row, announced=generation, peer_restores=beat.restores)
        return [
            CommitState(
                epoch=sender.epoch,
                sender=sender.row,
                restores=self.restores,
                restore_declared=False,
            )
        ]

    def _resume(self, beat: Heartbeat, mono: float) -> list[Command]:
        sender = self.sender
        applied = beat.receiver.applied_number
        sender.tail.event("restored", at=beat.at, batch=applied, reason=None)
        append = sender.tail.take()
        stale = [batch for _, batch in sorted(sender.open.items())]
        sender.row = replace(
            sender.row,
            generation=sender.row.announced,
            next_number=applied + 1,
            last_hash=beat.receiver.applied_hash,
            closed_number=applied,
            closed_hash=beat.receiver.applied_hash,
            stopped=None,
        )
        fresh = self._renumbered(stale, append.checkpoint)
        sender.is_resyncing = False
        commit = CommitResync(
            epoch=sender.epoch,
            append=append,
            sender=sender.row,
            voided=[batch.number for batch in stale],
            batches=fresh,
        )
        sender.hashes = {applied: beat.receiver.applied_hash}
        sender.open = {batch.number: batch for batch in fresh}
        sender.hashes |= {batch.number: batch.hash for batch in fresh}
        sender.sent.clear()
        return [commit, *sender.publish(fresh, mono)]

    def _renumbered(self, stale: list[OpenBatch], checkpoint: str) -> list[OpenBatch]:
        sender = self.sender
        envelope = Envelope(sender.identity.site, sender.identity.out, sender.identity.key)
        fresh: list[OpenBatch] = []
        for old in stale:
            row = sender.row
            slot = Slot(row.generation, sender.epoch, row.next_number, row.last_hash)
            batch = renumber(envelope, slot, old, checkpoint=checkpoint)
            sender.row = replace(row, next_number=batch.number + 1, last_hash=batch.hash)
            fresh.append(batch)
        return fresh
