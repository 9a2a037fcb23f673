"""Forms of breach cases."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

from lmhg_gateway.features.breach_cases.models import PEOPLE_MAX, TEXT_MAX
from lmhg_gateway.features.breach_cases.rules import Decision, Level, Who
from lmhg_kit.http.form_rules import Good

Text = Annotated[str, msgspec.Meta(min_length=3, max_length=TEXT_MAX)]
People = Annotated[int, msgspec.Meta(ge=1, le=PEOPLE_MAX)]


def not_ahead(field: str, good: Good, today: date) -> Mapping[str, str]:
    """A day that is still to come is no day on which something happened."""
    day = good.get(field)
    return {field: "This day is still to come."} if day and day > today else {}


class OpenForm(msgspec.Struct, frozen=True, kw_only=True):
    """When the practice found out, which starts the clock; and how many people it is about."""

    discovered_on: date
    people: People | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day that is still to come."""
        return not_ahead("discovered_on", good, today)


class AssessForm(msgspec.Struct, frozen=True, kw_only=True):
    """The four factors, each with what speaks for what."""

    nature: Text
    nature_level: Level
    recipient: Text
    recipient_level: Level
    viewed: Text
    viewed_level: Level
    mitigated: Text
    mitigated_level: Level


class DecideForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the case comes to, and why."""

    decision: Decision
    why: Text
    people: People | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """A breach of nobody knows how many."""
        if good.get("decision") is Decision.BREACH and not good.get("people"):
            return {"people": "Write how many people it is about, as far as you know."}
        return {}


class ToldForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who was told, when, and how."""

    who: Who
    told_on: date
    how: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)] = ""
    key: uuid.UUID | None = None
    """The id of the line: a form that is sent twice writes it once."""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day that is still to come."""
        return not_ahead("told_on", good, today)
