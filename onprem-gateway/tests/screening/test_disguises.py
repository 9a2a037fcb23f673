"""What hides a name or a number from a machine and not from a person: encodings, signs, spacing."""

import pytest

from lmhg_gateway.features.screening.rules import (
    ClientIndex,
    Person,
    find_pattern,
    hits,
)
from lmhg_quality.factories import LEOPOLD, index_of, is_held


@pytest.fixture(scope="module")
def leopold() -> ClientIndex:
    """A practice with one client."""
    return index_of(LEOPOLD)


def leopold_rules(index: ClientIndex, text: str) -> list[str]:
    """The rules that hold a text."""
    return [hit.rule for hit in hits({"body": text}, index)]


DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u058a\u2043\u2e3a\u02d7\ufe58\uff0d"


@pytest.mark.found("a5", "every dash of Unicode, and the bullet that looks like one, is a dash")
@pytest.mark.parametrize("dash", DASHES)
def test_every_dash_is_a_dash(leopold: ClientIndex, dash: str) -> None:
    """In a phone, a social security number and a date."""
    assert is_held(leopold, f"call 502{dash}555{dash}0199")
    assert find_pattern(f"SSN 123{dash}45{dash}6789") in {"ssn", "ssn_in_words"}
    assert is_held(leopold, f"form of 05{dash}23{dash}1988")


@pytest.mark.found("a6", "percent-encoding is undone, also twice")
@pytest.mark.found("a7", "HTML entities are undone, named and numbered")
@pytest.mark.found("a8", "quoted-printable and encoded words of mail are undone")
@pytest.mark.found("a9", "JSON escapes are undone, and a moment that is a birth date is one")
@pytest.mark.parametrize(
    "text",
    [
        "?q=sunflower77%40example.org",
        "?q=Leopold%20Hargreaves",
        "tel=502%2D555%2D0199",
        "?q=Leopold%2520Hargreaves",
        "?dob=5%2F23%2F1988",
        "sunflower77&#64;example.org",
        "sunflower77&commat;example.org",
        "502&#45;555&#45;0199",
        "502&nbsp;555&nbsp;0199",
        "502&amp;#45;555&amp;#45;0199",
        "5&#47;23&#x2f;1988",
        "Leo&shy;pold Har&shy;greaves",
        "sunflower77=40example.org",
        "Leopold=20Hargreaves",
        "Leopold Har=\ngreaves",
        "Subject: =?utf-8?q?Leopold=20Hargreaves?=",
        "=?UTF-8?B?TGVvcG9sZCBIYXJncmVhdmVz?=",
        "=?utf-8?q?Leopold=20Har?=\n =?utf-8?q?greaves?=",
        '{"DateOfBirth":580348800000}',
        '{"DateOfBirth":580348800}',
        '{"DateOfBirth":580363200000}',
        r'{"Email":"sunflower77\u0040example.org"}',
        r'{"Name":"\u004ceopold Hargreaves"}',
        r"Leopold\x20Hargreaves",
        "Leopold</td><td>Hargreaves",
        "Leo<b>pold</b> Hargreaves",
        "502-555-O199",
        "5O2-555-OI99",
        "L e o p o l d  H a r g r e a v e s",
        "H-A-R-G-R-E-A-V-E-S called",
    ],
)
def test_encoded_text_is_read_as_it_says(leopold: ClientIndex, text: str) -> None:
    """Pasted from an address, a bounce, a page, an answer of the API."""
    assert is_held(leopold, f"It says {text} there.")


def test_decoding_is_what_finds_them(leopold: ClientIndex) -> None:
    """The control: read as it is, the text says nothing."""
    assert not list(leopold.all_in(leopold.read("?q=Leopold%20Hargreaves")))


def test_a_birth_date_before_1970_is_a_moment_too() -> None:
    """A negative one; and a moment that is no midnight is nobody's birthday."""
    index = ClientIndex()
    index.put("1", Person(birth_date="1962-04-09"))
    assert is_held(index, '{"DateOfBirth":-243993600000}')
    assert not is_held(index, '{"Created":-243993613245}')


@pytest.mark.found(
    "a30", "digits as letters, broken encodings, spaced letters and tags hide nothing"
)
@pytest.mark.parametrize(
    "text",
    ["Keira Oâ€™Brien", "Keira O\u00e2\u0080\u0099Brien", "K e i r a  O ' B r i e n", "Kei<i>ra</i> O&rsquo;Brien",
     "Keira O\uff07Brien", "Keira O\u201bBrien", "Ke\u00adira O\u200b'Brien", "Keira O`Brien"],
)  # fmt: skip
def test_disguised_names_are_held(text: str) -> None:
    """A pasted mess is read as the eye reads it."""
    assert is_held(index_of("Keira O'Brien"), f"from {text} today")


@pytest.mark.parametrize(
    "text",
    [
        "printer 502 is out of paper", "error 0x80070502 on the printer", "Room 5O2, printer RX-502", "100% of 20 = 5 &amp; more",
        "https://example.org/a%20b?x=1&y=2", "version 10.12.1988", "invoice 580348811234", "ticket 1042, see <b>page 3</b>",
        "A B C D of the plan", "Q & A on the F32 form", "They were asked with care", "walk-in and follow-up hours",
        "MRN is the wrong field here", "class SS 2026", "pt. 3 of the series", "the 23rd of May", "born to run, page 88",
        "Soc. of Actuaries, 2024", "They have a diagnosis code field", "x=10, y=20, z=3D", "1,234,567 page views",
    ],
)  # fmt: skip
def test_everyday_texts_pass(leopold: ClientIndex, text: str) -> None:
    """False holds wear a net out: a printer is a printer."""
    assert leopold_rules(leopold, text) == []
