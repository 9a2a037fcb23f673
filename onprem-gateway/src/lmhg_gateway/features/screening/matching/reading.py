"""Text as screening compares it, worked out once for every rule."""

import re
from collections.abc import Set
from functools import cached_property
from typing import NamedTuple

from lmhg_kit.normalizer import (
    clean,
    has_case,
    normal,
    spaced,
    words_and_gaps,
    words_of,
)

_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+")
_RUN = re.compile(r"[0-9][0-9\s().+/\-_']+[0-9]")
_SHAPE = bytes(
    ord("0") if chr(code).isdigit() else ord("a") if chr(code).isalpha() else ord(" ")
    for code in range(128)
) + bytes(128)
"""A 0 for a digit and an a for a letter of ASCII; on bytes, as that is several times faster."""


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
    is_stuck: bool
    """Whether a digit is right beside a word of three letters or more, as in 5may1999."""
    is_mixed: bool
    """Whether a digit is right beside a letter at all."""

    @property
    def apart(self) -> str:
        """The text in lower case with a space for each underscore, as file names have them."""
        return self.lower.replace("_", " ")

    @classmethod
    def of(cls, text: str, vocabulary: frozenset[str] | set[str]) -> "Reading":
        """A text, read, by the words that rules ask for."""
        cleaned = clean(text)
        if cleaned.isascii():
            apart = spaced(cleaned)
            lower, written, words = cleaned.lower(), apart.split(), apart.lower().split()
        else:
            lower, written = normal(cleaned), words_and_gaps(cleaned)[0]
            words = words_of(lower)
        telling = vocabulary.intersection(words)
        shape = lower.encode("ascii", "replace").translate(_SHAPE)
        is_stuck = b"0aaa" in shape or b"aaa0" in shape
        is_mixed = b"0a" in shape or b"a0" in shape
        return cls(cleaned, lower, written, words, telling, _RUN.findall(lower), is_stuck, is_mixed)


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
        """What is after each word. Only names that are in doubt need it."""
        if self._cleaned.isascii():
            return _PLAIN_WORD.split(self._cleaned)[1:]
        return words_and_gaps(self._cleaned)[1]

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
