"""Where a feature hands its files to an export of everything."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lmhg_kit.persistence import ReadSession


class FileTaken(NamedTuple):
    """One file of the office's store: of which row, its object and key, and its path in the export."""

    id: uuid.UUID
    path: str
    """Within the feature's folder."""
    name: str
    """Of the object in the store."""
    size: int
    key: bytes


@dataclass(frozen=True, kw_only=True)
class FilesTaken:
    """The files that a feature keeps as ciphertext, which an export of everything has in plain.

    `load` gives some of them in the order of their rows' ids, behind one of them.
    """

    folder: str
    table: str
    """The table that has their keys."""
    load: Callable[[ReadSession, uuid.UUID | None, int], Awaitable[Sequence[FileTaken]]]
