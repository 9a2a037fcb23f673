"""Plain American English as rules: what each text is held to, and what is wrong with one that is not.

The words come from the practice's own list of terms (how-to/write-words.md).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textstat import textstat

from lmhg_quality.words.saying import GAP, Saying

GRADE_MAX = 8.0
"""School grade that the texts of an application ask for, Flesch-Kincaid."""
SENTENCE_GRADE_MAX = 10.0
"""What a single sentence may ask for."""
WORDS_MIN = 8
"""Shorter sentences are labels: their grade says nothing."""
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")


@dataclass(frozen=True)
class Word:
    """A word that is not said, and what is said instead."""

    pattern: re.Pattern[str]
    instead: str


def _word(pattern: str, instead: str) -> Word:
    return Word(re.compile(rf"(?<![\w-]){pattern}(?![\w])", re.IGNORECASE), instead)


IDIOMS = (
    _word("anew", "again"),
    _word("the very", "the same; exactly"),
    _word("whoever", "the person who; anyone who"),
    _word("somebody", "someone"),
    _word("nobody yet", "no one yet; not assigned"),
    _word("(?:is|are|was|were|be) written down", "is saved; is recorded"),
    _word("the way so far", "history"),
    _word("what is there", "what it holds; say the thing"),
    _word("stands", "is"),
    _word("(?:is|are) under way", "has started"),
    _word("(?:is|was) faster", "already changed this"),
    _word("of now", "current"),
)
"""What reads as translated. Kept out of pages, documents and docstrings."""

LOOSE = (
    _word("anybody", "anyone"),
    _word("everybody", "everyone"),
    _word("nobody", "no one"),
    _word("go on", "continue"),
    _word("mend(?:ed|s|ing)?", "fix"),
    _word("(?:your|this|that|invitation|password|sign-in) letter", "email"),
)
"""What a page says in plainer words."""

INTERNALS = (
    _word("planes?", "side; the office; the portal"),
    _word("gateway", "the office"),
    _word("on-prem", "the office"),
    _word("broker(?:'s)?", "in transit"),
    _word("relays?", "sharing"),
    _word("ship(?:s|ped|ping)?", "sent"),
    _word("kinds?", "type"),
    _word("record version", "newer version"),
    _word("digest", "(technical details)"),
    _word("uuid", "(technical details)"),
    _word("exempt(?:ions?|ed)?", "approval to share"),
    _word("held records?", "held for review"),
    _word("kept texts?", "blocked messages"),
    _word("recall(?:ed|s)?", "taken back"),
    _word("withdr(?:aw|awn|aws|ew)", "take back"),
    _word("purged?", "deleted in transit"),
    _word("supersed(?:ed|es)", "replaced by a newer version"),
    _word("second factors?", "two-step sign-in"),
    _word("break-glass", "emergency access"),
    _word("witness(?:ed|es)?", "confirmed by the other side"),
    _word("cosigned", "confirmed by the other side"),
    _word("oauth", "connected apps"),
    _word("mfa", "two-step sign-in"),
    _word("canary", "leak check"),
    _word("whole board", "see all"),
)
"""Names of parts that no reader has seen: only behind "Technical details", or on pages for IT."""

CODES = (
    Word(re.compile(r"\b[a-z]+_[a-z_]+\b"), "words for the code"),
    Word(re.compile(r"\bUTC\b"), "Eastern Time, once a page"),
    Word(re.compile(r"\b(?:America|Europe|Etc)/[A-Z]"), "Eastern Time, once a page"),
    Word(re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-"), "a short number"),
    Word(re.compile(r"\b[A-Z]{2,}_[A-Z_]+\b"), "words for the setting"),
    Word(re.compile(r"\b20\d\d-\d\d-\d\d\b"), "Nov 27, 2026"),
)
"""Raw codes: as internals."""

SPELLINGS = (
    _word("(?:behaviour|colour|favour|honour|neighbour|labour)(?:s|ed|ing)?", "-or"),
    _word("cancell(?:ed|ing)", "canceled"),
    _word("centres?", "center"),
    _word("licences?", "license"),
    _word("judgements?", "judgment"),
    _word("e-mails?", "email"),
    _word("enrol(?:s|ment)?", "enroll"),
    _word("programmes?", "program"),
    _word("(?:recogn|author|organ|final|apolog|real)is(?:e|ed|es|ing|ation)", "-ize"),
    _word("walk in", "walk-in"),
    _word("afterwards", "afterward"),
    _word("towards", "toward"),
    _word("whilst", "while"),
)
"""British forms."""


def wrong(saying: Saying) -> Iterator[str]:
    """What is wrong with a text: the word, and what to say instead."""
    rules = (
        (*IDIOMS, *LOOSE, *SPELLINGS)
        if saying.technical
        else (*IDIOMS, *LOOSE, *SPELLINGS, *INTERNALS, *CODES)
    )
    for rule in rules:
        if found := rule.pattern.search(saying.text):
            yield f"{saying.file}:{saying.line}: “{found[0]}” in “{saying.text}”: say {rule.instead}"


def findings(sayings: Iterable[Saying]) -> list[str]:
    """Everything that is wrong with these texts."""
    return [each for saying in sayings for each in wrong(saying)]


def sentences(sayings: Iterable[Saying]) -> list[str]:
    """The sentences that are long enough to be graded; a value counts as one plain word."""
    whole = (each.text.replace(GAP, " it ").strip() for each in sayings if not each.technical)
    parts = (part for text in whole for part in _SENTENCE.split(text))
    return [part for part in parts if len(part.split()) >= WORDS_MIN]


def grade(text: str) -> float:
    """The school grade that a text asks for."""
    return float(textstat.flesch_kincaid_grade(text))
