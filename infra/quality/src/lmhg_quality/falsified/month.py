"""The month whose evidence is falsified: what both planes' ledgers say of October 2026, as facts."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, origin, sign
from lmhg_contracts.ledger.entries import AccessEntry, RelayEntry, encode_entry
from lmhg_quality.falsified.world import KEYS, SITE, World, frontier_of

MONTH, ZONE = "2026-10", "America/Kentucky/Louisville"
NOW = "2026-11-20T12:00:00.000000Z"
Facts = Mapping[str, Any]
_RELAY = dict.fromkeys(
    ("batch", "digest", "exemption_id", "gate", "kind", "op", "reason", "record_id", "version")
)
_RECORD = "5b0f3c52-0f6f-4d38-9f43-3d1d0a5f8a1{}"


def at(day: int, month: int = 10) -> str:
    """Noon of a day."""
    return f"2026-{month:02d}-{day:02d}T12:00:00.000000Z"


def record(n: int, version: int = 1, digest: str | None = "a" * 64) -> Facts:
    """One version of an announcement."""
    return {
        "kind": "announcement", "record_id": _RECORD.format(n), "op": "put", "version": version,
        "digest": digest,
    }  # fmt: skip


def said(day: int, decision: str, *, month: int = 10, **facts: object) -> Facts:
    """A relay entry without its number."""
    return {"decision": decision, "at": at(day, month), **facts}


def did(day: int, act: str, *, month: int = 10, columns: tuple[str, ...] = ()) -> Facts:
    """An access entry without its number."""
    return {"act": act, "at": at(day, month), "columns": columns}


RELAY = (
    said(2, "ship", batch=1, **record(1)),
    said(2, "receipted", batch=1),
    said(9, "ship", batch=2, **record(2)),
    said(9, "receipted", batch=2),
    said(3, "heard", month=11),
)
ACCESS = (did(3, "read"), did(8, "export"), did(3, "read", month=11))
PORTAL = (
    said(2, "applied", batch=1, **record(1)),
    said(9, "applied", batch=2, **record(2)),
    said(3, "heard", month=11),
)


def relay(facts: Sequence[Facts]) -> list[bytes]:
    """Numbered relay entries."""
    fixed: dict[str, Any] = {**_RELAY, "actor": "relay", "bytes": 0, "fields": (), "policy": "p1"}
    return [
        encode_entry(msgspec.convert({**fixed, **each, "n": n}, RelayEntry))
        for n, each in enumerate(facts)
    ]


def access(facts: Sequence[Facts]) -> list[bytes]:
    """Numbered access entries."""
    fixed: dict[str, Any] = {
        "actor": "person-a", "outcome": "done", "purpose": "test", "request_id": "",
        "subject_ids": (), "subject_kind": "relay_ledger", "zone": "inside",
    }  # fmt: skip
    return [
        encode_entry(msgspec.convert({**fixed, **each, "n": n}, AccessEntry))
        for n, each in enumerate(facts)
    ]


def head(entries: Sequence[bytes], day: int = 2, *, month: int = 11, size: str = "") -> Facts:
    """The hourly marker: what the relay ledger was, as the access ledger says."""
    frontier = frontier_of(entries)
    root = base64.urlsafe_b64encode(frontier.root()).decode().rstrip("=")
    columns = (f"root:{root}", f"size:{size or frontier.size}")
    return did(day, "ledger_head", month=month, columns=columns)


def note(entries: Sequence[bytes], plane: str, ledger: str, *signers: NoteSigner) -> str:
    """A checkpoint under the given keys; under both by default."""
    frontier = frontier_of(entries)
    own, *others = signers or (KEYS[plane], *(KEYS[each] for each in KEYS if each != plane))
    made = sign(Checkpoint(origin(SITE, plane, ledger), frontier.size, frontier.root()), own)
    for other in others:
        made = cosign(made, other)
    return made


def export(entries: Sequence[bytes], plane: str, ledger: str) -> bytes:
    """An export under the plane's own key."""
    made = World(plane, ledger)
    return made.export(entries, note(entries, plane, ledger, KEYS[plane]))


@dataclass(frozen=True)
class Evidence:
    """What a month's statement is made from."""

    relay: bytes
    access: bytes
    seen: tuple[str, ...]
    portal: bytes | None = None


def evidence(
    relay_facts: Sequence[Facts] = RELAY,
    access_facts: Sequence[Facts] = ACCESS,
    portal_facts: Sequence[Facts] | None = None,
    *,
    seen: tuple[str, ...] | None = None,
) -> Evidence:
    """Both ledgers under their own key and witnessed, and the portal's where that is given."""
    ours, audit = relay(relay_facts), access(access_facts)
    notes = [note(ours, "onprem", "relay"), note(audit, "onprem", "access")]
    theirs = None if portal_facts is None else relay(portal_facts)
    if theirs is not None:
        notes.append(note(theirs, "cloud", "relay"))
    return Evidence(
        relay=export(ours, "onprem", "relay"),
        access=export(audit, "onprem", "access"),
        seen=tuple(notes) if seen is None else seen,
        portal=None if theirs is None else export(theirs, "cloud", "relay"),
    )
