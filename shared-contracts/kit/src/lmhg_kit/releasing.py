"""What releasing a kind means on its home feature: a feature contributes one `Releasable` a kind."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lmhg_contracts.registry import Kind, kind_of
from lmhg_kit.feature import Feature
from lmhg_kit.persistence.session import ReadSession, WriteSession

Release = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class FileTexts:
    """What screening reads of a kind whose records name a file: the file's text, beside the record's own."""

    waiting: Callable[[ReadSession], Awaitable[Sequence[UUID]]]
    """Records whose file nobody has looked at."""
    pages: Callable[..., Awaitable[Sequence[str] | None]]
    """The pages of a record's file (unit of work, id, body); None where nobody knows, which holds the record."""
    keep: Callable[[WriteSession, UUID, Sequence[dict[str, str]]], Awaitable[None]]
    """Keeps what a look found, by rule and page."""


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
    files: FileTexts | None = None
    """The text of the file that each record names, where the kind has one."""


class ReleasedKinds(Mapping[str, Releasable]):
    """What one plane releases, by kind: filled from its features once, when their list is made.

    Switching a feature off leaves its tables and what they released.
    """

    def __init__(self) -> None:
        self._taken: dict[str, Releasable] | None = None

    @property
    def _kinds(self) -> dict[str, Releasable]:
        """Raises: RuntimeError before the list of features is imported: nothing is not what is released."""
        if self._taken is None:
            message = "the plane's feature_list is not imported yet"
            raise RuntimeError(message)
        return self._taken

    def __getitem__(self, kind: str) -> Releasable:
        return self._kinds[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def take(self, features: Iterable[Feature]) -> None:
        """Take over what features release. Raises: ValueError for a kind or a table of two."""
        found = [
            each
            for feature in features
            for each in feature.contributes
            if isinstance(each, Releasable)
        ]
        for what in ([each.kind for each in found], [each.table for each in found]):
            if len(set(what)) != len(what):
                message = f"released twice: {sorted({n for n in what if what.count(n) > 1})}"
                raise ValueError(message)
        self._taken = {each.kind: each for each in sorted(found, key=lambda each: each.kind)}

    @property
    def tables(self) -> dict[str, Kind]:
        """Each released table with its kind. Raises: UnknownKind."""
        return {each.table: kind_of(name) for name, each in self._kinds.items()}

    @property
    def keepable(self) -> frozenset[str]:
        """Kinds of which one record can be kept back under a standing approval."""
        return frozenset(name for name, each in self._kinds.items() if each.is_keepable)

    def page_of(self, kind: str, record_id: object) -> str:
        """The page of a record in its own feature; empty where it has none."""
        found = self._kinds.get(kind)
        return f"{found.place}{record_id}" if found is not None and found.place else ""
