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
    urgency: Literal["low", "normal", "high"] = "normal"


class MessageForm(msgspec.Struct, frozen=True):
    """An answer, or a note that only support reads."""

    body: Body
    internal: bool = False


class MoveForm(msgspec.Struct, frozen=True):
    """A new state."""

    state: Literal["open", "waiting", "resolved", "closed"]
