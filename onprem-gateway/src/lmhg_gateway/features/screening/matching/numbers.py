"""Phones, e-mail addresses and record numbers of clients, in the ways that people write them."""

import re
from collections import Counter
from collections.abc import Iterable

from lmhg_gateway.features.screening.matching.counting import count
from lmhg_gateway.features.screening.matching.dates import DateIndex
from lmhg_gateway.features.screening.matching.reading import Reading
from lmhg_kit.normalizer import compact, normal, words_of

PHONE_MIN = 7
LOCAL_DIGITS = 7
NATIONAL_DIGITS = 10
NUMBER_MIN = 5
SHORT_MIN = 3
MAIL_MAX = 80
"""Letters beside an @ that are looked at."""

_GROUP = re.compile(r"[0-9]+")
_NO_DIGIT = re.compile(r"\D")
_LOCAL = re.compile(r"(?<![\d.-])\d{3}[-. _]\d{4}(?![\d-])")
TELLING = frozenset(["at"])
"""Words that rules of this file ask for."""
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
        self.dates = DateIndex()
        self.numbers: Counter[str] = Counter()
        self.lettered: Counter[str] = Counter()
        """Those of `numbers` that have letters: looked for among all words, the others by digits."""
        self.mails: dict[str, Counter[str]] = {}
        self.hosts: Counter[str] = Counter()
        """The hosts of `mails`, and all that they begin with, as people leave the end out."""

    def change(
        self,
        *,
        phones: Iterable[str],
        emails: Iterable[str],
        birth_date: str | None,
        numbers: Iterable[str],
        by: int,
    ) -> list[str]:
        """Count a client's numbers in (+1) or out (-1); those that are words, with letters."""
        for phone in {digits_of(phone) for phone in phones}:
            if len(phone) >= PHONE_MIN:
                count(self.phones, phone[-NATIONAL_DIGITS:], by)
                count(self.lengths, min(len(phone), NATIONAL_DIGITS), by)
                count(self.locals, phone[-LOCAL_DIGITS:], by)
        for email in emails:
            self._change_email(email, by=by)
        if birth_date:
            self.dates.change(birth_date, by=by)
        plain = {compact(number).lstrip("0") for number in numbers}
        plain = {number for number in plain if len(number) >= SHORT_MIN}
        lettered = [number for number in plain if not number.isdigit()]
        for counts, found in ((self.numbers, plain), (self.lettered, lettered)):
            for number in found:
                count(counts, number, by)
        return lettered

    def _change_email(self, email: str, *, by: int) -> None:
        local, at, domain = normal(email).strip().partition("@")
        local = local.partition("+")[0]
        key = compact(local)
        if not at or not key or not compact(domain):
            return
        domains = self.mails.setdefault(key, Counter())
        host = compact(domain)
        count(domains, host, by)
        if not domains:
            del self.mails[key]
        for end in range(1, len(host) + 1):
            count(self.hosts, host[:end], by)

    def find(self, read: Reading) -> list[str]:
        """The rules that match a text; some may come twice."""
        found = ["client_email"] if self._has_mail(read) else []
        groups: list[str] = []
        for run in read.runs:
            group = _GROUP.findall(run)
            groups += group
            if len(run) >= NUMBER_MIN:
                found += self._of_run(run, group)
        if self._has_number(groups, read):
            found.append("client_number")
        if self.dates.has_month(read):
            found.append("client_birth_date")
        return found

    def _of_run(self, run: str, group: list[str]) -> list[str]:
        """The rules that match a run of digits, which has these between what is none."""
        digits, found = "".join(group), list[str]()
        if len(digits) >= PHONE_MIN and (self._is_phone(digits) or self._has_local(run)):
            found.append("client_phone")
        if len(digits) >= NUMBER_MIN and digits.lstrip("0") in self.numbers:
            found.append("client_number")
        if self.dates.has_digits(run, group):
            found.append("client_birth_date")
        return found

    def _has_mail(self, read: Reading) -> bool:
        """Whether an address is around some @, or around what people write for it."""
        text = read.lower
        if "@" in text and self._is_mail_at(text, _SIGN):
            return True
        if "at" not in read.telling:
            return False
        return self._is_mail_at(text, _AT) or self._is_mail_at(text, _BOXED_AT)

    def _is_mail_at(self, text: str, sign: re.Pattern[str]) -> bool:
        return any(self._is_mail(text, at.start(), at.end()) for at in sign.finditer(text))

    def _is_phone(self, run: str) -> bool:
        for length in self.lengths:
            for at in range(len(run) - length + 1):
                if run[at : at + length] in self.phones:
                    return True
        return False

    def _has_local(self, text: str) -> bool:
        return any(_NO_DIGIT.sub("", run) in self.locals for run in _LOCAL.findall(text))

    def _has_number(self, groups: Iterable[str], read: Reading) -> bool:
        """Whether a word is a client's number. A short one must have a word for it before."""
        numbers, words = self.numbers, read.words
        is_near = any(map(numbers.__contains__, groups))
        if not is_near and self.lettered.keys().isdisjoint(read.telling):
            return False
        return any(
            word in numbers
            and (
                len(word) >= NUMBER_MIN or not _NUMBER_WORDS.isdisjoint(words[max(0, at - 3) : at])
            )
            for at, word in enumerate(words)
        )

    def _is_mail(self, text: str, start: int, end: int) -> bool:
        """Whether a client's address is around the sign at text[start:end]."""
        host = _HOST.match(text, end)
        labels = words_of(_SPELLED.sub(" ", host.group())) if host else []
        if not self._knows_host(labels):
            return False
        local = _LOCAL_PART.search(text, max(0, start - MAIL_MAX), start)
        if local is None:
            return False
        parts = words_of(_SPELLED.sub(" ", re.sub(r"\+[^.\s@]*\s*$", "", local.group())))
        for at in range(len(parts)):
            known = self.mails.get("".join(parts[at:]))
            if known and any(_is_host(labels, each) for each in known):
                return True
        return False

    def _knows_host(self, labels: list[str]) -> bool:
        """Whether some client's host may be meant: a look at the first label."""
        first = labels[0] if labels else ""
        return first in self.hosts or any(first[:end] in self.hosts for end in range(1, len(first)))


def _is_host(labels: list[str], known: str) -> bool:
    """Whether the labels begin with a known host, or are the first of it alone."""
    return "".join(labels).startswith(known) or (len(labels) == 1 and known.startswith(labels[0]))
