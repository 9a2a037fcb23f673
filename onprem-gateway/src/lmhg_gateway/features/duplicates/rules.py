"""How much two records look like one person, and why: points for each fact that agrees or differs.

Pure. A point is about a doubling of the odds, so points add up; what each is worth was set by hand on
the first FEBRL set alone and reported on others (docs/reference/figures.md). Nothing is merged by a
score: it asks someone, and only a certain match keeps IntakeQ from adding a person twice. So certain takes
the same legal name, the same birth date and a way to reach them in common: a nickname or a name used is
not enough, because twins share all the rest.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise, permutations
from typing import NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio

from lmhg_gateway.features.clients.public import (
    LAST,
    formal_names,
    name_words,
    phone_number,
    swapped,
    zip_of,
)
from lmhg_gateway.web.points import Traits

MAY_BE = 9.0
"""Points from which someone is asked whether two records are one person."""
PROBABLE = 17.0
CERTAIN = 24.0
"""Points that a certain match has at least; `is_certain` asks for more than points."""
WORDS_COMPARED = 4
_NEAR = ((0.92, 4.0), (0.85, 2.0), (0.75, -0.5), (0.0, -3.5))
"""Points of two words by how near they are, as Jaro and Winkler measure it."""


class Reason(StrEnum):
    """Why two records may be one person, or may not."""

    SAME_NAME = "same_name"
    NAME_ORDER = "name_order"
    NICKNAME = "nickname"
    LIKE_NAME = "like_name"
    NAME_USED = "name_used"
    SAME_BIRTH = "same_birth"
    BIRTH_SWAPPED = "birth_swapped"
    BIRTH_DIGIT = "birth_digit"
    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    SAME_ADDRESS = "same_address"
    SAME_ZIP = "same_zip"
    OTHER_NAME = "other_name"
    OTHER_BIRTH = "other_birth"


REASON_WORDS: Mapping[Reason, str] = {
    Reason.SAME_NAME: "same name",
    Reason.NAME_ORDER: "same names in another order",
    Reason.NICKNAME: "one name is short for the other",
    Reason.LIKE_NAME: "similar name",
    Reason.NAME_USED: "a name that they also use",
    Reason.SAME_BIRTH: "same birth date",
    Reason.BIRTH_SWAPPED: "birth date with day and month swapped",
    Reason.BIRTH_DIGIT: "birth date differs by one digit",
    Reason.SAME_PHONE: "same phone",
    Reason.SAME_EMAIL: "same email",
    Reason.SAME_ADDRESS: "same address",
    Reason.SAME_ZIP: "same ZIP code",
    Reason.OTHER_NAME: "but one name is different",
    Reason.OTHER_BIRTH: "but a different birth date",
}
LEVEL_WORDS: Mapping[str, str] = {
    "certain": "Almost certainly the same person",
    "probable": "Probably the same person",
    "may_be": "May be the same person",
}
LEVELS = tuple(LEVEL_WORDS)
"""The surest first."""


def why(reasons: Iterable[str]) -> str:
    """Reasons as a sentence's end: what agrees first, then what does not."""
    known = [Reason(each) for each in reasons]
    against = [each for each in known if each in AGAINST]
    return ", ".join(
        REASON_WORDS[each] for each in (*(k for k in known if k not in AGAINST), *against)
    )


AGAINST = frozenset({Reason.OTHER_NAME, Reason.OTHER_BIRTH})


def key_of(one: uuid.UUID, other: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """The one pair that two records make, whichever is named first."""
    return (one, other) if one < other else (other, one)


class Likeness(NamedTuple):
    """How much two records look like one person."""

    points: float
    reasons: tuple[Reason, ...]
    is_certain: bool = False

    @property
    def level(self) -> str:
        """certain, probable, may_be, or nothing where nobody has to be asked."""
        if self.is_certain:
            return "certain"
        if self.points >= PROBABLE:
            return "probable"
        return "may_be" if self.points >= MAY_BE else ""


class _Part(NamedTuple):
    points: float
    reasons: tuple[Reason, ...] = ()
    is_same: bool = False


_NOTHING = _Part(0.0)


def likeness(one: Traits, other: Traits) -> Likeness:
    """How much two records look like one person; the same whichever comes first."""
    name, born = _best_name(one, other), _birth(one.born, other.born)
    reached = _reached(one, other)
    points = name.points + born.points + reached.points
    is_certain = name.is_same and born.is_same and reached.is_same and points >= CERTAIN
    return Likeness(round(points, 1), (*name.reasons, *born.reasons, *reached.reasons), is_certain)


def best(ones: Iterable[Traits], others: Sequence[Traits]) -> Likeness:
    """The most that any record of one person looks like any of another."""
    found = (likeness(one, other) for one in ones for other in others)
    return max(found, key=lambda each: (each.is_certain, each.points), default=Likeness(0.0, ()))


def _best_name(one: Traits, other: Traits) -> _Part:
    """The best of all names that either is known by."""
    pairs = [
        (_name(tuple(name_words(a)), tuple(name_words(b))), at + to > 0)
        for at, a in enumerate(one.names)
        for to, b in enumerate(other.names)
        if name_words(a) and name_words(b)
    ]
    if not pairs:
        return _NOTHING
    best, is_used = max(pairs, key=lambda pair: (pair[0].points, not pair[1]))
    if is_used and best.points > 0:
        return best._replace(reasons=(*best.reasons, Reason.NAME_USED), is_same=False)
    return best


def _name(one: tuple[str, ...], other: tuple[str, ...]) -> _Part:
    """Two names, word for word in the order in which they agree most."""
    short, long = sorted((one[:WORDS_COMPARED], other[:WORDS_COMPARED]), key=lambda w: (len(w), w))
    points, back, order = max(
        (
            sum(_points(short, at, long, to) for at, to in enumerate(order)),
            -sum(1 for a, b in pairwise(order) if a > b),
            order,
        )
        for order in permutations(range(len(long)), len(short))
    )
    pairs = [(short[at], long[to]) for at, to in enumerate(order)]
    short_for = [_is_short_for(short, at, long, to) for at, to in enumerate(order)]
    reasons = tuple(_name_reasons(pairs, short_for, is_moved=back < 0))
    whole = sum(1 for a, b in pairs if min(len(a), len(b)) > 1)
    return _Part(points, reasons, is_same=whole > 1 and all(a == b for a, b in pairs))


def _points(one: Sequence[str], at: int, other: Sequence[str], to: int) -> float:
    """Points of one word of a name against one of another."""
    return 5.0 if _is_short_for(one, at, other, to) else _word(one[at], other[to])


def _is_short_for(one: Sequence[str], at: int, other: Sequence[str], to: int) -> bool:
    """Whether one word is a nickname of the other; the last word of a name is no first name."""
    are_last = 0 < at == len(one) - 1 and 0 < to == len(other) - 1
    return one[at] != other[to] and not are_last and is_short_for(one[at], other[to])


@lru_cache(maxsize=65_536)
def _word(one: str, other: str) -> float:
    """Points of two words by how they are written."""
    shorter = min(len(one), len(other))
    if one == other:
        return 6.5 if shorter > 1 else 1.0
    if shorter == 1:
        return 1.0 if one[0] == other[0] else -3.0
    if shorter > 3 and OSA.distance(one, other) == 1:
        return 5.0
    near = JaroWinkler.similarity(one, other)
    return next(points for least, points in _NEAR if near >= least)


def is_short_for(one: str, other: str) -> bool:
    """Whether one word is a nickname of the other, or both may be short for one name."""
    first, second = formal_names(one), formal_names(other)
    return one in second or other in first or bool(first & second)


def _name_reasons(
    pairs: Sequence[tuple[str, str]], short_for: Sequence[bool], *, is_moved: bool
) -> Iterable[Reason]:
    if all(a == b for a, b in pairs):
        yield Reason.NAME_ORDER if is_moved else Reason.SAME_NAME
        return
    rest = [_word(a, b) for (a, b), short in zip(pairs, short_for, strict=True) if not short]
    if any(short_for):
        yield Reason.NICKNAME
    elif any(each > 0 for each in rest):
        yield Reason.LIKE_NAME
    if any(each < 0 for each in rest):
        yield Reason.OTHER_NAME


def _birth(one: date | None, other: date | None) -> _Part:
    if one is None or other is None:
        return _NOTHING
    if one == other:
        return _Part(11.0, (Reason.SAME_BIRTH,), is_same=True)
    if swapped(one) == other:
        return _Part(8.0, (Reason.BIRTH_SWAPPED,))
    off = OSA.distance(f"{one:%Y%m%d}", f"{other:%Y%m%d}")
    if off == 1:
        return _Part(6.5, (Reason.BIRTH_DIGIT,))
    return _Part(0.0 if off == 2 else -6.0, (Reason.OTHER_BIRTH,))


def _reached(one: Traits, other: Traits) -> _Part:
    """Phone, e-mail and address: one that agrees counts, the best of an address alone."""
    parts = [_phone(one, other), _email(one, other), _address(one.address, other.address)]
    return _Part(
        sum(part.points for part in parts),
        tuple(reason for part in parts for reason in part.reasons),
        is_same=any(part.is_same for part in parts),
    )


def _phone(one: Traits, other: Traits) -> _Part:
    first, second = (
        {number for each in traits.phones if (number := phone_number(each))}
        for traits in (one, other)
    )
    if not first or not second:
        return _NOTHING
    if any(_is_same_phone(a, b) for a in first for b in second):
        return _Part(7.0, (Reason.SAME_PHONE,), is_same=True)
    return _Part(-4.5)


def _is_same_phone(one: str, other: str) -> bool:
    """The same number, one of them perhaps without its area code."""
    is_short = min(len(one), len(other)) == LAST
    return one == other or (is_short and one[-LAST:] == other[-LAST:])


def _email(one: Traits, other: Traits) -> _Part:
    first, second = one.email.strip().casefold(), other.email.strip().casefold()
    if first and first == second:
        return _Part(8.0, (Reason.SAME_EMAIL,), is_same=True)
    return _NOTHING


def _address(one: str, other: str) -> _Part:
    if not one or not other:
        return _NOTHING
    first, second = zip_of(one), zip_of(other)
    code = _zip(first, second)
    streets = (one.replace(first, "").strip(" ,"), other.replace(second, "").strip(" ,"))
    if not all(streets):
        return code
    near = token_sort_ratio(*(street.casefold() for street in streets)) / 100
    if near >= 0.85:
        return _Part(7.0 + max(code.points, 0.0) / 2, (Reason.SAME_ADDRESS,), is_same=True)
    if near >= 0.7:
        return _Part(5.0 + max(code.points, 0.0) / 2, code.reasons)
    return _Part(code.points - (2.0 if near < 0.5 else 0.0), code.reasons)


def _zip(one: str, other: str) -> _Part:
    if not one or not other:
        return _NOTHING
    if one == other:
        return _Part(5.0, (Reason.SAME_ZIP,), is_same=True)
    off = OSA.distance(one, other)
    return _Part(2.5) if off == 1 else _Part(-2.5)
