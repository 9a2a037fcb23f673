"""Names and phrases that are no client's: colleagues, what everybody knows, what an officer allowed."""

from collections.abc import Iterable

from lmhg_gateway.features.screening.matching.name_index import ParsedName, parse_name
from lmhg_gateway.features.screening.matching.word_lists import KNOWN_PHRASES, nicknames
from lmhg_kit.normalizer import normal, words_of


class Masks:
    """Names and phrases that are no client's: colleagues, and what an officer allowed."""

    def __init__(self, staff: Iterable[str] = (), allowed: Iterable[str] = ()) -> None:
        self._phrases: set[tuple[str, ...]] = set()
        self._lengths: dict[str, set[int]] = {}
        """How many words the phrases have that begin with a word."""
        self.words: set[str] = set()
        self.firsts: set[str] = set()
        self._longest = 1
        for phrase in KNOWN_PHRASES:
            self._add(phrase)
        for name in staff:
            parsed = parse_name(name)
            self.firsts.update(each for given in parsed.givens for each in nicknames(given))
            for phrase in _staff_phrases(parsed):
                self._add(phrase)
        for phrase in (tuple(words_of(normal(each))) for each in allowed):
            if len(phrase) == 1:
                self.words.add(phrase[0])
            elif phrase:
                self._add(phrase)

    def _add(self, phrase: tuple[str, ...]) -> None:
        self._phrases.add(phrase)
        self._lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._longest = max(self._longest, len(phrase))

    def covers(self, words: list[str], start: int, end: int, *, longer: bool = False) -> bool:
        """Whether words[start:end] lie in a known phrase, or in one that says more than they do."""
        for at in range(max(0, end - self._longest), start + 1):
            for length in self._lengths.get(words[at], ()):
                is_fit = at + length >= end and (length > end - start or not longer)
                if is_fit and tuple(words[at : at + length]) in self._phrases:
                    return True
        return False


def _staff_phrases(name: ParsedName) -> set[tuple[str, ...]]:
    """How a colleague is written: any first name and the surname in both orders, with a title."""
    if not name.surnames:
        return set()
    surname = name.surnames
    firsts = {each for given in name.givens for each in nicknames(given)}
    firsts |= {given[0] for given in name.givens} | {"dr", "doctor"}
    found = {(first, *surname) for first in firsts} | {(*surname, first) for first in firsts}
    found |= {(given, surname[0][0]) for given in name.givens}
    return found | {(given + name.whole,) for given in name.givens[:1]}
