"""Phones, e-mail addresses, dates and record numbers of clients, in the ways that people write them."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from itertools import chain

from lmhg_gateway.features.screening.text_rules import Reading, compact, normal, words_of

PHONE_MIN = 7
LOCAL_DIGITS = 7
NATIONAL_DIGITS = 10
NUMBER_MIN = 5
SHORT_MIN = 3
MAIL_MAX = 80
"""Letters beside an @ that are looked at."""
COMPACT_DIGITS = 8
RUN_MIN = SHORT_MIN
"""Letters of the shortest run of digits that is looked at."""
MONTH_BEFORE, MONTH_AFTER = 24, 40
"""Letters before and after the beginning of a month's name that may be of the same date."""

_GROUP = re.compile(r"\d+")
_NO_DIGIT = re.compile(r"\D")
_LOCAL = re.compile(r"(?<![\d.-])\d{3}[-. ]\d{4}(?![\d-])")
MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan enero ene", "february feb febrero", "march mar marzo", "april apr abril abr",
         "may mayo", "june jun junio", "july jul julio", "august aug agosto ago",
         "september sep sept septiembre", "october oct octubre", "november nov noviembre",
         "december dec diciembre dic"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH_NAMES = frozenset(MONTHS)
_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:[\s.,\-/]*(?:of\s+|de\s+|del\s+)?(\d{4})|[\s,]*'?[\s\-]?(\d{2}))(?![\d:])"
_DAY_FIRST = re.compile(rf"(?<!\d){_DAY}[\s.\-/]*(?:of\s+|de\s+)?{_MONTH}(?![a-z]){_YEAR}")
_MONTH_FIRST = re.compile(rf"\b{_MONTH}[\s.\-/]*(?:the\s+)?{_DAY}{_YEAR}")
_YEAR_FIRST = re.compile(rf"(?<!\d)(\d{{4}})[\s.,\-/]*{_MONTH}[\s.\-/]*{_DAY}(?!\d)")
_STUCK_MONTH = re.compile(rf"\d(?=[jfmasonde][a-z][a-z]){_MONTH}(?:\d|\b)")
_DOT = r"(?:\s*\.\s*|\s*[\[({<]\s*dot\s*[\])}>]\s*|\s+dot\s+)"
_LOCAL_PART = re.compile(
    rf"[a-z0-9][a-z0-9_%+\-]*(?:(?:{_DOT}|\s+underscore\s+|\s+dash\s+)[a-z0-9_%+\-]+)*\s*$"
)
_HOST = re.compile(rf"\s*[a-z0-9\-]+(?:{_DOT}[a-z0-9\-]+)*")
_SIGN = re.compile("@")
_AT = re.compile(r"at(?=\s+[a-z0-9\-]+(?:\s*\.\s*[a-z]|\s+dot\b|\s*[\[({<]))")
_BOXED_AT = re.compile(r"[\[({<]\s*at\s*[\])}>]")
_SPELLED = re.compile(r"\b(?:dot|underscore|dash)\b")
_NUMBER_WORDS = frozenset(
    ["client", "clients", "intakeq", "id", "chart", "record", "number", "no", "file"]
)


def digits_of(phone: str) -> str:
    """The digits of a phone number, without a country code 1 or an extension."""
    main = re.split(r"\b(?:x|ext)", normal(phone), maxsplit=1)[0]
    found = re.sub(r"\D", "", main)
    return found[1:] if len(found) == 11 and found.startswith("1") else found


class NumberIndex:
    """What clients are reached and counted by. Counted, so that one may go and another stay."""

    def __init__(self) -> None:
        self.phones: Counter[str] = Counter()
        self.locals: Counter[str] = Counter()
        self.lengths: Counter[int] = Counter()
        self.dates: Counter[str] = Counter()
        self.years: Counter[str] = Counter()
        """The years of `dates` as people write them: in four digits and in two."""
        self.numbers: Counter[str] = Counter()
        self.lettered: Counter[str] = Counter()
        """Those of `numbers` that have letters: looked for among all words, the others by digits."""
        self.mails: dict[str, Counter[str]] = {}

    def change(
        self,
        *,
        phones: Iterable[str],
        emails: Iterable[str],
        birth_date: str | None,
        numbers: Iterable[str],
        by: int,
    ) -> None:
        """Count a client's numbers in (+1) or out (-1)."""
        for phone in {digits_of(phone) for phone in phones}:
            if len(phone) >= PHONE_MIN:
                _count(self.phones, phone[-NATIONAL_DIGITS:], by)
                _count(self.lengths, min(len(phone), NATIONAL_DIGITS), by)
                _count(self.locals, phone[-LOCAL_DIGITS:], by)
        for email in emails:
            self._change_email(email, by=by)
        if birth_date:
            _count(self.dates, birth_date, by)
            _count(self.years, birth_date[:4], by)
            _count(self.years, birth_date[2:4], by)
        for number in {compact(number).lstrip("0") for number in numbers}:
            if len(number) >= SHORT_MIN:
                _count(self.numbers, number, by)
                if not number.isdigit():
                    _count(self.lettered, number, by)

    def _change_email(self, email: str, *, by: int) -> None:
        local, at, domain = normal(email).strip().partition("@")
        local = local.partition("+")[0]
        key = compact(local)
        if not at or not key or not compact(domain):
            return
        domains = self.mails.setdefault(key, Counter())
        _count(domains, compact(domain), by)
        if not domains:
            del self.mails[key]

    def find(self, read: Reading) -> list[str]:
        """The rules that match a text, each once."""
        found = ["client_email"] if self._has_mail(read) else []
        if not read.runs:
            return found
        runs = [run for run in read.runs if len(run) >= RUN_MIN]
        groups = [_GROUP.findall(run) for run in runs]
        digits = ["".join(each) for each in groups]
        if self._has_phone(runs, digits):
            found.append("client_phone")
        if self._has_number(groups, digits, read):
            found.append("client_number")
        if self._has_date(runs, groups, read):
            found.append("client_birth_date")
        return found

    def _has_mail(self, read: Reading) -> bool:
        """Whether an address stands around some @, or around what people write for it."""
        text = read.lower
        if "@" in text and self._is_mail_at(text, _SIGN):
            return True
        if "at" not in read.word_set:
            return False
        return self._is_mail_at(text, _AT) or self._is_mail_at(text, _BOXED_AT)

    def _is_mail_at(self, text: str, sign: re.Pattern[str]) -> bool:
        return any(self._is_mail(text, at.start(), at.end()) for at in sign.finditer(text))

    def _has_date(self, runs: list[str], groups: list[list[str]], read: Reading) -> bool:
        """Whether a client was born on a date of the text. Most dates end at a look at the year."""
        known, years = self.dates.keys(), self.years
        for run, group in zip(runs, groups, strict=True):
            is_whole = len(group) > 2 or len(run) >= COMPACT_DIGITS
            if is_whole and not known.isdisjoint(_numeric_dates(run, group, years)):
                return True
        return any(
            not known.isdisjoint(_dates_by_month(part)) for part in _parts_with_month(read, years)
        )

    def _has_phone(self, runs: list[str], digits: list[str]) -> bool:
        for run, each in zip(runs, digits, strict=True):
            if len(each) >= PHONE_MIN and (self._is_phone(each) or self._has_local(run)):
                return True
        return False

    def _is_phone(self, run: str) -> bool:
        return any(
            run[at : at + length] in self.phones
            for length in self.lengths
            for at in range(len(run) - length + 1)
        )

    def _has_local(self, text: str) -> bool:
        return any(_NO_DIGIT.sub("", run) in self.locals for run in _LOCAL.findall(text))

    def _has_number(
        self, groups: Iterable[list[str]], digits: Iterable[str], read: Reading
    ) -> bool:
        numbers, words = self.numbers, read.words
        for each in digits:
            if len(each) >= NUMBER_MIN and each.lstrip("0") in numbers:
                return True
        is_near = any(map(numbers.__contains__, chain.from_iterable(groups)))
        if not is_near and self.lettered.keys().isdisjoint(read.word_set):
            return False
        return any(
            word in numbers
            and (
                len(word) >= NUMBER_MIN or not _NUMBER_WORDS.isdisjoint(words[max(0, at - 3) : at])
            )
            for at, word in enumerate(words)
        )

    def _is_mail(self, text: str, start: int, end: int) -> bool:
        """Whether a client's address stands around the sign at text[start:end]."""
        local = _LOCAL_PART.search(text, max(0, start - MAIL_MAX), start)
        host = _HOST.match(text, end)
        if local is None or host is None:
            return False
        parts = words_of(_SPELLED.sub(" ", re.sub(r"\+[^.\s@]*\s*$", "", local.group())))
        labels = words_of(_SPELLED.sub(" ", host.group()))
        for at in range(len(parts)):
            known = self.mails.get("".join(parts[at:]))
            if known and any(_is_host(labels, each) for each in known):
                return True
        return False


def _is_host(labels: list[str], known: str) -> bool:
    """Whether the labels begin with a known host, or are the first of it alone."""
    return "".join(labels).startswith(known) or (len(labels) == 1 and known.startswith(labels[0]))


def _numeric_dates(run: str, group: list[str], years: Container[str]) -> Iterator[str]:
    """Every date of these years that a run of digits may mean, as yyyy-mm-dd, in each reading."""
    for at in range(len(group) - 2):
        first, second, third = group[at : at + 3]
        if first in years or third in years:
            yield from _numeric(first, second, third, run)
    for each in group:
        if len(each) == COMPACT_DIGITS:
            yield from _dated(each[:4], int(each[4:6]), int(each[6:]))
            yield from _dated(each[4:], int(each[:2]), int(each[2:4]))
            yield from _dated(each[4:], int(each[2:4]), int(each[:2]))


def _dates_by_month(part: str) -> Iterator[str]:
    """Every date with the name of its month in a part of a text, as yyyy-mm-dd."""
    for day, month, long, short in _DAY_FIRST.findall(part):
        yield from _dated(long or short, MONTHS[month], int(day))
    for month, day, long, short in _MONTH_FIRST.findall(part):
        yield from _dated(long or short, MONTHS[month], int(day))
    for year, month, day in _YEAR_FIRST.findall(part):
        yield from _dated(year, MONTHS[month], int(day))


def _parts_with_month(read: Reading, years: Container[str]) -> list[str]:
    """The parts of a text around the names of months, where a day and a year stand as well."""
    text, found = read.lower, []
    for month in _MONTH_NAMES & read.word_set:
        at = text.find(month)
        while at >= 0:
            part = text[max(0, at - MONTH_BEFORE) : at + MONTH_AFTER]
            numbers = _GROUP.findall(part)
            if len(numbers) > 1:
                for each in numbers:
                    if each[-4:] in years or each[-2:] in years:
                        found.append(part)
                        break
            at = text.find(month, at + len(month))
    return [*found, text] if _STUCK_MONTH.search(text) else found


def _numeric(first: str, second: str, third: str, run: str) -> Iterator[str]:
    if len(second) > 2:
        return
    if len(first) == 4 and len(third) <= 2:
        yield from _dated(first, int(second), int(third))
        yield from _dated(first, int(third), int(second))
    elif len(first) <= 2 and len(third) in (2, 4):
        yield from _dated(third, int(first), int(second))
        yield from _dated(third, int(second), int(first))
        if len(first) == len(third) == 2 and "-" in run:
            yield from _dated(first, int(second), int(third))


def _dated(year: str, month: int, day: int) -> Iterator[str]:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return
    for full in (year,) if len(year) == 4 else (f"19{year:0>2}", f"20{year:0>2}"):
        yield f"{full}-{month:02}-{day:02}"


def _count(counts: Counter[object] | Counter[str] | Counter[int], key: object, by: int) -> None:
    plain: Counter[object] = counts  # type: ignore[assignment]
    plain[key] += by
    if not plain[key]:
        del plain[key]
