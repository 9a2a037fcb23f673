"""Where a feature of the gateway adds to another: the type of a contribution is its point."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lmhg_kit.persistence import ReadSession


class Said(NamedTuple):
    """A sentence, and the page that says what to do."""

    sentence: str
    href: str


@dataclass(frozen=True)
class RedLine:
    """What of a feature cannot wait, on the officer's first page."""

    find: Callable[[ReadSession, datetime], Awaitable[Sequence[Said]]]


@dataclass(frozen=True, kw_only=True)
class Status:
    """How one part of the proof stands: a line of the officer's first page."""

    title: str
    said: str
    href: str
    label: str = ""
    label_kind: str = ""


@dataclass(frozen=True)
class StatusLine:
    """What a feature says of its part of the proof, on the officer's first page."""

    find: Callable[[ReadSession, datetime], Awaitable[Status]]
