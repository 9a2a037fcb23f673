"""Notes, exports and proofs that are not what they claim: each defect has its code."""

import base64
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import (
    MAX_SIGNATURES,
    Checkpoint,
    NoteRefused,
    NoteSigner,
    cosign,
    open_note,
    parse_body,
    sign,
)
from lmhg_contracts.ledger.entries import AccessEntry, encode_entry
from lmhg_contracts.ledger.export import (
    ExportRefused,
    Proof,
    read_entries,
    read_header,
    write_export,
)
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_contracts.ledger.verify import verify_export, verify_proof

SIGNER = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
KEYS = [SIGNER.verifier]
ENTRY = encode_entry(
    AccessEntry(
        act="read", actor="person-a", at="2026-01-02T03:04:05.000006Z", columns=(), n=0,
        outcome="done", purpose="test", request_id="", subject_ids=(), subject_kind="client",
        zone="inside",
    )
)  # fmt: skip


def note_over(*entries: bytes, origin: str = "lmhg/s1/onprem/access") -> str:
    """The signed checkpoint of these entries."""
    frontier = Frontier()
    frontier.append_many([leaf_hash(entry) for entry in entries])
    return sign(Checkpoint(origin, frontier.size, frontier.root()), SIGNER)


NOTE = note_over(ENTRY)
SIGNATURE = NOTE.splitlines()[-1]
BODIES = {
    "a line too few": ("o\n1\n", "checkpoint_lines"),
    "no origin": (f"\n1\n{'A' * 43}=\n", "checkpoint_lines"),
    "root is no base64": ("o\n1\n?\n", "checkpoint_root"),
    "root is short": ("o\n1\nAAAA\n", "checkpoint_root"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_malformed_body_is_refused(name: str) -> None:
    """A root that is none is not compared with anything."""
    body, code = BODIES[name]
    with pytest.raises(NoteRefused, match=code):
        parse_body(body)


@pytest.mark.parametrize("rest", ["?", "AAAA", ""])
def test_a_malformed_signature_line_is_refused(rest: str) -> None:
    """No base64, and too short to name a key."""
    line = f"{SIGNATURE.rpartition(' ')[0]} {rest}"
    with pytest.raises(NoteRefused, match="signature_line"):
        open_note(NOTE.replace(SIGNATURE, line), KEYS)


@pytest.mark.found("P4", "a signature of an unknown key is passed over, however long it is")
@pytest.mark.found("g2", "a cosignature of 76 bytes by a key that is not given is passed over")
@pytest.mark.parametrize("size", [5, 64, 68, 76, 200])
def test_signature_of_an_unknown_key_is_passed_over(size: int) -> None:
    """C2SP: readers ignore the lines of keys that they do not know, of whatever algorithm."""
    line = f"— witness.example {base64.b64encode(b'w' * size).decode()}\n"
    assert open_note(NOTE + line, KEYS).size == 1
    nine = "".join(f"— w{n} {base64.b64encode(b'w' * 76).decode()}\n" for n in range(9))
    assert open_note(NOTE + nine, KEYS).size == 1


def test_known_key_s_signature_of_another_length_is_wrong() -> None:
    """The control: a known key is not passed over."""
    raw = base64.b64decode(SIGNATURE.rpartition(" ")[2])
    line = f"{SIGNATURE.rpartition(' ')[0]} {base64.b64encode(raw + b'x' * 8).decode()}"
    with pytest.raises(NoteRefused, match="signature_wrong"):
        open_note(NOTE.replace(SIGNATURE, line), KEYS)


def test_a_note_holds_so_many_signatures_and_no_more() -> None:
    """By a stranger's hand as by our own; the last that fits is taken."""
    note = NOTE
    for turn in range(MAX_SIGNATURES - 1):
        note = cosign(note, NoteSigner(f"w{turn}", Ed25519PrivateKey.generate()))
    assert open_note(note, KEYS).size == 1
    with pytest.raises(NoteRefused, match="too_many_signatures"):
        cosign(note, NoteSigner("one-more", Ed25519PrivateKey.generate()))
    with pytest.raises(NoteRefused, match="too_many_signatures"):
        open_note(f"{note}{SIGNATURE}\n", KEYS)


@pytest.mark.parametrize("name", ["", "a b", "a+b"])
def test_a_key_name_that_breaks_the_format_is_refused(name: str) -> None:
    """A blank or a plus would end the name early in a note or a published key."""
    with pytest.raises(NoteRefused, match="key_name"):
        NoteSigner(name, Ed25519PrivateKey.generate())


def test_a_checkpoint_that_is_no_text_is_refused() -> None:
    """The header's bytes are counted before they are read as text."""
    with pytest.raises(ExportRefused, match="checkpoint_not_text"):
        read_header(BytesIO(b"lmhg-ledger/1 2\n\xff\xfe"))


@pytest.mark.parametrize("line", [b"short\n", b"z" * 64 + b" {}\n", b"\xff" * 64 + b" {}\n"])
def test_a_malformed_line_is_a_finding(line: bytes) -> None:
    """The verdict names the line; what is before it is still judged."""
    with pytest.raises(ExportRefused, match="line_malformed"):
        list(read_entries(BytesIO(line)))
    out = BytesIO()
    write_export(out, NOTE, [ENTRY])
    verdict = verify_export(BytesIO(out.getvalue() + line), KEYS)
    assert [found.code for found in verdict.findings] == ["malformed"]
    assert "line 2" in verdict.findings[0].sentence


def test_an_entry_without_its_number_is_a_finding() -> None:
    """The ledger's key has signed bytes that are no entry."""
    out = BytesIO()
    write_export(out, note_over(b"noise"), [b"noise"])
    found = verify_export(BytesIO(out.getvalue()), KEYS).findings
    assert [finding.code for finding in found] == ["not_an_entry"]


def test_kept_checkpoints_are_judged_too() -> None:
    """One without a known signature, and one of another log, are no proof of anything."""
    out = BytesIO()
    write_export(out, NOTE, [ENTRY])
    other = note_over(ENTRY, origin="lmhg/s1/onprem/relay")
    for kept, code in (("noise", "seen"), (other, "other_log")):
        verdict = verify_export(BytesIO(out.getvalue()), KEYS, seen=(kept,))
        assert [found.code for found in verdict.findings] == [code]


GOOD = Proof(0, ENTRY, [], NOTE).to_text()
PROOFS = {
    "no proof": "noise",
    "no entry": GOOD.replace("extra ", "other "),
    "entry is no base64": GOOD.replace("extra ", "extra ?"),
    "no index": GOOD.replace("index 0", "place 0"),
    "index is no number": GOOD.replace("index 0", "index -1"),
    "hash is short": GOOD.replace("index 0", f"index 0\n{base64.b64encode(b'x').decode()}"),
    "too many hashes": GOOD.replace("index 0", "index 0" + f"\n{'A' * 43}=" * 65),
    "unsigned": GOOD.replace(SIGNATURE, ""),
}


def test_a_good_proof_is_accepted() -> None:
    """What the refused ones are made of."""
    assert verify_proof(GOOD, KEYS).is_sound


@pytest.mark.parametrize("name", PROOFS)
def test_a_malformed_proof_is_refused(name: str) -> None:
    """A file that is no proof gets a finding, not an error."""
    verdict = verify_proof(PROOFS[name], KEYS)
    assert [found.code for found in verdict.findings] == ["proof"]
