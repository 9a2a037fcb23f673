"""The ways in which people write what names a client: each a label and a pen. No rule of screening is used."""

import unicodedata
from collections.abc import Callable
from random import Random

from lmhg_quality.texts.clients import Known

Pen = Callable[[Random, Known], str | None]
"""Writes one thing about a client, or None where the way does not suit this client."""

SHORT_FORMS = {
    "Abigail": "Abby", "Alexander": "Alex", "Andrew": "Drew", "Anthony": "Tony", "Antonio": "Tony", "Barbara": "Barb", "Benjamin": "Ben",
    "Caroline": "Carrie", "Catherine": "Cathy", "Charles": "Chuck", "Christine": "Chris", "Christopher": "Chris", "Cynthia": "Cindy",
    "Daniel": "Danny", "Deborah": "Deb", "Dolores": "Lola", "Donald": "Don", "Dorothy": "Dot", "Edward": "Ted", "Eleanor": "Ellie",
    "Elizabeth": "Liz", "Eugene": "Gene", "Frances": "Fran", "Francisco": "Paco", "Franklin": "Frank", "Frederick": "Fred",
    "Gabriel": "Gabe", "Gerald": "Jerry", "Gregory": "Greg", "Guadalupe": "Lupe", "Harold": "Harry", "Henry": "Hank", "Ignacio": "Nacho",
    "Isabella": "Bella", "Jacob": "Jake", "Jacqueline": "Jackie", "James": "Jimmy", "Jeffrey": "Jeff", "Jennifer": "Jenny",
    "Jessica": "Jess", "Jesús": "Chuy", "John": "Jack", "Jonathan": "Jon", "José": "Pepe", "Joseph": "Joe", "Joshua": "Josh",
    "Katherine": "Kate", "Kathleen": "Kathy", "Kenneth": "Ken", "Kimberly": "Kim", "Lawrence": "Larry", "Leonard": "Len",
    "Lucille": "Lucy", "Manuel": "Manny", "Margaret": "Peggy", "Martha": "Marty", "Matthew": "Matt", "Michael": "Mike",
    "Michelle": "Shelly", "Nancy": "Nan", "Natalie": "Nat", "Nathaniel": "Nate", "Nicholas": "Nick", "Pamela": "Pam",
    "Patricia": "Trish", "Patrick": "Paddy", "Penelope": "Penny", "Philip": "Phil", "Raymond": "Ray", "Rebecca": "Becky",
    "Ricardo": "Ricky", "Richard": "Dick", "Robert": "Bob", "Ronald": "Ron", "Samantha": "Sam", "Samuel": "Sammy", "Sandra": "Sandy",
    "Stephanie": "Steph", "Stephen": "Steve", "Steven": "Steve", "Susan": "Sue", "Teresa": "Terry", "Terrence": "Terry",
    "Thaddeus": "Tad", "Theodore": "Ted", "Thomas": "Tom", "Timothy": "Tim", "Tobias": "Toby", "Valerie": "Val", "Victoria": "Vicky",
    "Vincent": "Vinny", "Virginia": "Ginny", "Walter": "Wally", "William": "Bill", "Will": "Bill", "Zachary": "Zach",
}  # fmt: skip
MIDDLES = ("Lee", "Marie", "Ann", "James", "Ray", "Lynn", "Rose", "Quincy", "Tadeo", "Ngoc")
CYRILLIC = str.maketrans(
    "aeopcxyAEOPCXBHKMT",
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0410\u0415\u041e\u0420\u0421\u0425\u0412\u041d\u041a\u041c\u0422",
)
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _bare(text: str) -> str:
    plain = (
        text.replace("ø", "o")
        .replace("Ø", "O")
        .replace("Ł", "L")
        .replace("ß", "ss")
        .replace("Đ", "D")
    )
    return "".join(
        letter
        for letter in unicodedata.normalize("NFD", plain)
        if not unicodedata.combining(letter)
    )


def _full(client: Known) -> str:
    return f"{client.given} {client.surname}"


def _is_plain_word(client: Known) -> bool:
    return client.kind == "word" or (
        client.kind == "short" and client.surname in {"An", "Do", "Ha", "Ma", "Oh", "Ray", "Sim"}
    )


def _ordinal(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _if(fits: bool, text: str) -> str | None:  # noqa: FBT001 - reads as a sentence
    return text if fits else None


def _short(client: Known) -> str | None:
    return SHORT_FORMS.get(client.given)


def _nickname(_: Random, c: Known) -> str | None:
    return _short(c) and f"{_short(c)} {c.surname}"


def _zero_width(random: Random, c: Known) -> str:
    at = random.randint(1, len(_full(c)) - 1)
    return _full(c)[:at] + random.choice("\u200b\u200d\u2060\u00ad\ufeff") + _full(c)[at:]


def _hyphen_break(_: Random, c: Known) -> str | None:
    if not c.surname.isalpha() or len(c.surname) < 6:
        return None
    return f"{c.given} {c.surname[:3]}-\n{c.surname[3:]}"


def _half(random: Random, c: Known) -> str | None:
    if c.kind != "compound":
        return None
    return f"{c.given} {random.choice(c.surname.replace('-', ' ').split())}"


NAME_WAYS: dict[str, Pen] = {
    "as on record": lambda _, c: c.legal_name,
    "first and last": lambda _, c: _full(c),
    "lower case": lambda _, c: _if(not _is_plain_word(c), _full(c).lower()),
    "upper case": lambda _, c: _full(c).upper(),
    "without accents": lambda _, c: _if(_bare(_full(c)) != _full(c), _bare(_full(c))),
    "accents as marks of their own": lambda _, c: _if(
        _bare(_full(c)) != _full(c), unicodedata.normalize("NFD", _full(c))
    ),
    "last, first": lambda _, c: f"{c.surname}, {c.given}",
    "LAST, first": lambda _, c: f"{c.surname.upper()}, {c.given}",
    "last first": lambda _, c: _if(not _is_plain_word(c), f"{c.surname} {c.given}"),
    "last, first middle": lambda r, c: f"{c.surname}, {c.given} {c.middle or r.choice(MIDDLES)}",
    "last, initial": lambda _, c: f"{c.surname}, {c.given[0]}.",
    "initial. last": lambda _, c: f"{c.given[0]}. {c.surname}",
    "initial.last": lambda _, c: f"{c.given[0]}.{c.surname}",
    "middle name between": lambda r, c: f"{c.given} {c.middle or r.choice(MIDDLES)} {c.surname}",
    "middle initial": lambda r, c: f"{c.given} {(c.middle or r.choice(MIDDLES))[0]}. {c.surname}",
    "nickname": _nickname,
    "last, nickname": lambda _, c: _short(c) and f"{c.surname}, {_short(c)}",
    'first "nickname" last': lambda r, c: (
        f'{c.given} "{r.choice(("Buddy", "Red", "Mimi"))}" {c.surname}'
    ),
    "name used": lambda _, c: _if(bool(c.name_used), f"{c.name_used} {c.surname}"),
    "title and last": lambda r, c: f"{r.choice(('Mr.', 'Ms.', 'Mrs', 'Mx.', 'Miss'))} {c.surname}",
    "last alone, a rare one": lambda _, c: _if(c.kind in {"other", "accented"}, c.surname),
    "the family": lambda _, c: f"the {c.surname} family",
    "possessive": lambda _, c: f"{_full(c)}'s",
    "curly possessive": lambda _, c: f"{_full(c)}\u2019s",
    "first and initial of last": lambda _, c: f"{c.given} {c.surname[0].upper()}.",
    "apostrophe left out": lambda _, c: _if(c.kind == "apostrophe", _full(c).replace("'", "")),
    "apostrophe as space": lambda _, c: _if(c.kind == "apostrophe", _full(c).replace("'", " ")),
    "apostrophe curly": lambda _, c: _if(c.kind == "apostrophe", _full(c).replace("'", "\u2019")),
    "hyphen as space": lambda _, c: _if("-" in c.surname, _full(c).replace("-", " ")),
    "hyphen left out": lambda _, c: _if("-" in c.surname, _full(c).replace("-", "")),
    "hyphen as dash": lambda _, c: _if("-" in c.surname, _full(c).replace("-", "\u2010")),
    "one half of a double name": _half,
    "particle joined": lambda _, c: _if(
        c.kind == "particle", f"{c.given} {c.surname.replace(' ', '')}"
    ),
    "particle in capitals": lambda _, c: _if(
        c.kind == "particle", f"{c.given} {c.surname.title()}"
    ),
    "line break": lambda _, c: f"{c.given}\n{c.surname}",
    "hyphen at a line's end": _hyphen_break,
    "two spaces or a tab": lambda r, c: f"{c.given}{r.choice(('  ', chr(9)))}{c.surname}",
    "no-break space": lambda _, c: f"{c.given}\u00a0{c.surname}",
    "underscore": lambda _, c: _full(c).replace(" ", "_"),
    "dot between": lambda _, c: f"{c.given}.{c.surname}".lower() if not _is_plain_word(c) else None,
    "in a file name": lambda _, c: f"{c.surname}_{c.given}_intake.pdf",
    "stuck together": lambda _, c: _if(
        c.surname.isalpha() and len(c.surname) > 3, f"{c.given}{c.surname}"
    ),
    "bold in markdown": lambda _, c: f"**{_full(c)}**",
    "zero-width letter": _zero_width,
    "Cyrillic look-alikes": lambda _, c: _full(c).translate(CYRILLIC),
    "full-width letters": lambda _, c: "".join(
        chr(ord(x) + 0xFEE0) if "!" <= x <= "~" else x for x in _full(c)
    ),
    "form fields": lambda _, c: f"First name: {c.given}, last name: {c.surname}",
}


def _phone(pattern: str) -> Pen:
    def write(_: Random, c: Known) -> str:
        a, b, d = c.phone[1:4], c.phone[6:9], c.phone[10:]
        return pattern.format(a=a, b=b, d=d)

    return write


def _pairs(digits: str) -> str:
    return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))


PHONE_WAYS: dict[str, Pen] = {
    "(a) b-d": _phone("({a}) {b}-{d}"),
    "(a)b-d": _phone("({a}){b}-{d}"),
    "a-b-d": _phone("{a}-{b}-{d}"),
    "a.b.d": _phone("{a}.{b}.{d}"),
    "a b d": _phone("{a} {b} {d}"),
    "digits only": _phone("{a}{b}{d}"),
    "a/b-d": _phone("{a}/{b}-{d}"),
    "+1 a b d": _phone("+1 {a} {b} {d}"),
    "+1 (a) b-d": _phone("+1 ({a}) {b}-{d}"),
    "1-a-b-d": _phone("1-{a}-{b}-{d}"),
    "+1.a.b.d": _phone("+1.{a}.{b}.{d}"),
    "extension": _phone("{a}-{b}-{d} ext. 12"),
    "x extension": _phone("({a}) {b}-{d} x4"),
    "line break": _phone("({a})\n{b}-{d}"),
    "spaced dash": _phone("{a} - {b} - {d}"),
    "en dash": _phone("{a}\u2013{b}\u2013{d}"),
    "no-break spaces": _phone("{a}\u00a0{b}\u00a0{d}"),
    "without area code": _phone("{b}-{d}"),
    "two digits a group": lambda _, c: _pairs("".join(x for x in c.phone if x.isdigit())),
    "full-width digits": lambda _, c: "".join(
        chr(ord(x) + 0xFEE0) if x.isdigit() else x for x in c.phone
    ),
    "after another number": lambda _, c: f"206-555-0100 / {c.phone}",
}


def _mail(pattern: str) -> Pen:
    def write(_: Random, c: Known) -> str:
        local, host = c.email.split("@")
        return pattern.format(
            local=local,
            host=host,
            dotted=host.replace(".", " dot "),
            boxed=host.replace(".", " [dot] "),
        )

    return write


EMAIL_WAYS: dict[str, Pen] = {
    "plain": _mail("{local}@{host}"),
    "upper case": lambda _, c: c.email.upper(),
    "first letter upper": lambda _, c: c.email.capitalize(),
    "at and dot in words": _mail("{local} at {dotted}"),
    "at in words": _mail("{local} at {host}"),
    "(at)": _mail("{local}(at){host}"),
    "[at] [dot]": _mail("{local} [at] {boxed}"),
    "plus tag": _mail("{local}+news@{host}"),
    "spaces around @": _mail("{local} @ {host}"),
    "mailto": _mail("mailto:{local}@{host}"),
    "angle brackets": _mail("<{local}@{host}>"),
    "line break after @": _mail("{local}@\n{host}"),
    "dot at the end": _mail("{local}@{host}."),
    "full-width @": _mail("{local}\uff20{host}"),
    "zero-width letter": lambda _, c: c.email[:3] + "\u200b" + c.email[3:],
}


def _date(write: Callable[[int, int, int], str]) -> Pen:
    return lambda _, c: write(c.birth_date.year, c.birth_date.month, c.birth_date.day)


DATE_WAYS: dict[str, Pen] = {
    "1984-03-31": _date(lambda y, m, d: f"{y}-{m:02}-{d:02}"),
    "03/31/1984": _date(lambda y, m, d: f"{m:02}/{d:02}/{y}"),
    "3/31/1984": _date(lambda y, m, d: f"{m}/{d}/{y}"),
    "3/31/84": _date(lambda y, m, d: f"{m}/{d}/{y % 100:02}"),
    "03-31-1984": _date(lambda y, m, d: f"{m:02}-{d:02}-{y}"),
    "31/03/1984": _date(lambda y, m, d: f"{d:02}/{m:02}/{y}"),
    "31.03.1984": _date(lambda y, m, d: f"{d:02}.{m:02}.{y}"),
    "31. 3. 1984": _date(lambda y, m, d: f"{d}. {m}. {y}"),
    "1984/03/31": _date(lambda y, m, d: f"{y}/{m:02}/{d:02}"),
    "19840331": _date(lambda y, m, d: f"{y}{m:02}{d:02}"),
    "31 March 1984": _date(lambda y, m, d: f"{d} {MONTHS[m - 1]} {y}"),
    "31st of March, 1984": _date(lambda y, m, d: f"{_ordinal(d)} of {MONTHS[m - 1]}, {y}"),
    "March 31st, 1984": _date(lambda y, m, d: f"{MONTHS[m - 1]} {_ordinal(d)}, {y}"),
    "March 31, 1984": _date(lambda y, m, d: f"{MONTHS[m - 1]} {d}, {y}"),
    "MARCH 31 1984": _date(lambda y, m, d: f"{MONTHS[m - 1].upper()} {d} {y}"),
    "Mar 31 84": _date(lambda y, m, d: f"{MONTHS[m - 1][:3]} {d} {y % 100:02}"),
    "Mar. 31, '84": _date(lambda y, m, d: f"{MONTHS[m - 1][:3]}. {d}, '{y % 100:02}"),
    "31-Mar-1984": _date(lambda y, m, d: f"{d:02}-{MONTHS[m - 1][:3]}-{y}"),
    "31mar1984": _date(lambda y, m, d: f"{d:02}{MONTHS[m - 1][:3].lower()}{y}"),
    "line break": _date(lambda y, m, d: f"{MONTHS[m - 1]} {d},\n{y}"),
    "full-width digits": _date(
        lambda y, m, d: "".join(
            chr(ord(x) + 0xFEE0) if x.isdigit() else x for x in f"{m:02}/{d:02}/{y}"
        )
    ),
}
NUMBER_WAYS: dict[str, Pen] = {
    "plain": lambda _, c: c.number,
    "with #": lambda _, c: f"#{c.number}",
    "in two groups": lambda _, c: f"{c.number[:4]} {c.number[4:]}",
    "with a dash": lambda _, c: f"{c.number[:4]}-{c.number[4:]}",
    "with zeros in front": lambda _, c: f"00{c.number}",
}
WAYS: dict[str, dict[str, Pen]] = {
    "name": NAME_WAYS,
    "phone": PHONE_WAYS,
    "e-mail": EMAIL_WAYS,
    "birth date": DATE_WAYS,
    "record number": NUMBER_WAYS,
}
SHARES = {"name": 50, "phone": 15, "e-mail": 13, "birth date": 17, "record number": 5}


def _typo(random: Random, c: Known) -> str:
    at = random.randint(1, max(1, len(c.surname) - 2))
    return f"{c.given} {c.surname[:at]}{c.surname[at + 1 : at + 2]}{c.surname[at]}{c.surname[at + 2 :]}"


UNKNOWABLE: dict[str, Pen] = {
    "first name alone": lambda _, c: c.given,
    "two initials": lambda _, c: f"{c.given[0]}.{c.surname[0].upper()}.",
    "surname misspelt": _typo,
    "a word that is a surname, alone": lambda _, c: _if(c.kind == "word", c.surname),
    "birthday without its year": lambda _, c: (
        f"{MONTHS[c.birth_date.month - 1]} {c.birth_date.day}"
    ),
    "last four digits of the phone": lambda _, c: c.phone[-4:],
}
"""What no list of clients can tell from an everyday word; measured too, outside the goal."""
