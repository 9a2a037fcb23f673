"""Where an export of everything is written: a folder in plain, or one file that is encrypted for age recipients.

Either is whole or not there: until its end it has another name, and what was begun is never taken for the whole.
An encrypted export never has a plain byte on the disk: the archive is encrypted while it is made.
"""

import hashlib
import io
import os
import queue
import shutil
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import pyrage

from lmhg_kit.errors import Conflict, Invalid

UNFINISHED = ".unfinished"
SUMS = "SHA256SUMS"
PIECE, PIECES = 262_144, 16
"""Bytes handed on at once, and how many such pieces wait in memory."""
ALIVE_S = 1.0
RECIPIENTS_MAX = 20


class Place(Protocol):
    """Takes one file after another, each by its path; what is not ended is not there."""

    sums: dict[str, str]
    """The hash of each file."""

    def new(self, path: str) -> "AbstractFile":
        """One file, written in the block."""
        ...

    def end(self) -> str:
        """Have it whole under its name; the hash of the encrypted file, where it is one. Raises: OSError."""
        ...

    def give_up(self) -> None:
        """Have it not there, as far as that can be said."""
        ...


AbstractFile = Any
"""A context that gives a file to write to."""


class _Hashing(io.RawIOBase):
    """Writes on, and knows the hash of what it wrote."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out, self.digest = out, hashlib.sha256()

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - bytes, or a view of some
        """Write all of it."""
        self.digest.update(data)
        self._out.write(data)
        return len(data)


def _check_free(target: Path) -> None:
    if target.exists():
        raise Conflict("leaving_folder")


class PlainFolder:
    """A folder with a file for each."""

    def __init__(self, target: Path) -> None:
        """Begin beside the wanted folder; what an earlier run left there is gone. Raises: Conflict."""
        _check_free(target)
        self._target, self._begun = target, target.with_name(target.name + UNFINISHED)
        self.sums: dict[str, str] = {}
        shutil.rmtree(self._begun, ignore_errors=True)
        self._begun.mkdir(mode=0o700, parents=True)

    @contextmanager
    def new(self, path: str) -> Iterator[BinaryIO]:
        """One file, for its owner alone."""
        target = self._begun / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            said = _Hashing(out)
            yield cast("BinaryIO", said)
        self.sums[path] = said.digest.hexdigest()

    def end(self) -> str:
        """Give the folder its name."""
        self._begun.rename(self._target)
        return ""

    def give_up(self) -> None:
        """Leave what was begun where it is: the next run begins again."""


def recipients_of(texts: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """The keys that can open an export. Raises: Invalid for a text that is no age recipient, and for too many."""
    if len(texts) > RECIPIENTS_MAX:
        raise Invalid("leaving_recipient")
    try:
        return [pyrage.x25519.Recipient.from_str(each.strip()) for each in texts]
    except pyrage.RecipientError:
        raise Invalid("leaving_recipient") from None


class _Feed(io.RawIOBase):
    """Bytes on their way to another thread, which reads them; they end by `close_feed` alone.

    What ends in any other way ends with an error there, so that no part is ever closed like a whole.
    """

    def __init__(self) -> None:
        super().__init__()
        self._queue: queue.Queue[bytes | None] = queue.Queue(PIECES)
        self._held, self._rest = bytearray(), b""
        self._is_over = self._is_given_up = False
        self.reader: threading.Thread | None = None

    def write(self, data: Any) -> int:  # noqa: ANN401 - bytes, or a view of some
        """Hand bytes on. Raises: OSError once nobody reads anymore."""
        self._held += data
        if len(self._held) >= PIECE:
            self._put(bytes(self._held))
            self._held.clear()
        return len(data)

    def _put(self, piece: bytes | None) -> None:
        while True:
            with suppress(queue.Full):
                self._queue.put(piece, timeout=ALIVE_S)
                return
            if self.reader is None or not self.reader.is_alive():
                raise OSError("the encrypted file can't be written")

    def close_feed(self) -> None:
        """Say that this was all."""
        if self._held:
            self._put(bytes(self._held))
            self._held.clear()
        self._put(None)

    def give_up(self) -> None:
        """Say that the rest will never come."""
        self._is_given_up = True
        with suppress(queue.Full):
            self._queue.put_nowait(b"")

    def read(self, size: int = -1) -> bytes:
        """The next bytes, for the thread that encrypts. Raises: OSError when it was given up."""
        while not self._rest and not self._is_over:
            piece = self._queue.get()
            if self._is_given_up:
                raise OSError("given up")
            self._is_over, self._rest = piece is None, piece or b""
        most = len(self._rest) if size < 0 else size
        found, self._rest = self._rest[:most], self._rest[most:]
        return found


class SealedFile:
    """One archive, encrypted for its recipients while it is made: only they can open it."""

    def __init__(self, target: Path, recipients: Sequence[pyrage.x25519.Recipient]) -> None:
        """Begin beside the wanted file. Raises: Conflict, OSError."""
        _check_free(target)
        self._target, self._begun = target, target.with_name(target.name + UNFINISHED)
        self._recipients = list(recipients)
        self.sums: dict[str, str] = {}
        self._begun.unlink(missing_ok=True)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._out, self._feed = _Hashing(self._file), _Feed()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._encrypt, name="age", daemon=True)
        self._feed.reader = self._thread
        self._thread.start()
        self._zip = zipfile.ZipFile(
            cast("BinaryIO", _Unseekable(self._feed)), "w", zipfile.ZIP_DEFLATED, allowZip64=True
        )

    def _encrypt(self) -> None:
        try:
            pyrage.encrypt_io(
                cast("io.BufferedIOBase", self._feed),
                cast("io.BufferedIOBase", self._out),
                self._recipients,
            )
        except Exception as failure:  # noqa: BLE001 - told by `end`, in the thread that writes
            self._failure = failure

    @contextmanager
    def new(self, path: str) -> Iterator[BinaryIO]:
        """One file of the archive."""
        entry = zipfile.ZipInfo(path)
        entry.external_attr, entry.compress_type = 0o600 << 16, zipfile.ZIP_DEFLATED
        with self._zip.open(entry, "w", force_zip64=True) as out:
            said = _Hashing(cast("BinaryIO", out))
            yield cast("BinaryIO", said)
        self.sums[path] = said.digest.hexdigest()

    def end(self) -> str:
        """Give the file its name, once all of it is on the disk; its hash. Raises: OSError."""
        self._zip.close()
        self._feed.close_feed()
        self._thread.join()
        if self._failure is not None:
            raise OSError("the encrypted file can't be written")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        _check_free(self._target)
        self._begun.rename(self._target)
        return self._out.digest.hexdigest()

    def give_up(self) -> None:
        """Have what was begun end as what it is, a part that does not open, and take it away."""
        self._zip.fp = None  # it has nothing more to write
        self._feed.give_up()
        self._thread.join()
        self._file.close()
        self._begun.unlink(missing_ok=True)


class _Unseekable:
    """A file that is written from its start to its end and never looked back at."""

    def __init__(self, feed: _Feed) -> None:
        self._feed = feed

    def write(self, data: Any) -> int:  # noqa: ANN401 - bytes, or a view of some
        """Hand bytes on."""
        return self._feed.write(data)

    def flush(self) -> None:
        """Bytes are handed on as they come."""
