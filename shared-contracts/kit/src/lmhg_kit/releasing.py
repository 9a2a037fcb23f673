"""What releasing a kind means on its home feature: a feature contributes one `Releasable` a kind."""

from collections.abc import Awaitable, Callable, Iterable
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
    is_keepable: bool = False
    """Whether one record can be kept back under a standing approval."""
    release: Release | None = None
    """Shares one record that a second person approved; None where only standing approvals do."""


def releases(features: Iterable[Feature]) -> dict[str, Kind]:
    """Each released table with its kind. Raises: UnknownKind, ValueError for a kind declared twice."""
    found = [
        each for feature in features for each in feature.contributes if isinstance(each, Releasable)
    ]
    kinds = [each.kind for each in found]
    if len(set(kinds)) != len(kinds):
        message = f"released twice: {sorted(kinds)}"
        raise ValueError(message)
    return {each.table: kind_of(each.kind) for each in found}
