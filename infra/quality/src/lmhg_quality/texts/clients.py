"""Invented clients and colleagues, with names as the world has them. The same seed, the same people."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random


def _names() -> dict[str, list[str]]:
    """Lists of names; the first word of a line says of which."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in Path(__file__).with_name("names.txt").read_text("utf-8").splitlines():
        kind, *names = line.split()
        found[kind] += names
    return dict(found)


_NAMES = _names()
GIVEN, FREQUENT, WORDS = _NAMES["given"], _NAMES["frequent"], _NAMES["words"]
SHORT, ACCENTED, APOSTROPHE = _NAMES["short"], _NAMES["accented"], _NAMES["apostrophe"]
OTHER, SYLLABLES, ENDINGS = _NAMES["other"], _NAMES["syllables"], _NAMES["endings"]
PARTICLE = [
    "de la Cruz", "van der Berg", "von Steinbach", "di Marco", "de Souza", "al-Rashid", "dos Santos", "Van Dyke", "van den Heuvel",
    "de los Reyes", "Mac Allister", "McDonald", "MacDougall", "DeLuca", "St. James", "el-Masri", "Le Blanc", "della Rovere", "ten Hoeve",
    "bin Yusof", "da Silva", "van Leeuwen", "de la Fuente", "McKinnon", "De Witt", "LaRue",
]  # fmt: skip
DOMAINS = ("example.com", "example.org", "mail.example.net", "example.co.uk", "post.example.edu")
AREAS = (206, 312, 404, 512, 617, 718)
FIRST_BIRTH, LAST_BIRTH = date(1931, 1, 1), date(2020, 12, 31)
STAFF_TITLES = ("", "", "", "Dr ", " LCSW", " LMFT", " PsyD")


@dataclass(frozen=True)
class Known:
    """A client, in the fields of the gateway's own record."""

    id: str
    given: str
    middle: str
    surname: str
    name_used: str
    phone: str
    email: str
    birth_date: date
    number: str
    kind: str
    """Which list the surname is from: the report tells recall by it."""

    @property
    def legal_name(self) -> str:
        """First, middle and last."""
        return " ".join(part for part in (self.given, self.middle, self.surname) if part)


def surname(random: Random) -> tuple[str, str]:
    """A surname, and which list it is from."""
    kind = random.choices(
        ("frequent", "word", "short", "accented", "compound", "particle", "apostrophe", "other"),
        (24, 12, 8, 8, 8, 6, 5, 29),
    )[0]
    pools = {
        "frequent": FREQUENT,
        "word": WORDS,
        "short": SHORT,
        "accented": ACCENTED,
        "particle": PARTICLE,
        "apostrophe": APOSTROPHE,
    }
    if kind in pools:
        return random.choice(pools[kind]), kind
    if kind == "compound":
        pair = random.sample([*FREQUENT, *OTHER, *ACCENTED], 2)
        return random.choice(("-", "-", " ")).join(pair), kind
    if random.random() < 0.5:
        return random.choice(OTHER), kind
    return (random.choice(SYLLABLES) + random.choice(ENDINGS)).capitalize(), kind


def clients(count: int, *, seed: str) -> list[Known]:
    """So many clients, no two with the same whole name."""
    random = Random(f"clients {seed}")
    taken: set[str] = set()
    found: list[Known] = []
    days = (LAST_BIRTH - FIRST_BIRTH).days
    while len(found) < count:
        given, (last, kind) = random.choice(GIVEN), surname(random)
        middle = random.choice(GIVEN) if random.random() < 0.3 else ""
        phone = f"({random.choice(AREAS)}) {random.randint(220, 989)}-{random.randint(0, 9999):04}"
        if f"{given} {last}" in taken or phone in taken:
            continue
        taken |= {f"{given} {last}", phone}
        used = random.choice(GIVEN) if random.random() < 0.06 else ""
        found.append(
            Known(
                id=str(len(found)),
                given=given,
                middle=middle,
                surname=last,
                name_used=used,
                phone=phone,
                email=_email(random, given, last, len(found)),
                birth_date=FIRST_BIRTH + timedelta(days=random.randrange(days)),
                number=str(random.randint(10_000_000, 99_999_999)),
                kind=kind,
            )
        )
    return found


def _email(random: Random, given: str, last: str, number: int) -> str:
    plain = "".join(
        letter for letter in (given[0] + last).lower() if letter.isascii() and letter.isalpha()
    )
    first = "".join(letter for letter in given.lower() if letter.isascii())
    local = random.choice(
        (
            f"{first}.{plain[1:]}",
            f"{plain}{number}",
            f"{first}_{number}",
            f"sunny.{first}{number}",
            f"bluebird{number * 7}",
        )
    )
    return f"{local}@{random.choice(DOMAINS)}"


@dataclass(frozen=True)
class Colleague:
    """A colleague: as the staff profile has the name, and as people write it."""

    shown: str
    given: str
    surname: str


def staff(count: int, known: list[Known], *, seed: str) -> list[Colleague]:
    """So many colleagues, none of them named as a client is; surnames are shared as chance has it."""
    random = Random(f"staff {seed}")
    names = {f"{client.given} {client.surname}" for client in known}
    found: list[Colleague] = []
    while len(found) < count:
        given = random.choice(GIVEN)
        last = random.choice(random.choice((FREQUENT, FREQUENT, OTHER, WORDS, SHORT)))
        if f"{given} {last}" in names:
            continue
        title = random.choice(STAFF_TITLES)
        shown = f"{title}{given} {last}" if title.endswith(" ") else f"{given} {last}{title}"
        found.append(Colleague(shown, given, last))
    return found
