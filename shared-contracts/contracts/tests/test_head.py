"""What is signed on: only a head that this ledger's own key has signed, and never one before it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, sign
from lmhg_contracts.ledger.head import HeadRefused, check_head
from lmhg_contracts.ledger.tree import Frontier, leaf_hash

LOG = "lmhg/s1/onprem/relay"
OWN = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
FORMER = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
PEER = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.from_private_bytes(b"3" * 32))


def tree(size: int, *, salt: bytes = b"") -> Frontier:
    """A ledger of so many entries."""
    made = Frontier()
    made.append_many([leaf_hash(salt + bytes([n])) for n in range(size)])
    return made


def point(size: int, *, log: str = LOG, salt: bytes = b"") -> Checkpoint:
    """What such a ledger commits to."""
    return Checkpoint(log, size, tree(size, salt=salt).root())


def test_what_was_signed_last_is_signed_on() -> None:
    """Its own key, the exact size and root; a ledger without entries has nothing signed."""
    check_head(tree(5), sign(point(5), OWN), origin=LOG, own=[OWN.verifier], newest=point(5))
    check_head(tree(5), sign(point(5), OWN), origin=LOG, own=[OWN.verifier], newest=point(3))
    check_head(tree(0), None, origin=LOG, own=[OWN.verifier])


def test_a_former_key_counts_once_it_is_named() -> None:
    """After a key was replaced the last head is still the old one's."""
    note = sign(point(5), FORMER)
    check_head(tree(5), note, origin=LOG, own=[OWN.verifier, FORMER.verifier])
    with pytest.raises(HeadRefused, match="head_unsigned"):
        check_head(tree(5), note, origin=LOG, own=[OWN.verifier])


REFUSED = {
    "no note": (tree(5), None, None, "head_unsigned"),
    "noise": (tree(5), "noise", None, "head_unsigned"),
    "the other plane's key": (tree(5), sign(point(5), PEER), None, "head_unsigned"),
    "rewritten": (tree(5, salt=b"x"), sign(point(5), OWN), None, "head_differs"),
    "longer than signed": (tree(6), sign(point(5), OWN), None, "head_differs"),
    "emptied": (tree(0), sign(point(5), OWN), None, "head_differs"),
    "another ledger's": (
        tree(5), sign(point(5, log="lmhg/s1/onprem/access"), OWN), None, "head_differs",
    ),
    "an older one": (tree(5), sign(point(5), OWN), point(6), "head_went_back"),
    "wiped": (tree(0), None, point(6), "head_went_back"),
    "another of the same size": (
        tree(5), sign(point(5), OWN), point(5, salt=b"x"), "head_differs",
    ),
}  # fmt: skip


@pytest.mark.found(
    "P1", "no process signs on from a head that its ledger's key has not signed last"
)
@pytest.mark.parametrize("name", REFUSED)
def test_any_other_head_is_refused(name: str) -> None:
    """Anyone who writes to the database has no key, and cannot borrow ours."""
    frontier, note, newest, code = REFUSED[name]
    with pytest.raises(HeadRefused) as refused:
        check_head(frontier, note, origin=LOG, own=[OWN.verifier, PEER.verifier], newest=newest)
    assert refused.value.code == code
