"""`make interop`: our checkpoints and our falsified ledgers under Go's note and tree packages."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, origin, sign
from lmhg_stack.repository import ROOT

FOLDER = ROOT / "infra/quality/interop"
FALSIFIED = ROOT / "shared-contracts/contracts/tests/falsified"
OURS_ALONE = frozenset({"more-signed", "stranger-signed", "date-signed"})
"""Entries in a form that only a reader of our contracts can refuse; their key and their tree are good."""


def main() -> int:
    """Build the verifier, then try a note, a cosigned note and three edited ones."""
    signer = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.generate())
    witness = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.generate())
    note = sign(Checkpoint(origin("s1", "onprem", "relay"), 7, b"r" * 32), signer)
    cases = {
        "a checkpoint": (note, True),
        "a cosigned checkpoint": (cosign(note, witness), True),
        "another size": (note.replace("\n7\n", "\n8\n"), False),
        "another origin": (note.replace("/relay\n", "/access\n"), False),
        "no signature": (note.split("—", maxsplit=1)[0], False),
    }
    with tempfile.TemporaryDirectory() as name:
        tool = str(Path(name) / "notecheck")
        subprocess.run(["go", "build", "-o", tool, "."], cwd=FOLDER, check=True)
        failed = [what for what, case in cases.items() if not _agrees(tool, signer.vkey, *case)]
        different = [
            each for file in sorted(FALSIFIED.glob("*.json")) for each in _judged(tool, file)
        ]
    for what in cases:
        print(f"{'FAILED' if what in failed else 'ok    '}  {what}")
    for what in different:
        print(f"FAILED  {what}")
    return 1 if failed or different else 0


def _judged(tool: str, file: Path) -> list[str]:
    """Cases of a file that Go judges otherwise; how many there are is printed."""
    done = subprocess.run(
        [tool, "--falsified", str(file)], capture_output=True, check=True, text=True
    )
    said = dict(line.split("\t", 1) for line in done.stdout.splitlines())
    cases = json.loads(file.read_text())["cases"]
    expected = {case["id"]: case["verdict"]["sound"] for case in cases}
    compared = expected.keys() - OURS_ALONE
    print(f"ok      {file.stem}: {len(compared)} falsified files judged by Go")
    return [
        f"{file.stem} {name}: Go says {said.get(name)}"
        for name in sorted(compared)
        if (said.get(name) == "sound") != expected[name]
    ]


def _agrees(tool: str, vkey: str, note: str, expected: bool) -> bool:  # noqa: FBT001 - the second half of a case
    done = subprocess.run([tool, vkey], input=note.encode(), capture_output=True, check=False)
    return (done.returncode == 0) == expected


if __name__ == "__main__":
    sys.exit(main())
