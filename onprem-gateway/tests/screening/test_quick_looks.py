"""Quick looks drop nothing: what screening finds is what the whole rules find without them.

Each look is compared with rules that look everywhere, on texts made of what the rules are about.
"""

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lmhg_gateway.features.screening.matching.dates import MONTHS, DateIndex
from lmhg_gateway.features.screening.matching.masks import Masks
from lmhg_gateway.features.screening.matching.name_index import Anchor, NameIndex
from lmhg_gateway.features.screening.matching.names import NameMatcher, find_names
from lmhg_gateway.features.screening.matching.numbers import NumberIndex
from lmhg_gateway.features.screening.matching.patterns import find_patterns
from lmhg_gateway.features.screening.matching.reading import Reading, Tokens
from lmhg_gateway.features.screening.rules import ClientIndex, Person

TEXTS = settings(max_examples=400, deadline=None)
CLIENTS = (
    Person(
        names=("Robert Quillfeather", "Bob Price"),
        phones=("(555) 010-2000", "010-2000"),
        emails=("robert.quill@mail.example.test",),
        birth_date="1988-05-23",
        numbers=("4711", "C47X1"),
    ),
    Person(
        names=("Grace May", "Ada de la Cruz", "Siobhan O'Brien"), emails=("grace@gmail.com",),
        birth_date="2001-12-03", numbers=("00815123",),
    ),
    Person(names=("Rose Hill Winter", "Hope Smith-Price", "Lou Martin", "Ida Vandermeer"), birth_date="1962-04-09"),
)  # fmt: skip
STAFF = ("Dr Ana Price", "May Quillfeather", "Robert Hill")


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


NAMES = _listed("""
    Robert Bob Rob robert Quillfeather quillfeather QUILLFEATHER Quillfeathers Price price PRICE
    Grace Gracie May may Ada de la De La Cruz delacruz Siobhan O Brien OBrien Rose Hill hill Winter
    Hope Smith Lou Martin Ida Van der Meer Will Long long robertquillfeather bprice gmay R B M G a I Dr Ms family called with
    the street Street in says s client Ána Bøb
""")
NUMBERS = _listed("""
    1988 88 23 05 5 2001 03 3 12 1962 62 04 9 09 4 4711 c47x1 815123 00815123 0815 010 2000 555 23rd
    3rd 9th May may December dec abril apr mayo 23may1988 may23 9apr62 12032001 19880523 of the de 3pm
    robert quill grace mail example test gmail com dot at underscore client number born dob ssn mrn
    lives card member id diagnosed she
""")
BETWEEN = (
    [" "] * 12 + [", ", ". ", ".", "-", "_", "'", "\n", "/", " (", "@", " @ ", "; ", "+", "#", "", "[", "] ", "--", ": "]
)  # fmt: skip


def texts_of(words: Sequence[str]) -> st.SearchStrategy[str]:
    """Texts of such words, with what people write between them."""
    piece = st.tuples(st.sampled_from(words), st.sampled_from(BETWEEN)).map("".join)
    return st.lists(piece, max_size=12).map("".join)


class ThoroughMatcher(NameMatcher):
    """Looks for the whole name of every surname."""

    def _may_be_whole(self, *_: object, **_named: object) -> bool:
        return True


class ForgetfulMatcher(NameMatcher):
    """A broken look: it knows no short form of a first name."""

    def _may_be_whole(self, anchor: Anchor, start: int, end: int) -> bool:
        near = self._t.words[max(0, start - 4) : start] + self._t.words[end : end + 1]
        return not anchor.givens.keys().isdisjoint(near)


class ThoroughNumbers(NumberIndex):
    """Looks for an address at every host."""

    def _knows_host(self, *_: object, **_named: object) -> bool:
        return True


class NarrowNumbers(NumberIndex):
    """A broken look: it knows whole hosts only."""

    def _knows_host(self, labels: list[str]) -> bool:
        return any("".join(labels) in hosts for hosts in self.mails.values())


def names() -> NameIndex:
    """The clients' names."""
    made = NameIndex()
    for client in CLIENTS:
        made.change(client.names, by=1)
    return made


def numbers(kind: type[NumberIndex] = NumberIndex) -> NumberIndex:
    """The clients' numbers."""
    made = kind()
    for client in CLIENTS:
        made.change(
            phones=client.phones,
            emails=client.emails,
            birth_date=client.birth_date,
            numbers=client.numbers,
            by=1,
        )
    return made


def clients() -> ClientIndex:
    """All of the clients, and the colleagues."""
    made = ClientIndex()
    for key, client in enumerate(CLIENTS):
        made.put(str(key), client)
    made.mask(staff=STAFF)
    return made


NAME_INDEX, MASKS, CLIENT_INDEX = names(), Masks(STAFF), clients()
NUMBER_INDEX, THOROUGH_NUMBERS = numbers(), numbers(ThoroughNumbers)


def names_in(text: str, kind: type[NameMatcher]) -> set[str]:
    """The rules about names that match anywhere in a text, every word looked at."""
    tokens = Tokens(CLIENT_INDEX.read(text))
    return set(kind(NAME_INDEX, MASKS, tokens).find())


@given(texts_of(NAMES))
@example("Call Rob Quillfeather")
@example("ask the Price family")
@example("so Price called")
@example("Ask robert_price")
@example("it is with Price today")
@example("Robert Grace.price")
@example("Martin is late")
@example("the van der Meer file")
@TEXTS
def test_no_look_at_words_drops_a_name(text: str) -> None:
    """A common word, a lone capital, a surname without a first name: judged or not, it is the same."""
    quick = find_names(CLIENT_INDEX.read(text), NAME_INDEX, MASKS)
    assert set(quick) == names_in(text, ThoroughMatcher)


def test_a_look_that_forgets_short_forms_is_seen() -> None:
    """The control: with the look broken, the comparison above does not hold."""
    assert names_in("Call Rob Quillfeather", ThoroughMatcher) == {"client_name"}
    assert names_in("Call Rob Quillfeather", ForgetfulMatcher) != {"client_name"}


@given(texts_of([*NAMES, *NUMBERS]))
@TEXTS
def test_no_rule_asks_for_a_word_that_is_not_told(text: str) -> None:
    """With every word of the text at hand the rules find what they find with the telling ones."""
    read = CLIENT_INDEX.read(text)
    whole = read._replace(telling=frozenset(read.words))
    assert set(CLIENT_INDEX.all_in(read)) == set(CLIENT_INDEX.all_in(whole))
    assert set(find_patterns(read)) == set(find_patterns(whole))


@pytest.mark.parametrize(
    "text",
    ["Robert Quillfeather", "Ada De La Cruz", "Grace M. called", "grace at gmail dot com",
     "9 april 1962", "born on 9.4.61", "client C47X1"],
)  # fmt: skip
def test_a_word_that_is_not_told_is_missed(text: str) -> None:
    """The control: with no telling word each of these is missed, so the comparison can fail."""
    read = CLIENT_INDEX.read(text)
    assert [*CLIENT_INDEX.all_in(read), *find_patterns(read)]
    untold = read._replace(telling=frozenset())
    assert not [*CLIENT_INDEX.all_in(untold), *find_patterns(untold)]


def test_a_bearer_who_comes_later_is_known_beside_the_surname() -> None:
    """What an index has worked out about a surname is worked out again when its bearers change."""
    index = ClientIndex()
    index.put("0", Person(names=("Ruth Price",)))
    assert index.find("the Price of it") is None
    index.put("1", Person(names=("Ada Price",)))
    assert index.find("Ada Price") == "client_name"
    index.put("1", Person())
    assert index.find("Ada Price") is None


def test_a_client_who_goes_takes_the_telling_words_along() -> None:
    """What one client alone was known by is told no more; what rules ask for always is."""
    index = clients()
    index.put("1", Person())
    assert index.read("Brien, Cruz, May at Price").telling == {"at", "may", "price"}
    index.put("0", Person())
    index.put("2", Person())
    assert index.read("Quillfeather, c47x1, Price, Ada d").telling == {"d"}


@given(texts_of(NUMBERS))
@example("write to grace at gmail")
@TEXTS
def test_no_look_at_the_host_drops_an_address(text: str) -> None:
    """The host is looked at first, as most are nobody's; then the letters before the sign."""
    read = CLIENT_INDEX.read(text)
    assert set(NUMBER_INDEX.find(read)) == set(THOROUGH_NUMBERS.find(read))


def test_a_look_at_whole_hosts_only_is_seen() -> None:
    """The control: people leave the end of a host out."""
    read = CLIENT_INDEX.read("write to grace at gmail, or grace@gmail.")
    assert THOROUGH_NUMBERS.find(read) == ["client_email"]
    assert numbers(NarrowNumbers).find(read) == []


_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:[\s.,\-/]*(?:of\s+|de\s+|del\s+)?(\d{4})|[\s,]*'?[\s\-/.]?(\d{2}))(?!\d|:\d)"
_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
_EVERYWHERE = (
    (re.compile(rf"(?<!\d){_DAY}[\s.\-/]*(?:of\s+|de\s+)?{_MONTH}(?![a-z]){_YEAR}"), (3, 4, 2, 1)),
    (re.compile(rf"\b{_MONTH}[\s.\-/]*(?:the\s+)?{_DAY}{_YEAR}"), (3, 4, 1, 2)),
    (re.compile(rf"(?<!\d)(\d{{4}})[\s.,\-/]*{_MONTH}[\s.\-/]*{_DAY}(?!\d)"), (1, 1, 2, 3)),
)
_DAYS = {client.birth_date for client in CLIENTS}


def has_day_by_month(text: str) -> bool:
    """Whether one of the three shapes of a date with a month's name, looked for everywhere, is known."""
    for shape, (long, short, month, day) in _EVERYWHERE:
        for found in shape.finditer(text):
            year = found[long] or found[short]
            centuries = ("",) if len(year) == 4 else ("19", "20")
            rest = f"{int(MONTHS[found[month]]):02}-{int(found[day]):02}"
            if any(f"{century}{year}-{rest}" in _DAYS for century in centuries):
                return True
    return False


@given(texts_of(NUMBERS))
@example("9apr 62")
@example("may23, 1988")
@TEXTS
def test_no_look_at_months_and_years_drops_a_date(text: str) -> None:
    """The shapes are looked for beside the months of a text only, and for known years only."""
    read = CLIENT_INDEX.read(text)
    if has_day_by_month(read.lower):
        assert NUMBER_INDEX.dates.has_month(read)


def test_a_date_with_its_month_not_told_is_seen() -> None:
    """The control: without the look for what is right beside a digit, this one would be missed."""
    read = CLIENT_INDEX.read("born 9 april 1962")
    assert has_day_by_month(read.lower)
    assert not NUMBER_INDEX.dates.has_month(read._replace(telling=frozenset()))
    assert not DateIndex().has_month(read)


_ANY_RUN = re.compile(r"\d(?:[\d\s().+/\-_']*\d)?")


@given(st.text(alphabet="0123456789 ().+/-_'\t\nax,:\u0663\u00a0", max_size=60))
@TEXTS
def test_runs_are_all_runs_of_three_letters_or_more(text: str) -> None:
    """Shorter ones hold no number that a rule asks for."""
    read = Reading.of(text, frozenset())
    assert read.runs == [run for run in _ANY_RUN.findall(read.lower) if len(run) > 2]


def test_the_shortest_card_is_long_enough() -> None:
    """Thirteen digits; one less is none."""
    assert find_patterns(Reading.of("4222222222222", frozenset())) == ["card"]
    assert find_patterns(Reading.of("422222222222", frozenset())) == []
