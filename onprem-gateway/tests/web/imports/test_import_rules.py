"""Rules of imports: what a row says, which rows are the same one, and what a file's child process does."""

import csv
import io
import uuid
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.adapters.read_table import TableRefused, answer_of, table_of
from lmhg_gateway.adapters.tables import read_table
from lmhg_gateway.features.clients.public import HEADS, ClientForm
from lmhg_gateway.features.exports.writing import csv_of, xlsx_of
from lmhg_gateway.features.imports.columns import (
    ALSO,
    FIELD_WORDS,
    LEAVE_OUT,
    is_own,
    refused,
    suggested,
)
from lmhg_gateway.features.imports.rules import WHY_WORDS, RowRefused, day_of, row_of
from lmhg_gateway.web.export_cells import guarded, unguarded
from lmhg_gateway.web.points import ExportRow
from lmhg_kit.http.list_part import BEFORE_FORMULA, FORMULA

TODAY = date(2026, 11, 28)
COLUMNS = ["legal_name", "birth_date", "mobile", "email", "may_text", "record", "version", "part2"]


def outcome(cells: list[str]) -> str:
    """Taken, or the code of the reason."""
    try:
        row = row_of(cells, COLUMNS, today=TODAY)
    except RowRefused as no:
        return no.code
    return "taken" if row.record or row.values["legal_name"] else "nobody"


@given(st.lists(st.text(max_size=20), max_size=9))
def test_a_row_is_taken_or_refused_for_a_reason_that_has_words(cells: list[str]) -> None:
    """Whatever a row says, there is one outcome, and people can read why."""
    said = outcome(cells)
    assert said == "taken" or WHY_WORDS[said]


@given(st.text(max_size=60))
def test_no_cell_of_ours_is_a_formula_and_each_reads_back(text: str) -> None:
    """A cell is guarded where a spreadsheet would compute it, and comes back as it was but for space around."""
    cell = guarded(text, None)
    assert not BEFORE_FORMULA.sub("", cell).startswith(FORMULA)
    assert unguarded(cell).strip() == text.strip()


_CELL = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cf", "Co", "Cn"]),
    max_size=12,
)


@given(st.lists(st.lists(_CELL, min_size=1, max_size=5), min_size=1, max_size=12))
def test_a_table_has_every_row_of_its_file(rows: list[list[str]]) -> None:
    """No row between the first and the last that says something is lost, whatever its cells are."""
    out = io.StringIO()
    csv.writer(out).writerows([["Name", "Email"], *rows, ["end"]])
    found = table_of(out.getvalue().encode())
    assert len(found) == len(rows) + 2
    assert found[-1] == ["end"]


@given(st.binary(max_size=400))
def test_hostile_bytes_are_answered(data: bytes) -> None:
    """Any bytes become rows or a reason; nothing is raised."""
    said = answer_of(data)
    assert set(said) in ({"rows"}, {"refused"})


def test_the_child_reads_a_file_and_bounds_itself() -> None:
    """The process of its own gives the same rows; a workbook that unpacks to too much is refused before it is opened."""
    assert read_table(b"Name;Email\r\nAna;a@example.org\r\n") == [
        ["Name", "Email"],
        ["Ana", "a@example.org"],
    ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(3):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * (70 * 1024 * 1024))
    with pytest.raises(TableRefused, match="table_unpacked"):
        read_table(out.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_spreadsheets(encoding: str) -> None:
    """Letters of other languages arrive, however a spreadsheet saved them."""
    text = "Name,City\nJosé Nuñez,Louisville\nZoë Müller,Köln\n"
    assert table_of(text.encode(encoding))[1:] == [
        ["José Nuñez", "Louisville"],
        ["Zoë Müller", "Köln"],
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("4/30/1990", date(1990, 4, 30)),
        ("04-30-1990", date(1990, 4, 30)),
        ("1990-4-30", date(1990, 4, 30)),
    ],
)
def test_days_as_people_write_them(text: str, day: date) -> None:
    """Month first, as in the US, or as a spreadsheet writes it."""
    assert day_of(text, today=TODAY) == day


@pytest.mark.parametrize("text", ["30/4/1990", "4/30/90", "1990", "4/31/1990", "2027-01-01", "x"])
def test_days_that_cannot_be_read(text: str) -> None:
    """A day that could be two is none."""
    with pytest.raises(RowRefused, match="birth_date"):
        day_of(text, today=TODAY)


def test_which_rows_are_the_same_one() -> None:
    """By the old number, else by who it is; a name alone is not enough."""

    def key(
        *cells: str, columns: tuple[str, ...] = ("legal_name", "mobile", "payer", "number")
    ) -> str:
        return row_of(cells, columns, today=TODAY).key

    assert key("Ana Lund", "502 555 0101", "A") == key("ana LUND", "(502) 555-0101", "B")
    assert key("Ana Lund", "502 555 0101") != key("Ana Lund", "502 555 0102")
    assert key("Ana Lund", "", "A") != key("Ana Lund", "", "B")
    assert key("Ana Lund", "", "", "17") == key("Ana L.", "502 555 0101", "", "17")


def test_the_heads_of_our_export_are_the_fields_of_a_client() -> None:
    """A field that a client gains is exported and maps back, or this says so."""
    fields = set(ClientForm.__struct_fields__) - {"payer_name"}  # in the cell of the payer
    assert set(HEADS) == {"record", "version", *fields}
    heads = list(HEADS.values())
    assert suggested(heads) == list(HEADS)
    assert is_own(heads)
    assert fields <= set(FIELD_WORDS)
    assert set(ALSO) <= set(FIELD_WORDS)


def test_columns_that_go_together() -> None:
    """A name has to be among them, and each is chosen once."""
    assert not refused(["first_name", LEAVE_OUT, LEAVE_OUT])
    assert "name" in refused(["email"])
    assert "Email" in refused(["legal_name", "email", "email"])
    assert suggested(["E-mail", "Email", "Shoe size", "DOB"]) == [
        "email",
        LEAVE_OUT,
        LEAVE_OUT,
        "birth_date",
    ]


def test_a_workbook_keeps_zeros_and_computes_nothing() -> None:
    """Each cell is text: a ZIP code keeps its zero, a formula stays its letters."""
    row = ExportRow(uuid.uuid4(), uuid.uuid4(), ["00501", "=1+1", True])
    assert table_of(xlsx_of("Clients", ["Zip", "Payer", "Flag"], [row], None))[1] == [
        "00501",
        "=1+1",
        "yes",
    ]
    assert table_of(csv_of(["Zip", "Payer", "Flag"], [row], None))[1] == ["00501", "'=1+1", "yes"]
