"""The spool: whatever a crash leaves behind, what was acknowledged is there and nothing else counts."""

import os
import resource
import signal
import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmhg_gateway.adapters import spool as spool_module
from lmhg_gateway.adapters.spool import FRAMES_MAX, Spool, SpoolKey
from lmhg_gateway.kernel.sealed_chunks import (
    CHUNK,
    ChunkSeal,
    chunks_in,
    new_key,
    parts_of,
    sealed_size,
    sealed_span,
)
from lmhg_kit.errors import Conflict, SealBroken, Unavailable

FIXTURE = [HealthCheck.function_scoped_fixture]


def made(spool: Spool, length: int) -> SpoolKey:
    """A fresh file."""
    file = SpoolKey(id=uuid.uuid4(), length=length, key=new_key())
    spool.make(file)
    return file


def whole(spool: Spool, file: SpoolKey) -> bytes:
    """All of a file."""
    with spool.reading(file) as source:
        return source.read()


@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURE)
@given(pieces=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8), data=st.data())
def test_a_crash_at_any_byte_keeps_what_was_acknowledged(
    tmp_path: Path, pieces: list[bytes], data: st.DataObject
) -> None:
    """The last frame is cut anywhere, or followed by anything: the frames before it count."""
    spool, length = Spool(tmp_path / "spool"), sum(map(len, pieces))
    file = made(spool, length)
    ends: list[tuple[int, int]] = [(0, 0)]
    for piece in pieces:
        with spool.writing(file) as writer:
            writer.append(piece)
        ends.append((spool.path(file.id).stat().st_size, writer.offset))
    size = data.draw(st.integers(0, ends[-1][0]))
    junk = data.draw(st.sampled_from([b"", bytes(40), b"D\0\0\0\5" + bytes(40)]))
    raw = spool.path(file.id).read_bytes()
    spool.path(file.id).write_bytes(raw[:size] + junk)
    acknowledged = max(offset for end, offset in ends if end <= size)
    assert spool.measure(file) == acknowledged
    with spool.writing(file) as writer:
        assert writer.offset == acknowledged
        rest = b"".join(pieces)[acknowledged:]
        if rest:
            writer.append(rest)
    assert whole(spool, file) == b"".join(pieces)


@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURE)
@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_changed_bit_is_found(tmp_path: Path, at: int, bit: int) -> None:
    """No byte of a file can change without its reader, or its length, saying so."""
    spool = Spool(tmp_path / "spool")
    file = made(spool, 400)
    with spool.writing(file) as writer:
        for _ in range(4):
            writer.append(os.urandom(100))
    raw = bytearray(spool.path(file.id).read_bytes())
    raw[at % len(raw)] ^= 1 << bit
    spool.path(file.id).write_bytes(bytes(raw))
    with pytest.raises(SealBroken):
        whole(spool, file)


def test_frame_of_another_file_does_not_open(tmp_path: Path) -> None:
    """A frame is bound to its file and its place, with the same key too."""
    spool, key = Spool(tmp_path / "spool"), new_key()
    one, two = (SpoolKey(id=uuid.uuid4(), length=3, key=key) for _ in range(2))
    for file in (one, two):
        spool.make(file)
    with spool.writing(one) as writer:
        writer.append(b"abc")
    spool.path(two.id).write_bytes(spool.path(one.id).read_bytes())
    assert (spool.measure(one), spool.measure(two)) == (3, 0)


def test_pending_bytes_count_once_they_are_kept(tmp_path: Path) -> None:
    """A process that dies before the checksum leaves none of them."""
    spool = Spool(tmp_path / "spool")
    file = made(spool, 9)
    with spool.writing(file) as writer:
        writer.append(b"abc")
        writer.append(b"def", is_pending=True)
        assert spool.measure(file) == 3
    with spool.writing(file) as writer:
        assert writer.offset == 3
        writer.append(b"ghi", is_pending=True)
        writer.append(b"jkl", is_pending=True)
        writer.keep_pending()
    assert spool.measure(file) == 9
    assert whole(spool, file) == b"abcghijkl"


def test_full_disk_is_said_before_and_during(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arrived stays; a frame that does not fit leaves nothing."""
    spool = Spool(tmp_path / "spool")
    with pytest.raises(Unavailable, match="spool_full"):
        made(spool, 2**60)
    file = made(spool, 2 * CHUNK)
    with spool.writing(file) as writer:
        writer.append(b"a" * 1000)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        was = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, before[1]))
        try:
            with pytest.raises(Unavailable, match="spool_full"):
                writer.append(b"b" * 100_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, was)
        writer.append(b"c" * 1000)
    assert spool.measure(file) == 2000
    monkeypatch.setattr(spool_module, "FRAMES_MAX", 2)
    assert FRAMES_MAX == 65_536
    with spool.writing(file) as writer, pytest.raises(Conflict, match="upload_pieces"):
        writer.append(b"d")


@given(size=st.integers(1, 5 * CHUNK), data=st.data())
def test_a_range_is_made_of_its_chunks(size: int, data: st.DataObject) -> None:
    """Places in the sealed file and parts of its chunks add up to the range."""
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size - 1))
    parts = list(parts_of(first, last))
    assert sum(stop - start for _, start, stop in parts) == last - first + 1
    start, length = sealed_span(chunks_in(size) - 1, size=size)
    assert start + length == sealed_size(size)


def test_chunk_opens_at_its_own_place_alone() -> None:
    """Not moved, not repeated, and no end before the end."""
    seal = ChunkSeal(new_key(), "file one")
    sealed = seal.seal(b"abc", number=3, is_last=False)
    assert seal.open(sealed, number=3, is_last=False) == b"abc"
    for other, number, is_last in (
        (seal, 4, False),
        (seal, 3, True),
        (ChunkSeal(seal.key, "file two"), 3, False),
    ):
        with pytest.raises(SealBroken):
            other.open(sealed, number=number, is_last=is_last)
