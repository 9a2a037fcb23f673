"""The lists of imports and of one import's rows, as data."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lmhg_gateway.features.imports.rules import STATE_WORDS, State
from lmhg_gateway.features.imports.views import LIST, RowLine
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag

_STATE_TONES = {
    State.DONE: "ok",
    State.REFUSED: "bad",
    State.CHECKED: "warn",
    State.MAPPING: "warn",
}


@dataclass(frozen=True, kw_only=True)
class ImportLine:
    """One import in the list."""

    id: UUID
    name: str
    state: State
    row_count: int
    begun_at: datetime
    begun_by: str


IMPORTS = ListPart[ImportLine](
    path=LIST,
    noun="import",
    kind="client_import",
    columns=(
        Column(label="File", phone="lead", get=lambda row: Link(row.name, f"{LIST}/{row.id}")),
        Column(
            label="State",
            phone="end",
            get=lambda row: Tag(STATE_WORDS[row.state], _STATE_TONES.get(row.state, "")),
        ),
        Column(label="Rows", phone="off", get=lambda row: row.row_count),
        Column(label="Brought by", phone="off", get=lambda row: row.begun_by),
        Column(label="Since", get=lambda row: row.begun_at),
    ),
)

FATES = Filter(
    name="fate",
    label="What happened",
    options=(
        ("", "All rows"),
        ("held", "Held: on record already"),
        ("failed", "Failed"),
        ("skipped", "Skipped"),
        ("created", "Added"),
        ("updated", "Updated"),
        ("stays", "Not undone"),
    ),
)


def _link(row: RowLine) -> Link | str:
    said = row.said or f"Row {row.number}"
    if row.referral_id:
        return Link(said, f"/referrals/{row.referral_id}")
    return Link(said, f"/clients/{row.client_id}") if row.client_id else said


def rows_part(import_id: UUID) -> ListPart[RowLine]:
    """The rows of one import."""
    return ListPart[RowLine](
        path=f"{LIST}/{import_id}/rows",
        noun="row",
        kind="import_row",
        columns=(
            Column(label="Who", phone="lead", get=_link),
            Column(label="Row", get=lambda row: f"Row {row.number}"),
            Column(
                label="What happened",
                phone="end",
                get=lambda row: Tag(row.fate or "Not yet", row.tone),
            ),
            Column(label="Why", get=lambda row: row.why),
        ),
        filters=(FATES,),
    )
