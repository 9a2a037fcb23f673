"""The growing end of this plane's ledger: numbers entries, hashes them, signs checkpoints."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, sign
from lmhg_contracts.ledger.entries import RelayEntry, encode_entry, timestamp
from lmhg_contracts.ledger.tree import Frontier
from lmhg_contracts.registry import KINDS, POLICY_REVISION
from lmhg_contracts.wire import Entry
from lmhg_relay.core.commands import Append
from lmhg_relay.core.gates import Outcome
from lmhg_relay.core.values import Row

FIELDS = {name: kind.fields for name, kind in KINDS.items()}
_LEAF = b"\x00"


class LedgerTail:
    """One transaction's entries at a time; `take` hands them over with the new head.

    The tail is ahead of the database between `take` and the commit; when a commit fails the half
    starts again from the database, and so does the tail.
    """

    def __init__(self, frontier: Frontier, *, origin: str, signer: NoteSigner, actor: str) -> None:
        self._frontier = frontier
        self.origin = origin
        self._signer = signer
        self._actor = actor
        self._entries: list[bytes] = []
        self.note = self._sign()

    @property
    def next_n(self) -> int:
        """The number of the next entry."""
        return self._frontier.size + len(self._entries)

    @property
    def root(self) -> bytes:
        """The root of what was handed over so far."""
        return self._frontier.root()

    @property
    def head(self) -> Checkpoint:
        """What was handed over so far, as it is signed."""
        return Checkpoint(self.origin, self._frontier.size, self._frontier.root())

    @property
    def size(self) -> int:
        """Entries handed over so far."""
        return self._frontier.size

    def decision(self, row: Row, outcome: Outcome, *, at: str, batch: int | None) -> str | None:
        """Note the one decision about an outbox row; the digest of the body, where it is noted."""
        body = row.body
        refused = outcome.decision == "refuse"
        data = b"" if body is None else body.encode()
        digest = None if body is None or refused else hashlib.sha256(data).hexdigest()
        self._add(
            at=at,
            decision=outcome.decision,
            gate=outcome.gate,
            reason=outcome.reason,
            kind=row.kind,
            record_id=str(row.record_id),
            version=row.version,
            op=row.op,
            fields=() if body is None or refused else FIELDS[row.kind],
            digest=digest,
            size=len(data),
            batch=batch,
            exemption_id=None if row.exemption_id is None else str(row.exemption_id),
        )
        return digest

    def arrival(
        self,
        entry: Entry,
        decision: str,
        *,
        at: str,
        batch: int,
        reason: str | None,
        digest: bytes | None,
    ) -> None:
        """Note what became of one entry of a received batch."""
        body = entry.body
        applied = decision == "applied"
        self._add(
            at=at,
            decision=decision,
            reason=reason,
            kind=entry.kind,
            record_id=uuid_text(entry.record_id),
            version=entry.version,
            op=entry.op,
            fields=FIELDS[entry.kind] if applied else (),
            digest=None if digest is None or not applied else digest.hex(),
            size=0 if body is None else len(body),
            batch=batch,
        )

    def event(
        self,
        decision: str,
        *,
        at: str,
        reason: str | None = None,
        batch: int | None = None,
        digest: bytes | None = None,
        size: int = 0,
    ) -> None:
        """Note something about a batch or about the direction itself."""
        self._add(
            at=at,
            decision=decision,
            reason=reason,
            batch=batch,
            digest=None if digest is None else digest.hex(),
            size=size,
        )

    def _add(
        self,
        *,
        at: str,
        decision: str,
        gate: str | None = None,
        reason: str | None = None,
        kind: str | None = None,
        record_id: str | None = None,
        version: int | None = None,
        op: str | None = None,
        fields: tuple[str, ...] = (),
        digest: str | None = None,
        size: int = 0,
        batch: int | None = None,
        exemption_id: str | None = None,
    ) -> None:
        self._entries.append(
            encode_entry(
                RelayEntry(
                    actor=self._actor,
                    at=at,
                    batch=batch,
                    bytes=size,
                    decision=decision,
                    digest=digest,
                    exemption_id=exemption_id,
                    fields=fields,
                    gate=gate,
                    kind=kind,
                    n=self._frontier.size + len(self._entries),
                    op=op,
                    policy=POLICY_REVISION,
                    reason=reason,
                    record_id=record_id,
                    version=version,
                )
            )
        )

    def take(self) -> Append:
        """The entries noted since the last take, with their nodes and a fresh checkpoint."""
        start = self._frontier.size
        entries: Sequence[bytes] = self._entries
        self._entries = []
        sha256 = hashlib.sha256
        nodes = self._frontier.append_many([sha256(_LEAF + entry).digest() for entry in entries])
        self.note = self._sign()
        return Append(
            start=start,
            entries=entries,
            nodes=nodes,
            frontier=self._frontier.to_bytes(),
            checkpoint=self.note,
        )

    def _sign(self) -> str:
        return sign(self.head, self._signer)


def moment(at: datetime) -> str:
    """A moment as entries and messages write it."""
    return timestamp(at)


def uuid_text(raw: bytes) -> str:
    """A UUID's canonical text, without making a UUID of it."""
    digits = raw.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
