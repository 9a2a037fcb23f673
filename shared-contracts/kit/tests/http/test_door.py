"""The door: what may come in as text, number, day, address and JSON body."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.errors import Unreadable
from lmhg_kit.http.door import day_in, folded, number_in, text_of
from lmhg_kit.http.paging import PAGE_MAX, page_number

COMPOSED, DECOMPOSED = "Caf\u00e9", "Cafe\u0301"
UNSEEN = (
    "\u200b\u200b\u200b",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\u3164",
    "\u115f\u1160",
    "\uffa0",
    "\u2800\u2800",
    "\u2060 \t\n",
    "\u202e\u200f",
    "\ufe0f",
    "\U000e0020",
    "\u034f",
    "\u00a0\u3000",
)


@pytest.mark.found("e7", "a text of nothing but characters that nobody sees is an empty text")
@pytest.mark.parametrize("typed", UNSEEN, ids=ascii)
def test_text_that_nobody_sees_is_empty(typed: str) -> None:
    """Joiners, soft hyphens, byte order marks, fillers, blanks of Braille and selectors alone."""
    assert text_of(typed) == ""
    assert "Lamp" in text_of(f"{typed}Lamp{typed}")


@pytest.mark.parametrize(
    "typed",
    ["\u2764\ufe0f", "👩\u200d🔧", "\U0001f3f4\U000e0067\U000e007f", "\u0645\u06cc\u200c\u062e"],
)
def test_signs_that_need_an_unseen_part_keep_it(typed: str) -> None:
    """A red heart, a woman with a wrench, a flag and a Persian word stay what they are."""
    assert text_of(typed) == typed


@pytest.mark.found("e6", "text is kept in composed form, whichever way it was typed")
@given(st.text(max_size=60))
def test_text_is_composed_and_tidying_it_again_changes_nothing(typed: str) -> None:
    """One form for every way to type, no NUL, and nothing loose at the edges."""
    try:
        once = text_of(typed)
    except Unreadable:
        assert "\x00" in typed
        return
    assert unicodedata.is_normalized("NFC", once)
    assert text_of(once) == once
    assert once == once.strip()


def test_both_ways_of_writing_a_letter_are_one_text() -> None:
    """Composed and decomposed come in alike, and a search compares them without capitals."""
    assert text_of(DECOMPOSED) == text_of(COMPOSED) == COMPOSED
    assert folded(DECOMPOSED.upper()) == folded(COMPOSED)


@pytest.mark.parametrize("typed", ["a\x00b", "\ud800", "a\udfff"], ids=ascii)
def test_text_that_cannot_be_kept_is_refused(typed: str) -> None:
    """NUL and halves of characters stop at the door, whatever brought them."""
    with pytest.raises(Unreadable):
        text_of(typed)


@pytest.mark.found("e3", "a page number that no list can have shows the first page or the last")
@pytest.mark.parametrize(
    ("typed", "page"),
    [("7", 7), ("9" * 4301, 1), ("1" * 5000, 1), ("-1", 1), ("0", 1), ("²", 1), ("٣", 1), ("", 1),
     ("9" * 18, PAGE_MAX)],
)  # fmt: skip
def test_page_number_is_bounded(typed: str, page: int) -> None:
    """No text becomes a number by more digits than a number here can have."""
    assert page_number(typed) == page
    assert number_in("9" * 4301) is None


@pytest.mark.found("e5", "a day that no calendar can show around is no day")
@pytest.mark.parametrize(
    ("typed", "day"),
    [("2026-11-27", date(2026, 11, 27)), ("9999-12-31", None), ("0001-01-01", None), ("20261127", None),
     ("2026-W48-5", None), ("2026-02-30", None), ("9" * 5000, None)],
)  # fmt: skip
def test_day_is_bounded(typed: str, day: date | None) -> None:
    """One day before and one after it exist too."""
    assert day_in(typed) == day
