"""Names of clients in a text: which words are one, and what must stand around them."""

from collections.abc import Iterable, Set

from lmhg_gateway.features.screening.matching.masks import Masks
from lmhg_gateway.features.screening.matching.name_index import Anchor, NameIndex
from lmhg_gateway.features.screening.matching.reading import Reading, Tokens
from lmhg_gateway.features.screening.matching.word_lists import (
    ACTS,
    AFTER,
    BEFORE,
    COMMON,
    FAMILY,
    FIRMS,
    FREQUENT,
    IN_MONTH,
    JOINED,
    LEADS,
    MONTHS,
    NO_PERSON,
    NUMBERED,
    PARTICLES,
    PLACE_HAS,
    PLACES,
    SIGNS,
    TITLES,
    VERBS,
)
from lmhg_kit.normalizer import has_case

BETWEEN_MAX = 4
"""Words that may stand between a first name and its surname."""
_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""A capital that is alone may be the initial of a surname."""
_LETTERS = frozenset(letter.lower() for letter in _CAPITALS)
TELLING = _LETTERS | JOINED
"""Words that rules of this file ask for, besides the words of clients' names."""
_THING_TITLES = frozenset(("name", "pt", "client", "patient"))
_IN_PLACE = frozenset(("in", "near", "to", "at"))
_PERSONAL = AFTER | FAMILY
_WORD_LETTERS = frozenset("ai")


class NameMatcher:
    """Finds names of clients in the tokens of one text."""

    def __init__(self, index: NameIndex, masks: Masks, tokens: Tokens) -> None:
        self._index = index
        self._masks = masks
        self._t = tokens

    def find(self, places: Iterable[int] | None = None) -> list[str]:
        """The rules that match at these words, or anywhere, each once."""
        words = self._t.words
        found: dict[str, None] = {}
        for at in range(len(words)) if places is None else places:
            word = words[at]
            rule = self._judge(word, at, at + 1)
            if rule is None and word in JOINED and at + 1 < len(words):
                rule = self._judge_joined(at)
            if rule is None and len(word) == 1 and at:
                rule = self._judge_pair(at)
            if rule:
                found[rule] = None
        return list(found)

    def _judge_joined(self, at: int) -> str | None:
        words = self._t.words
        for end in (at + 2, at + 3):
            joined = "".join(words[at:end])
            if end <= len(words) and joined in self._index:
                return self._judge(joined, at, end)
        return None

    def _judge_pair(self, at: int) -> str | None:
        """A first name with the initial of the surname, as people write when they mean to be discreet."""
        t, given, letter = self._t, self._t.words[at - 1], self._t.words[at]
        if not self._index.has_pair(given, letter):
            return None
        after = t.words[at + 1] if at + 1 < len(t.words) else ""
        is_ours = after not in AFTER and self._masks.covers(t.words, at - 1, at + 1)
        return None if is_ours or not self._is_pair(at) else "client_initial"

    def _is_pair(self, at: int) -> bool:
        """Whether a single letter reads as the initial of the name before it."""
        t, given = self._t, self._t.words[at - 1]
        dotted = t.gaps[at].startswith(".")
        capital = t.has_case and t.written[at].isupper() and t.is_capital(at - 1)
        apart = t.gaps[at - 1].strip() or t.gaps[at][:1] in {"'", "-", "/", "&"}
        is_word = t.words[at] in _WORD_LETTERS or given in COMMON or given in NUMBERED
        numbered = at > 1 and t.words[at - 2] in NUMBERED
        goes_on = at + 1 < len(t.words) and t.is_capital(at + 1) and not t.is_end(at)
        return capital and not apart and not numbered and (dotted or not (is_word or goes_on))

    def _judge(self, word: str, start: int, end: int) -> str | None:
        masks, words = self._masks, self._t.words
        if word in self._index.joined and not masks.covers(words, start, end):
            return "client_name"
        anchor = self._index.anchors.get(word)
        if anchor is None:
            return None
        span = self._full_name(anchor, word, start, end)
        if span and not masks.covers(words, *span, longer=True):
            return "client_name"
        if self._is_only_name(anchor, start, end) and not masks.covers(words, start, end):
            return "client_surname"
        has_surname = anchor.alone or (anchor.either and not self._index.is_first(word))
        if not (has_surname or anchor.plural) or masks.covers(words, start, end, longer=False):
            return None
        return "client_surname" if self._stands_alone(anchor, word, start, end) else None

    def _is_only_name(self, anchor: Anchor, start: int, end: int) -> bool:
        """Whether a name of one word, or a family's name in front, is with a sign of a person."""
        t = self._t
        if not (anchor.titled or anchor.signed) or not t.is_capital(start):
            return False
        before = t.words[start - 1] if start else ""
        if start and self._title(start - 1) and before not in _THING_TITLES:
            return True
        if not anchor.signed or not t.has_case:
            return False
        after = t.words[end] if end < len(t.words) and not t.is_end(end - 1) else ""
        return self._has_context(start, before, after, possessive=after == "s")

    def _full_name(self, anchor: Anchor, word: str, start: int, end: int) -> tuple[int, int] | None:
        if not self._may_be_whole(anchor, start, end):
            return None
        is_common = self._is_common(word)
        is_stuck = start > 0 and self._t.gaps[start - 1] in {".", "_"}
        if is_common and not is_stuck and not self._t.is_capital(start):
            return None
        before = self._given_before(anchor, start, end, is_common=is_common)
        if before is not None:
            return before, end
        after = self._given_after(anchor, word, start, end, is_common=is_common)
        return (start, after) if after else None

    def _may_be_whole(self, anchor: Anchor, start: int, end: int) -> bool:
        """Whether a first name or an initial is near enough; most surnames end here."""
        return anchor.has_near(_near(self._t.words, start, end))

    def _given_before(self, anchor: Anchor, start: int, end: int, *, is_common: bool) -> int | None:
        """Where the first name begins that is before a surname."""
        t = self._t
        for at in range(start - 1, max(-1, start - 1 - BETWEEN_MAX), -1):
            if t.is_end(at) or (is_common and "," in t.gaps[at]):
                return None
            word = t.words[at]
            if anchor.is_given(word) and self._fits(word, at, start, end, is_common=is_common):
                return at
            if (
                len(word) == 1
                and word in anchor.initials
                and self._is_initial(at, start, is_common)
            ):
                return at
            between = len(word) == 1 or word in PARTICLES or self._index.is_first(word)
            between |= bool(at) and t.gaps[at - 1][-1:] in {'"', "(", "'"}
            if not between and not (t.has_case and t.is_capital(at) and word not in COMMON):
                return None
        return None

    def _fits(self, given: str, at: int, start: int, end: int, *, is_common: bool) -> bool:
        """Whether a first name that is a word as well reads as a name here."""
        if not is_common or given not in COMMON:
            return True
        if self._t.has_case:
            return self._t.is_capital(at)
        if at + 1 != start:
            return False
        signs = (self._leads(at), self._acts(end))
        return all(signs) if given in VERBS else any(signs)

    def _leads(self, at: int) -> bool:
        """Whether what is before a word lets a name begin here, capitals or not."""
        t = self._t
        if t.starts_sentence(at) or t.gaps[at - 1].strip():
            return True
        before = t.words[at - 1]
        return before in LEADS or before in BEFORE or before in TITLES

    def _acts(self, end: int) -> bool:
        """Whether what is after words[:end] follows a person's name, capitals or not."""
        t = self._t
        if end >= len(t.words) or t.gaps[end - 1].strip() or "\n" in t.gaps[end - 1]:
            return True
        return t.words[end] in ACTS or t.words[end] in AFTER or t.words[end] in FAMILY

    def _is_initial(self, at: int, start: int, is_common: bool) -> bool:  # noqa: FBT001 - a plain fact beside two places
        t, word = self._t, self._t.words[at]
        dotted = t.gaps[at].startswith(".")
        if not is_common:
            return start - at <= 2 and (dotted or word not in "ai")
        numbered = at > 0 and t.words[at - 1] in NUMBERED
        return start - at <= 2 and dotted and t.is_capital(at) and not numbered

    def _given_after(
        self, anchor: Anchor, word: str, start: int, end: int, *, is_common: bool
    ) -> int | None:
        """Where the first name ends that is after a surname, as lists have it."""
        t = self._t
        if end >= len(t.words) or t.is_end(end - 1):
            return None
        comma, given = "," in t.gaps[end - 1], t.words[end]
        if anchor.is_given(given):
            if not is_common:
                return end + 1
            in_month = word in MONTHS and start > 0 and t.words[start - 1] in IN_MONTH
            fits = t.is_capital(end) and (comma or given not in COMMON)
            return end + 1 if fits and not in_month else None
        if len(given) == 1 and comma and given in anchor.initials:
            ends = end + 1 == len(t.words) or t.gaps[end].strip() != ""
            return end + 1 if ends and (t.is_capital(end) or not is_common) else None
        return None

    def _is_common(self, word: str) -> bool:
        return word in COMMON or word in self._masks.words

    def _stands_alone(self, anchor: Anchor, word: str, start: int, end: int) -> bool:
        """Whether a surname by itself names a client here."""
        t = self._t
        before = t.words[start - 1] if start and not t.is_end(start - 1) else ""
        if start and "." in t.gaps[start - 1]:
            before = self._title(start - 1) or before
        elif before in TITLES:
            before = self._title(start - 1)
        after = t.words[end] if end < len(t.words) and not t.is_end(end - 1) else ""
        possessive = after == "s" and "'" in t.gaps[end - 1]
        if possessive:
            after = t.words[end + 1] if end + 1 < len(t.words) else ""
            end += 1
        names_thing = after in NO_PERSON and end < len(t.words) and t.is_capital(end)
        if self._is_common(word):
            in_context = self._has_context(start, before, after, possessive=possessive)
            return in_context and not names_thing
        is_thing = after in NO_PERSON and (possessive or (t.is_capital(start) and t.has_case))
        is_firm = after in FIRMS and not t.has_case and not possessive
        is_thing = is_thing and (possessive or names_thing)
        is_ours = word in self._masks.firsts and before not in TITLES and after not in _PERSONAL
        is_place = word in PLACES and (before in _IN_PLACE or after in PLACE_HAS) and not possessive
        return not (
            is_thing
            or is_firm
            or is_ours
            or is_place
            or self._is_others(anchor, word, before, start)
        )

    def _title(self, at: int) -> str:
        """A word if it is a title; milliseconds are none."""
        words = self._t.words
        is_counted = at > 0 and words[at - 1].isdigit() and self._t.gaps[at - 1] in {"", " "}
        is_unit = words[at] == "ms" and is_counted
        return words[at] if words[at] in TITLES and not is_unit else ""

    def _is_others(self, anchor: Anchor, word: str, before: str, start: int) -> bool:
        """Whether a frequent surname follows the first name of someone who is no client."""
        if word not in FREQUENT or before in COMMON or not self._t.is_capital(start):
            return False
        return self._index.is_first(before) and not anchor.is_given(before)

    def _has_context(self, start: int, before: str, after: str, *, possessive: bool) -> bool:
        """Whether a common word is a person's name here, by what is around it."""
        t = self._t
        if not t.is_capital(start) or (t.has_case and t.written[start].isupper()):
            return False
        if before in TITLES and (t.has_case or before not in _THING_TITLES):
            return True
        if after in FAMILY and before in {"the", "whole", ""}:
            return True
        if not t.has_case or t.words[start] in MONTHS:
            return False
        is_within = not t.starts_sentence(start)
        follows = t.written[start + 1][0] if after else ""
        goes_on = follows.isupper() or follows.isdigit()
        acts = after in AFTER and is_within
        return (possessive and acts) or (not goes_on and (acts or before in BEFORE))


def find_names(read: Reading, index: NameIndex, masks: Masks) -> list[str]:
    """The rules about names that match a text. Most texts end at the first look over its words."""
    if not read.cleaned.isascii() and index.unspaced.is_in(read.lower):
        return ["client_name"]
    is_cased = has_case(read.cleaned)
    wanted = _wanted(read, index, is_cased=is_cased)
    if not wanted:
        return []
    places = [
        at
        for at, word in enumerate(read.words)
        if word in wanted and not (is_cased and _is_no_name(index, read, at))
    ]
    return NameMatcher(index, masks, Tokens(read)).find(places) if places else []


def _wanted(read: Reading, index: NameIndex, *, is_cased: bool) -> set[str]:
    """The words of a text that may be a name, or begin one; a superset, found cheaply."""
    wanted = {word for word in read.telling if word in index.anchors or word in index.joined}
    if is_cased:
        wanted |= _initials(read)
    if not JOINED.isdisjoint(read.telling):
        words = read.words
        wanted |= {
            word
            for at, word in enumerate(words)
            if word in JOINED and any("".join(words[at:end]) in index for end in (at + 2, at + 3))
        }
    return wanted


def _initials(read: Reading) -> Set[str]:
    """The words of one letter, in lower case, if any of them is a capital."""
    if not read.cleaned.isascii():
        return {word for word in read.words if len(word) == 1}
    letters = _LETTERS & read.telling
    return set() if not letters or _CAPITALS.isdisjoint(read.written) else letters


def _is_no_name(index: NameIndex, read: Reading, at: int) -> bool:
    """Whether a word surely names nobody: a common one with no first name and no sign near it."""
    words, written, word = read.words, read.written, read.words[at]
    if word in index.everyday:
        return _is_everyday(index.anchors[word], read, at)
    if word in JOINED:
        return False
    if len(word) == 1:
        is_initial = at and written[at].isupper() and written[at - 1][0].isupper()
        return not (is_initial and index.has_pair(words[at - 1], word))
    anchor = index.anchors.get(word)
    if anchor is None or anchor.alone or anchor.plural or word in index.joined:
        return False
    return index.is_first(word) and _is_everyday(anchor, read, at)


def _is_everyday(anchor: Anchor, read: Reading, at: int) -> bool:
    """Whether a surname that is a common word as well is surely the common word here."""
    words, word = read.words, read.words[at]
    is_capital = not read.written[at][0].islower()
    if is_capital and not SIGNS.isdisjoint(words[max(0, at - 1) : at + 2]):
        return False
    if not (is_capital or f".{word}" in read.lower or f"_{word}" in read.lower):
        return True
    return not anchor.has_near(_near(words, at, at + 1))


def _near(words: list[str], start: int, end: int) -> list[str]:
    """The words one of which is the first name, if words[start:end] is the surname of a whole name."""
    return words[max(0, start - BETWEEN_MAX) : start] + words[end : end + 1]
