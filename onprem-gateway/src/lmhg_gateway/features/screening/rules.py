"""When screening holds a record: its texts name a client of the practice, or have an identifier's shape.

A hit says which rule and in which field, never the match. First each text is made plain
(`lmhg_kit/normalizer.py`: apostrophes, then NFKD, then look-alike letters and dashes, then lower case) and read
in words, then again in each way that it may be encoded (`lmhg_kit/decoding.py`). A reading holds the record by:

* a first and a last name of one client near each other, or a surname alone that is no common word, or that has
  a sign of a person beside it, such as a title; nicknames count (`matching/names.py`, `matching/word_lists.py`);
* a client's phone, email or record number, birth date, or house number with its street;
* a shape that identifies anyone: SSN, card, insurance or record number, diagnosis, address
  (`matching/patterns.py`).

`matching/__init__.py` lists its files and what each decides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NewType

import msgspec

from lmhg_gateway.features.screening.matching import dates, names, numbers, patterns
from lmhg_gateway.features.screening.matching.addresses import AddressIndex
from lmhg_gateway.features.screening.matching.masks import Masks
from lmhg_gateway.features.screening.matching.name_index import NameIndex
from lmhg_gateway.features.screening.matching.names import find_names
from lmhg_gateway.features.screening.matching.numbers import NumberIndex
from lmhg_gateway.features.screening.matching.patterns import find_patterns
from lmhg_gateway.features.screening.matching.reading import Reading
from lmhg_kit.decoding import other_readings
from lmhg_kit.normalizer import has_case, unbroken

ClearedText = NewType("ClearedText", str)
"""Text that the screener found nothing in; only `clear_text` makes one."""

SEAM = 80
"""Letters on both sides of where one field ends and the next begins that are read as one."""
IN_ORDER = ("before", "title", "subject", "display_name", "body")
"""Fields as people read them, one after the other; others come behind. `before` is what was
written right before, in the same ticket."""
BEFORE = "before"
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
SPELLED_MIN = 3
"""Different letters that stand alone in a text that may spell a word letter by letter."""
_TELLING = frozenset().union(names.TELLING, numbers.TELLING, dates.TELLING, patterns.NEEDS)
"""Words that rules ask for, anyone who the clients are."""


class Hit(msgspec.Struct, frozen=True):
    """A rule that matched, and the field it matched in."""

    rule: str
    place: str


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What a text could name a client by."""

    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """People on record beside the client: guardians."""
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    birth_date: str | None = None
    numbers: tuple[str, ...] = ()


class ClientIndex:
    """Every client's words and numbers in plain dictionaries: nothing is built, so nothing stalls.

    Source: docs/adr/0017-screening-by-words.md.
    """

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._names = NameIndex()
        self._numbers = NumberIndex()
        self._addresses = AddressIndex()
        self._masks = Masks()
        self._telling = set(_TELLING)

    def __len__(self) -> int:
        return len(self._people)

    def put(self, key: str, person: Person) -> None:
        """Know a client, or know it again."""
        known = self._people.get(key)
        if known == person:
            return
        if known:
            self._change(known, by=-1)
        self._people[key] = person
        self._change(person, by=1)

    def mask(self, *, staff: Iterable[str] = (), allowed: Iterable[str] = ()) -> None:
        """Know the colleagues and the allowed words, and only these."""
        self._masks = Masks(staff, allowed)

    def find(self, text: str) -> str | None:
        """The first rule about a client that matches, or None."""
        found = (rule for read in self.readings(text) for rule in self.all_in(read))
        return next(found, None)

    def read(self, text: str) -> Reading:
        """A text, read for this index."""
        return Reading.of(text, self._telling)

    def readings(self, text: str) -> Iterator[Reading]:
        """A text, read for this index, and read in other ways; for most texts there is none."""
        first = self.read(text)
        yield first
        is_spelled = len(first.telling & LETTERS) >= SPELLED_MIN
        for other in other_readings(
            text, has_letters=is_spelled, has_case=has_case(first.cleaned), is_mixed=first.is_mixed
        ):
            yield self.read(other)

    def all_in(self, read: Reading) -> Iterator[str]:
        """The rules about clients that match in a text; some may come twice."""
        yield from find_names(read, self._names, self._masks)
        yield from self._numbers.find(read)
        yield from self._addresses.find(read)
        whole = unbroken(read.cleaned)
        if whole is not read.cleaned:
            yield from find_names(self.read(whole), self._names, self._masks)

    def _change(self, person: Person, *, by: int) -> None:
        words = self._names.change(person.names, by=by)
        for other in person.others:
            words += self._names.change((other,), by=by)
        words += self._addresses.change(person.addresses, by=by)
        words += self._numbers.change(
            phones=person.phones,
            emails=person.emails,
            birth_date=person.birth_date,
            numbers=person.numbers,
            by=by,
        )
        for word in words:
            is_asked = word in _TELLING or word in self._names or word in self._numbers.lettered
            if is_asked or word in self._addresses.numbers:
                self._telling.add(word)
            else:
                self._telling.discard(word)


def find_pattern(text: str) -> str | None:
    """The first shape of an identifier in a text, or None."""
    return next(iter(find_patterns(Reading.of(text, _TELLING))), None)


def hits(
    texts: Mapping[str, str], index: ClientIndex, *, has_patterns: bool = True
) -> Iterator[Hit]:
    """Every rule that matches in a record's texts, by field, each once, and where fields meet.

    Without patterns only rules about the clients in the index are looked for.
    """
    known: set[str] = set()
    for place in sorted(texts.keys() - {BEFORE}):
        told: set[str] = set()
        for rule in _rules(texts[place], index, has_patterns=has_patterns):
            if rule not in told:
                yield Hit(rule, place)
            told.add(rule)
        known |= told
    for place, seam in _seams(texts):
        cut = dict.fromkeys(_rules(seam, index, has_patterns=has_patterns))
        if cut and BEFORE in texts:
            known |= set(_rules(texts[BEFORE], index, has_patterns=has_patterns))
        yield from (Hit(rule, place) for rule in cut if rule not in known)


def _rules(text: str, index: ClientIndex, *, has_patterns: bool) -> Iterator[str]:
    """The rules that match a text, read in each way; some may come twice.

    Who asks for the first rule alone spares the work for the others.
    """
    for read in index.readings(text):
        yield from index.all_in(read)
        if has_patterns:
            yield from find_patterns(read)


def _seams(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Where one field ends and the next begins: a name may be cut there."""
    if len(texts) < 2:
        return
    for one, other in pairwise(_in_order(texts)):
        end, start = texts[one][-SEAM:], texts[other][:SEAM]
        if len(end) == SEAM:
            end = end.partition(" ")[2]
        if len(start) == SEAM:
            start = start.rpartition(" ")[0]
        if end and start:
            yield (other if one == BEFORE else f"{one} and {other}"), f"{end} {start}"


def _in_order(texts: Mapping[str, str]) -> Sequence[str]:
    ranks = {place: rank for rank, place in enumerate(IN_ORDER)}
    return sorted(texts, key=lambda place: (ranks.get(place, len(ranks)), place))


def screen(texts: Mapping[str, str], index: ClientIndex) -> Hit | None:
    """The first hit among a record's texts by field, or None when all are clear."""
    return next(hits(texts, index), None)


def clear_text(text: str, index: ClientIndex) -> ClearedText | None:
    """The text as cleared, or None when it is held."""
    return None if screen({"text": text}, index) else ClearedText(text)
