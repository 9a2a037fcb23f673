"""Screening: what is found, what is not, and that a hit never repeats the match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.screening.rules import (
    PATTERNS,
    ClientIndex,
    Hit,
    Person,
    clear_text,
    find_pattern,
    screen,
)

AVERY = Person(
    names=("Avery Quillfeather", "Ave Q"),
    phones=("(555) 010-2000",),
    emails=("avery@example.test",),
    birth_date="1988-05-23",
    numbers=("0047110815",),
)


@pytest.fixture
def index() -> ClientIndex:
    """A practice with one client."""
    made = ClientIndex()
    made.put("1", AVERY)
    return made


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Please call Avery Quillfeather today", "client_name"),
        ("QUILLFEATHER, AVERY cancelled", "client_surname"),
        ("the Quillfeather family", "client_surname"),
        ("Avéry Quíllfeather", "client_name"),
        ("avery.quillfeather's chart", "client_name"),
        ("write to avery@example.test", "client_email"),
        ("ring 555-010-2000 please", "client_phone"),
        ("ring +1 (555) 010 2000 please", "client_phone"),
        ("born 1988-05-23", "client_birth_date"),
        ("5/23/1988", "client_birth_date"),
        ("number 0047110815 in the system", "client_number"),
        ("SSN 123-45-6789", "ssn"),
        ("card 4111 1111 1111 1111", "card"),
        ("MRN: 12345", None),
        ("mrn # 12345", "record_number"),
        ("dob: 1/2/1990", "birth_date"),
    ],
)
def test_what_names_a_client_is_found(index: ClientIndex, text: str, rule: str | None) -> None:
    """Names in any order and spelling, contact details, numbers, and shapes of identifiers."""
    hit = screen({"body": text}, index)
    assert (hit.rule if hit else None) == rule


@pytest.mark.parametrize(
    "text",
    ["The parking lot is closed on Friday.", "Order 1234 5678 9012 3456 of paper", "averyday matters", "Room 204, 10:30", ""],
)  # fmt: skip
def test_what_names_nobody_is_clear(index: ClientIndex, text: str) -> None:
    """Everyday sentences pass."""
    assert screen({"body": text}, index) is None
    assert clear_text(text, index) == text


def test_hit_names_rule_and_place_and_never_the_match(index: ClientIndex) -> None:
    """A verdict can be read by people who may not read the text."""
    hit = screen({"title": "ok", "body": "Avery Quillfeather"}, index)
    assert hit == Hit("client_name", "body")
    assert clear_text("Avery Quillfeather", index) is None


def test_a_changed_client_is_known_anew(index: ClientIndex) -> None:
    """The automaton follows the index."""
    assert index.find("Blake Underhill") is None
    index.put("1", Person(names=("Blake Underhill",)))
    assert index.find("Blake Underhill") == "client_name"
    assert index.find("Avery Quillfeather") is None


@given(st.text(max_size=300))
def test_no_text_breaks_screening(text: str) -> None:
    """Whatever somebody types, there is a verdict."""
    made = ClientIndex()
    made.put("1", AVERY)
    assert screen({"body": text}, made) is None or find_pattern(text) or made.find(text)


def test_every_pattern_has_an_example() -> None:
    """A pattern that nothing matches would be a check that cannot fail."""
    examples = {
        "ssn": "123-45-6789",
        "card": "4111111111111111",
        "record_number": "chart no 123",
        "birth_date": "born on 1.2.1990",
    }
    assert set(examples) == set(PATTERNS)
    for rule, text in examples.items():
        assert find_pattern(text) == rule
