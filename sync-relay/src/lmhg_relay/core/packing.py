"""Packs shipped rows into signed batches, chained by hash."""

from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.wire import (
    MAX_BATCH_BYTES,
    Batch,
    Direction,
    Entry,
    seal,
    unseal_own,
)
from lmhg_relay.core.cursor import Stretch
from lmhg_relay.core.values import OpenBatch

ENTRY_OVERHEAD = 48
"""Bytes of an entry beside its body, about."""


class Envelope(NamedTuple):
    """What all batches of one sender share."""

    site: str
    direction: Direction
    key: Ed25519PrivateKey


class Slot(NamedTuple):
    """Where the next batch is."""

    generation: int
    epoch: int
    number: int
    previous: bytes


class Cutter:
    """Says when a batch is full."""

    def __init__(self, max_entries: int) -> None:
        self.max_entries = max_entries
        self.entries = 0
        self.bytes = 0

    def is_full(self, body_bytes: int) -> bool:
        """Whether one more entry begins a new batch; counts it either way."""
        size = body_bytes + ENTRY_OVERHEAD
        full = self.entries >= self.max_entries or (
            self.entries > 0 and self.bytes + size > MAX_BATCH_BYTES
        )
        if full:
            self.entries = self.bytes = 0
        self.entries += 1
        self.bytes += size
        return full


def make_batch(
    envelope: Envelope,
    slot: Slot,
    entries: Sequence[Entry],
    *,
    made_at: str,
    checkpoint: str,
    stretches: tuple[Stretch, ...],
    first_n: int,
    recalled: Sequence[tuple[int, int, int]] = (),
    sweep: bool = False,
) -> OpenBatch:
    """A sealed batch: encoded once, signed once, stored and published as the same bytes."""
    batch = Batch(
        site=envelope.site,
        direction=envelope.direction,
        generation=slot.generation,
        epoch=slot.epoch,
        number=slot.number,
        previous=slot.previous,
        made_at=made_at,
        sweep=sweep,
        checkpoint=checkpoint,
        entries=tuple(entries),
        recalled=tuple(recalled),
    )
    blob, digest = seal(batch, envelope.key)
    return OpenBatch(
        number=slot.number,
        generation=slot.generation,
        epoch=slot.epoch,
        hash=digest,
        blob=blob,
        entries=len(entries),
        recalls=sum(entry.op == "recall" for entry in entries),
        first_n=first_n,
        stretches=stretches,
    )


def renumber(envelope: Envelope, slot: Slot, old: OpenBatch, *, checkpoint: str) -> OpenBatch:
    """The recalls of an open batch in a batch of a new generation: decided once, signed again.

    Its puts stay behind: what may still be read is released again after it, and a recall that
    was receipted before this batch must not be undone by it.
    """
    batch = unseal_own(old.blob)
    return make_batch(
        envelope,
        slot,
        [entry for entry in batch.entries if entry.op == "recall"],
        made_at=batch.made_at,
        checkpoint=checkpoint,
        stretches=old.stretches,
        first_n=old.first_n,
    )
