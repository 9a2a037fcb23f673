"""One half of the relay: a sender and a receiver over one ledger. Events in, commands out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from lmhg_contracts.ledger.checkpoint import Checkpoint, origin
from lmhg_contracts.ledger.head import check_head
from lmhg_contracts.ledger.tree import Frontier
from lmhg_contracts.wire import (
    Heartbeat,
    LedgerNote,
    OpenDelay,
    ReceiverState,
    SenderState,
    WireRefused,
    seal,
    unseal,
)
from lmhg_relay.core import events, limits
from lmhg_relay.core.commands import (
    Alarm,
    Command,
    CommitQuarantine,
    CommitState,
    Prove,
    RecordPeer,
    Refusal,
    SendHeartbeat,
)
from lmhg_relay.core.context import Identity
from lmhg_relay.core.receipts import Closing
from lmhg_relay.core.receiver import Receiver
from lmhg_relay.core.resync import Resync
from lmhg_relay.core.sender import Sender
from lmhg_relay.core.tail import LedgerTail, moment
from lmhg_relay.core.values import Loaded
from lmhg_relay.core.witness import Witness


class Half:
    """The relay of one plane. `handle` is its whole interface.

    Made again from the database after each start, lost lock or failed command. `signed` is what
    this process has signed and committed before. Raises: HeadRefused.
    """

    def __init__(
        self, identity: Identity, loaded: Loaded, *, signed: Checkpoint | None = None
    ) -> None:
        self.identity = identity
        self.epoch = loaded.epoch
        log = origin(identity.site, identity.plane, "relay")
        frontier = Frontier.from_bytes(loaded.frontier)
        check_head(
            frontier,
            loaded.checkpoint,
            origin=log,
            own=(identity.ledger_signer.verifier, *identity.former_ledger_keys),
            newest=None if loaded.restore_declared else signed,
        )
        self.tail = LedgerTail(
            frontier,
            origin=log,
            signer=identity.ledger_signer,
            actor=f"relay-{identity.plane}",
        )
        self.sender = Sender(identity, self.tail, loaded)
        self.closing = Closing(
            self.sender,
            recalled=list(loaded.unpurged),
            has_recent_batches=loaded.has_recent_batches,
        )
        self.resync = Resync(self.sender, loaded.restores, loaded.restore_declared)
        self.receiver = Receiver(identity, self.tail, loaded)
        self.witness = Witness.of(identity, loaded)
        self.known_restores = loaded.known_restores
        self.waiting = 0
        self._nonces: dict[bytes, tuple[int, float]] = {}
        """Nonce of a heartbeat of ours -> what was closed then, and when that was."""
        self.answered_mono: float | None = None
        """When we sent the newest heartbeat that the peer has answered."""
        self._delays: Sequence[OpenDelay] = ()
        self._sharing: Sequence[str] | None = None
        self._echo: bytes | None = None
        self._beat_mono = float("-inf")
        self._ask_mono = float("-inf")
        self._witness_mono = float("-inf")
        self._newest_nonce = bytes(16)
        self._rank = (loaded.sender.peer_restores, loaded.peer_epoch)
        """Restores and epoch of the peer's newest process that was heard."""
        self._rank_mono: float | None = None
        self._quarantines_left = limits.QUARANTINES_PER_TICK
        self._foreign: Sequence[tuple[str, int, tuple[bytes, ...]]] = ()
        self._table = self._handlers()

    def handle(self, event: events.Event) -> list[Command]:
        """What to do about an event, in order."""
        return self._table[type(event)](event)

    def _handlers(self) -> dict[type[events.Event], Callable[[Any], list[Command]]]:
        sender, receiver, witness = self.sender, self.receiver, self.witness
        refusing = self._refusing
        return {
            events.Woken: lambda _: sender.read(),
            events.RowsRead: sender.on_rows,
            events.Resynced: sender.on_resynced,
            events.StreamRenewed: lambda event: sender.repeat_from(0, event.mono),
            events.ObjectWrong: self._on_object_wrong,
            events.ReceiptsIn: refusing(self.closing.on_receipts),
            events.Published: self._on_published,
            events.Purged: self.closing.on_purged,
            events.BatchesIn: self._on_batches,
            events.ReplicaRead: self._on_replica,
            events.ReceiptRead: refusing(receiver.on_receipt_read),
            events.HeartbeatIn: self._on_heartbeat,
            events.Tick: self._on_tick,
            events.Proved: self._on_proved,
            events.CosignedRead: self._on_cosigned_read,
            events.OwnRootRead: witness.on_own_root,
        }

    def _on_published(self, event: events.Published) -> list[Command]:
        self.sender.on_published(event)
        self.closing.on_published(event)
        return []

    def _on_object_wrong(self, event: events.ObjectWrong) -> list[Command]:
        incoming, detail = self.identity.incoming, str(event.record_id)
        return [Alarm(code="object_wrong", direction=incoming, detail=detail)]

    def _on_proved(self, event: events.Proved) -> list[Command]:
        note = LedgerNote(self.tail.note, event.old_size, event.proof)
        fits = event.size == self.tail.size
        return [self._heartbeat(event.at, (note,) if fits else ())]

    def _on_cosigned_read(self, event: events.CosignedRead) -> list[Command]:
        return [*self.witness.on_cosigned_read(event), *self._accept_restore()]

    def _accept_restore(self) -> list[Command]:
        """The witness has joined the peer's restored ledgers to what it knew: remember that."""
        restores = self.sender.row.peer_restores
        if restores <= self.known_restores or not self.witness.has_joined(restores):
            return []
        self.known_restores = restores
        return [CommitState(epoch=self.epoch, known_restores=restores)]

    # Refusals ------------------------------------------------------------------------------------

    def _refusing(
        self, handler: Callable[[Any], tuple[list[Command], list[Refusal]]]
    ) -> Callable[[Any], list[Command]]:
        return lambda event: self._with_refusals(event.at, *handler(event))

    def _with_refusals(
        self, at: datetime, commands: list[Command], refusals: Sequence[Refusal]
    ) -> list[Command]:
        """Quarantine what was refused, with a bound on what strangers can make us write."""
        kept = refusals[: self._quarantines_left]
        if not kept:
            return commands
        self._quarantines_left -= len(kept)
        direction = self.identity.incoming
        for refusal in kept:
            self.tail.event(
                "refused_message",
                at=moment(at),
                reason=refusal.code,
                batch=refusal.number,
                digest=refusal.digest,
                size=refusal.size,
            )
        quarantine = CommitQuarantine(
            epoch=self.epoch, append=self.tail.take(), direction=direction, refusals=kept
        )
        codes = sorted({refusal.code for refusal in kept})
        return [*commands, quarantine, *(Alarm(code=code, direction=direction) for code in codes)]

    def _on_batches(self, event: events.BatchesIn) -> list[Command]:
        commands = self._with_refusals(event.at, *self.receiver.on_batches(event))
        return [*commands, *self._ask(event)]

    def _on_replica(self, event: events.ReplicaRead) -> list[Command]:
        commands = self._with_refusals(event.at, *self.receiver.on_replica(event))
        return [*commands, *self._ask(event)]

    def _ask(self, event: events.Event) -> list[Command]:
        """A heartbeat at once when a batch is missing, but not too many."""
        is_asking = self.receiver.missing is not None
        if is_asking and abs(event.mono - self._ask_mono) >= limits.ASK_EVERY_S:
            self._ask_mono = event.mono
            return [self._heartbeat(event.at, ())]
        return []

    # Time and heartbeats -------------------------------------------------------------------------

    def _on_tick(self, event: events.Tick) -> list[Command]:
        self._quarantines_left = limits.QUARANTINES_PER_TICK
        self.waiting = event.waiting
        commands = [*self.closing.on_tick(event.mono), *self.sender.on_tick(event)]
        if abs(event.mono - self._beat_mono) < limits.HEARTBEAT_S:
            return [*commands, *self._ask(event)]
        self._beat_mono = event.mono
        self._delays, self._sharing = event.delays[: limits.DELAYS_MAX], event.sharing
        self._remember(event.nonce, event.mono)
        self._foreign = event.foreign
        return [*commands, self._offer_or_beat(event)]

    def _remember(self, nonce: bytes, mono: float) -> None:
        self._newest_nonce = nonce
        self._nonces[nonce] = (self.sender.row.closed_number, mono)
        while len(self._nonces) > limits.NONCES_MAX:
            del self._nonces[next(iter(self._nonces))]

    def _offer_or_beat(self, event: events.Tick) -> Command:
        """A heartbeat; now and then one that asks the peer to witness our ledger."""
        is_due = abs(event.mono - self._witness_mono) >= limits.WITNESS_EVERY_S
        old = self.witness.cosigned.get(self.tail.origin, 0)
        if not is_due or self.resync.is_declared or self.tail.size in (0, old):
            return self._heartbeat(event.at, ())
        self._witness_mono = event.mono
        self.witness.offer(self.tail.origin, self.tail.size, self.tail.root)
        if old == 0:
            return self._heartbeat(event.at, (LedgerNote(self.tail.note, 0, ()),))
        return Prove(old_size=old, size=self.tail.size)

    def _heartbeat(self, at: datetime, notes: tuple[LedgerNote, ...]) -> SendHeartbeat:
        sender, receiver = self.sender, self.receiver
        foreign = tuple(LedgerNote(*offered) for offered in self._foreign)
        self._foreign = ()
        for note in foreign:
            self.witness.offer_note(note.note)
        beat = Heartbeat(
            site=self.identity.site,
            plane=self.identity.plane,
            epoch=self.epoch,
            restores=self.resync.restores,
            known_restores=max(self.known_restores, sender.row.peer_restores),
            restoring=self.resync.is_declared,
            at=moment(at),
            nonce=self._newest_nonce,
            echo=self._echo,
            sender=SenderState(
                self.identity.out,
                max(sender.row.generation, sender.row.announced),
                sender.row.next_number,
                sender.row.last_hash,
                0 if sender.is_resyncing else sender.row.closed_number,
                self.waiting,
            ),
            receiver=ReceiverState(
                self.identity.incoming,
                receiver.row.generation,
                receiver.row.applied_number,
                receiver.row.applied_hash,
                receiver.missing,
            ),
            notes=(*notes, *foreign),
            cosigned=self.witness.notes(),
            delays=tuple(self._delays),
            sharing=None if self._sharing is None else tuple(self._sharing),
            joined_restores=self.known_restores,
        )
        raw, _ = seal(beat, self.identity.key)
        return SendHeartbeat(raw=raw)

    def _on_heartbeat(self, event: events.HeartbeatIn) -> list[Command]:
        try:
            beat, _ = unseal(event.raw, Heartbeat, self.identity.peer_key)
        except WireRefused as refused:
            found = Refusal(f"heartbeat_{refused.code}", bytes(32), len(event.raw))
            return self._with_refusals(event.at, [], [found])
        if beat.site != self.identity.site or beat.plane != self.identity.peer:
            found = Refusal("heartbeat_site_wrong", bytes(32), len(event.raw))
            return self._with_refusals(event.at, [], [found])
        if self._is_outlived(beat, event.mono):
            return []
        self._echo = beat.nonce
        asked = self._nonces.get(beat.echo) if beat.echo is not None else None
        if asked is None:
            return self._answer_stranger(event)
        closed_then, asked_mono = asked
        self.answered_mono = max(asked_mono, self.answered_mono or asked_mono)
        return self._on_fresh(beat, event, closed_then)

    def _is_outlived(self, beat: Heartbeat, mono: float) -> bool:
        """Whether it comes from a process that a newer one has followed and that does not know yet.

        Its memory is old, and would look like a rollback. When the newer one falls silent, the
        older one is heard again: then it may be a rollback.
        """
        if self._rank_mono is None:
            self._rank_mono = mono
        is_lower = not beat.restoring and (beat.restores, beat.epoch) < self._rank
        return is_lower and abs(mono - self._rank_mono) < limits.SILENCE_S

    def _answer_stranger(self, event: events.HeartbeatIn) -> list[Command]:
        """A heartbeat not provably newer than our start: echo it, so that the next one is."""
        if abs(event.mono - self._ask_mono) < limits.ASK_EVERY_S:
            return []
        self._ask_mono = event.mono
        return [self._heartbeat(event.at, ())]

    def _on_fresh(
        self, beat: Heartbeat, event: events.HeartbeatIn, closed_then: int
    ) -> list[Command]:
        commands: list[Command] = [self._peer_of(beat)]
        if beat.restoring:
            self.sender.peer_heard = event.mono
            return commands + self.resync.on_heartbeat(beat, mono=event.mono)
        self._rank, self._rank_mono = (beat.restores, beat.epoch), event.mono
        peer_restored = beat.restores > self.known_restores
        self.witness.unsettled_at = self._unsettled_at(beat, event.at)
        commands += self.witness.on_heartbeat(beat, peer_restored=peer_restored, mono=event.mono)
        was_resyncing = self.sender.is_resyncing
        commands += self.resync.on_heartbeat(beat, mono=event.mono)
        if self.sender.is_resyncing or was_resyncing:
            self._nonces.clear()
            self._beat_mono = float("-inf")
        else:
            commands += self.sender.on_heartbeat(beat, mono=event.mono, closed_then=closed_then)
        commands += self.receiver.on_heartbeat(beat.sender)
        return [*commands, *self._accept_restore()]

    def _unsettled_at(self, beat: Heartbeat, at: datetime) -> datetime | None:
        """Since when a declared restore of ours waits for the peer to join our ledgers to what it knew."""
        is_settled = not self.resync.is_declared and beat.joined_restores >= self.resync.restores
        return None if is_settled else self.witness.unsettled_at or at

    def _peer_of(self, beat: Heartbeat) -> RecordPeer:
        return RecordPeer(
            plane=beat.plane,
            epoch=beat.epoch,
            restores=beat.restores,
            applied_no=beat.receiver.applied_number,
            next_no=beat.sender.next_number,
            generation=beat.receiver.generation,
            lag=beat.sender.waiting,
            delays=beat.delays,
            sharing=beat.sharing,
        )
