"""Proofs over the ledger in the database, from stored nodes and a few leaves."""

from lmhg_contracts.ledger.tree import (
    TILE_LEVELS,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
)
from lmhg_relay.store import Store


async def _subtree_root(store: Store, level: int, idx: int) -> bytes:
    """The root of a complete subtree: folded from stored nodes, or from leaves."""
    base = level - level % TILE_LEVELS
    width = 1 << (level - base)
    first = idx * width
    hashes = (
        [leaf_hash(entry) for entry in await store.entries(first, width)]
        if base == 0
        else await store.nodes(base, first, width)
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

    async def fetch(self, store: Store) -> None:
        for level, idx in self.known:
            self.known[level, idx] = await _subtree_root(store, level, idx)


async def prove(store: Store, old: int, new: int) -> tuple[bytes, ...]:
    """The consistency proof between two sizes of this plane's relay ledger."""
    needs = _Needs()
    consistency_proof(old, new, needs.dry)
    await needs.fetch(store)
    return tuple(consistency_proof(old, new, needs.serve))


async def prove_entry(store: Store, index: int, size: int) -> list[bytes]:
    """The inclusion proof of one entry of this plane's relay ledger."""
    needs = _Needs()
    inclusion_proof(index, size, needs.dry)
    await needs.fetch(store)
    return inclusion_proof(index, size, needs.serve)


async def own_root(store: Store, size: int) -> bytes:
    """The root that this plane's relay ledger had at a size."""
    root: bytes | None = None
    end = size
    while end:
        width = end & -end
        level = width.bit_length() - 1
        peak = await _subtree_root(store, level, (end - width) >> level)
        root = peak if root is None else node_hash(peak, root)
        end -= width
    if root is None:
        raise LookupError("ledger_empty")
    return root
