"""Home addresses of clients: the house number with the street behind it."""

import re
from collections import Counter
from collections.abc import Iterable

from lmhg_gateway.features.screening.matching.counting import count
from lmhg_gateway.features.screening.matching.reading import Reading
from lmhg_kit.normalizer import normal, words_of

_DIRECTIONS = frozenset(
    ["n", "s", "e", "w", "ne", "nw", "se", "sw", "north", "south", "east", "west", "old"]
)
_STREET = frozenset(
    [
        "street",
        "st",
        "avenue",
        "ave",
        "road",
        "rd",
        "drive",
        "dr",
        "boulevard",
        "blvd",
        "lane",
        "ln",
        "court",
        "ct",
        "way",
        "place",
        "pl",
        "circle",
        "cir",
        "terrace",
        "ter",
        "trail",
        "trl",
        "pike",
        "highway",
        "hwy",
        "parkway",
        "pkwy",
        "square",
        "sq",
        "alley",
        "loop",
        "run",
    ]
)
_STREET_WITHIN = 4
"""Words behind the house number among which the word for a street is."""
_BOX = re.compile(r"\bp\s*\.?\s*o\s*\.?\s*box\b")

House = tuple[str, str]
"""A house number and the first word of its street."""


def house_of(address: str) -> House | None:
    """The house of an address on record, if it has one: `12 N Oak Street` is 12, oak."""
    text = normal(address)
    return None if _BOX.search(text) else next(iter(_houses(words_of(text))), None)


def _houses(words: list[str]) -> Iterable[House]:
    for at, word in enumerate(words):
        if word.isdigit() and (street := _street_after(words, at)):
            yield word.lstrip("0"), street


def _street_after(words: list[str], at: int) -> str:
    """The first word of the street that follows a house number, or nothing."""
    rest = words[at + 1 : at + 1 + _STREET_WITHIN]
    while rest and rest[0] in _DIRECTIONS:
        rest = rest[1:]
    if not rest or rest[0].isdigit() or _STREET.isdisjoint(rest[1:]):
        return ""
    return rest[0]


class AddressIndex:
    """Where clients live. Counted, so that one may go and another stay."""

    def __init__(self) -> None:
        self._houses: Counter[House] = Counter()
        self.numbers: Counter[str] = Counter()
        """Their house numbers: most texts have none of them."""

    def change(self, addresses: Iterable[str], *, by: int) -> list[str]:
        """Count a client's addresses in (+1) or out (-1); the numbers that it changed."""
        found = [house for each in addresses if (house := house_of(each))]
        for number, street in found:
            count(self._houses, (number, street), by)
            count(self.numbers, number, by)
        return [number for number, _ in found]

    def find(self, read: Reading) -> list[str]:
        """The rule, if a client's house is in a text."""
        if self.numbers.keys().isdisjoint(read.telling):
            return []
        words = read.words
        is_near = any(
            (word, each) in self._houses
            for at, word in enumerate(words)
            if word in self.numbers
            for each in words[at + 1 : at + 4]
        )
        return ["client_address"] if is_near else []
