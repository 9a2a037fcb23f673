"""Rules of documents: what may be deleted and when, which part of a file is asked for, what a file is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.documents.file_types import SAID, TYPES, FileRefused, kind_of
from lmhg_gateway.features.documents.rules import (
    MISTAKES,
    REASON_WORDS,
    UNDO_FOR,
    VERSIONS_MAX,
    Act,
    State,
    Why,
    check_delete,
    check_restore,
    check_retain,
    next_number,
    range_in,
)
from lmhg_gateway.features.documents.views import ACT_WORDS, STATE_WORDS
from lmhg_kit.errors import Conflict, Invalid, Unreadable

from . import papers  # noqa: TID252 - beside this file

DAYS = st.dates(date(2020, 1, 1), date(2060, 1, 1))


def test_every_code_has_its_words() -> None:
    """Nobody reads a code."""
    assert set(ACT_WORDS) == set(Act)
    assert set(STATE_WORDS) == set(State)
    assert set(REASON_WORDS) == set(Why)


@given(why=st.sampled_from(Why), held=st.booleans(), until=st.none() | DAYS, today=DAYS)
def test_what_is_held_or_must_be_kept_is_not_deleted(
    *, why: Why, held: bool, until: date | None, today: date
) -> None:
    """A hold beats every reason; only a mistake beats the day to keep it until."""
    over = until is not None and until < today
    allowed = not held and (why in MISTAKES or over)
    if allowed:
        check_delete(why=why, held=held, retain_until=until, today=today)
    else:
        with pytest.raises((Conflict, Invalid)):
            check_delete(why=why, held=held, retain_until=until, today=today)


@given(st.none() | DAYS, DAYS)
def test_day_to_keep_until_is_not_over(until: date | None, today: date) -> None:
    """No day at all is fine."""
    if until is None or until >= today:
        check_retain(until, today=today)
    else:
        with pytest.raises(Invalid):
            check_retain(until, today=today)


@given(st.timedeltas(timedelta(0), timedelta(days=30)))
def test_document_comes_back_until_its_window_ends(passed: timedelta) -> None:
    """Not a moment longer."""
    deleted = datetime(2026, 11, 28, tzinfo=UTC)
    if passed < UNDO_FOR:
        check_restore(deleted, at=deleted + passed)
    else:
        with pytest.raises(Conflict):
            check_restore(deleted, at=deleted + passed)
    with pytest.raises(Conflict):
        check_restore(None, at=deleted)


def test_versions_are_bounded() -> None:
    """The last number has no next."""
    assert next_number(VERSIONS_MAX - 1) == VERSIONS_MAX
    with pytest.raises(Conflict):
        next_number(VERSIONS_MAX)


@given(st.integers(1, 10_000), st.integers(0, 20_000), st.integers(0, 20_000))
def test_range_is_inside_the_file_or_refused(size: int, first: int, last: int) -> None:
    """What is handed over is never more than asked for, and never outside."""
    header = f"bytes={first}-{last}"
    if first > last:
        assert range_in(header, size=size) is None
    elif first >= size:
        with pytest.raises(Unreadable):
            range_in(header, size=size)
    else:
        assert range_in(header, size=size) == (first, min(last, size - 1))


@given(st.text(max_size=30), st.integers(1, 1000))
def test_any_other_range_is_all_of_it_or_refused(header: str, size: int) -> None:
    """A header that cannot be read asks for nothing in particular."""
    try:
        found = range_in(header, size=size)
    except Unreadable:
        return
    assert found is None or 0 <= found[0] <= found[1] < size


@given(st.binary(max_size=400))
def test_any_bytes_are_of_a_known_kind_or_refused_with_words(head: bytes) -> None:
    """Nothing else can come of them."""
    try:
        found = kind_of(head)
    except FileRefused as refused:
        found = refused.code
    assert found in {*TYPES, *SAID}


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html>",
        b"  <SCRIPT>",
        b"text <iframe src=x>",
        b"<?xml version='1.0'?>",
        b"%!PS-Adobe",
        b"{\\rtf1",
        b"#!/bin/sh\n",
        b"GIF89a%PDF-1.4",
        b"\x7fELF",
        b"BM\0\0",
        b"RIFF\0\0\0\0WEBP",
    ],
)
def test_what_is_not_on_the_list_is_refused(head: bytes) -> None:
    """Told by its bytes, whatever it is called."""
    with pytest.raises(FileRefused):
        kind_of(head)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("pdf", papers.pdf("A")),
        ("png", papers.picture("PNG")),
        ("jpeg", papers.picture("JPEG")),
        ("tiff", papers.picture("TIFF")),
        ("docx", papers.docx()),
        ("text", "Grüße from an invented clinic\n".encode()),
    ],
)
def test_what_the_practice_takes_is_known(kind: str, data: bytes) -> None:
    """The control of the refusals."""
    assert kind_of(data[:8192]) == kind
