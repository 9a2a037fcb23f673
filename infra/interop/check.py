"""`make interop`: our checkpoints under Go's note verifier, good ones and edited ones."""

import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, origin, sign

FOLDER = Path(__file__).parent


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
    for what in cases:
        print(f"{'FAILED' if what in failed else 'ok    '}  {what}")
    return 1 if failed else 0


def _agrees(tool: str, vkey: str, note: str, expected: bool) -> bool:  # noqa: FBT001 - the second half of a case
    done = subprocess.run([tool, vkey], input=note.encode(), capture_output=True, check=False)
    return (done.returncode == 0) == expected


if __name__ == "__main__":
    sys.exit(main())
