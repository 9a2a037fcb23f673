"""What a unit of work read about clients and has to say of itself, until it is written to the audit."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import event
from sqlalchemy.orm import Session

from lmhg_contracts.classification import DataClass
from lmhg_kit.persistence.audit import SUBJECTS_MAX
from lmhg_kit.persistence.columns import classes_of

EVENTS = (
    "select audit.note(g.act, g.kind, array(select s.id from unnest($5::uuid[], $6::int[]) s(id, n)"
    " where s.n = g.n), string_to_array(nullif(g.columns, ''), ','), g.outcome)"
    " from unnest($1::text[], $2::text[], $3::text[], $4::text[])"
    " with ordinality g(act, kind, columns, outcome, n)"
)
"""Several events at once: what each says, then all their ids, and whose event each id belongs to."""


class Event(NamedTuple):
    """One audit event to write."""

    act: str
    kind: str
    columns: str
    outcome: str
    ids: Sequence[uuid.UUID]


def told_of(session: Session) -> tuple[list[Any], ...] | None:
    """What there is to tell, as `EVENTS` takes it."""
    events: list[Event] = session.info["events"]
    if not events:
        return None
    acts, kinds, columns, outcomes, ids = map(list, zip(*events, strict=True))
    events.clear()
    every = [each for part in ids for each in part]
    places = [n for n, part in enumerate(ids, 1) for _ in part]
    return acts, kinds, columns, outcomes, every, places


OPENED, LISTED = "read", "list"
"""The acts of reading: a record whose page someone asked for, and one that stood among others."""


def tell_reads(session: Session) -> None:
    """One event per kind and way of reading (and per 500 ids)."""
    reads: dict[str, set[uuid.UUID]] = session.info["reads"]
    about: frozenset[uuid.UUID] | None = session.info["about"]
    for kind, ids in sorted(reads.items()):
        opened = _opened(ids, about)
        for act, part in ((OPENED, opened), (LISTED, ids - opened)):
            ordered = sorted(part)
            session.info["events"] += [
                Event(act, kind, "", "done", ordered[start : start + SUBJECTS_MAX])
                for start in range(0, len(ordered), SUBJECTS_MAX)
            ]
    reads.clear()


def _opened(ids: set[uuid.UUID], about: frozenset[uuid.UUID] | None) -> set[uuid.UUID]:
    """Which of the records of one kind were opened: those that the address names.

    On the page of one record its only client was opened too. What a process reads counts as opened.
    """
    if about is None or (about and len(ids) == 1):
        return ids
    return ids & about


_phi_tables: dict[type, str | None] = {}


def _phi_kind(model: type) -> str | None:
    """The audited name of a model that holds columns about clients, else None."""
    if model not in _phi_tables:
        table: Any = getattr(model, "__table__", None)
        watched = table is not None and DataClass.PHI in classes_of(table).values()
        _phi_tables[model] = str(table.name) if table is not None and watched else None
    return _phi_tables[model]


@event.listens_for(Session, "loaded_as_persistent")
def _remember_read(session: Session, instance: object) -> None:
    if _phi_kind(type(instance)) is not None:
        remember(session, type(instance), (cast("Any", instance).id,))


def remember(session: Session, model: type, ids: Iterable[uuid.UUID]) -> None:
    """Keep which records about clients a unit of work has read."""
    kind = _phi_kind(model)
    reads = session.info.get("reads")
    if kind is not None and reads is not None:
        reads.setdefault(kind, set()).update(ids)
