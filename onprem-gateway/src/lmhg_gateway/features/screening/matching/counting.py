"""Counting in and out: what two clients share stays when one of them goes."""

from collections import Counter
from typing import TypeVar

K = TypeVar("K")


def count(counts: Counter[K], key: K, by: int) -> None:
    """Add to a count; what nobody has any more is not kept."""
    counts[key] += by
    if not counts[key]:
        del counts[key]
