"""Names of clients as words: under which words each client is known."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from lmhg_gateway.features.screening.matching.counting import count
from lmhg_gateway.features.screening.matching.sounds import SOUND_MIN, sound_of
from lmhg_gateway.features.screening.matching.unspaced import UnspacedNames
from lmhg_gateway.features.screening.matching.word_lists import (
    COMMON,
    FIRST_NAMES,
    FREQUENT,
    JOINED,
    PARTICLES,
    SUFFIXES,
    TITLES,
    called,
)
from lmhg_kit.normalizer import normal, ways_to_write, words_of

ALONE_MIN = 2
JOINED_MIN = 6
"""The shortest surname that is looked for with an initial stuck to it, as user names have it."""


class ParsedName(msgspec.Struct, frozen=True):
    """First names, pieces of the surname, these in one word, and what may be either."""

    givens: tuple[str, ...]
    surnames: tuple[str, ...]
    whole: str
    either: tuple[str, ...] = ()


def parse_name(name: str) -> ParsedName:
    """The parts of a name as it is on record. A name of one word is a first name.

    Every word between the first and the last may be either, and is taken for both.
    """
    last, comma, first = name.partition(",")
    if comma and words_of(normal(first)) and words_of(normal(first))[0] not in SUFFIXES:
        name = f"{first} {last}"
    words = words_of(normal(name.replace(",", " ")))
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    while len(words) > 2 and words[-1] in SUFFIXES:
        words = words[:-1]
    if len(words) < 2:
        return ParsedName(tuple(words), (), "")
    start = len(words) - 1
    while start > 1 and words[start - 1] in PARTICLES:
        start -= 1
    hyphenated = words_of(normal(name.split()[-1])) if name.split() else []
    if len(hyphenated) > 1 and words[-len(hyphenated) :] == hyphenated:
        start = min(start, max(1, len(words) - len(hyphenated)))
    middles = [word for word in words[1:start] if word not in PARTICLES]
    last_words = words[start:]
    pieces = [word for word in last_words if word not in PARTICLES and len(word) > 1]
    pieces = pieces or [word for word in last_words[-1:] if len(word) > 1]
    extra = tuple(word for word in middles if len(word) > 2 and word not in FIRST_NAMES)
    return ParsedName((words[0], *middles), tuple(pieces), "".join(words[start:]), extra)


class Anchor:
    """A word that surnames of clients are made of, and the first names of their bearers."""

    __slots__ = (
        "_beside",
        "_forms",
        "_sounds",
        "alone",
        "either",
        "givens",
        "initials",
        "plural",
        "signed",
        "titled",
    )

    def __init__(self) -> None:
        self.alone = 0
        self.either = 0
        self.plural = 0
        self.titled = 0
        """Bearers whose first word it is, and may be the family's name: with a title it is theirs."""
        self.signed = 0
        """Bearers who have no other name, and it is an everyday word or a first name."""
        self._forms: frozenset[str] | None = None
        self._sounds: frozenset[str] | None = None
        self._beside: frozenset[str] | None = None
        self.givens: Counter[str] = Counter()
        self.initials: Counter[str] = Counter()

    @property
    def is_empty(self) -> bool:
        """Whether nobody bears it any more."""
        counted = self.alone or self.either or self.plural or self.titled or self.signed
        return not (counted or self.givens)

    @property
    def beside(self) -> frozenset[str]:
        """First names and initials: without one of them near, no whole name of a bearer is here."""
        if self._beside is None:
            self._beside = self.forms.union(self.initials)
        return self._beside

    @property
    def forms(self) -> frozenset[str]:
        """Every first name that a bearer may go by."""
        if self._forms is None:
            self._forms = frozenset[str]().union(*map(called, self.givens))
        return self._forms

    @property
    def sounds(self) -> frozenset[str]:
        """How the bearers' first names sound."""
        if self._sounds is None:
            self._sounds = frozenset(map(sound_of, self.givens)) - {""}
        return self._sounds

    def change(self, posting: "Posting", *, by: int) -> None:
        """Count a client in (+1) or out (-1)."""
        setattr(self, posting.kind, getattr(self, posting.kind) + by)
        for given in posting.givens:
            count(self.givens, given, by)
            count(self.initials, given[0], by)
        self._beside = self._forms = self._sounds = None

    def is_given(self, word: str) -> bool:
        """Whether a bearer of the surname goes by this first name."""
        return word in self.forms or (len(word) > SOUND_MIN and sound_of(word) in self.sounds)

    def has_near(self, words: Sequence[str]) -> bool:
        """Whether a first name or an initial is among words; where none is, no whole name is."""
        if not self.beside.isdisjoint(words):
            return True
        sounds = self.sounds
        return bool(sounds) and any(len(w) > SOUND_MIN and sound_of(w) in sounds for w in words)


class Posting(msgspec.Struct, frozen=True):
    """What one client adds under one word."""

    word: str
    kind: str
    """A counter of `Anchor`, or "joined": no surname, but a whole name in one word."""
    givens: tuple[str, ...] = ()


def postings_of(names: Iterable[str]) -> tuple[list[Posting], set[tuple[str, str]]]:
    """Under which words a client is known, and (first name, initial of the surname) pairs."""
    parsed = [parse_name(way) for name in names for way in ways_to_write(name)]
    givens = tuple(dict.fromkeys(given for each in parsed for given in _givens_of(each)))
    cores = dict.fromkeys(piece for each in parsed for piece in each.surnames)
    wholes = dict.fromkeys(each.whole for each in parsed if each.whole)
    surnames = [word for word in (*cores, *(w for w in wholes if w not in cores)) if word]
    found = [Posting(word, "alone", givens) for word in surnames if len(word) >= ALONE_MIN]
    either = dict.fromkeys(word for each in parsed for word in each.either)
    found += [Posting(word, "either", givens) for word in either if word not in surnames]
    found += [Posting(word, kind) for word, kind in _single_words(parsed) if word not in surnames]
    found += [
        Posting(word + "s", "plural", givens)
        for word in surnames
        if len(word) > 3
        and not word.endswith("s")
        and word not in COMMON
        and word + "s" not in cores
    ]
    stuck = {given + whole for whole in wholes for given in givens if len(given) > 1}
    stuck |= {g[0] + w for w in wholes if len(w) >= JOINED_MIN for g in givens[:1]}
    found += [Posting(word, "joined") for word in sorted(stuck - COMMON) if len(word) > 5]
    pairs = {(given, whole[0]) for whole in wholes for given in givens if len(given) > 1}
    pairs |= {(given, word[0]) for word in cores for given in givens if len(given) > 1}
    return found, {(form, letter) for given, letter in pairs for form in called(given)}


def _givens_of(name: ParsedName) -> tuple[str, ...]:
    """First names, and the first two of them in one word."""
    return (*name.givens, "".join(name.givens[:2]))


def _single_words(parsed: Sequence[ParsedName]) -> set[tuple[str, str]]:
    """Words that are a person's name by themselves, and what must say so.

    The only name of someone; or the first word of a name that may begin with the family's.
    """
    if not any(each.surnames for each in parsed):
        alone = {each.givens[0] for each in parsed if each.givens}
        kinds = {word: word not in COMMON and word not in FIRST_NAMES for word in alone}
        return {
            (word, "alone" if is_rare else "signed")
            for word, is_rare in kinds.items()
            if len(word) >= ALONE_MIN
        }
    firsts = {each.givens[0] for each in parsed if each.surnames}
    return {
        (word, "titled")
        for word in firsts
        if len(word) >= ALONE_MIN and (word not in FIRST_NAMES or word in FREQUENT)
    }


class NameIndex:
    """Words of clients' names. A client comes and goes without anything being built again."""

    def __init__(self) -> None:
        self.anchors: dict[str, Anchor] = {}
        self.joined: Counter[str] = Counter()
        """Whole names in one word, as user names have them."""
        self.everyday: set[str] = set()
        """Those of `anchors` that are common words as well."""
        self.pairs: dict[str, Counter[str]] = {}
        self.firsts: Counter[str] = Counter()
        self.unspaced = UnspacedNames()

    def is_first(self, word: str) -> bool:
        """Whether a word is a first name, by our lists or by our clients."""
        return word in FIRST_NAMES or word in self.firsts

    def __contains__(self, word: str) -> bool:
        """Whether a word is a surname, or a whole name in one word."""
        return word in self.anchors or word in self.joined

    def change(self, names: Sequence[str], *, by: int) -> list[str]:
        """Count a client's names in (+1) or out (-1); the words that it changed."""
        found, pairs = postings_of(names)
        self.unspaced.change(names, by=by)
        for posting in found:
            self._post(posting, by=by)
        for first in {words_of(normal(name))[0] for name in names if words_of(normal(name))}:
            count(self.firsts, first, by)
        for given, initial in pairs:
            counts = self.pairs.setdefault(given, Counter())
            count(counts, initial, by)
            if not counts:
                del self.pairs[given]
        return [posting.word for posting in found]

    def _post(self, posting: Posting, *, by: int) -> None:
        word = posting.word
        if posting.kind == "joined":
            count(self.joined, word, by)
        else:
            anchor = self.anchors.setdefault(word, Anchor())
            anchor.change(posting, by=by)
            if anchor.is_empty:
                del self.anchors[word]
        is_everyday = word in COMMON and word not in JOINED
        if is_everyday and word in self.anchors and word not in self.joined:
            self.everyday.add(word)
        else:
            self.everyday.discard(word)

    def has_pair(self, given: str, initial: str) -> bool:
        """Whether a client goes by this first name and has a surname with this initial."""
        return initial in self.pairs.get(given, ())
