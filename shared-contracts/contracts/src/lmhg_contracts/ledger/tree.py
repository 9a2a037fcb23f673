"""The Merkle tree of RFC 6962 (section 2.1), with proofs as RFC 9162 verifies them.

The tree never holds its leaves: it keeps a frontier of at most 64 hashes, and hands out the
nodes worth storing (every level divisible by 8), so that proofs over a million entries read a few
hundred hashes instead of a million.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

HASH_BYTES = 32
TILE_LEVELS = 8
EMPTY_ROOT = hashlib.sha256(b"").digest()

Subtree = Callable[[int, int], bytes]
"""(level, index) -> root of the complete, aligned subtree of 2**level leaves."""


class Node(NamedTuple):
    """A complete subtree's root, to be stored: `idx` counts subtrees of its level."""

    level: int
    idx: int
    hash: bytes


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: its size and the roots of its complete subtrees."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size < 0 or size.bit_count() != len(peaks):
            raise ValueError("frontier_shape")
        self.size = size
        self._peaks = list(peaks)

    def append_many(self, leaves: Sequence[bytes]) -> list[Node]:
        """Grow by leaf hashes; the completed nodes of levels 8, 16, 24 and so on."""
        stored: list[Node] = []
        sha256 = hashlib.sha256
        peaks = self._peaks
        size = self.size
        for leaf in leaves:
            carry, level, rest = leaf, 0, size
            while rest & 1:
                carry = sha256(b"\x01" + peaks.pop() + carry).digest()
                level += 1
                rest >>= 1
                if level % TILE_LEVELS == 0:
                    stored.append(Node(level, size >> level, carry))
            peaks.append(carry)
            size += 1
        self.size = size
        return stored

    def root(self) -> bytes:
        """The root of the whole tree; of an empty one, the hash of nothing."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def copy(self) -> "Frontier":
        """An independent frontier of the same tree."""
        return Frontier(self.size, self._peaks)

    def to_bytes(self) -> bytes:
        """Size (8 bytes, big endian) and the peaks, largest first."""
        return self.size.to_bytes(8, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Frontier":
        """The frontier in `to_bytes` form. Raises: ValueError."""
        if len(raw) < 8 or (len(raw) - 8) % HASH_BYTES:
            raise ValueError("frontier_bytes")
        peaks = [raw[at : at + HASH_BYTES] for at in range(8, len(raw), HASH_BYTES)]
        return cls(int.from_bytes(raw[:8], "big"), peaks)


def subtree_of_leaves(leaves: Sequence[bytes]) -> Subtree:
    """A subtree reader over leaf hashes held in memory; remembers what it computed."""
    known: dict[tuple[int, int], bytes] = {}

    def subtree(level: int, idx: int) -> bytes:
        if level == 0:
            return leaves[idx]
        found = known.get((level, idx))
        if found is None:
            found = node_hash(subtree(level - 1, 2 * idx), subtree(level - 1, 2 * idx + 1))
            known[level, idx] = found
        return found

    return subtree


def _range_root(start: int, end: int, subtree: Subtree) -> bytes:
    """Root over leaves [start, end), where start is aligned as RFC 6962 splits."""
    width = end - start
    if width.bit_count() == 1 and start % width == 0:
        level = width.bit_length() - 1
        return subtree(level, start >> level)
    split = _split(width)
    return node_hash(
        _range_root(start, start + split, subtree), _range_root(start + split, end, subtree)
    )


def _split(width: int) -> int:
    """The largest power of two smaller than width."""
    return 1 << ((width - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The audit path of one leaf, leaf side first. Raises: ValueError."""
    if not 0 <= index < size:
        raise ValueError("index_outside_tree")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, subtree))
            end = middle
        else:
            path.append(_range_root(start, middle, subtree))
            start = middle
    path.reverse()
    return path


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Proof that the tree of `old` leaves is a prefix of the tree of `new`. Raises: ValueError."""
    if not 0 < old <= new:
        raise ValueError("sizes_not_ordered")
    if old == new:
        return []
    return _subproof(old, 0, new, subtree, whole=True)


def _subproof(old: int, start: int, end: int, subtree: Subtree, *, whole: bool) -> list[bytes]:
    width = end - start
    if old == width:
        return [] if whole else [_range_root(start, end, subtree)]
    split = _split(width)
    middle = start + split
    if old <= split:
        proof = _subproof(old, start, middle, subtree, whole=whole)
        proof.append(_range_root(middle, end, subtree))
        return proof
    proof = _subproof(old - split, middle, end, subtree, whole=False)
    proof.append(_range_root(start, middle, subtree))
    return proof


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the leaf hash is at this index of the tree with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            found = node_hash(found, step)
        node >>= 1
        last >>= 1
    return last == 0 and found == root


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the old tree is a prefix of the new one (RFC 9162, 2.1.4.2)."""
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if old_size >= new_size:
        return old_size == new_size and not proof and old_root == new_root
    steps = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    return bool(steps) and _climb(old_size, old_root, new_size, new_root, steps)


def _climb(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, steps: Sequence[bytes]
) -> bool:
    """Rebuild both roots from one path, and compare."""
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old_found = new_found = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_found = node_hash(step, old_found)
            new_found = node_hash(step, new_found)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new_found = node_hash(new_found, step)
        node >>= 1
        last >>= 1
    return last == 0 and old_found == old_root and new_found == new_root
