"""Screening: what is found, what is not, and that a hit never repeats the match."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmhg_gateway.features.holds.rules import REASONS
from lmhg_gateway.features.screening.matching.patterns import PATTERNS
from lmhg_gateway.features.screening.matching.reading import Reading, Tokens
from lmhg_gateway.features.screening.rules import (
    ClientIndex,
    Hit,
    Person,
    clear_text,
    find_pattern,
    hits,
    screen,
)
from lmhg_kit.normalizer import normal

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
        ("QUILLFEATHER, AVERY cancelled", "client_name"),
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
        ("MRN: 12345", "record_number"),
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
    """Whatever someone types, there is a verdict."""
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
        "ssn_in_words": "last four of social 1234",
        "diagnosis": "the client was diagnosed with PTSD",
        "insurance_id": "member id XYZ 123456789",
        "home_address": "she lives at 12 Oak Street",
    }
    assert set(examples) == set(PATTERNS)
    for rule, text in examples.items():
        assert find_pattern(text) == rule


def test_every_rule_has_a_reason_and_a_text_that_it_holds() -> None:
    """The officer reads the reason; the pattern's own example shows that it can match."""
    assert set(PATTERNS) <= set(REASONS)
    assert all(reason.endswith(".") for reason in REASONS.values())


@pytest.mark.parametrize(
    "text",
    [
        "the diagnosis field on the client form is gray",
        "F32.A was added to the list of codes",
        "our office address is 12 Oak Street",
        "insurance paid invoice 123456789",
        "phone model 123-45-67890",
        "meeting id 123 456 7890 1234",
        "chart of the budget, 2024 and 2025",
    ],
)
def test_a_shape_without_its_context_is_clear(text: str) -> None:
    """Numbers and codes are everyday things until something says whose they are."""
    assert find_pattern(text) is None


def test_all_hits_are_told_by_field_and_once() -> None:
    """The first is what the record is held for."""
    index = ClientIndex()
    index.put("1", AVERY)
    texts = {
        "title": "555-010-2000",
        "body": "Avery Quillfeather, avery@example.test, Quillfeather",
    }
    found = list(hits(texts, index))
    assert set(found) >= {
        Hit("client_name", "body"),
        Hit("client_email", "body"),
        Hit("client_phone", "title"),
    }
    assert len(found) == len(set(found))
    assert screen(texts, index) == found[0]


@pytest.mark.parametrize("number", ["4711", "47110815", "C4711"])
def test_number_with_or_without_letters_is_found_whole(number: str) -> None:
    """Beside the word for it; a longer number that has the same digits in it is another."""
    index = ClientIndex()
    index.put("1", Person(numbers=(number,)))
    assert index.find(f"the chart of client {number} is open") == "client_number"
    assert index.find(f"the chart of client 9{number}3 is open") is None
    index.put("1", Person())
    assert index.find(f"the chart of client {number} is open") is None


@pytest.mark.parametrize(
    "written",
    [
        "4/9/1962",
        "1962-04-09",
        "04091962",
        "April 9, '62",
        "9apr62",
        "9 de abril de 1962",
        "9.4.62",
        "April 9, 1962:",
        "Apr9, 1962",
        "9 apr1962",
    ],
)
def test_year_that_nobody_was_born_in_is_not_looked_at_further(written: str) -> None:
    """A date is known by its year first; when the client goes, the year goes with them."""
    index = ClientIndex()
    index.put("1", Person(birth_date="1962-04-09"))
    assert index.find(f"closed from {written} on") == "client_birth_date"
    assert index.find(f"closed from {written.replace('62', '63')} on") is None
    index.put("1", Person())
    assert index.find(f"closed from {written} on") is None


def test_joined_surname_is_found_at_the_start_of_a_text() -> None:
    """A beginning of one letter needs nothing before it."""
    assert of("Ruth D'Aubrey").find("d'Aubrey family is here") == "client_surname"
    assert of("Ruth D'Aubrey").find("D Aubrey, Ruth is here") == "client_name"


def of(*names: str) -> ClientIndex:
    """An index of clients with these names."""
    made = ClientIndex()
    for number, name in enumerate(names):
        made.put(str(number), Person(names=(name,)))
    return made


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Robert Quillfeather", "Bob Quillfeather called"),
        ("Margaret Price", "Peggy Price called"),
        ("Ana Price", "Price, Ana"),
        ("Ana Price", "Ms. Price is here"),
        ("Ana Price", "I spoke with Price today"),
        ("Ana Price", "A. Price"),
        ("Ana Price", "ana.price"),
        ("Siobhan O'Brien", "Siobhan OBrien"),
        ("Siobhan O'Brien", "siobhan o brien"),
        ("Ada McDonald", "Ada Mc Donald"),
        ("Ada de la Cruz", "Ada Delacruz"),
        ("Ada Garcia-Lopez", "Ada Lopez"),
        ("Bo Li", "Li is late"),
        ("Søren Łukasik", "Soren Lukasik"),
        ("Ada Whitfield", "\u0410da Whitfi\u200beld"),
        ("Ada Whitfield", "Ada Whit-\nfield"),
        ("Ada Whitfield", "Ada W. called"),
    ],
)
def test_a_name_is_found_as_people_write_it(name: str, text: str) -> None:
    """Nicknames, orders, initials, joined and broken surnames, letters that only look the same."""
    assert screen({"body": text}, of(name)) is not None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ana Price", "The price list is wrong"),
        ("Ana Price", "Price list on page 3"),
        ("Grace May", "In May, Grace will lead the training"),
        ("Will Price", "We will price two couches"),
        ("Ana May", "Ana may be late"),
        ("Ruth Jackson", "The Jackson Street office"),
        ("Ruth Rogers", "A workbook by Carl Rogers"),
        ("Ruth Hill", "Park on the hill"),
        ("Ruth Bell", "Bell Street at 5"),
    ],
)
def test_an_everyday_word_names_nobody(name: str, text: str) -> None:
    """A surname that is a word, a month, a street or a known person's needs a client around it."""
    assert screen({"body": text}, of(name)) is None


def test_a_colleague_is_no_client_unless_a_client_has_the_whole_name() -> None:
    """A shared surname is the colleague's beside the colleague's first name or title, else it holds."""
    index = of("John Whitfield", "Ana Okafor")
    index.mask(staff=["Dr Ana Whitfield", "Ana Okafor"])
    assert index.find("Ana Whitfield is out") is None
    assert index.find("Dr. Whitfield is out") is None
    assert index.find("Whitfield is out") == "client_surname"
    assert index.find("John Whitfield is out") == "client_name"
    assert index.find("Ana Okafor is out") == "client_name"
    index.mask()
    assert index.find("Ana Whitfield is out") == "client_surname"


def test_an_allowed_phrase_covers_a_surname_and_never_a_whole_name() -> None:
    """A firm is a firm; a client who is named exactly so is still a client."""
    index = of("Ruth Quillfeather", "Grace Hope")
    index.mask(allowed=["Quillfeather Plumbing", "Grace Hope", "Grace Hope Church"])
    assert index.find("Quillfeather Plumbing is late") is None
    assert index.find("Quillfeather is late") == "client_surname"
    assert index.find("Ruth Quillfeather is late") == "client_name"
    assert index.find("Grace Hope is late") == "client_name"
    assert index.find("Grace Hope Church is closed") is None


def test_an_allowed_word_is_as_a_common_one() -> None:
    """Alone it is clear; with a title or a first name it is a person."""
    index = of("Ruth Zander")
    assert index.find("the zander is fresh") == "client_surname"
    index.mask(allowed=["zander"])
    assert index.find("the zander is fresh") is None
    assert index.find("Ms. Zander is here") == "client_surname"
    assert index.find("Ruth Zander is here") == "client_name"


def test_a_client_who_changes_leaves_nothing_behind() -> None:
    """Counted words: what two clients share stays when one of them goes."""
    index = of("Ruth Quillfeather", "Ada Quillfeather")
    index.put("0", Person(names=("Ruth Underhill",)))
    assert index.find("Ruth Quillfeather") == "client_surname"
    index.put("1", Person(names=("Ada Underhill",)))
    assert index.find("Ruth Quillfeather") is None
    assert index.find("Underhill") == "client_surname"


@given(st.text(max_size=200))
def test_normal_twice_is_normal_once(text: str) -> None:
    """Whatever is written; and the tokens of a cleaned text are its words."""
    once = normal(text)
    assert normal(once) == once
    assert len(Tokens(Reading.of(text, frozenset())).words) == len(
        Tokens(Reading.of(text, frozenset())).gaps
    )


MARKS = st.sampled_from(
    ["", " ", "  ", "-", ", ", "_", "\n", "\t", " '", "\u200b ", "\u00a0", " (", " *"]
)
ACCENTS = st.sampled_from(["", "\u0301", "\u0308", "\u0327", "\u200b", "\u00ad"])


@given(
    between=MARKS,
    accents=st.lists(ACCENTS, min_size=18, max_size=18),
    flips=st.integers(0, 2**18),
    swapped=st.booleans(),
)
def test_no_mark_accent_or_case_loses_a_whole_name(
    between: str,
    accents: list[str],
    flips: int,
    swapped: bool,  # noqa: FBT001 - drawn by Hypothesis
) -> None:
    """A rare surname with its first name holds however it is dressed up."""
    assume(between.strip("\u200b") or between)
    words = ["Quillfeather", "Avery"] if swapped else ["Avery", "Quillfeather"]
    plain = (between or " ").join(words)
    dressed = "".join(
        (letter.swapcase() if flips >> at % 18 & 1 else letter)
        + (accents[at % 18] if letter.isalpha() else "")
        for at, letter in enumerate(plain)
    )
    for form in ("NFC", "NFD"):
        assert screen({"body": unicodedata.normalize(form, dressed)}, of("Avery Quillfeather"))
