"""Forms of absences."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

from lmhg_gateway.features.absences.rules import Reason, problems
from lmhg_kit.http.form_rules import Good

PAIRS_MAX = 50
"""Clients on one page of a handover."""
Pair = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{36}\.[0-9a-f-]{36}$", max_length=73)]


class AbsenceForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who is away, why, from which day until which day."""

    person_id: uuid.UUID
    reason: Reason
    first_on: date
    last_on: date | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """A last day that is missing, before the first one, or too much."""
        if "reason" not in good or "first_on" not in good:
            return {}
        return problems(good["reason"], good["first_on"], good.get("last_on"))


class DaysForm(msgspec.Struct, frozen=True, kw_only=True):
    """Until when someone is away now."""

    last_on: date


class CoversForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who covers for which client: each a client's id, a dot, and a colleague's id."""

    covers: Annotated[list[Pair], msgspec.Meta(max_length=PAIRS_MAX)] = msgspec.field(
        default_factory=list[Pair]
    )

    def pairs(self) -> dict[uuid.UUID, uuid.UUID]:
        """Client to colleague. Raises: ValueError where one is no id."""
        parts = [each.partition(".") for each in self.covers]
        return {uuid.UUID(client): uuid.UUID(person) for client, _, person in parts}

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """What looks like ids and is none."""
        try:
            cls(covers=good.get("covers", [])).pairs()
        except ValueError:
            return {"covers": "Choose one from the list."}
        return {}


class AllForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who covers for every client that no one covers for."""

    cover_id: uuid.UUID
