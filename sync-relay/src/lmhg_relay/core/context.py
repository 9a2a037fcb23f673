"""What sender and receiver of one half share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lmhg_contracts.ledger.checkpoint import NoteSigner, NoteVerifier
from lmhg_contracts.wire import MAX_BATCH_ENTRIES, Direction, PlaneName
from lmhg_relay.core.limits import READ_ROWS_MAX

PEER: Mapping[PlaneName, PlaneName] = {"onprem": "cloud", "cloud": "onprem"}
OUT: Mapping[PlaneName, Direction] = {"onprem": "down", "cloud": "up"}


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who this half is, whose signatures it takes, and its time limits."""

    site: str
    plane: PlaneName
    key: Ed25519PrivateKey
    peer_key: Ed25519PublicKey
    ledger_signer: NoteSigner
    peer_ledger_keys: Sequence[NoteVerifier]
    former_ledger_keys: Sequence[NoteVerifier] = ()
    """Keys with which this plane's ledgers were signed before."""
    verdict_limit_s: float = 30.0
    receipt_timeout_s: float = 2.0
    batch_entries: int = MAX_BATCH_ENTRIES
    read_rows: int = READ_ROWS_MAX

    @property
    def peer(self) -> PlaneName:
        """The other plane."""
        return PEER[self.plane]

    @property
    def out(self) -> Direction:
        """The direction this half sends."""
        return OUT[self.plane]

    @property
    def incoming(self) -> Direction:
        """The direction this half receives."""
        return OUT[self.peer]
