"""How much two records look like one person: symmetric, explained, and never certain about twins."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.clients.alike_keys import (
    asked_tokens,
    keys_of,
    phone_number,
    stored_tokens,
    swapped,
    zip_of,
)
from lmhg_gateway.features.duplicates.rules import (
    AGAINST,
    LEVEL_WORDS,
    LEVELS,
    REASON_WORDS,
    Reason,
    best,
    likeness,
    why,
)
from lmhg_gateway.web.points import Traits
from lmhg_kit.persistence.blind_index import BlindIndex

INDEX = BlindIndex(b"k" * 32)
BORN = date(1984, 3, 9)
PHONE = "(502) 555-0142"
HOME = "12 Elm Street, Louisville, KY 40202"
NAMES = st.lists(
    st.sampled_from(
        [
            "Kate",
            "Katherine",
            "Maria",
            "José",
            "O'Dell",
            "Quill",
            "Fenwick",
            "Li",
            "Ng",
            "Ann",
            "Bob",
            "Robert",
            "Jr.",
            "de",
            "la",
            "Cruz-Reyes",
        ]
    ),
    max_size=5,
).map(" ".join)
TRAITS = st.builds(
    Traits,
    names=st.tuples(NAMES) | st.tuples(NAMES, NAMES),
    born=st.none() | st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    phones=st.sampled_from([(), (PHONE,), ("502 555 0143", "x")]),
    email=st.sampled_from(["", "a@example.test", "B@example.test"]),
    address=st.sampled_from(["", HOME, "40202", "9 Oak Ave, Louisville 40203-1111"]),
)


def person(name: str = "Katherine Fenwick", **other: object) -> Traits:
    """Someone with valid defaults."""
    return Traits(**{"names": (name,), "born": BORN, "phones": (PHONE,), **other})  # type: ignore[arg-type] - named fields


@given(TRAITS, TRAITS)
def test_likeness_is_the_same_whoever_comes_first(one: Traits, other: Traits) -> None:
    """A pair has one score, one level and the same reasons from either side."""
    here, there = likeness(one, other), likeness(other, one)
    assert (here.points, here.is_certain, set(here.reasons)) == (
        there.points,
        there.is_certain,
        set(there.reasons),
    )
    assert here.level in {"", *LEVELS}


@given(TRAITS)
def test_someone_with_a_full_name_and_a_birth_date_looks_like_themselves(one: Traits) -> None:
    """Nobody is told apart from their own record."""
    found = likeness(one, one)
    assert not set(found.reasons) & AGAINST
    if one.born and len(one.names[0].split()) > 1:
        assert found.level


@given(TRAITS)
def test_a_record_is_found_by_its_own_tokens(one: Traits) -> None:
    """What is asked for someone covers what is kept of them."""
    assert stored_tokens(one, INDEX) <= asked_tokens(one, INDEX)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (person("Kate Fenwick"), Reason.NICKNAME),
        (person("Fenwick Katherine"), Reason.NAME_ORDER),
        (person("Katharine Fenwick"), Reason.LIKE_NAME),
        (person(born=date(1984, 9, 3)), Reason.BIRTH_SWAPPED),
        (person(born=date(1984, 3, 8)), Reason.BIRTH_DIGIT),
        (person(names=("Beatrix Holloway", "Katherine Fenwick")), Reason.NAME_USED),
        (person("Katherine Holloway"), Reason.OTHER_NAME),
    ],
)
def test_the_usual_ways_to_differ_are_found_and_named(other: Traits, reason: Reason) -> None:
    """A nickname, swapped names, a slip, a swapped birth date, a name used, a new surname."""
    found = likeness(person(), other)
    assert found.level in {"certain", "probable"}
    assert reason in found.reasons
    shared = asked_tokens(person(), INDEX) & (
        stored_tokens(other, INDEX) | INDEX.date_token(other.born)
    )
    assert shared, "no token leads from one to the other"


@pytest.mark.parametrize(
    "other",
    [
        person("Kevin Fenwick", address=HOME),
        person("Katelyn Fenwick-Ross", born=date(2014, 6, 1), address=HOME),
        person("Robert Fenwick", born=date(1951, 2, 7)),
    ],
    ids=["a twin", "a daughter", "a father's phone"],
)
def test_who_shares_a_home_is_never_certain(other: Traits) -> None:
    """A twin, a child and a guardian share birth date, phone, address or name, and are someone else."""
    assert not likeness(person(address=HOME), other).is_certain


def test_certain_takes_name_birth_date_and_a_way_to_reach_them() -> None:
    """The negative control of the above: the same person written twice; not by name and date alone."""
    assert likeness(person(), person("Fenwick, Katherine")).is_certain
    assert not likeness(person(), person("Kate Fenwick")).is_certain
    assert not likeness(person(phones=()), person(phones=())).is_certain


def test_a_namesake_of_another_birth_date_is_nobody_to_ask_about() -> None:
    """Without a phone in common either."""
    other = person(born=date(1971, 12, 30), phones=("606 555 0199",))
    assert likeness(person(), other).level == ""


def test_best_looks_at_every_record_of_a_person() -> None:
    """One of the records that were merged may be the one that looks alike."""
    merged = [person("Beatrix Holloway", phones=(), born=None), person()]
    assert best([person("Katherine Fenwick")], merged).is_certain
    assert best([], merged).level == ""


def test_reasons_and_levels_have_words_each() -> None:
    """The tables are complete; what speaks against it comes last."""
    assert set(REASON_WORDS) == set(Reason)
    assert set(LEVEL_WORDS) == set(LEVELS)
    assert why([Reason.OTHER_BIRTH, Reason.SAME_NAME]) == "same name, but a different birth date"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HOME, "40202"),
        ("40202", "40202"),
        ("12345 Elm Street", ""),
        ("9 Oak Ave, Louisville 40203-1111", "40203"),
        ("", ""),
    ],
)
def test_zip_code_is_the_last_number_of_an_address(text: str, code: str) -> None:
    """A house number of five digits is none."""
    assert zip_of(text) == code


def test_a_phone_is_one_however_it_is_written() -> None:
    """Country code, punctuation and an extension change nothing; what is no phone is its digits."""
    assert len({phone_number(each) for each in (PHONE, "+1 502.555.0142", "5025550142")}) == 1
    assert phone_number("555-0142") == "5550142"
    assert phone_number("call me") == ""


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_swapping_day_and_month_twice_is_nothing(day: date) -> None:
    """Where there is such a day."""
    other = swapped(day)
    assert other is None or swapped(other) == day


def test_keys_join_two_facts() -> None:
    """No key is a name or a date alone: it would tell too much and find too many."""
    keys = keys_of(person(address=HOME))
    assert keys
    assert all("|" in key or "+" in key for key in keys)
