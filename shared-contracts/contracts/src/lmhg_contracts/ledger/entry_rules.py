"""Whether the bytes of an entry are written as entries are.

A signature says who wrote an entry, and nothing about its form. Only one form of each entry is
accepted, so that two readers can never read two things out of the same bytes.
"""

import re
from datetime import datetime

import msgspec

from lmhg_contracts.ledger.entries import AccessEntry, RelayEntry, encode_entry

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_decoders = {
    "relay": msgspec.json.Decoder(RelayEntry),
    "access": msgspec.json.Decoder(AccessEntry),
}


class EntryMalformed(ValueError):
    """Bytes that are no entry of this ledger."""


def read_entry(raw: bytes, ledger: str) -> RelayEntry | AccessEntry:
    """The entry of a `relay` or `access` ledger. Raises: EntryMalformed."""
    try:
        entry = _decoders[ledger].decode(raw)
        is_exact = encode_entry(entry) == raw and _DATE.fullmatch(entry.at) is not None
        moment_of(entry)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        raise EntryMalformed from None
    if not is_exact:
        raise EntryMalformed
    return entry


def moment_of(entry: RelayEntry | AccessEntry) -> datetime:
    """When the entry says that it was made. Raises: ValueError."""
    return datetime.fromisoformat(entry.at)
