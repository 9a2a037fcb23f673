"""Imports as pages show them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lmhg_gateway.features.imports import repository
from lmhg_gateway.features.imports.columns import LEAVE_OUT
from lmhg_gateway.features.imports.forms import MapForm
from lmhg_gateway.features.imports.models import ClientImport, ImportRow
from lmhg_gateway.features.imports.repository import Count
from lmhg_gateway.features.imports.rules import (
    FATE_WORDS,
    REFERRALS,
    REFUSED_WORDS,
    STATE_WORDS,
    UNDONE_WORDS,
    WHY_WORDS,
    WORKS,
    Fate,
    State,
    Undone,
    undoable_until,
)
from lmhg_gateway.features.imports.service import columns_of, heads_of, rules_of
from lmhg_kit.http.forms import Form, start
from lmhg_kit.persistence import ReadSession

LIST = "/imports"
_TONES: Mapping[Fate, str] = {
    Fate.CREATED: "ok",
    Fate.UPDATED: "ok",
    Fate.SKIPPED: "",
    Fate.FAILED: "bad",
}
_STEPS = ("Upload", "Columns", "Check", "Import")
_AT: Mapping[State, tuple[int, bool]] = {
    State.READING: (0, False),
    State.REFUSED: (0, True),
    State.MAPPING: (1, False),
    State.CHECKING: (2, False),
    State.CHECKED: (2, False),
    State.RUNNING: (3, False),
    State.DONE: (4, False),
    State.UNDOING: (4, False),
    State.UNDONE: (4, False),
    State.DROPPED: (2, True),
}


@dataclass(frozen=True)
class Total:
    """How many rows have a fate, and why."""

    label: str
    count: int
    tone: str
    href: str
    reasons: list[tuple[str, int]]


class ColumnRow(NamedTuple):
    """One column of the file: its head, what is in its first rows, and what it is chosen to be."""

    number: int
    head: str
    sample: str
    chosen: str


class RowLine(NamedTuple):
    """One row of the file with its fate."""

    id: UUID
    number: int
    said: str
    fate: str
    tone: str
    why: str
    client_id: UUID | None
    referral_id: UUID | None
    is_held: bool


@dataclass(frozen=True, kw_only=True)
class ImportView:
    """One import as its page shows it."""

    id: UUID
    name: str
    state: State
    label: str
    row_count: int
    begun_at: datetime
    begun_by: str
    refused: str
    steps: list[tuple[str, str]]
    totals: list[Total]
    done: int
    held: int
    columns: list[ColumnRow]
    may_update: bool
    undo_until: datetime | None
    undone: list[tuple[str, int]]
    is_checked: bool
    of_referrals: bool
    options: tuple[tuple[str, str], ...]
    """What a column may be."""

    @property
    def is_working(self) -> bool:
        """Whether the worker goes on with it."""
        return self.state in WORKS

    @property
    def path(self) -> str:
        """Its page."""
        return f"{LIST}/{self.id}"

    @property
    def changes(self) -> int:
        """How many rows add or change a record."""
        said = (FATE_WORDS[Fate.CREATED], FATE_WORDS[Fate.UPDATED])
        return sum(each.count for each in self.totals if each.label in said)


async def whole(
    tx: ReadSession,
    made: ClientImport,
    staff: Mapping[str, str],
    *,
    at: datetime,
    typed: Sequence[str] = (),
) -> ImportView:
    """One import with its counts and, while its columns are to be chosen, its first rows."""
    state = State(made.state)
    is_checked = state in {State.CHECKING, State.CHECKED}
    counts = await repository.counts(tx, made.id, checked=is_checked)
    sample = await repository.sample(tx, made.id) if state in {State.MAPPING, State.CHECKED} else []
    undone = await repository.undo_counts(tx, made.id)
    until = undoable_until(made.finished_at) if made.finished_at else None
    is_undoable = state is State.DONE and until is not None and at < until
    done = sum(undone.values()) if state is State.UNDOING else sum(each.count for each in counts)
    return ImportView(
        id=made.id,
        name=made.file_name or "File",
        state=state,
        label=STATE_WORDS[state],
        row_count=made.row_count,
        begun_at=made.begun_at,
        begun_by=name_of(made.begun_by, staff),
        refused=REFUSED_WORDS.get(made.refused_why or "", ""),
        steps=steps(state),
        totals=totals(made.id, counts),
        done=done,
        held=sum(c.count for c in counts if c.why == "known"),
        columns=column_rows(made, sample, typed),
        may_update=made.may_update,
        undo_until=until if is_undoable else None,
        undone=[(UNDONE_WORDS[Undone(each)], count) for each, count in sorted(undone.items())],
        is_checked=is_checked,
        of_referrals=made.what == REFERRALS,
        options=tuple(rules_of(made.what).FIELD_WORDS.items()),
    )


def name_of(by: str, staff: Mapping[str, str]) -> str:
    """Who brought a file; nobody where it was a program."""
    return staff.get(by, "")


def map_form(shown: ImportView) -> Form[MapForm]:
    """The form of the columns before anybody chose."""
    return start(MapForm, may_update=shown.may_update)


def steps(state: State) -> list[tuple[str, str]]:
    """The four steps, and which of them is now."""
    now, is_wrong = _AT[state]
    return [
        (label, "done" if at < now else "todo" if at > now else "wrong" if is_wrong else "current")
        for at, label in enumerate(_STEPS)
    ]


def totals(import_id: UUID, counts: Sequence[Count]) -> list[Total]:
    """How many rows have each fate, with the reasons, the most frequent first."""
    found: list[Total] = []
    for fate in Fate:
        mine = [each for each in counts if each.fate == fate]
        found.append(
            Total(
                label=FATE_WORDS[fate],
                count=sum(each.count for each in mine),
                tone=_TONES[fate],
                href=f"{LIST}/{import_id}/rows?fate={fate}",
                reasons=[(WHY_WORDS[each.why], each.count) for each in mine if each.why],
            )
        )
    return found


def column_rows(
    made: ClientImport, sample: Sequence[ImportRow], typed: Sequence[str]
) -> list[ColumnRow]:
    """The columns with what is in their first rows."""
    rows: list[list[str]] = [json.loads(each.cells) for each in sample if each.cells]
    chosen = list(typed) or columns_of(made)
    found: list[ColumnRow] = []
    for at, head in enumerate(heads_of(made) if sample else []):
        said = [row[at] for row in rows if at < len(row) and row[at]]
        found.append(
            ColumnRow(
                at, head, ", ".join(said[:3])[:120], chosen[at] if at < len(chosen) else LEAVE_OUT
            )
        )
    return found


def row_lines(rows: Sequence[ImportRow], columns: Sequence[str]) -> list[RowLine]:
    """Rows with their fates; of an import that is over, without what the file said."""
    return [_line(row, columns) for row in rows]


def _line(row: ImportRow, columns: Sequence[str]) -> RowLine:
    fate, why = (row.fate, row.why) if row.fate else (row.check_fate, row.check_why)
    said = Fate(fate) if fate else None
    undone = UNDONE_WORDS[Undone(row.undone)] if row.undone else ""
    return RowLine(
        id=row.id,
        number=row.number,
        said=_who(row, columns),
        fate=FATE_WORDS[said] if said else "",
        tone=_TONES[said] if said else "",
        why=undone or WHY_WORDS.get(why or "", ""),
        client_id=row.client_id,
        referral_id=row.referral_id,
        is_held=row.fate == Fate.SKIPPED and row.why == "known" and row.cells is not None,
    )


def _who(row: ImportRow, columns: Sequence[str]) -> str:
    """The name in a row, or whatever it begins with."""
    cells: list[str] = json.loads(row.cells) if row.cells else []
    named = {name: cell for name, cell in zip(columns, cells, strict=False) if name != LEAVE_OUT}
    joined = " ".join(named[each] for each in ("first_name", "last_name") if named.get(each))
    return (named.get("legal_name") or joined or next((c for c in cells if c), ""))[:80]
