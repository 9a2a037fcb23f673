"""Forms of screening."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

from lmhg_kit.errors import Invalid
from lmhg_kit.http.form_rules import Good, refused_by
from lmhg_kit.normalizer import normal, words_of

WORDS_MAX = 8


class AllowForm(msgspec.Struct, frozen=True):
    """A word or a phrase that screening should not take for a client's name, and why."""

    term: Annotated[str, msgspec.Meta(min_length=2, max_length=120)]
    reason: Annotated[str, msgspec.Meta(min_length=10, max_length=500)]

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """Signs without a word, and whole texts."""
        return refused_by(lambda: term_words(good["term"])) if "term" in good else {}


def term_words(term: str) -> list[str]:
    """The few words that a term has, as texts are compared. Raises: Invalid."""
    words = words_of(normal(term))
    if not words or len(words) > WORDS_MAX:
        raise Invalid(fields={"term": "Write a word, or a few words."})
    return words
