"""Keys of the simulation: as unforgeable inside it as Ed25519 is outside, and far cheaper."""

import base64
import hashlib
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lmhg_contracts.ledger.checkpoint import NoteRefused, NoteSigner, NoteVerifier
from lmhg_contracts.wire import PlaneName
from lmhg_relay.core.context import PEER, Identity


class SimKey:
    """Signs and verifies with one secret that only its owner's half uses."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def sign(self, data: bytes) -> bytes:
        """64 bytes that nobody else in the simulation makes."""
        return hashlib.sha512(self._secret + data).digest()

    def verify(self, signature: bytes, data: bytes) -> None:
        """Accept own signatures only."""
        if signature != self.sign(data):
            raise InvalidSignature


class SimNoteKey:
    """The same for checkpoints, in the shape of a note signer and verifier."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._key = SimKey(name)
        self.key_id = hashlib.sha256(name.encode()).digest()[:4]
        self.verifier = self

    def check(self, text: str, signature: bytes) -> None:
        """Accept own signatures only. Raises: NoteRefused."""
        if signature != self._key.sign(text.encode()):
            raise NoteRefused("signature_wrong")

    def line(self, text: str) -> str:
        """The signature line over a note's text."""
        blob = self.key_id + self._key.sign(text.encode())
        return f"— {self.name} {base64.b64encode(blob).decode()}\n"


def identity(plane: PlaneName, *, batch_entries: int, read_rows: int) -> Identity:
    """One half of the simulated relay."""

    def note_key(of: PlaneName) -> Any:  # noqa: ANN401 - stands in for two library types
        return SimNoteKey(f"lmhg-sim-{of}")

    return Identity(
        site="sim",
        plane=plane,
        key=cast("Ed25519PrivateKey", SimKey(plane)),
        peer_key=cast("Ed25519PublicKey", SimKey(PEER[plane])),
        ledger_signer=cast("NoteSigner", note_key(plane)),
        peer_ledger_keys=[cast("NoteVerifier", note_key(PEER[plane]))],
        batch_entries=batch_entries,
        read_rows=read_rows,
    )
