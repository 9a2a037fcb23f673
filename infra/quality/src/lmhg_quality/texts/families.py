"""Families of texts that outsiders wrote past screening: invented records, and what names them.

Each family has writers of its own kinds of text. No rule and no word list of screening is used.
"""

import html
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from urllib.parse import quote

from lmhg_quality.texts import held_out
from lmhg_quality.texts.clients import (
    APOSTROPHE,
    FIRST_BIRTH,
    FREQUENT,
    GIVEN,
    LAST_BIRTH,
    OTHER,
    WORDS,
)
from lmhg_quality.texts.family_words import (
    DOUBLE,
    EVERYDAY_GIVEN,
    FAMILY_HAN,
    GIVEN_HAN,
    ILLNESSES,
    ONE_WORD,
    PARTICLES,
    SHORT,
    SPELLINGS,
    SPELLINGS_LATER,
    STREET_KINDS,
    STREETS,
    UMLAUTS,
    VIET_GIVEN,
    VIETNAMESE,
)
from lmhg_quality.texts.writing import CYRILLIC, MONTHS


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is on record of one invented client."""

    name: str
    phone: str
    email: str
    born: date
    number: str
    address: str = ""
    guardian: str = ""


@dataclass(frozen=True)
class Case:
    """One text, by field, and which rules may hold it."""

    family: str
    way: str
    entry: Entry
    fields: Mapping[str, str]
    rules: frozenset[str]


NAMES = frozenset(("client_name", "client_surname", "client_initial"))
NUMBERS = frozenset(("client_phone", "client_email", "client_birth_date", "client_number"))
ANY = NAMES | NUMBERS
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u058a\u2043\ufe63\uff0d\u2e3a"


def _entry(random: Random, name: str, **more: str) -> Entry:
    day = FIRST_BIRTH + timedelta(days=random.randrange((LAST_BIRTH - FIRST_BIRTH).days))
    return Entry(
        name=name,
        phone=f"({random.choice((206, 312, 404))}) {random.randint(220, 989)}-{random.randint(0, 9999):04}",
        email=f"{random.choice(('sunny', 'lark', 'tulip'))}{random.randint(100, 99_999)}@example.org",
        born=day,
        number=str(random.randint(10_000_000, 99_999_999)),
        **more,
    )


def _anybody(random: Random, surnames: list[str]) -> Entry:
    return _entry(random, f"{random.choice(GIVEN)} {random.choice(surnames)}")


def _digits(entry: Entry) -> tuple[str, str, str]:
    return entry.phone[1:4], entry.phone[6:9], entry.phone[10:]


Written = tuple[str, str, Entry]
"""The way, what is in the text, and whom it names."""


def _no_case(random: Random) -> Written:
    name = f"{random.choice(EVERYDAY_GIVEN)} {random.choice(WORDS)}"
    entry = random.choice(
        (_entry(random, name), _anybody(random, random.choice((FREQUENT, OTHER))))
    )
    way = random.choice(("all capitals", "all small"))
    return way, entry.name, entry


def _dashes(random: Random) -> Written:
    entry, dash = _anybody(random, OTHER), random.choice(DASHES)
    way = random.choice(("phone", "date"))
    parts = _digits(entry) if way == "phone" else f"{entry.born:%m %d %Y}".split()
    return f"{way} with U+{ord(dash):04X}", dash.join(parts), entry


def _quoted(text: str) -> str:
    return "".join(
        f"={byte:02X}" if not chr(byte).isalnum() or byte > 127 else chr(byte)
        for byte in text.encode()
    )


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


ENCODERS: dict[str, Callable[[str], str]] = {
    "percent": quote,
    "percent, every sign": lambda text: (
        quote(text, safe="").replace("-", "%2D").replace(".", "%2E")
    ),
    "percent twice": lambda text: quote(quote(text, safe="")),
    "entities by number": lambda text: "".join(x if x.isalnum() else f"&#{ord(x)};" for x in text),
    "entities in hex": lambda text: "".join(x if x.isalnum() else f"&#x{ord(x):x};" for x in text),
    "entities twice": lambda text: html.escape(
        "".join(x if x.isalnum() else f"&#{ord(x)};" for x in text)
    ),
    "quoted-printable": _quoted,
    "encoded word q": lambda text: f"=?utf-8?q?{_quoted(text)}?=",
    "encoded word b": lambda text: f"=?UTF-8?B?{_base64(text)}?=",
    "JSON escapes": lambda text: "".join(x if x.isalnum() else f"\\u{ord(x):04x}" for x in text),
    "hex escapes": lambda text: "".join(x if x.isalnum() else f"\\x{ord(x):02x}" for x in text),
}


def _encodings(random: Random) -> Written:
    entry = _anybody(random, OTHER)
    way = random.choice([*ENCODERS, "epoch milliseconds", "epoch seconds"])
    if way.startswith("epoch"):
        moment = int(datetime.combine(entry.born, time(), UTC).timestamp())
        return way, f'{{"birth":{moment * (1000 if "milli" in way else 1)}}}', entry
    what = random.choice((entry.name, entry.email, entry.phone, f"{entry.born:%m/%d/%Y}"))
    return way, ENCODERS[way](what), entry


def _family_first(random: Random) -> Written:
    title = random.choice(("Mrs.", "Mr.", "Ms."))
    if random.random() < 0.5:
        name = f"{random.choice(VIETNAMESE)} {' '.join(random.sample(VIET_GIVEN, 3))}"
        entry = _entry(random, name)
        plain = random.random() < 0.5
        return (
            "title and family's name first",
            f"{title} {_plain(name.split(maxsplit=1)[0]) if plain else name.split(maxsplit=1)[0]}",
            entry,
        )
    entry = _entry(random, random.choice(ONE_WORD))
    return "one word with a title", f"{title} {entry.name}", entry


def _plain(text: str) -> str:
    marks = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in marks if not unicodedata.combining(letter))


def _compound(random: Random) -> Written:
    if random.random() < 0.3:
        pair = random.sample(random.choice(PARTICLES), 2)
        given = random.choice(GIVEN)
        return "surname joined or split", f"{given} {pair[1]}", _entry(random, f"{given} {pair[0]}")
    one, two = random.choice(DOUBLE)
    ways = [f"{one}-{two}", f"{one}{two.lower()}", f"{one} {two}"]
    on_record, said = random.sample(ways, 2)
    surname = random.choice(random.choice((WORDS, FREQUENT, OTHER)))
    return "double first name", f"{said} {surname}", _entry(random, f"{on_record} {surname}")


def _umlauts(random: Random) -> Written:
    on_record, said = random.sample(random.choice(UMLAUTS), 2)
    given = random.choice(GIVEN)
    text = random.choice((f"{given} {said}", said, f"{said}, {given}", said.upper()))
    return (
        "written out" if said.isascii() else "folded back",
        text,
        _entry(random, f"{given} {on_record}"),
    )


def _unspaced(random: Random) -> Written:
    name = random.choice(FAMILY_HAN) + "".join(random.sample(GIVEN_HAN, 2))
    way = random.choice(("alone", "inside", "apart on record"))
    entry = _entry(random, f"{name[0]} {name[1:]}" if way == "apart on record" else name)
    return way, f"客户{name}来电" if way == "inside" else name, entry


def _spellings(random: Random) -> Written:
    surname = random.choice(random.choice((WORDS, FREQUENT, OTHER)))
    if random.random() < 0.35:
        whole, short = random.choice(SHORT)
        return (
            "short form and initial",
            f"{short} {surname[0]}.",
            _entry(random, f"{whole} {surname}"),
        )
    on_record, said = random.choice(SPELLINGS + SPELLINGS_LATER)
    return "other spelling", f"{said} {surname}", _entry(random, f"{on_record} {surname}")


def _guardian(random: Random) -> Written:
    given, surname = random.choice(GIVEN), random.choice(OTHER)
    relation = random.choice(("mother", "father", "legal guardian", "aunt"))
    phone = f"{random.choice((206, 312))}-{random.randint(220, 989)}-{random.randint(0, 9999):04}"
    field = random.choice(
        (
            f"{given} {surname} ({relation})",
            f"{relation}: {given} {surname}, {phone}",
            f"{given} {surname}; {phone}",
        )
    )
    entry = _entry(random, f"{random.choice(GIVEN)} {random.choice(FREQUENT)}", guardian=field)
    if phone in field and random.random() < 0.3:
        return "phone", phone.replace("-", "."), entry
    return "name", f"{given} {surname}", entry


def _address(random: Random) -> Written:
    street, kinds = random.choice(STREETS), random.choice(STREET_KINDS)
    number, way = random.randint(11, 9_999), random.choice(("", "N ", "West "))
    field = f"{number} {way}{street} {kinds[0]}, Louisville, KY 402{random.randint(10, 99)}"
    said = f"{number} {random.choice((way, ''))}{street} {random.choice((*kinds, ''))}".strip()
    return (
        "house and street",
        said,
        _entry(random, f"{random.choice(GIVEN)} {random.choice(OTHER)}", address=field),
    )


def _ordinal(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _odd_dates(random: Random) -> Written:
    entry = _anybody(random, OTHER)
    day, month, year = entry.born.day, MONTHS[entry.born.month - 1], entry.born.year
    ways = {
        "apostrophe year": f"{entry.born.month}/{day}/'{year % 100:02}",
        "curly apostrophe year": f"{entry.born.month}/{day}/\u2019{year % 100:02}",
        "fraction slash": f"{entry.born.month}\u2044{day}\u2044{year}",
        "ordinal day of": f"the {_ordinal(day)} day of {month} {year}",
        "month the ordinal": f"{month} the {_ordinal(day)}, {year}",
        "ordinal of month 'yy": f"{_ordinal(day)} of {month} '{year % 100:02}",
        "dob in eight digits": f"DOB {entry.born:%m%d%Y}",
        "underscores": f"{entry.born:%m_%d_%Y}",
    }
    way = random.choice(list(ways))
    return way, ways[way], entry


def _file_names(random: Random) -> Written:
    entry = _anybody(random, OTHER)
    a, b, d = _digits(entry)
    ways = {
        "phone": f"fax_{a}_{b}_{d}.tif",
        "date": f"intake_{entry.born:%m_%d_%Y}.pdf",
        "date with month": f"scan_{entry.born:%d_%b_%Y}.pdf".lower(),
        "name": f"{entry.name.replace(' ', '_').lower()}_consent_v2.docx",
    }
    way = random.choice(list(ways))
    return way, ways[way], entry


def _social(random: Random) -> Written:
    a, b, c = random.randint(100, 665), random.randint(10, 99), random.randint(1000, 9999)
    ways = {
        "points": f"{a}.{b}.{c}", "underscores": f"{a}_{b}_{c}", "S.S.N.": f"S.S.N. {a}{b}{c}", "SS#": f"SS# {a}{b}{c}",
        "Soc Sec": f"Soc Sec {a}{b}{c}", "Soc. Sec. No.": f"Soc. Sec. No. {a}-{b}-{c}", "glued": f"ssn{a}{b}{c}",
        "SSN=": f"SSN={a}{b}{c}", "in words": f"social security number {a} {b} {c}", "spaced dashes": f"{a} - {b} - {c}",
    }  # fmt: skip
    way = random.choice(list(ways))
    return way, ways[way], _anybody(random, OTHER)


def _records(random: Random) -> Written:
    number = random.randint(1_000, 999_999)
    ways = {
        "glued": f"MRN{number}", "pt id": f"Pt ID {number}", "pt. id:": f"pt. id: {number}", "MRN-": f"MRN-{number}",
        "patient no": f"patient no. {number}", "chart #": f"chart # {number}", "m.r.n.": f"M.R.N. {number}", "file": f"mrn_{number}.pdf",
    }  # fmt: skip
    way = random.choice(list(ways))
    return way, ways[way], _anybody(random, OTHER)


def _diagnoses(random: Random) -> Written:
    illness = random.choice(ILLNESSES)
    ways = {
        "they were": f"they were diagnosed with {illness}",
        "they have been": f"they have been recently diagnosed with {illness}",
        "diagnosed them": f"the last clinic diagnosed them with {illness}",
        "she was": f"she was diagnosed with {illness}",
        "client is": f"the client is diagnosed with {illness}",
    }
    way = random.choice(list(ways))
    return way, ways[way], _anybody(random, OTHER)


def _disguised(random: Random) -> Written:
    entry = _anybody(random, random.choice((OTHER, APOSTROPHE)))
    a, b, d = _digits(entry)
    at = random.randint(1, len(entry.name) - 2)
    mojibake = entry.name.replace("'", "\u2019").encode().decode("cp1252")
    ways = {
        "letters for digits": f"{a}-{b}-{d}".replace("0", "O").replace("1", "l"),
        "mojibake": mojibake,
        "spaced letters": "  ".join(" ".join(word) for word in entry.name.split()),
        "dotted letters": " ".join(".".join(word) for word in entry.name.split()),
        "tag inside": f"{entry.name[:at]}<b>{entry.name[at:]}</b>",
        "table cells": f"<td>{entry.name.replace(' ', '</td><td>')}</td>",
        "soft hyphen": entry.name[:at] + "&shy;" + entry.name[at:],
        "look-alikes": entry.name.translate(CYRILLIC),
    }
    way = random.choice(list(ways))
    return way, ways[way], entry


FAMILIES: dict[str, tuple[Callable[[Random], Written], str, frozenset[str]]] = {
    "texts without case": (_no_case, "name", NAMES),
    "dashes": (_dashes, "phone", NUMBERS),
    "encodings": (_encodings, "phone", ANY),
    "family's name first, one word": (_family_first, "name", NAMES),
    "compound names": (_compound, "name", NAMES),
    "umlauts and letters": (_umlauts, "name", NAMES),
    "scripts without spaces": (_unspaced, "name", NAMES),
    "short forms and spellings": (_spellings, "name", NAMES),
    "guardians": (_guardian, "name", NAMES | {"client_phone"}),
    "addresses": (_address, "record number", frozenset(("client_address", "home_address"))),
    "odd dates": (_odd_dates, "birth date", frozenset(("client_birth_date", "birth_date"))),
    "file names": (_file_names, "record number", ANY),
    "social security": (_social, "record number", frozenset(("ssn", "ssn_in_words"))),
    "record numbers": (_records, "record number", frozenset(("record_number",))),
    "diagnoses": (_diagnoses, "birth date", frozenset(("diagnosis",))),
    "disguises": (_disguised, "name", ANY),
    "cut between fields": (_compound, "name", NAMES),
}
"""Each family: who writes it, which sentences carry it, and the rules that hold it."""
_DIAGNOSIS_CARRIERS = """Update for the team: {x}.
Per the referral, {x} last year.
Note that {x}, so plan for it."""


def cases(family: str, count: int, *, seed: str, filler: Callable[[], str]) -> Iterator[Case]:
    """So many texts of a family, with other sentences around."""
    random = Random(f"family {family} {seed}")
    write, carriers, rules = FAMILIES[family]
    lines = held_out.CARRIERS[carriers].splitlines()
    if family == "diagnoses":
        lines = _DIAGNOSIS_CARRIERS.splitlines()
    for _ in range(count):
        way, said, entry = write(random)
        carrier, other = random.choice(lines), filler()
        if family == "cut between fields":
            given, _, surname = said.rpartition(" ")
            end = random.choice(("The form of", "Portal login for", "Call back")) + f" {given}"
            fields = {"subject": end, "body": f"{surname} cannot open it. {other}"}
        else:
            text = carrier.format(x=said)
            text = random.choice((f"{text} {other}", f"{other}\n{text}"))
            if family == "texts without case":
                text = text.upper() if way == "all capitals" else text.lower()
            fields = {"text": text}
        yield Case(family, way, entry, fields, rules)
