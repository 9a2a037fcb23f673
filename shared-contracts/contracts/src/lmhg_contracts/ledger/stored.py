"""Proofs over a ledger that is stored somewhere: from stored nodes and a few leaves.

The reader does the reading; nothing here opens anything.
"""

from collections.abc import Sequence
from typing import Protocol

from lmhg_contracts.ledger.tree import (
    TILE_LEVELS,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
)


class LedgerReader(Protocol):
    """Where entries and stored nodes come from."""

    async def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Entries from `first` on, at most `count`, in order."""
        ...

    async def nodes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Stored nodes of a level from index `first` on, at most `count`, in order."""
        ...


async def subtree_root(reader: LedgerReader, level: int, idx: int) -> bytes:
    """The root of a complete subtree of 2**level leaves. Raises: LookupError when it is not."""
    base = level - level % TILE_LEVELS
    width = 1 << (level - base)
    first = idx * width
    hashes = (
        [leaf_hash(entry) for entry in await reader.entries(first, width)]
        if base == 0
        else list(await reader.nodes(base, first, width))
    )
    if len(hashes) != width:
        message = f"ledger_incomplete at level {level} index {idx}"
        raise LookupError(message)
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


class _Needs:
    """Learns which subtrees a proof reads, then serves them."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], bytes] = {}

    def dry(self, level: int, idx: int) -> bytes:
        self.known[level, idx] = b""
        return bytes(32)

    def serve(self, level: int, idx: int) -> bytes:
        return self.known[level, idx]

    async def fetch(self, reader: LedgerReader) -> None:
        for level, idx in self.known:
            self.known[level, idx] = await subtree_root(reader, level, idx)


async def prove_growth(reader: LedgerReader, old: int, new: int) -> tuple[bytes, ...]:
    """The consistency proof between two sizes."""
    needs = _Needs()
    consistency_proof(old, new, needs.dry)
    await needs.fetch(reader)
    return tuple(consistency_proof(old, new, needs.serve))


async def prove_entry(reader: LedgerReader, index: int, size: int) -> list[bytes]:
    """The inclusion proof of one entry."""
    needs = _Needs()
    inclusion_proof(index, size, needs.dry)
    await needs.fetch(reader)
    return inclusion_proof(index, size, needs.serve)


async def root_at(reader: LedgerReader, size: int) -> bytes:
    """The root that the ledger had at a size. Raises: LookupError for an empty one."""
    root: bytes | None = None
    end = size
    while end:
        width = end & -end
        level = width.bit_length() - 1
        peak = await subtree_root(reader, level, (end - width) >> level)
        root = peak if root is None else node_hash(peak, root)
        end -= width
    if root is None:
        raise LookupError("ledger_empty")
    return root
