"""A file of records: as CSV, in which no cell is ever computed, or as a workbook of texts."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from lmhg_gateway.web.export_cells import guarded, plain
from lmhg_gateway.web.points import ExportRow

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDTH = 22


def csv_of(heads: Sequence[str], rows: Sequence[ExportRow], zone: Any) -> bytes:  # noqa: ANN401 - a time zone
    """The rows as CSV; each cell reads back as it was."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([guarded(cell, zone) for cell in row.cells] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def xlsx_of(title: str, heads: Sequence[str], rows: Sequence[ExportRow], zone: Any) -> bytes:  # noqa: ANN401 - a time zone
    """The rows as a workbook in which each cell is text, so that no zero is lost and nothing is computed."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet, bold = book.add_worksheet(title), book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(heads) - 1, WIDTH)
        sheet.freeze_panes(1, 0)
        for at, head in enumerate(heads):
            sheet.write_string(0, at, head, bold)
        for number, row in enumerate(rows, 1):
            for at, cell in enumerate(row.cells):
                sheet.write_string(number, at, plain(cell, zone), text)
    return out.getvalue()
