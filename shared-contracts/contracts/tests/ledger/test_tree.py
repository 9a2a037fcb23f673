"""The Merkle tree against published vectors and against a second, naive implementation."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_contracts.ledger.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    subtree_of_leaves,
    verify_consistency,
    verify_inclusion,
)

# The inputs and roots that certificate-transparency implementations share.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
sizes = st.integers(min_value=1, max_value=600)


def naive_root(entries: list[bytes]) -> bytes:
    """RFC 6962's definition, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = naive_root(entries[:split]), naive_root(entries[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def grown(entries: list[bytes]) -> Frontier:
    """A frontier over these entries."""
    frontier = Frontier()
    frontier.append_many([leaf_hash(entry) for entry in entries])
    return frontier


def some(count: int) -> list[bytes]:
    """That many different entries."""
    return [str(n).encode() for n in range(count)]


@pytest.mark.parametrize("size", range(1, 9))
def test_root_is_the_published_one(size: int) -> None:
    """Every implementation agrees on these."""
    entries = [bytes.fromhex(text) for text in INPUTS[:size]]
    assert grown(entries).root().hex() == ROOTS[size - 1]


def test_empty_root_is_the_hash_of_nothing() -> None:
    """RFC 6962, section 2.1."""
    assert Frontier().root() == EMPTY_ROOT == naive_root([])


@given(sizes)
def test_root_equals_the_definition(size: int) -> None:
    """The frontier computes what the definition says."""
    assert grown(some(size)).root() == naive_root(some(size))


@given(sizes, st.data())
def test_frontier_survives_bytes_and_any_split(size: int, data: st.DataObject) -> None:
    """Growing in two steps, with a save between, is growing in one."""
    cut = data.draw(st.integers(0, size))
    leaves = [leaf_hash(entry) for entry in some(size)]
    frontier = Frontier()
    frontier.append_many(leaves[:cut])
    again = Frontier.from_bytes(frontier.to_bytes())
    again.append_many(leaves[cut:])
    assert (again.size, again.root()) == (size, naive_root(some(size)))


@given(sizes, st.data())
def test_inclusion_proof_verifies_and_no_other_leaf_does(size: int, data: st.DataObject) -> None:
    """A proof holds for its leaf at its index, and for nothing else."""
    index = data.draw(st.integers(0, size - 1))
    leaves = [leaf_hash(entry) for entry in some(size)]
    root = naive_root(some(size))
    proof = inclusion_proof(index, size, subtree_of_leaves(leaves))
    assert verify_inclusion(leaves[index], index, size, proof, root)
    assert not verify_inclusion(leaf_hash(b"another"), index, size, proof, root)
    assert not verify_inclusion(leaves[index], index, size, [*proof, root], root)
    assert not verify_inclusion(leaves[index], size, size, proof, root)


@given(sizes, st.data())
def test_consistency_proof_verifies_and_a_fork_does_not(size: int, data: st.DataObject) -> None:
    """An older tree is a prefix; a tree with one other entry is not."""
    old = data.draw(st.integers(1, size))
    leaves = [leaf_hash(entry) for entry in some(size)]
    old_root, root = naive_root(some(old)), naive_root(some(size))
    proof = consistency_proof(old, size, subtree_of_leaves(leaves))
    assert verify_consistency(old, old_root, size, root, proof)
    forked = naive_root([b"forged", *some(old)[1:]])
    assert not verify_consistency(old, forked, size, root, proof)


def test_stored_nodes_are_the_subtrees_they_name() -> None:
    """Levels 8 and 16 come out once complete, and never before."""
    leaves = [leaf_hash(entry) for entry in some(70_000)]
    frontier = Frontier()
    nodes = [
        node
        for start in range(0, 70_000, 999)
        for node in frontier.append_many(leaves[start : start + 999])
    ]
    subtree = subtree_of_leaves(leaves)
    assert [node.hash for node in nodes] == [subtree(node.level, node.idx) for node in nodes]
    assert sum(node.level == 8 for node in nodes) == 70_000 // 256
    assert sum(node.level == 16 for node in nodes) == 1


@pytest.mark.parametrize(
    "raw", [b"", b"\x00" * 7, b"\x00" * 8 + b"x", b"\x00" * 7 + b"\x03" + b"h" * 32]
)
def test_malformed_frontier_is_refused(raw: bytes) -> None:
    """A head that does not add up is not used."""
    with pytest.raises(ValueError, match="frontier"):
        Frontier.from_bytes(raw)
