"""Roots of a ledger that is stored somewhere, at any size it ever had."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_contracts.ledger.stored import root_at
from lmhg_contracts.ledger.tree import TILE_LEVELS, Frontier, leaf_hash, subtree_of_leaves

LEAVES = 2**TILE_LEVELS + 3
ENTRIES = [str(n).encode() for n in range(LEAVES)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]


class Shelf:
    """A ledger in memory, as a database would hand it out."""

    async def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Entries from `first` on."""
        return ENTRIES[first : first + count]

    async def nodes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Stored nodes of a level."""
        of = subtree_of_leaves(HASHES)
        upto = min(first + count, LEAVES >> level)
        return [of(level, idx) for idx in range(first, upto)]


@given(st.integers(1, LEAVES))
async def test_a_stored_ledger_has_the_root_it_had_at_that_size(size: int) -> None:
    """What was signed then can be computed now; one entry more is another root."""
    frontier = Frontier()
    frontier.append_many(HASHES[:size])
    assert await root_at(Shelf(), size) == frontier.root()
    frontier.append_many([leaf_hash(b"more")])
    assert await root_at(Shelf(), size) != frontier.root()


async def test_an_empty_ledger_has_no_root() -> None:
    """Nothing was ever signed over nothing."""
    with pytest.raises(LookupError, match="ledger_empty"):
        await root_at(Shelf(), 0)


async def test_a_ledger_with_a_hole_has_no_root() -> None:
    """Missing entries are an error, not another root."""
    with pytest.raises(LookupError, match="ledger_incomplete"):
        await root_at(Shelf(), 2 ** (TILE_LEVELS + 1))
