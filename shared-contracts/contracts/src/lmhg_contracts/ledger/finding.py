"""One thing that a reader of a ledger is told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing: a stable code, and a sentence that says where."""

    code: str
    sentence: str
