"""A step is declared with a page on which its form can come back; another is refused as it is declared."""

import uuid
from typing import Any

import msgspec
import pytest

from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.persistence import ReadSession, WriteSession


class Form(msgspec.Struct, frozen=True):
    """Asks for a word."""

    word: str


@shows("/rooms/{room_id:uuid}", "rooms.read", template="rooms/room.html", purpose="room", form=Form)
async def room(tx: ReadSession, ask: Ask[Form], room_id: uuid.UUID) -> Context:
    """A page that asks for a room."""
    del tx, ask
    return {"room_id": room_id}


async def step(tx: WriteSession, ask: Ask[Any], **_: object) -> Done:
    """A step."""
    del tx, ask
    return Done("/")


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/rooms/{room_id:uuid}/name", {"back": room, "form": Form}),
        ("/rooms/{room_id:uuid}/doors/{door_id:uuid}", {"back": room, "form": Form}),
        ("/doors/{door_id:uuid}/open", {}),
    ],
)
def test_step_that_can_come_back_is_accepted(path: str, given: dict[str, Any]) -> None:
    """On a page whose parts are in its address, or on none where it has no form."""
    assert acts(path, "rooms.write", purpose="room.step", **given)(step).paths


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/doors/{door_id:uuid}/name", {"back": room, "form": Form}),
        ("/doors/{door_id:uuid}/open", {"back": room}),
        ("/doors/{door_id:uuid}/name", {"form": Form}),
    ],
)
def test_step_that_could_not_come_back_is_refused(path: str, given: dict[str, Any]) -> None:
    """Otherwise a form that is filled in wrong would be an error of ours."""
    with pytest.raises(TypeError, match=r"asks for room_id|no page"):
        acts(path, "rooms.write", purpose="room.step", **given)
