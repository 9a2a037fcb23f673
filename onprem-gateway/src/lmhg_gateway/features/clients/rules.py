"""What a client's record may say, and what an edit may not undo."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.http.door import FIRST_DAY


def check_part2(*, before: bool, after: bool) -> None:
    """Accept a change of the 42 CFR Part 2 flag: on stays on. Raises: Invalid."""
    if before and not after:
        raise Invalid(
            "part2_locked",
            fields={"part2": "This protection stays on; compliance can explain why."},
        )


def check_birth(day: date | None, *, today: date) -> None:
    """Accept a birth date of someone who may live now. Raises: Invalid."""
    if day is not None and not FIRST_DAY <= day <= today:
        raise Invalid(
            "birth_date", fields={"birth_date": f"Write a date from {FIRST_DAY.year} to today."}
        )


def check_version(saved: int, *, seen: int) -> None:
    """Accept an edit of the newest version. Raises: Conflict."""
    if saved != seen:
        raise Conflict("client_changed")


class Marks(NamedTuple):
    """What tells people of one name apart."""

    born: str
    phones: frozenset[str]
    email: str


def are_alike(one: Marks, other: Marks) -> bool:
    """Whether two of one name may be the same person: something agrees, or nothing differs."""
    pairs = ((one.born, other.born), (one.email, other.email))
    if any(a and a == b for a, b in pairs) or one.phones & other.phones:
        return True
    return not any(a and b for a, b in pairs) and not (one.phones and other.phones)


def numbers_of(phones: Iterable[str | None]) -> frozenset[str]:
    """The last ten digits of each phone, however it is written."""
    numbers = ("".join(filter(str.isdigit, each or ""))[-10:] for each in phones)
    return frozenset(number for number in numbers if number)
