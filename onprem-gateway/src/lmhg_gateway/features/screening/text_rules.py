"""Text as screening compares it: one spelling for each of the many ways to write the same."""

import re
import unicodedata
from collections.abc import Set
from functools import cached_property
from typing import NamedTuple

_LOOKALIKES = dict(
    zip(
        "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0443\u0445\u043a\u043c\u0442\u043d\u0432\u0251\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03bf\u03b9\u03bd\u03c4\u03c5\u03c1\u03ba\u03c7",
        "ABESIJKMHOPCTYXaesijopcyxkmthbaABEZHIKMNOPTYXaoivtupkx",
        strict=True,
    )
)
"""Cyrillic and Greek letters that look Latin; after compatibility folding, accents gone."""
_SPELLED = {
    "\u00df": "ss", "\u1e9e": "SS", "\u00e6": "ae", "\u00c6": "AE", "\u0153": "oe", "\u0152": "OE", "\u00f8": "o", "\u00d8": "O",
    "\u0142": "l", "\u0141": "L", "\u0111": "d", "\u0110": "D", "\u00f0": "d", "\u00d0": "D", "\u00fe": "th", "\u00de": "Th", "\u0131": "i",
    "\u0127": "h", "\u0126": "H", "\u014b": "ng", "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2032": "'", "`": "'", "\u00b4": "'",
    "\u201c": '"', "\u201d": '"', "\uff20": "@", "\u2022": ".", "\u00b7": ".",
}  # fmt: skip
_IGNORED = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe0f")
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
_LINE_END = re.compile(r"-[ \t]*\r?\n")
_BROKEN = re.compile(r"([^\W\d_])-[ \t]*\r?\n[ \t]*([^\W\d_])")
_TOKEN = re.compile(r"([^\W_]+)([\W_]*)")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+")
_RUN = re.compile(r"[0-9][0-9\s().+/\-]+[0-9]")
_TO_WORDS = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)
"""What separates words in ASCII is made a space; on bytes, as that is several times faster."""


class _Table(dict[int, str]):
    """A translation that works a letter out the first time it is met; Unicode is its bound."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        found = self[code] = _translated(letter)
        return found


def _translated(letter: str) -> str:
    if letter in _LOOKALIKES or letter in _SPELLED:
        return _LOOKALIKES.get(letter) or _SPELLED[letter]
    if letter in _DASHES:
        return "-"
    category = unicodedata.category(letter)
    if category in {"Mn", "Me", "Cf"} or letter in _IGNORED:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return {"Zs": " ", "Zl": "\n", "Zp": "\n"}.get(category, letter)


_TABLE = _Table()


def clean(text: str) -> str:
    """A text in plain letters, its case kept: no accents, no invisible and no look-alike letters."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", text).translate(_TABLE)


def normal(text: str) -> str:
    """A cleaned text in lower case. Twice is once."""
    cleaned = clean(text)
    return cleaned.lower() if cleaned.isascii() else clean(clean(cleaned).casefold())


def _spaced(text: str) -> str:
    """An ASCII text with a space for whatever is no letter and no digit."""
    return text.encode("ascii").translate(_TO_WORDS).decode("ascii")


def words_of(text: str) -> list[str]:
    """The words of a normal text, in order."""
    if text.isascii():
        return _spaced(text).split()
    return [word for word, _ in _TOKEN.findall(text)]


def _words_and_gaps(cleaned: str) -> tuple[list[str], list[str]]:
    """The words of a cleaned text as they are written, and what stands after each."""
    pairs = _TOKEN.findall(cleaned)
    return [word for word, _ in pairs], [gap for _, gap in pairs]


def compact(text: str) -> str:
    """The letters and digits of a text in one word."""
    return "".join(words_of(normal(text)))


def unbroken(text: str) -> str:
    """A text with the words whole that a hyphen broke at a line's end."""
    return _BROKEN.sub(r"\1\2", text) if _LINE_END.search(text) else text


def has_case(cleaned: str) -> bool:
    """Whether capitals mean something in a text: it is neither all upper nor all lower case."""
    return not (cleaned.islower() or cleaned.isupper())


class Reading(NamedTuple):
    """A text as every rule reads it, worked out once."""

    cleaned: str
    lower: str
    written: list[str]
    """The words with their capitals."""
    words: list[str]
    telling: Set[str]
    """Those of its words that some rule asks for: most texts have few, many rules need one."""
    runs: list[str]
    """Three letters or more: digits with what people put between, as phones and dates are written."""

    @classmethod
    def of(cls, text: str, vocabulary: frozenset[str] | set[str]) -> "Reading":
        """A text, read, by the words that rules ask for."""
        cleaned = clean(text)
        if cleaned.isascii():
            spaced = _spaced(cleaned)
            lower, written, words = cleaned.lower(), spaced.split(), spaced.lower().split()
        else:
            lower, written = normal(cleaned), _words_and_gaps(cleaned)[0]
            words = words_of(lower)
        telling = vocabulary.intersection(words)
        return cls(cleaned, lower, written, words, telling, _RUN.findall(lower))


class Tokens:
    """The words of a text with what a name's surroundings tell."""

    def __init__(self, read: Reading) -> None:
        self.words = read.words
        self.written = read.written
        self.has_case = has_case(read.cleaned)
        """Whether capitals mean something here: not in a text that is all upper or all lower case."""
        self._cleaned = read.cleaned
        if not read.cleaned.isascii():
            self.words = [w.lower() if w.isascii() else normal(w) for w in read.written]

    @cached_property
    def gaps(self) -> list[str]:
        """What stands after each word. Only names that are in doubt need it."""
        if self._cleaned.isascii():
            return _PLAIN_WORD.split(self._cleaned)[1:]
        return _words_and_gaps(self._cleaned)[1]

    def is_capital(self, at: int) -> bool:
        """Whether a word begins with a capital, where that means something."""
        return self.written[at][0].isupper() or not self.has_case

    def starts_sentence(self, at: int) -> bool:
        """Whether a word is the first of a text, a line or a sentence."""
        return at == 0 or self.is_end(at - 1) or "\n" in self.gaps[at - 1]

    def is_end(self, at: int) -> bool:
        """Whether a thought ends after this word: no name goes on from here."""
        gap = self.gaps[at]
        if not gap or gap == " ":
            return False
        if any(mark in gap for mark in "!?;"):
            return True
        return "." in gap and gap != "." and len(self.words[at]) > 1
