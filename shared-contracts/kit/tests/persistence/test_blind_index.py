"""Blind indexes: the same person is found however the name is typed, and nothing is readable."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.persistence.blind_index import BlindIndex, digits, fold, words

INDEX = BlindIndex(b"i" * 32)


@pytest.mark.parametrize("typed", ["zoe", "ZOË", "zo", "muller", "Müller", "mül"])
def test_name_is_found_by_word_prefix_and_without_accents(typed: str) -> None:
    """One box, however someone spells."""
    held = INDEX.name_tokens("Zoë Müller")
    assert INDEX.token("name", words(typed)[0]) in held


def test_other_names_are_not_found() -> None:
    """A token of another name is another token."""
    assert INDEX.token("name", "ann") not in INDEX.name_tokens("Zoë Müller")


@pytest.mark.parametrize(
    "typed", ["(555) 010-2000", "555.010.2000", "+1 555 010 2000", "15550102000"]
)
def test_phone_is_found_in_any_spelling(typed: str) -> None:
    """Digits decide."""
    assert INDEX.phone_token(typed) == INDEX.phone_token("5550102000")


def test_short_phone_has_no_token() -> None:
    """An extension identifies nobody and would match many."""
    assert INDEX.phone_token("12") == set() == INDEX.phone_token(None)


def test_fields_do_not_share_tokens() -> None:
    """A date is not found as a number."""
    day = INDEX.date_token(date(1988, 5, 23))
    assert day.isdisjoint({INDEX.token("name", "1988-05-23"), INDEX.token("id", "1988-05-23")})


def test_tokens_depend_on_the_key() -> None:
    """Without the practice's key a token means nothing."""
    assert BlindIndex(b"j" * 32).token("name", "zoe") != INDEX.token("name", "zoe")


@given(st.text(max_size=80))
def test_folding_is_stable(text: str) -> None:
    """Folding what is folded changes nothing; digits are digits."""
    assert fold(fold(text)) == fold(text)
    assert all(letter.isdigit() for letter in digits(text))
