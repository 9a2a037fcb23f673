"""What the sweep recognises."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.adapters.needles import Needles
from lmhg_stack.canary.tokens import FIELDS, SHORTEST_WORD, SYLLABLES, Canary

TOKEN = Canary("needles").word("one")
NEEDLES = Needles([TOKEN])


def is_token(word: str) -> bool:
    """Whether a word is one of the names that nobody has."""
    pattern = "".join(f"(?:{'|'.join(choices)})" for choices in SYLLABLES)
    return len(word) >= SHORTEST_WORD and re.fullmatch(pattern, word) is not None


def test_names_of_a_demo_can_be_said_and_told_apart():
    """As many people as a long demo has: names of letters alone, and hardly two the same."""
    people = [Canary("practice").person(number) for number in range(500)]
    names = [person.name for person in people]
    assert all(is_token(word) for name in names for word in name.split())
    assert len(set(names)) == len(names)
    words = {word for name in names for word in name.split()}
    assert len(words) > 2 * len(names) * 0.99


def test_tokens_are_the_same_for_the_same_seed_and_differ_otherwise():
    """A sweep in another process knows the tokens of the demo."""
    assert Canary("a").person(3).name == Canary("a").person(3).name
    assert Canary("a").person(3).name != Canary("b").person(3).name
    assert Canary("a").person(3).name != Canary("a").person(4).name


def test_every_field_of_a_person_is_a_token():
    """No field can be added without the sweep looking for it."""
    person = Canary("a").person(1)
    tokens = set(person.tokens())
    assert {person.word(field) for field in FIELDS} <= tokens
    assert all(is_token(person.word(field)) for field in FIELDS)
    assert not is_token("Morgan")
    with pytest.raises(KeyError):
        person.word("unheard-of")


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_token_is_found_among_other_bytes(before: bytes, after: bytes):
    """Plain, in either case, in hexadecimal and in base64 at any offset."""
    raw = TOKEN.encode()
    forms = (raw, raw.upper(), raw.hex().encode())
    assert all(NEEDLES.find(before + form + after) == {TOKEN} for form in forms)
    assert NEEDLES.find(base64.b64encode(before + raw + after)) == {TOKEN}


def test_a_token_is_found_across_the_joint_of_a_stream():
    """A stream is searched as a whole."""
    raw = TOKEN.encode()
    assert NEEDLES.find_in([b"x" * 9 + raw[:5], raw[5:] + b"y"]) == {TOKEN}


def test_other_text_is_no_finding():
    """Nothing is found where nothing is."""
    assert NEEDLES.find(b"Morgan is a name, Marovendale another token" * 50) == set()


def test_a_short_token_is_refused():
    """A token that chance could write would make the sweep cry wolf."""
    with pytest.raises(ValueError, match="by chance"):
        Needles(["Mar1"])
