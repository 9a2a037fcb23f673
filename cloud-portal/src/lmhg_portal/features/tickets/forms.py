"""What a person types about a ticket."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_kit.http.form_rules import Good, refused_by
from lmhg_portal.features.tickets.rules import check_plain

Subject = Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
Body = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class Plain:
    """A form whose texts may have no mark of a person."""

    __slots__ = ()

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """Texts with marks of a person."""
        texts = {name: good[name] for name in ("subject", "body") if name in good}
        is_not_client = good.get("not_a_client", False)
        return refused_by(lambda: check_plain(texts, is_not_client=is_not_client))


class TicketForm(Plain, msgspec.Struct, frozen=True):
    """A new ticket."""

    subject: Subject
    body: Body
    category: Literal["account", "computer", "phone", "building", "training", "other"]
    urgency: Literal["low", "normal", "high"]
    not_a_client: bool = False
    """That a phone number in it is no client's."""


class MessageForm(Plain, msgspec.Struct, frozen=True):
    """An answer, or a note that only support reads."""

    body: Body
    internal: bool = False
    not_a_client: bool = False


class MoveForm(msgspec.Struct, frozen=True):
    """A new state."""

    state: Literal["open", "waiting", "resolved", "closed"]
    seen: Literal["", "new", "open", "waiting", "resolved", "closed"] = ""
    """The state that the person saw."""
