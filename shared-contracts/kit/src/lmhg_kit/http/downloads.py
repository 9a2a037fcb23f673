"""What is handed over as a file: its name, and its bytes piece by piece."""

from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 256 * 1024


def attachment(name: str) -> dict[str, str]:
    """The headers that have a browser keep an answer under a name of ours, without spaces."""
    return {"content-disposition": f"attachment; filename={name}"}


def chunks(source: BinaryIO) -> Iterator[bytes]:
    """A file piece by piece; it is closed at its end."""
    with source:
        while piece := source.read(CHUNK):
            yield piece
