"""What releasing a kind means on its home feature: a feature contributes one `Releasable` a kind."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lmhg_contracts.registry import Kind, kind_of
from lmhg_kit.feature import Feature

Release = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class Releasable:
    """One kind whose home is here: its table, and what people are told of it."""

    kind: str
    table: str
    """Schema and name."""
    title: str = ""
    covers: str = ""
    """What a standing approval of this kind lets out, in one sentence."""
    place: str = ""
    """Where a person opens a record of it: this and its id. Empty where it has no page."""
    never: str = ""
    """SQL over the table's row `t`: what no standing approval shares, whatever else allows it."""
    is_keepable: bool = False
    """Whether one record can be kept back under a standing approval."""
    release: Release | None = None
    """Shares one record that a second person approved; None where only standing approvals do."""


_installed: dict[str, Releasable] = {}


def install(features: Iterable[Feature]) -> dict[str, Kind]:
    """Take over what the plane's features release; each table with its kind.

    Switching a feature off leaves its tables and what they released. Raises: UnknownKind, ValueError
    for a kind or a table declared twice.
    """
    found = [
        each for feature in features for each in feature.contributes if isinstance(each, Releasable)
    ]
    for what in ([each.kind for each in found], [each.table for each in found]):
        if len(set(what)) != len(what):
            message = f"released twice: {sorted({name for name in what if what.count(name) > 1})}"
            raise ValueError(message)
    _installed.clear()
    _installed.update({each.kind: each for each in sorted(found, key=lambda each: each.kind)})
    return tables()


def released() -> Mapping[str, Releasable]:
    """Each kind whose home is here, by name: what its feature says of it."""
    return _installed


def keepable() -> frozenset[str]:
    """Kinds of which one record can be kept back under a standing approval."""
    return frozenset(name for name, each in _installed.items() if each.is_keepable)


def tables() -> dict[str, Kind]:
    """Each released table with its kind."""
    return {each.table: kind_of(name) for name, each in _installed.items()}


def page_of(kind: str, record_id: object) -> str:
    """The page of a record in its own feature; empty where it has none."""
    found = _installed.get(kind)
    return f"{found.place}{record_id}" if found is not None and found.place else ""
