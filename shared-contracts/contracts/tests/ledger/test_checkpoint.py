"""Signed notes: accepted from known keys only, refused with a code otherwise."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import (
    Checkpoint,
    NoteRefused,
    NoteSigner,
    NoteVerifier,
    cosign,
    open_note,
    origin,
    sign,
    signed_by,
)

# The example of the signed-note specification: key, text and signature are published there.
SPEC_VKEY = "example.com/foo+530a903b+AfYB3ZUPMcTnHKRPeCtNS3DdwBwv0HMN7iyK3kFHxSg2"

ONPREM = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
CLOUD = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
POINT = Checkpoint(origin("s1", "onprem", "relay"), 7, b"r" * 32)


def code(note: str, *signers: NoteSigner) -> str:
    """The code with which a note is refused."""
    with pytest.raises(NoteRefused) as refused:
        open_note(note, [signer.verifier for signer in signers])
    return refused.value.code


def test_checkpoint_survives_its_note() -> None:
    """What was signed is what is opened."""
    assert open_note(sign(POINT, ONPREM), [ONPREM.verifier]) == POINT


def test_body_is_three_lines_as_the_specification_says() -> None:
    """Origin, size, base64 root."""
    assert POINT.body() == "lmhg/s1/onprem/relay\n7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n"


def test_vkey_round_trip_keeps_name_and_id() -> None:
    """A published key verifies what its private half signed."""
    verifier = NoteVerifier.from_vkey(ONPREM.vkey)
    assert (verifier.name, verifier.vkey) == (ONPREM.name, ONPREM.vkey)
    assert open_note(sign(POINT, ONPREM), [verifier]) == POINT


def test_cosignature_adds_the_witness() -> None:
    """Both names stand under a witnessed checkpoint."""
    note = cosign(sign(POINT, ONPREM), CLOUD)
    assert signed_by(note, [ONPREM.verifier, CLOUD.verifier]) == {ONPREM.name, CLOUD.name}
    assert cosign(note, CLOUD).count("\n") == note.count("\n")


def test_unknown_signer_alone_is_refused() -> None:
    """A signature by a stranger proves nothing."""
    assert code(sign(POINT, CLOUD), ONPREM) == "no_known_signature"


def test_changed_text_is_refused() -> None:
    """One digit more, and the signature is wrong."""
    note = sign(POINT, ONPREM).replace("\n7\n", "\n8\n")
    assert code(note, ONPREM) == "signature_wrong"


@pytest.mark.parametrize(
    ("mangle", "expected"),
    [
        (lambda note: note[:-1], "note_malformed"),
        (lambda note: note.replace("— ", "- "), "signature_line"),
        (lambda note: note + "x" * 20_000, "note_too_long"),
        (lambda note: note.replace("\n\n", "\n"), "note_malformed"),
    ],
)
def test_malformed_note_is_refused(mangle: Callable[[str], str], expected: str) -> None:
    """Each defect has its code."""
    assert code(mangle(sign(POINT, ONPREM)), ONPREM) == expected


@pytest.mark.parametrize("size", ["07", "-1", "x", "٣"])
def test_strange_size_is_refused(size: str) -> None:
    """A size has one spelling."""
    from lmhg_contracts.ledger.checkpoint import parse_body

    with pytest.raises(NoteRefused):
        parse_body(POINT.body().replace("\n7\n", f"\n{size}\n"))


@pytest.mark.parametrize(
    "vkey", ["", "a+b", "name+00000000+AAAA", SPEC_VKEY.replace("530a", "530b")]
)
def test_malformed_vkey_is_refused(vkey: str) -> None:
    """A key that does not name itself is not used."""
    with pytest.raises(NoteRefused):
        NoteVerifier.from_vkey(vkey)
