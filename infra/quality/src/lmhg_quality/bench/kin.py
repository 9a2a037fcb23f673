"""A set of our own: people written down twice in the ways of a front desk, and relatives who are someone else."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from nicknames import NickNamer

from lmhg_gateway.features.clients.models import Client
from lmhg_quality.texts.clients import FREQUENT, GIVEN, clients

STREETS = ("Elm Street", "Oak Avenue", "Bardstown Road", "Frankfort Avenue", "Market Street")
_NICKNAMES = NickNamer()


@dataclass(frozen=True)
class Kin:
    """One record: whose it is, and which earlier record of the same person it is like, and how."""

    person: int
    given: str
    surname: str
    born: date
    phone: str
    address: str
    name_used: str = ""
    email: str = ""
    like: int | None = None
    how: str = ""

    def client(self) -> Client:
        """The row."""
        return Client(
            legal_name=f"{self.given} {self.surname}",
            name_used=self.name_used or None,
            birth_date=self.born.isoformat(),
            mobile=self.phone,
            email=self.email or None,
            address=self.address,
        )


def _again(random: Random, one: Kin, at: int) -> list[Kin]:
    """The same person written down once more, in one of the ways to differ."""
    short = sorted(_NICKNAMES.nicknames_of(one.given.lower()))
    day = one.born
    ways: dict[str, Kin] = {
        "written the same": one,
        "a letter off": replace(one, given=_slip(random, one.given)),
        "surname changed": replace(one, surname=random.choice(FREQUENT)),
        "names swapped": replace(one, given=one.surname, surname=one.given),
        "another phone": replace(one, phone=_phone(random), address=""),
        "name used": replace(
            one, given=random.choice(GIVEN), name_used=f"{one.given} {one.surname}"
        ),
        "a digit off in the birth date": replace(
            one, born=day.replace(year=day.year - 1, day=min(day.day, 28))
        ),
    }
    if short:
        ways["nickname"] = replace(one, given=random.choice(short).title())
    if day.day <= 12 and day.day != day.month:
        ways["day and month swapped"] = replace(one, born=day.replace(month=day.day, day=day.month))
    how = random.choice(sorted(ways))
    return [replace(ways[how], like=at, how=how)]


def _slip(random: Random, word: str) -> str:
    at = random.randrange(1, max(2, len(word)))
    return word[:at] + random.choice("aeiorn") + word[at + 1 :]


def _phone(random: Random) -> str:
    return f"(502) {random.randint(220, 989)}-{random.randint(0, 9999):04}"


def _relatives(random: Random, one: Kin, person: int, *, but: set[str]) -> list[Kin]:
    """People of one home who are someone else: a twin, a child, a parent whose phone it is, a namesake."""
    free = [name for name in GIVEN if name not in but]
    twin = replace(one, given=random.choice(free))
    close = next((n for n in free if n != twin.given and n[:3] == one.given[:3]), "")
    child = replace(
        twin,
        given=random.choice(GIVEN),
        born=one.born + timedelta(days=random.randint(7_000, 12_000)),
    )
    junior = replace(one, born=one.born + timedelta(days=random.randint(7_000, 12_000)))
    namesake = replace(
        one,
        born=one.born + timedelta(days=random.randint(400, 9_000)),
        phone=_phone(random),
        address="",
    )
    found = [twin, child, junior, namesake]
    if close:
        found.append(replace(one, given=close))
    return [replace(each, person=person + n) for n, each in enumerate(found, 1)]


def families(count: int, *, seed: str) -> list[Kin]:
    """So many families: someone, a second record of them, and relatives."""
    random = Random(f"kin {seed}")
    found: list[Kin] = []
    person = 0
    for known in clients(count, seed=seed):
        home = f"{random.randint(1, 999)} {random.choice(STREETS)}, Louisville, KY 402{random.randint(1, 29):02}"
        one = Kin(person, known.given, known.surname, known.birth_date, known.phone, home)
        found.append(one)
        again = _again(random, one, len(found) - 1)
        found += again
        kin = _relatives(random, one, person, but={one.given, *(each.given for each in again)})
        found += kin
        person += len(kin) + 1
    return found
