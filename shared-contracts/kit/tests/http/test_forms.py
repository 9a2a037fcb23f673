"""Forms: typed values kept, errors by field, nothing coerced by accident."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote_plus

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.errors import Invalid, Unreadable
from lmhg_kit.http.form_rules import Good
from lmhg_kit.http.forms import MAX_FIELDS, PRESS, fill, fold, parse_fields, start, unfold


class Colour(StrEnum):
    """A closed list."""

    RED = "red"


Name = Annotated[str, msgspec.Meta(min_length=1, max_length=5)]
Code = Annotated[str, msgspec.Meta(pattern="^[a-z]+$", extra={"say": "Use small letters."})]


class Sample(msgspec.Struct):
    """One field of each sort."""

    name: Name
    colour: Colour
    code: Code = "abc"
    born: date | None = None
    seen_at: datetime | None = None
    count: int = 0
    agreed: bool = False
    tags: list[str] = msgspec.field(default_factory=list)


def test_good_form_becomes_its_struct() -> None:
    """Texts become dates, numbers, boxes and lists."""
    fields = parse_fields(
        b"name=+Ada+&colour=red&born=1984-03-31&count=3&agreed=on&tags=a&tags=b&code=xyz"
    )
    assert fill(Sample, fields).result() == Sample(
        "Ada", Colour.RED, code="xyz", born=date(1984, 3, 31), count=3, agreed=True, tags=["a", "b"]
    )


def test_empty_optional_fields_take_their_defaults() -> None:
    """What was left open is not an error."""
    form = fill(Sample, parse_fields(b"name=Ada&colour=red&born=&count="))
    assert form.result() == Sample("Ada", Colour.RED)


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        (b"name=&colour=red", "name", "Fill this in."),
        (b"colour=red", "name", "Fill this in."),
        (b"name=Adalbert&colour=red", "name", "Write at most 5 characters."),
        (b"name=Ada&colour=blue", "colour", "Choose one from the list."),
        (b"name=Ada&colour=red&code=ABC", "code", "Use small letters."),
        (b"name=Ada&colour=red&count=many", "count", "Write a number."),
        (
            b"name=Ada&colour=red&born=31.3.84",
            "born",
            "Choose a date, such as 03/31/2026.",
        ),
        (b"name=Ada&colour=red&born=0001-01-01", "born", "Write a date from 1900 to 2199."),
        (b"name=Ada&colour=red&born=9999-12-31", "born", "Write a date from 1900 to 2199."),
        (
            b"name=Ada&colour=red&seen_at=0001-01-01T00:00:00Z",
            "seen_at",
            "Write a date from 1900 to 2199.",
        ),
        (
            b"name=Ada&colour=red&count=9223372036854775808",
            "count",
            "This number is too large or too small.",
        ),
        (
            b"name=Ada&colour=red&count=" + b"9" * 5000,
            "count",
            "This number is too large or too small.",
        ),
        (b"name=%E2%80%8B%E2%80%8D%EF%BB%BF&colour=red", "name", "Fill this in."),
    ],
)
def test_wrong_field_is_named_with_a_sentence(body: bytes, field: str, sentence: str) -> None:
    """The page says what to do, and keeps what was typed."""
    form = fill(Sample, parse_fields(body))
    assert form.errors == {field: sentence}
    with pytest.raises(Invalid) as refused:
        form.result()
    assert refused.value.fields == {field: sentence}


def test_rule_may_refuse_a_form_whose_fields_are_fine() -> None:
    """A refusal after the fact reaches the page the same way."""
    form = fill(Sample, parse_fields(b"name=Ada&colour=red"))
    form.refuse({"name": "Somebody has this name."})
    with pytest.raises(Invalid):
        form.result()


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff", b"&".join([b"a=1"] * (MAX_FIELDS + 1))])
def test_unreadable_body_refuses(body: bytes) -> None:
    """Broken encodings and floods of fields are refused whole."""
    with pytest.raises(Invalid):
        parse_fields(body)


@given(st.text(max_size=40))
def test_control_characters_never_reach_a_field(text: str) -> None:
    """Whatever is typed, a value has no control character and no loose edge."""
    from urllib.parse import urlencode

    try:
        value = parse_fields(urlencode({"v": text}).encode())["v"][0]
    except UnicodeEncodeError:
        return
    except Unreadable:
        assert "\x00" in text
        return
    assert value == value.strip("\r\n\t ")
    assert all(c in "\n\t" or c >= " " for c in value)


def test_start_shows_the_record_as_it_is() -> None:
    """An edit form opens with the values on record."""
    assert start(Sample, Sample("Ada", Colour.RED)).values["name"] == "Ada"


class Past(msgspec.Struct, frozen=True):
    """A form with a rule that needs more than its field's type."""

    name: Name
    born: date

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day still to come."""
        return {"born": "Not yet."} if good.get("born", today) > today else {}


TODAY = date(2026, 11, 28)


def test_rules_are_asked_in_the_same_round_as_types() -> None:
    """Someone who leaves out a name hears of the wrong day as well, in the order of the fields."""
    form = fill(Past, parse_fields(b"name=&born=2026-11-29"), today=TODAY)
    assert list(form.errors.items()) == [("name", "Fill this in."), ("born", "Not yet.")]
    alone = fill(Past, parse_fields(b"name=Ada&born=2026-11-29"), today=TODAY)
    assert (alone.errors, alone.data) == ({"born": "Not yet."}, None)


def test_a_field_that_is_no_value_at_all_is_not_asked_by_rules() -> None:
    """Its own error is the one that is said."""
    form = fill(Past, parse_fields(b"name=Ada&born=soon"), today=TODAY)
    assert form.errors == {"born": "Choose a date, such as 03/31/2026."}
    good = fill(Past, parse_fields(b"name=Ada&born=2026-11-28"), today=TODAY)
    assert good.result() == Past("Ada", TODAY)


def test_button_says_several_fields() -> None:
    """In place of its own name; what it says twice, the form's own field among it, is what it says."""
    said = fold({"channel": "phone", "note": "5 & 6 = 11, +é"})
    sent = parse_fields(f"seen=3&{PRESS}={quote_plus(said)}".encode())
    assert unfold(sent) == {"seen": ["3"], "channel": ["phone"], "note": ["5 & 6 = 11, +é"]}
    assert unfold({"a": ["1"], PRESS: ["a=2"]}) == {"a": ["2"]}
    assert unfold({PRESS: [fold({PRESS: "a=2"})]}) == {PRESS: ["a=2"]}
    with pytest.raises(Unreadable):
        unfold({PRESS: ["é"]})
