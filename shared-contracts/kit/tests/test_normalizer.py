"""One normalizer: what is the same is spelled the same, and an encoding hides nothing."""

from base64 import b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.decoding import NESTED_MAX, decoded, other_readings
from lmhg_kit.normalizer import clean, normal, ways_to_write, words_of


@given(st.text(max_size=200))
def test_normal_is_stable_and_in_lower_case(text: str) -> None:
    """Whatever is written, twice is once."""
    once = normal(text)
    assert normal(once) == once
    assert not any(letter.isupper() for letter in once if letter.isascii())


@pytest.mark.parametrize(
    ("written", "plain"),
    [("Øst", "ost"), ("ŁUKASZ", "lukasz"), ("Đặng", "dang"), ("Y\u0131l", "yil"), ("Straße", "strasse"), ("Æ", "ae"), ("a\u2043b", "a-b"),
     ("1\u20442", "1/2"), ("O\u02bcN", "o'n"), ("O\u00b4N", "o'n"), ("O`N", "o'n"), ("Le\u00ado\u200bn", "leon"), ("\u0661\u0662", "12")],
)  # fmt: skip
def test_letters_and_signs_have_one_spelling(written: str, plain: str) -> None:
    """Those that Unicode does not decompose too."""
    assert normal(written) == plain


def test_each_way_to_write_an_umlaut_is_among_the_ways() -> None:
    """From either side one gets to the other."""
    for one, other in (
        ("Müller", "Mueller"),
        ("Østergaard", "Oestergaard"),
        ("Åkerblom", "Aakerblom"),
    ):
        assert normal(other) in map(normal, ways_to_write(one))
        assert normal(one) in map(normal, ways_to_write(other))
    assert ways_to_write("Ana Price") == ["Ana Price"]


@given(st.text(max_size=80), st.integers(0, NESTED_MAX))
def test_percent_encoding_is_undone_as_deep_as_promised(text: str, depth: int) -> None:
    """And one deeper is not: the bound is a bound."""
    wrapped = f"{text} é"
    for _ in range(depth):
        wrapped = quote(wrapped, safe="")
    assert decoded(wrapped) == decoded(f"{text} é") or "%" in text or "&" in text or "\\" in text
    too_deep = "é"
    for _ in range(NESTED_MAX + 1):
        too_deep = quote(too_deep, safe="")
    assert decoded(too_deep) != "é"


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_encoded_words_of_mail_are_undone(text: str) -> None:
    """In base64, whatever they say."""
    word = f"=?utf-8?b?{b64encode(text.encode()).decode()}?="
    assert decoded(word) == decoded(text) or any(sign in text for sign in "%&=\\?")


@given(st.text(alphabet="abAB01OlS <>/%=&#;\\u'-._?!\u00e2\u20ac\u2122", max_size=120))
def test_no_text_breaks_reading_and_no_reading_is_the_text_itself(text: str) -> None:
    """A reading is something else, told once, and there are few."""
    found = other_readings(text, has_letters=True, has_case=True, is_mixed=True)
    assert text not in found
    assert len(found) == len(set(found)) <= 30
    assert all(words_of(normal(clean(each))) is not None for each in found)


@pytest.mark.parametrize(
    "text",
    ["GET /tickets?page=31&sort=name", "x=10, y=20", "100% of 5", "AT&T and R&D", "F41.1 is a code", "walk-in hours"],
)  # fmt: skip
def test_everyday_text_has_one_reading(text: str) -> None:
    """So most texts cost one look."""
    assert other_readings(text, has_letters=False, has_case=True, is_mixed=True) == []
