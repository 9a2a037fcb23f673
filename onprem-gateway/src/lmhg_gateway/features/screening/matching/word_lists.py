"""Words that names are told from: nicknames, first names, frequent surnames, common words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"


def _lines(name: str) -> list[list[str]]:
    return [line.split() for line in (_DATA / name).read_text("utf-8").splitlines() if line]


def _flat(lines: Iterable[list[str]]) -> frozenset[str]:
    return frozenset(word for line in lines for word in line)


def _called(groups: Iterable[list[str]]) -> dict[str, frozenset[str]]:
    """Each name with every name that a bearer of it may go by, and itself."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for group in groups:
        for name in group:
            found[name].update(group)
    return {name: frozenset(names) for name, names in found.items()}


def _named(lines: Iterable[list[str]]) -> dict[str, frozenset[str]]:
    """Word lists by the name in front of each line."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, *words in lines:
        found[name].update(words)
    return {name: frozenset(words) for name, words in found.items()}


_GROUPS = _lines("nicknames.txt")
CALLED: Mapping[str, frozenset[str]] = _called(_GROUPS)
FIRST_NAMES = _flat(_GROUPS) | _flat(_lines("first_names.txt"))
FREQUENT = _flat(_lines("frequent_surnames.txt"))
KNOWN_PHRASES = [tuple(line) for line in _lines("known_phrases.txt")]
COMMON = _flat(_lines("common_words.txt"))

_AROUND = _named(_lines("around.txt"))
TITLES = _AROUND["titles"]
SUFFIXES = _AROUND["suffixes"]
PARTICLES = _AROUND["particles"]
JOINED = _AROUND["joined"]
"""Beginnings of surnames that people write with a space, an apostrophe, or neither."""
FAMILY = _AROUND["family"]
AFTER = _AROUND["after"]
"""What is said right after a person's name, and hardly after a thing's."""
BEFORE = _AROUND["before"]
"""What is said right before a person's name."""
NO_PERSON = _AROUND["no_person"]
"""What makes a place, a firm, an instrument or an illness of a surname before it."""
PLACES = _AROUND["places"]
"""Surnames that are places as well, when one is in them or they have an office."""
PLACE_HAS = _AROUND["place_has"]
MONTHS = _AROUND["months"]
"""Months that are surnames or first names."""
IN_MONTH = _AROUND["in_month"]
"""What is before a month."""
FIRMS = _AROUND["firms"]
"""Those of `NO_PERSON` that make a street or a firm of a surname even where capitals say nothing."""
NUMBERED = _AROUND["numbered"]
"""A single letter after these is a number, not an initial."""
SIGNS = TITLES | FAMILY | AFTER | BEFORE | {"s"}
"""Words one of which must be near a common word that is a person's name."""


LEADS = _AROUND["leads"]
"""What is before a name in a text without capitals, where both its words are everyday ones."""
ACTS = _AROUND["acts"]
"""What a person does, after such a name."""
VERBS = _AROUND["verbs"]
"""First names that are verbs: "mark long forms" names nobody."""

_KNOWN_MAX = 50_000
"""First names whose spellings are remembered; lists and clients have fewer."""
SHORT_FORM_MIN = 3
HALF_MIN = 2
_RESPELLED = (
    ("ph", "f"), ("f", "ph"), ("z", "s"), ("s", "z"), ("k", "c"), ("c", "k"), ("y", "i"), ("i", "y"), ("th", "t"), ("ie", "y"),
    ("ey", "y"), ("v", "f"), ("ai", "ay"), ("ay", "ai"), ("ks", "x"), ("ei", "ai"), ("an", "en"), ("en", "an"), ("ae", "e"), ("ph", "v"), ("v", "ph"),
    ("ay", "ey"), ("ey", "ay"), ("el", "ael"), ("ch", "c"), ("ck", "c"), ("in", "yn"), ("en", "in"), ("in", "en"), ("a", "ah"), ("ie", "i"), ("i", "ie"),
)  # fmt: skip
"""Letters that one first name is spelled with as well as another, anywhere behind the first."""
_DOUBLED = frozenset("lmnrstd")


def nicknames(name: str) -> frozenset[str]:
    """Every first name that a bearer of this one may go by, as our list has it."""
    return CALLED.get(name) or frozenset((name,))


@lru_cache(maxsize=_KNOWN_MAX)
def called(name: str) -> frozenset[str]:
    """The same, with its short forms, its halves, and how others spell it."""
    found = {*nicknames(name), *_shortened(name), *_halves(name)}
    for each in nicknames(name):
        found.update(_respelled(each))
    return frozenset(found)


def _shortened(name: str) -> Iterator[str]:
    for end in range(SHORT_FORM_MIN, len(name) - 1):
        if name[:end] in FIRST_NAMES:
            yield name[:end]


def _halves(name: str) -> Iterator[str]:
    """Both names of one that is two in one word, as in Annmarie."""
    for end in range(HALF_MIN, len(name) - HALF_MIN + 1):
        if name[:end] in FIRST_NAMES and name[end:] in FIRST_NAMES:
            yield from (name[:end], name[end:])


def _respelled(name: str) -> Iterator[str]:
    if len(name) < SHORT_FORM_MIN:
        return
    for one, other in _RESPELLED:
        at = name.find(one, 1)
        if at > 0:
            yield name[:at] + other + name[at + len(one) :]
    for at in range(1, len(name) - 1):
        if name[at] == name[at + 1]:
            yield name[:at] + name[at + 1 :]
        elif name[at] in _DOUBLED:
            yield name[: at + 1] + name[at:]
    last = name[-1]
    yield name[:-1] if last in "eh" else name + ("h" if last == "a" else "e")
    yield f"{name}{last}e" if last in _DOUBLED else f"{name}y"
    if name.endswith("e") and name[-3:-2] == name[-2:-1]:
        yield name[:-2]
    if name[0] == "t":
        yield f"t{name[2:]}" if name[1] == "h" else f"th{name[1:]}"
    if name[0] in "ck" and not name.startswith("ch"):
        yield ("k" if name[0] == "c" else "c") + name[1:]
