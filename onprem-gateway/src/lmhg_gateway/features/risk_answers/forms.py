"""Forms of risk answers."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

from lmhg_gateway.features.risk_answers.models import NAME_MAX, OUTCOME_MAX, QUESTION_MAX
from lmhg_gateway.features.risk_answers.rota_rules import problems
from lmhg_gateway.features.risk_answers.rules import check_rule
from lmhg_kit.http.form_rules import Good, refused_by


class RuleForm(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to look for."""

    name: Annotated[str, msgspec.Meta(min_length=2, max_length=NAME_MAX)]
    question_id: Annotated[str, msgspec.Meta(min_length=1, max_length=QUESTION_MAX)]
    row: Annotated[str, msgspec.Meta(max_length=200)] = ""
    at_least: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    says: Annotated[str, msgspec.Meta(max_length=200)] = ""
    minutes: Annotated[int, msgspec.Meta(ge=1, le=240)] = 10

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """A rule that looks for nothing, or for two things."""
        at_least, says = good.get("at_least"), good.get("says", "")
        return refused_by(lambda: check_rule(at_least, says))


class OnCallForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told, in this order; an empty place is passed over."""

    first: uuid.UUID | None = None
    second: uuid.UUID | None = None
    third: uuid.UUID | None = None

    def people(self) -> list[uuid.UUID]:
        """Those who are named, in order."""
        return [each for each in (self.first, self.second, self.third) if each]


class TurnForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who is on call from which day until which day."""

    person_id: uuid.UUID
    first_on: date
    last_on: date

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """Days that are over, or in the wrong order."""
        first_on, last_on = good.get("first_on"), good.get("last_on")
        if last_on and last_on < today:
            return {"last_on": "These days are over."}
        return problems(first_on, last_on, ()) if first_on and last_on else {}


class OutcomeForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was done about it."""

    outcome: Annotated[str, msgspec.Meta(min_length=2, max_length=OUTCOME_MAX)]
