"""Where a feature adds to the canceling of an appointment."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice


class Effect(NamedTuple):
    """One thing that follows when an appointment is canceled: what happens on its own, or what is left to do."""

    sentence: str
    is_left: bool = False
    """Whether someone still has to do it."""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class CancelEffect:
    """What a feature says and does when an appointment is canceled.

    `find` lists what follows, before anything is done. `act` does the feature's part of it in the unit of
    work that cancels, `undo` in the one that takes it back, and says whether the
    cancellation may have gone out already.
    """

    find: Callable[[ReadSession, uuid.UUID], Awaitable[Sequence[Effect]]]
    act: Callable[[WriteSession, uuid.UUID, Practice], Awaitable[None]]
    undo: Callable[[WriteSession, uuid.UUID, Practice], Awaitable[bool]]
