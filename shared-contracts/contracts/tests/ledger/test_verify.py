"""The offline verifier: each kind of tampering is refused with its own message."""

from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger import verify_cli
from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, origin, sign
from lmhg_contracts.ledger.entries import RelayEntry, encode_entry
from lmhg_contracts.ledger.export import Proof, write_export
from lmhg_contracts.ledger.tree import Frontier, inclusion_proof, leaf_hash, subtree_of_leaves
from lmhg_contracts.ledger.verify import verify_export, verify_proof

SIGNER = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
WITNESS = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
KEYS = [SIGNER.verifier, WITNESS.verifier]


def entry(n: int, *, reason: str | None = None) -> bytes:
    """A decision of the relay."""
    return encode_entry(
        RelayEntry(
            actor="relay", at="2026-01-02T03:04:05.000006Z", batch=1, bytes=2, decision="ship",
            digest="00", exemption_id=None, fields=("busy",), gate=None, kind="calendar_block",
            n=n, op="put", policy="p", reason=reason, record_id="r", version=1,
        )
    )  # fmt: skip


def note_over(entries: list[bytes]) -> str:
    """The signed checkpoint of these entries."""
    frontier = Frontier()
    frontier.append_many([leaf_hash(found) for found in entries])
    point = Checkpoint(origin("s1", "onprem", "relay"), frontier.size, frontier.root())
    return sign(point, SIGNER)


def exported(entries: list[bytes], note: str) -> bytes:
    """An export file of entries under a checkpoint."""
    out = BytesIO()
    write_export(out, note, entries)
    return out.getvalue()


ENTRIES = [entry(n) for n in range(20)]
NOTE = note_over(ENTRIES)


def codes(raw: bytes, seen: tuple[str, ...] = ()) -> list[str]:
    """The findings of a file."""
    return [found.code for found in verify_export(BytesIO(raw), KEYS, seen=seen).findings]


def test_sound_export_is_accepted() -> None:
    """Nothing wrong, and who signed it."""
    verdict = verify_export(BytesIO(exported(ENTRIES, cosign(NOTE, WITNESS))), KEYS)
    assert verdict.is_sound
    assert verdict.signers == {SIGNER.name, WITNESS.name}


def test_edited_entry_is_named() -> None:
    """The sentence says which entry was edited."""
    raw = exported(ENTRIES, NOTE)
    edited = raw.replace(ENTRIES[7], entry(7, reason="other"))
    verdict = verify_export(BytesIO(edited), KEYS)
    assert [found.code for found in verdict.findings] == ["edited"]
    assert "entry 7" in verdict.findings[0].sentence


def test_reordered_entries_are_named() -> None:
    """Two entries that changed places."""
    swapped = [*ENTRIES]
    swapped[3], swapped[4] = swapped[4], swapped[3]
    assert codes(exported(swapped, NOTE)) == ["reordered"]


def test_removed_entry_is_named() -> None:
    """A gap in the middle is not a truncation."""
    assert codes(exported(ENTRIES[:5] + ENTRIES[6:], NOTE)) == ["reordered"]


def test_truncated_ledger_is_named() -> None:
    """The tail is missing."""
    assert codes(exported(ENTRIES[:-1], NOTE)) == ["truncated"]


def test_extended_ledger_is_named() -> None:
    """More entries than were signed."""
    assert codes(exported([*ENTRIES, entry(20)], NOTE)) == ["extended"]


def test_rewritten_history_under_an_old_checkpoint_is_a_fork() -> None:
    """Entries that are consistent with themselves, and not with the signature."""
    other = [entry(n, reason="rewritten") for n in range(20)]
    assert codes(exported(other, NOTE)) == ["forked"]


def test_signed_fork_is_found_by_a_kept_checkpoint() -> None:
    """The log's own key signed two histories; anyone who kept the first one sees it."""
    kept = note_over(ENTRIES[:10])
    other = [entry(n, reason="rewritten") for n in range(20)]
    forked = exported(other, note_over(other))
    assert codes(forked) == []
    assert codes(forked, (kept,)) == ["forked"]
    assert codes(exported(ENTRIES, NOTE), (kept,)) == []


def test_signature_of_a_stranger_is_refused() -> None:
    """Without a known key nothing else is looked at."""
    assert [
        found.code
        for found in verify_export(BytesIO(exported(ENTRIES, NOTE)), [WITNESS.verifier]).findings
    ] == ["checkpoint"]


@pytest.mark.parametrize(
    "raw", [b"", b"something else\n", b"lmhg-ledger/1 99999999\n", b"lmhg-ledger/1 10\nshort"]
)
def test_other_files_are_refused(raw: bytes) -> None:
    """A file of another kind gets a clear refusal."""
    assert codes(raw) == ["checkpoint"]


def test_proof_file_verifies_and_a_changed_one_does_not() -> None:
    """One entry proves itself with nothing but the key."""
    leaves = [leaf_hash(found) for found in ENTRIES]
    path = inclusion_proof(7, 20, subtree_of_leaves(leaves))
    good = Proof(7, ENTRIES[7], path, NOTE)
    assert verify_proof(good.to_text(), KEYS).is_sound
    for bad in (Proof(8, ENTRIES[7], path, NOTE), Proof(7, ENTRIES[8], path, NOTE)):
        assert [found.code for found in verify_proof(bad.to_text(), KEYS).findings] == [
            "not_included",
            "misnumbered",
        ]


def test_command_says_sound_or_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status and sentence for an auditor."""
    keys, good, bad = tmp_path / "keys", tmp_path / "good", tmp_path / "bad"
    keys.write_text(f"{SIGNER.vkey}\n{WITNESS.vkey}\n")
    good.write_bytes(exported(ENTRIES, NOTE))
    bad.write_bytes(exported(ENTRIES[:-1], NOTE))
    assert verify_cli.main([str(good), "--keys", str(keys)]) == 0
    assert verify_cli.main([str(good), "--keys", str(keys), "--signer", WITNESS.name]) == 1
    assert verify_cli.main([str(bad), "--keys", str(keys)]) == 1
    assert verify_cli.main([str(tmp_path / "none"), "--keys", str(keys)]) == 1
    said = capsys.readouterr()
    assert "SOUND      20 entries checked" in said.out
    assert "truncated: the checkpoint signs 20 entries, the file has 19" in said.err
