"""The witness: cosigns the peer's checkpoints only when they extend what it has seen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from lmhg_contracts.ledger.checkpoint import (
    Checkpoint,
    NoteRefused,
    NoteVerifier,
    cosign,
    open_note,
    origin,
)
from lmhg_contracts.ledger.tree import verify_consistency
from lmhg_contracts.wire import Heartbeat, LedgerNote
from lmhg_relay.core.commands import (
    Alarm,
    Command,
    ReadCosigned,
    ReadOwnRoot,
    RecordShown,
    StoreCosignature,
)
from lmhg_relay.core.context import Identity
from lmhg_relay.core.events import CosignedRead, OwnRootRead
from lmhg_relay.core.values import Loaded

LEDGERS = ("relay", "access")
MAX_OFFERS = 64
STALE_OFFERS = 3
STALE_S = 60.0
"""A peer that has heard what we cosigned and still asks from elsewhere, so often and so long, hides it."""


@dataclass
class Witness:
    """What we have cosigned of the peer's ledgers, and the peer of ours."""

    identity: Identity
    seen: dict[str, tuple[int, bytes, str]] = field(
        default_factory=dict[str, tuple[int, bytes, str]]
    )
    cosigned: dict[str, int] = field(default_factory=dict[str, int])
    offered: dict[tuple[str, int], bytes] = field(default_factory=dict[tuple[str, int], bytes])
    """Roots of the checkpoints of our ledgers offered since the start, by origin and size."""
    joining: int = 0
    """The peer's restore that `joined` is about."""
    joined: set[str] = field(default_factory=set[str])
    """The peer's ledgers that were found to continue from something we knew, since that restore."""
    stale: dict[str, tuple[int, int, float]] = field(
        default_factory=dict[str, tuple[int, int, float]]
    )
    """The last size of a ledger that was offered from elsewhere than where we are, how many sizes in
    a row were, and since when."""
    unsettled_at: datetime | None = None
    """Since when a declared restore of ours waits for the peer to join it."""

    @classmethod
    def of(cls, identity: Identity, loaded: Loaded) -> "Witness":
        """The witness as the database remembers it."""
        return cls(identity, dict(loaded.witnessed), dict(loaded.cosigned))

    def notes(self) -> tuple[str, ...]:
        """The newest note that we cosigned of each of the peer's ledgers."""
        return tuple(note for _, _, note in self.seen.values())

    def has_joined(self, restores: int) -> bool:
        """Whether every ledger of the peer is joined again after its newest restore."""
        return self.joining == restores and self.seen.keys() <= self.joined

    def on_heartbeat(self, beat: Heartbeat, *, peer_restored: bool, mono: float) -> list[Command]:
        """Judge the peer's checkpoints; keep its signatures on ours."""
        if beat.restores != self.joining:
            self.joining, self.joined = beat.restores, set()
        commands: list[Command] = []
        for offered in beat.notes:
            commands += self._judge(offered, peer_restored=peer_restored, mono=mono)
        for note in beat.cosigned:
            commands += self._keep(note)
        return commands

    def _origins(self, plane: str) -> Iterable[str]:
        return (origin(self.identity.site, plane, ledger) for ledger in LEDGERS)

    def _judge(self, offered: LedgerNote, *, peer_restored: bool, mono: float) -> list[Command]:
        try:
            found = open_note(offered.note, self.identity.peer_ledger_keys)
        except NoteRefused as refused:
            return [self._alarm("checkpoint_refused", refused.code)]
        if found.origin not in self._origins(self.identity.peer):
            return [self._alarm("checkpoint_refused", "origin_wrong")]
        last = self.seen.get(found.origin)
        if last is None:
            return self._cosign(found, offered.note)
        if (found.size, found.root) == last[:2]:
            self.joined.add(found.origin)
            return []
        if peer_restored:
            return self._judge_restored(offered, found)
        return self._judge_next(offered, found, last, mono)

    def _judge_next(
        self, offered: LedgerNote, found: Checkpoint, last: tuple[int, bytes, str], mono: float
    ) -> list[Command]:
        size, root, _ = last
        if found.size < size:
            return [self._alarm("fork", f"size {found.size} after {size}")]
        if found.size == size:
            return [self._alarm("fork", f"two roots at {size}")]
        if offered.old_size != size:
            return self._count_stale(offered, found, size, mono)
        if not verify_consistency(size, root, found.size, found.root, offered.proof):
            return [self._alarm("fork", f"{found.size} does not extend {size}")]
        return self._cosign(found, offered.note)

    def _count_stale(
        self, offered: LedgerNote, found: Checkpoint, size: int, mono: float
    ) -> list[Command]:
        """The peer has not heard yet what we cosigned last; or does not want to have heard it.

        What it offers has to grow meanwhile: an offer that is only repeated hides nothing.
        """
        last, times, since = self.stale.get(found.origin, (0, 0, mono))
        if found.size == last:
            return []  # the same words again: whoever makes the offers stands still
        self.stale[found.origin] = (found.size, times + 1, since)
        if times + 1 < STALE_OFFERS or abs(mono - since) < STALE_S:
            return []
        return [self._alarm("fork", f"asks from {offered.old_size} after {size}")]

    def _judge_restored(self, offered: LedgerNote, found: Checkpoint) -> list[Command]:
        """After a declared restore: it must still extend some checkpoint that we cosigned."""
        if offered.old_size == 0:
            return [self._alarm("fork", "restored to before the first cosignature")]
        read = ReadCosigned(
            origin=found.origin, size=offered.old_size, note=offered.note, proof=offered.proof
        )
        return [read]

    def on_cosigned_read(self, event: CosignedRead) -> list[Command]:
        """Accept the restored branch if it extends the older checkpoint; alarm either way."""
        found = open_note(event.note, self.identity.peer_ledger_keys)
        if event.root is None or not verify_consistency(
            event.size, event.root, found.size, found.root, event.proof
        ):
            return [self._alarm("fork", f"{found.size} does not extend {event.size}")]
        alarm = self._alarm("peer_restored", f"{found.size} extends {event.size}")
        return [alarm, *self._cosign(found, event.note)]

    def _cosign(self, found: Checkpoint, note: str) -> list[Command]:
        try:
            signed = cosign(note, self.identity.ledger_signer)
        except NoteRefused as refused:
            return [self._alarm("checkpoint_refused", refused.code)]
        self.seen[found.origin] = (found.size, found.root, signed)
        self.joined.add(found.origin)
        self.stale.pop(found.origin, None)
        return [
            StoreCosignature(origin=found.origin, size=found.size, root=found.root, note=signed)
        ]

    def _keep(self, note: str) -> list[Command]:
        """The peer's signature on a checkpoint of ours."""
        try:
            found = open_note(note, self.identity.peer_ledger_keys)
            open_note(note, self._own_keys())
        except NoteRefused as refused:
            return [self._alarm("cosignature_refused", refused.code)]
        if found.origin not in self._origins(self.identity.plane):
            return [self._alarm("cosignature_refused", "origin_wrong")]
        shown = RecordShown(
            origin=found.origin,
            size=found.size,
            root=found.root,
            note=note,
            unsettled_at=self.unsettled_at,
        )
        return [shown, *self._keep_new(found, note)]

    def _keep_new(self, found: Checkpoint, note: str) -> list[Command]:
        """What the peer says, if we have not kept it yet."""
        if self.cosigned.get(found.origin) == found.size:
            return []
        if self.offered.get((found.origin, found.size)) == found.root:
            return self._take(found, note)
        if found.origin == origin(self.identity.site, self.identity.plane, "relay"):
            return [ReadOwnRoot(size=found.size, note=note)]
        # Another process keeps that ledger, and we cannot look: while a restore of ours is not
        # settled it may be of the branch that the restore has cut off.
        return [] if self.unsettled_at is not None else self._take(found, note)

    def on_own_root(self, event: OwnRootRead) -> list[Command]:
        """A cosignature from before our start: good if the ledger still has that root.

        One of a branch that a declared restore has cut off is left alone until the peer has joined
        the new one. Any other says that our own ledger is not the one that was witnessed.
        """
        found = open_note(event.note, self._own_keys())
        if found.root == event.root:
            return self._take(found, event.note)
        if self.unsettled_at is not None:
            return []
        return [self._alarm("own_ledger_differs", f"witnessed at {found.size}")]

    def _own_keys(self) -> tuple[NoteVerifier, ...]:
        """Our ledgers' key, and the ones before it."""
        return (self.identity.ledger_signer.verifier, *self.identity.former_ledger_keys)

    def _take(self, found: Checkpoint, note: str) -> list[Command]:
        self.cosigned[found.origin] = found.size
        return [StoreCosignature(origin=found.origin, size=found.size, root=found.root, note=note)]

    def offer_note(self, note: str) -> None:
        """Remember a checkpoint of another ledger of ours that is about to be offered."""
        try:
            point = open_note(note, self._own_keys())
        except NoteRefused:
            return  # the peer says so
        self.offer(point.origin, point.size, point.root)

    def offer(self, log: str, size: int, root: bytes) -> None:
        """Remember what we are about to offer; the oldest offers are forgotten."""
        self.offered[log, size] = root
        while len(self.offered) > MAX_OFFERS:
            del self.offered[next(iter(self.offered))]

    def _alarm(self, code: str, detail: str) -> Alarm:
        return Alarm(code=code, direction=self.identity.incoming, detail=detail)
