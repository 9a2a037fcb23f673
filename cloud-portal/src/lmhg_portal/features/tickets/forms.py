"""What a person types about a ticket."""

from typing import Annotated, Literal

import msgspec

Subject = Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
Body = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class TicketForm(msgspec.Struct, frozen=True):
    """A new ticket."""

    subject: Subject
    body: Body
    category: Literal["account", "computer", "phone", "building", "training", "other"]
    urgency: Literal["low", "normal", "high"]
    not_a_client: bool = False
    """That a phone number in it is no client's."""


class MessageForm(msgspec.Struct, frozen=True):
    """An answer, or a note that only support reads."""

    body: Body
    internal: bool = False
    not_a_client: bool = False


class MoveForm(msgspec.Struct, frozen=True):
    """A new state."""

    state: Literal["open", "waiting", "resolved", "closed"]
    seen: Literal["", "new", "open", "waiting", "resolved", "closed"] = ""
    """The state that the person saw."""
