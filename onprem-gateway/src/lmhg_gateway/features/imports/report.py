"""The report of an import: each row of its file once, with what happened, why, and what it said."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from lmhg_gateway.features.imports.models import ImportRow
from lmhg_gateway.features.imports.views import row_lines
from lmhg_gateway.web.export_cells import guarded


def report_of(heads: Sequence[str], rows: Sequence[ImportRow], zone: Any) -> str:  # noqa: ANN401 - a time zone
    """The report as CSV; failed rows can be mended in it and brought again."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([guarded(each, zone) for each in ("Row", "What happened", "Why", *heads)])
    for row, line in zip(rows, row_lines(rows, ()), strict=True):
        cells: list[str] = json.loads(row.cells) if row.cells else []
        said = (str(line.number), line.fate or "Not yet", line.why, *cells)
        writer.writerow([guarded(each, zone) for each in said])
    return "\ufeff" + out.getvalue()
