"""Files on their way in: ciphertext on a disk of the office, one append-only file each.

A frame is on the disk for good before anybody hears that it arrived; a process that dies leaves at most one
torn frame at the end, which the next one finds by its seal and cuts off. Frames of a part whose checksum is
still to come count only once a mark behind them says so. Nothing is ever written in the clear.

Frame: kind (1) | length of the plain bytes (4) | nonce (12) | ciphertext and tag.
"""

import errno
import fcntl
import io
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lmhg_gateway.kernel.sealed_chunks import CHUNK, NONCE_BYTES, TAG_BYTES
from lmhg_kit.errors import Conflict, NotFound, SealBroken, Unavailable

DATA, PENDING, KEPT = b"D", b"P", b"K"
"""Bytes that count, bytes that wait for their checksum, and the mark that these count too."""
HEAD_BYTES = 5
FRAMES_MAX = 65_536
"""Frames of one file; one that comes in smaller pieces than this allows is refused."""
SPARE_BYTES = 512 * 1024 * 1024
"""What stays free on the disk: a file that would take it is refused before its first byte."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Frame(NamedTuple):
    """One frame: its kind, where it lies in the file, and which plain bytes it has."""

    kind: bytes
    at: int
    first: int
    size: int

    @property
    def end(self) -> int:
        """Where the next frame lies."""
        return self.at + HEAD_BYTES + NONCE_BYTES + self.size + TAG_BYTES


@dataclass(frozen=True, kw_only=True)
class SpoolKey:
    """Whose file it is, how long it will be, and the key that its frames are sealed with."""

    id: uuid.UUID
    length: int
    key: bytes

    def bound(self, head: bytes, first: int) -> bytes:
        """What a frame is bound to."""
        return b"|".join((b"lmhg spool 1", self.id.bytes, head, str(first).encode()))


@dataclass(frozen=True)
class Spool:
    """The folder."""

    folder: Path

    def path(self, file_id: uuid.UUID) -> Path:
        """Where a file is."""
        return self.folder / f"{file_id}.part"

    def make(self, file: SpoolKey) -> None:
        """Begin a file, and have its name on the disk. Raises: Unavailable("spool_full")."""
        self.folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        disk = os.statvfs(self.folder)
        if disk.f_bavail * disk.f_frsize < file.length + SPARE_BYTES:
            raise Unavailable("spool_full")
        with _told_when_full():
            handle = os.open(self.path(file.id), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            # The worker is another user of the folder's group; what it may read is ciphertext.
            os.fchmod(handle, 0o660)
            os.close(handle)
            _sync_folder(self.folder)

    @contextmanager
    def writing(self, file: SpoolKey) -> Iterator["SpoolWriter"]:
        """The file, held against every other writer. Raises: NotFound, Conflict("upload_busy")."""
        with _opened(self.path(file.id), os.O_RDWR) as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict("upload_busy") from None
            yield SpoolWriter(handle, file)

    def measure(self, file: SpoolKey) -> int:
        """How many plain bytes are there for good. Raises: NotFound."""
        with _opened(self.path(file.id), os.O_RDONLY) as handle:
            return _solid(handle, file)[1]

    @contextmanager
    def reading(self, file: SpoolKey) -> Iterator["SpoolReader"]:
        """The plain bytes of a whole file. Raises: NotFound, SealBroken."""
        with _opened(self.path(file.id), os.O_RDONLY) as handle:
            reader = SpoolReader(handle, file)
            if reader.size != file.length:
                raise SealBroken("upload_damaged")
            yield reader

    def drop(self, file_id: uuid.UUID) -> None:
        """Have the file not there, whether it was or not."""
        self.path(file_id).unlink(missing_ok=True)

    def held(self) -> dict[uuid.UUID, float]:
        """Every file, and when it was last written to."""
        found = self.folder.glob("*.part") if self.folder.is_dir() else ()
        return {uuid.UUID(path.stem): path.stat().st_mtime for path in found}


class SpoolWriter:
    """Appends to one file; what `append` returned from stays, whatever happens next."""

    def __init__(self, handle: int, file: SpoolKey) -> None:
        self._handle, self._file = handle, file
        self._frames, self.offset = _solid(handle, file)
        self._end = self._frames[-1].end if self._frames else 0
        self._count = len(self._frames)
        self._solid = (self._end, self.offset, self._count)
        if os.fstat(handle).st_size != self._end:
            os.ftruncate(handle, self._end)
            os.fsync(handle)

    def append(self, plain: bytes, *, is_pending: bool = False) -> None:
        """Put bytes behind the others, on the disk for good. Raises: Unavailable, Conflict."""
        if self._count >= FRAMES_MAX:
            raise Conflict("upload_pieces")
        self._write(PENDING if is_pending else DATA, plain)
        if not is_pending:
            self._solid = (self._end, self.offset, self._count)

    def keep_pending(self) -> None:
        """Have the pending bytes count."""
        self._write(KEPT, b"")
        self._solid = (self._end, self.offset, self._count)

    def drop_pending(self) -> None:
        """Have the pending bytes not there."""
        self._end, self.offset, self._count = self._solid
        os.ftruncate(self._handle, self._end)
        os.fsync(self._handle)

    def _write(self, kind: bytes, plain: bytes) -> None:
        head = kind + len(plain).to_bytes(HEAD_BYTES - 1, "big")
        nonce = os.urandom(NONCE_BYTES)
        bound = self._file.bound(head, self.offset)
        frame = head + nonce + AESGCM(self._file.key).encrypt(nonce, plain, bound)
        try:
            with _told_when_full():
                at = self._end
                while frame:
                    done = os.pwrite(self._handle, frame, at)
                    frame, at = frame[done:], at + done
                os.fsync(self._handle)
        except BaseException:
            os.ftruncate(self._handle, self._end)
            raise
        self._end, self.offset, self._count = at, self.offset + len(plain), self._count + 1


class SpoolReader(io.RawIOBase):
    """The plain bytes of a file, from anywhere in it; one frame is open at a time."""

    def __init__(self, handle: int, file: SpoolKey) -> None:
        super().__init__()
        frames, self.size = _solid(handle, file)
        self._handle, self._file = handle, file
        self._frames = [each for each in frames if each.size]
        self._at, self._open_at, self._plain = 0, -1, b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """From anywhere."""
        return True

    def tell(self) -> int:
        """Where the next byte is."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a byte."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - of RawIOBase's own kind
        """Fill a buffer with what the frame at hand has. Raises: SealBroken."""
        if self._at >= self.size:
            return 0
        number = self._find(self._at)
        frame = self._frames[number]
        if self._open_at != number:
            self._plain, self._open_at = _open(self._handle, self._file, frame), number
        start = self._at - frame.first
        piece = self._plain[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _find(self, at: int) -> int:
        low, high = 0, len(self._frames) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._frames[middle].first <= at else (low, middle - 1)
        return low


def _solid(handle: int, file: SpoolKey) -> tuple[list[Frame], int]:
    """The frames that count, and how many plain bytes they have. A torn end is left out."""
    frames = list(_scan(handle))
    while frames and not _is_whole(handle, file, frames[-1]):
        frames.pop()
    while frames and frames[-1].kind == PENDING:
        frames.pop()
    return frames, (frames[-1].first + frames[-1].size if frames else 0)


def _scan(handle: int) -> Iterator[Frame]:
    size, at, first = os.fstat(handle).st_size, 0, 0
    for _ in range(FRAMES_MAX + 1):
        head = os.pread(handle, HEAD_BYTES, at)
        if len(head) < HEAD_BYTES or head[:1] not in {DATA, PENDING, KEPT}:
            return
        frame = Frame(head[:1], at, first, int.from_bytes(head[1:], "big"))
        if frame.size > CHUNK or frame.end > size:
            return
        yield frame
        at, first = frame.end, first + frame.size


def _is_whole(handle: int, file: SpoolKey, frame: Frame) -> bool:
    try:
        _open(handle, file, frame)
    except SealBroken:
        return False
    return True


def _open(handle: int, file: SpoolKey, frame: Frame) -> bytes:
    raw = os.pread(handle, frame.end - frame.at, frame.at)
    head, nonce = raw[:HEAD_BYTES], raw[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
    try:
        return AESGCM(file.key).decrypt(
            nonce, raw[HEAD_BYTES + NONCE_BYTES :], file.bound(head, frame.first)
        )
    except (InvalidTag, ValueError):
        raise SealBroken("upload_damaged") from None


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    try:
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise NotFound("upload") from None
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _told_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        if failure.errno in _FULL:
            raise Unavailable("spool_full") from None
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
