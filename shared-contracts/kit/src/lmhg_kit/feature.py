"""What a feature declares of itself: routes, permissions, tables, loops, words, contributions."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from litestar.types import ControllerRouterHandler
from sqlalchemy import ColumnElement, Select, String, Uuid, cast, literal_column

from lmhg_kit.loops import Loop
from lmhg_kit.persistence import ReadSession

HITS_MAX = 8
"""Hits of one provider; more than that and another word helps better."""


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One entry of the navigation, shown to those who may follow it."""

    label: str
    path: str
    icon: str
    permission: str
    order: int = 50
    primary: bool = True
    """Primary entries stand in the bottom bar of a phone; the others behind "More"."""
    short: str = ""
    """What the bottom bar or a tab says where the label is too long for it."""
    section: str = ""
    """The group of tabs on the pages of one subject; none where the page has no tab."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, and for what: all that a provider may decide with."""

    person_id: str
    may: Callable[[str], bool]
    """Whether this person has a permission."""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that a search found."""

    label: str
    href: str
    detail: str = ""
    icon: str = "next"


@dataclass(frozen=True, kw_only=True)
class SearchProvider:
    """What one feature adds to the search, for those who have the permission.

    `find` gives at most `HITS_MAX` hits; it runs in one unit of work with the other providers, which
    audits what it read. The text may be a client's name: it goes into no log and no address.
    """

    label: str
    permission: str
    find: Callable[[ReadSession, Asked], Awaitable[Sequence[Hit]]]
    see_all: str = ""
    """Where a posted form with the words, as `q`, leads to the whole list of what they find."""


@dataclass(frozen=True, kw_only=True)
class BellCount:
    """One entry of the bell as a person sees it: how many wait, and where."""

    label: str
    count: int
    href: str
    tone: str = "info"


PERSON: ColumnElement[uuid.UUID] = literal_column("who.user_id", Uuid)
"""Who asks, in the `count` of an entry of the bell; a text column is compared with `PERSON_TEXT`."""
PERSON_TEXT: ColumnElement[str] = cast(PERSON, String)


@dataclass(frozen=True, kw_only=True)
class BellEntry:
    """One entry of the bell: what a feature counts as waiting, for those who have the permission.

    It is counted with each request, in the one statement that finds out who asks: `count` is a select
    of one number, small and on an index.
    """

    permission: str
    label: str
    href: str
    count: Select[int]
    tone: str = "info"


ANY_APP = "*"
"""The name of whatever application has this feature in its list."""


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What someone may do here, and whose roles have it; an API scope gives it to programs."""

    name: str
    roles: frozenset[str]
    scope: str = ""


class Loops(Protocol):
    """Makes a feature's background loops, given what the process has."""

    def __call__(self, process: Any, /) -> Sequence[Loop]:  # noqa: ANN401 - each plane's own type
        """The loops; none where a setting says so."""
        ...


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One folder under features/, declared once: an application is a list of these.

    Nothing else of a feature is named outside its folder. What it adds to others it contributes at
    their points (`contributes`: values whose type is the point), so features form no circle.
    """

    name: str
    app: str = ""
    """The web application that serves its pages and its API."""
    pages: tuple[ControllerRouterHandler, ...] = ()
    api: tuple[ControllerRouterHandler, ...] = ()
    no_api: str = ""
    """Why a feature with pages has no JSON API."""
    permissions: tuple[Permission, ...] = ()
    models: tuple[type, ...] = ()
    """Its tables; grants, triggers, audit and dictionary follow from their columns."""
    loops: Mapping[str, Loops] = field(default_factory=dict[str, Loops])
    """Background work by the process that does it."""
    nav: tuple[NavItem, ...] = ()
    ways: tuple[NavItem, ...] = ()
    """Pages that the search finds by name besides those of the navigation."""
    search: tuple[SearchProvider, ...] = ()
    bell: tuple[BellEntry, ...] = ()
    """What it counts as waiting: its `bell.py`; all of them are in docs/reference/bell.md."""
    messages: Mapping[str, str] = field(default_factory=dict[str, str])
    """Error code to sentence, for people."""
    notices: Mapping[str, str] = field(default_factory=dict[str, str])
    """Notice code to sentence: what was just done."""
    contributes: tuple[object, ...] = ()
    needs: tuple[str, ...] = ()
    """Features without which this one cannot run."""
    wall: Path | None = None
    """Its `wall.sql`: functions, triggers and grants that the database holds against everyone."""
    templates: Path | None = None
    help: Path | None = None
    """Its page of help, in Markdown: what this is, what to do, what to do when something is off."""
