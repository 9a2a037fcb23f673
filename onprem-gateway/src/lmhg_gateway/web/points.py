"""Where a feature of the gateway adds to another: the type of a contribution is its point."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

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


@dataclass(frozen=True, kw_only=True)
class ClientSection:
    """What a feature shows on a client's page, for those who have the permission.

    `load` gives the rows; the template finds them as `rows`, and the client's id as `client_id`.
    """

    permission: str
    template: str
    load: Callable[[ReadSession, uuid.UUID], Awaitable[Sequence[Any]]]


@dataclass(frozen=True, kw_only=True)
class ClientAct:
    """A step that begins on a client's page, for those who have the permission.

    `path` is an address with `{}` for the client's id.
    """

    permission: str
    label: str
    path: str
    icon: str = ""
    is_primary: bool = False
