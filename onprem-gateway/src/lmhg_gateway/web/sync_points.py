"""Where a feature adds to what the office and IntakeQ share: its own points, beside `points`."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lmhg_gateway.web.points import Said
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice


@dataclass(frozen=True, kw_only=True)
class IntakeLine:
    """What a feature says on the Intake page, for those who have the permission."""

    permission: str
    find: Callable[[ReadSession, Practice], Awaitable[Sequence[Said]]]


class SyncedField(NamedTuple):
    """One field that IntakeQ has too: what people call it, and whose it is.

    `owner` is theirs (IntakeQ's), ours or both.
    """

    label: str
    owner: str


Told = Mapping[str, str | None]
"""Field to text, as IntakeQ or the office has it."""


@dataclass(frozen=True, kw_only=True)
class SyncedRecord:
    """Records that IntakeQ has too: their fields, how each is named, read, changed and shown."""

    kind: str
    permission: str
    fields: Mapping[str, SyncedField]
    named: Callable[[ReadSession, Sequence[uuid.UUID]], Awaitable[Mapping[uuid.UUID, Said]]]
    """Of each record what people call it, and its page."""
    ours: Callable[[ReadSession, uuid.UUID], Awaitable[Told]]
    take: Callable[[WriteSession, uuid.UUID, Told], Awaitable[None]]
    shown: Callable[[ReadSession, str, str], Awaitable[str | datetime]]
    """A field's text as people read it."""
