"""The features of a plane together: what the switched-on ones add up to, and what does not add up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from litestar.types import ControllerRouterHandler

from lmhg_kit.feature import ANY_APP, BellEntry, Feature, NavItem, SearchProvider
from lmhg_kit.loops import Loop

T = TypeVar("T")


class FeaturesWrong(ValueError):
    """A combination of features that cannot run; the text names them."""


class FeatureSet:
    """A plane's features, some of them switched off, as one process sees them.

    Iterating gives those that are on, in order. What is served is what `app` serves; what is
    contributed comes from all. Tables stay whatever is off: `every`. Raises: FeaturesWrong.
    """

    def __init__(self, every: Sequence[Feature], *, app: str = "", off: Iterable[str] = ()) -> None:
        self.every = tuple(every)
        known = [each.name for each in every]
        unknown = sorted(set(off) - set(known))
        if unknown:
            message = f"no feature is called {', '.join(unknown)}; there are {', '.join(known)}"
            raise FeaturesWrong(message)
        self._on = tuple(each for each in every if each.name not in set(off))
        self._served = tuple(each for each in self._on if app and each.app in (app, ANY_APP))
        _check_once("feature", known)
        _check_once("permission", [found.name for each in every for found in each.permissions])
        for table in ("messages", "notices"):
            _check_once(table, [code for each in every for code in getattr(each, table)])
        self._found: dict[type, list[Any]] = {}
        self._check_needs()

    @property
    def served(self) -> Sequence[Feature]:
        """The features whose pages this application has."""
        return self._served

    def __iter__(self) -> Iterator[Feature]:
        return iter(self._on)

    def _check_needs(self) -> None:
        names = {each.name for each in self._on}
        for each in self._on:
            missing = sorted(set(each.needs) - names)
            if missing:
                message = f"the feature {each.name} needs {', '.join(missing)}, which is off"
                raise FeaturesWrong(message)

    def contributions(self, point: type[T]) -> list[T]:
        """What features contribute at a point, in the order of the features."""
        if point not in self._found:
            self._found[point] = [
                found for each in self._on for found in each.contributes if isinstance(found, point)
            ]
        return list(self._found[point])

    def declared(self, point: type[T]) -> list[T]:
        """The same of all features, also those that are off: the words of what was kept before."""
        return [
            found for each in self.every for found in each.contributes if isinstance(found, point)
        ]

    @cached_property
    def handlers(self) -> list[ControllerRouterHandler]:
        """Every page and every route of the API."""
        return [handler for each in self._served for handler in (*each.pages, *each.api)]

    @cached_property
    def permissions(self) -> Mapping[str, frozenset[str]]:
        """Permission to roles. A permission that is not listed belongs to nobody."""
        return {found.name: found.roles for each in self._served for found in each.permissions}

    @cached_property
    def scopes(self) -> Mapping[str, frozenset[str]]:
        """Each API scope with the permissions that it gives to a program."""
        made: dict[str, frozenset[str]] = {}
        for each in self._on:
            for found in each.permissions:
                if found.scope:
                    made[found.scope] = made.get(found.scope, frozenset()) | {found.name}
        return made

    @cached_property
    def messages(self) -> Mapping[str, str]:
        """Error code to sentence."""
        return {code: text for each in self._served for code, text in each.messages.items()}

    @cached_property
    def notices(self) -> Mapping[str, str]:
        """Notice code to sentence."""
        return {code: text for each in self._served for code, text in each.notices.items()}

    @cached_property
    def templates(self) -> list[Path]:
        """Every folder of templates, once."""
        return list(dict.fromkeys(each.templates for each in self._served if each.templates))

    @cached_property
    def nav(self) -> list[NavItem]:
        """Entries of the navigation."""
        return [item for each in self._served for item in each.nav]

    @cached_property
    def ways(self) -> list[NavItem]:
        """Pages that the search finds by name."""
        return [item for each in self._served for item in each.ways]

    @cached_property
    def search(self) -> list[SearchProvider]:
        """What the search asks."""
        return [item for each in self._served for item in each.search]

    @cached_property
    def bell(self) -> list[BellEntry]:
        """What the bell asks."""
        return [item for each in self._served for item in each.bell]

    def loops(self, process: str, context: Any) -> list[Loop]:  # noqa: ANN401 - each plane's own type
        """The background loops of one process."""
        made = [each.loops[process](context) for each in self._on if process in each.loops]
        return [loop for loops in made for loop in loops]


def _check_once(what: str, names: Sequence[str]) -> None:
    """Raises: FeaturesWrong for a name that two declare."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"declared twice, {what}: {', '.join(twice)}"
        raise FeaturesWrong(message)
