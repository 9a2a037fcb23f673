"""What is around every page of one application: its shell, its templates, and where people may go."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import jinja2

from lmhg_kit.feature import BellEntry, NavItem, SearchProvider
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.help_topics import Topic, help_search, topics, topics_by_route
from lmhg_kit.http.delay_words import DelayRow
from lmhg_kit.http.state import Key
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.ui.environment import build_environment


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """When the other plane was last heard, whether that is late, and what holds records up."""

    label: str
    heard_at: datetime | None
    late: bool
    delays: Sequence[DelayRow] = ()


FreshnessProbe = Callable[[], Awaitable[Freshness | None]]


@dataclass(frozen=True, kw_only=True)
class SiteLink:
    """The way to another site of the practice, in the account menu."""

    label: str
    href: str
    icon: str = "next"


def site_links(
    *, workspace: str | None = None, portal: str | None = None, identity: str | None = None
) -> tuple[SiteLink, ...]:
    """The ways to those sites whose address is known."""
    found = (
        ("Workspace (office network)", workspace, "", "shield"),
        ("Portal", portal, "", "cloud"),
        ("My security", identity, "/security", "key"),
    )
    return tuple(
        SiteLink(label=label, href=at.rstrip("/") + path, icon=icon)
        for label, at, path, icon in found
        if at
    )


@dataclass(frozen=True, kw_only=True)
class Shell:
    """What is around every page of one application."""

    title: str
    plane: str
    promise: str
    """What may be written here, in the top bar of every page."""
    nav: Sequence[NavItem] = ()
    ways: Sequence[NavItem] = ()
    """Pages that the search finds by name besides the navigation."""
    search: Sequence[SearchProvider] | None = None
    """Who is asked by the search; None where an application has no search."""
    bell: Sequence[BellEntry] | None = None
    """Who says what waits; None where an application has no notifications."""
    sign_in_path: str = "/sign-in"
    sign_out_path: str = "/sign-out"
    lock_path: str = ""
    """Where a shared computer is locked; empty where an application has no such way."""
    home_path: str = "/"
    links: Sequence[SiteLink] = ()
    """The practice's other sites."""
    freshness: FreshnessProbe | None = None


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The templates of one application with its shell."""

    env: jinja2.Environment
    shell: Shell
    notices: Mapping[str, str] = field(default_factory=dict[str, str])
    paths: dict[frozenset[str], "Paths"] = field(default_factory=dict[frozenset[str], "Paths"])
    """What each set of roles may follow, once someone with them came."""
    topics: Mapping[str, Topic] = field(default_factory=dict[str, Topic])
    """Pages of help by name."""
    topic_of: Mapping[str, str] = field(default_factory=dict[str, str])
    """The page of help for each route."""


PAGES: Key[Pages | None] = Key("pages")


def pages_for(
    features: FeatureSet,
    shell: Shell,
    *,
    timezone: str,
    files: StaticFiles,
    has_search: bool = True,
) -> Pages:
    """The templates of what an application serves, in this shell, with all that features add to it."""
    helped = topics(features)
    return Pages(
        env=build_environment(features.templates, timezone=timezone, static_url=files.url),
        shell=replace(
            shell,
            nav=features.nav,
            ways=features.ways,
            search=[*features.search, help_search(helped.values())] if has_search else None,
            bell=features.bell if has_search else None,
        ),
        notices=features.notices,
        topics=helped,
        topic_of=topics_by_route(features),
    )


class Entries(tuple[NavItem, ...]):
    """Entries that are the same only when they are this very object: what is drawn of them is kept."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True)
class Paths:
    """Where the people with one set of roles may go."""

    nav: Entries
    ways: Entries
    sections: list[tuple[str, list[NavItem]]]


def paths_for(shell: Shell, may: Callable[[str], bool]) -> Paths:
    """What a shell offers to anyone who has these permissions."""
    nav = sorted((each for each in shell.nav if may(each.permission)), key=lambda each: each.order)
    ways = [*nav, *(way for way in shell.ways if may(way.permission))]
    sections: dict[str, list[NavItem]] = {}
    tabs = (way for way in ways if way.section)
    for way in sorted(tabs, key=lambda each: (each not in shell.nav, each.order)):
        sections.setdefault(way.section, []).append(way)
    return Paths(Entries(nav), Entries(ways), list(sections.items()))
