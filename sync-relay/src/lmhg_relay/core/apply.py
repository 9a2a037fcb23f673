"""What a received entry does to the replica. Pure: held state and entries in, writes out."""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from lmhg_contracts.codec import BodyRefused, decode_body
from lmhg_contracts.registry import KINDS
from lmhg_contracts.wire import Entry, PlaneName, Result
from lmhg_relay.core.values import Held, Key, Recall, Write


class Fate(NamedTuple):
    """What became of one entry."""

    result: Result
    reason: str | None = None
    digest: bytes | None = None


STALE = Fate(Result.STALE)
PURGED = Fate(Result.PURGED)
NOTHING_RECALLED: Mapping[int, Recall] = MappingProxyType({})


def form_fault(entry: Entry, home: PlaneName) -> str | None:
    """Why this entry cannot be meant for us, whatever we hold; or None."""
    kind = KINDS.get(entry.kind)
    if kind is None:
        return "kind_unknown"
    if kind.home != home:
        return "not_home"
    if entry.op == "recall":
        return None if entry.body is None else "recall_with_body"
    if entry.body is None:
        return "body_missing"
    try:
        decode_body(entry.kind, entry.body)
    except BodyRefused as refused:
        return refused.code
    return None


def judge(entry: Entry, held: Held | None, generation: int, recalled: Recall | None = None) -> Fate:
    """The fate of a well-formed entry, given what the replica has.

    Newer means newer by (generation, version). A tombstone of an older generation outlives a
    restore, unless the home knows of it: `recalled` is the newest recall that it knows. What a
    sweep left behind (version 0) was never recalled, and holds nobody back.
    """
    if entry.op == "recall":
        if held is None or (generation, entry.version) >= (held.generation, held.version):
            return PURGED
        return PURGED if held.purged else STALE
    if held is not None:
        is_older = held.purged and held.version > 0 and held.generation < generation
        if is_older and (recalled is None or recalled < (held.generation, held.version)):
            return Fate(Result.QUARANTINED, "recalled_before_restore")
        if (generation, entry.version) <= (held.generation, held.version):
            return STALE
    return Fate(Result.APPLIED, None, hashlib.sha256(entry.body or b"").digest())


def apply_entries(
    entries: Sequence[Entry],
    held: dict[Key, Held],
    *,
    generation: int,
    home: PlaneName,
    writes: dict[Key, Write],
    recalled: Mapping[int, Recall] = NOTHING_RECALLED,
) -> list[Fate]:
    """The fate of each entry, in order; updates `held` and `writes` to the state afterwards."""
    fates: list[Fate] = []
    for place, entry in enumerate(entries):
        fault = form_fault(entry, home)
        if fault is not None:
            fates.append(Fate(Result.QUARANTINED, fault))
            continue
        key = (entry.kind, entry.record_id)
        have = held.get(key)
        fate = judge(entry, have, generation, recalled.get(place))
        fates.append(fate)
        if fate.result is Result.APPLIED or (fate is PURGED and _is_newer(entry, have, generation)):
            held[key] = Held(generation, entry.version, fate is PURGED)
            writes[key] = Write(
                entry.kind, entry.record_id, entry.version, generation, entry.body, fate.digest
            )
    return fates


def _is_newer(entry: Entry, have: Held | None, generation: int) -> bool:
    if have is None or not have.purged:
        return True
    return (generation, entry.version) > (have.generation, have.version)


def keys_of(batches: Sequence[Sequence[Entry]]) -> list[Key]:
    """The records that some batches are about, each once."""
    return list({(entry.kind, entry.record_id): None for entries in batches for entry in entries})


def homes(home: PlaneName) -> list[str]:
    """Kinds that the given plane owns."""
    return [name for name, kind in KINDS.items() if kind.home == home]
