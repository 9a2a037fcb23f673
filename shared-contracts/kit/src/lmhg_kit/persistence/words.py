"""Search in open text, one way for every list: neither capitals nor ways of writing a letter matter."""

from sqlalchemy import ColumnElement, func, literal
from sqlalchemy.orm import InstrumentedAttribute

Column = InstrumentedAttribute[str]


def has_words(column: Column, words: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a column's text has these words in it, composed or not; no sign is a wildcard."""
    wanted = literal(words) if isinstance(words, str) else words
    return func.strpos(_folded(column), _folded(wanted)) > 0


def _folded(text: Column | ColumnElement[str]) -> ColumnElement[str]:
    return func.lower(func.normalize(text))
