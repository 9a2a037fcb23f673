"""The child process that reads a table out of a file: bytes in, rows of text as JSON out, nothing else.

Run as `python -I -m lmhg_gateway.adapters.read_table`. It limits itself before it reads a byte of the file:
processor time, memory, no file to write. What a file is follows from its bytes, never from its name.
"""

import csv
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineWorkbook

CPU_S = 20
MEMORY = 1024 * 1024 * 1024
READ_MAX = 32 * 1024 * 1024
UNPACKED_MAX = 200 * 1024 * 1024
"""Bytes that a workbook may unpack to."""
ROWS_MAX = 10_000
COLUMNS_MAX = 60
GUESS_BYTES = 512 * 1024
"""Bytes by which an unknown encoding is guessed."""
HEAD_ROWS = 20
DELIMITERS = ",;\t|"
GUESSED = ["cp1252", "latin_1", "mac_roman", "cp850", "cp437"]
UTF16 = (b"\xff\xfe", b"\xfe\xff")
BOOK = b"PK\x03\x04"
OLD_BOOK = b"\xd0\xcf\x11\xe0"


class TableRefused(Exception):
    """A file that is not taken, with the code of the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def limit() -> None:
    """Bound this process for good."""
    bounds = {
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))


def table_of(data: bytes) -> list[list[str]]:
    """Every row of a file, its heads first; none is left out between them. Raises: TableRefused."""
    if data.startswith(OLD_BOOK):
        raise TableRefused("table_old")
    rows = _of_book(data) if data.startswith(BOOK) else _of_text(data)
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise TableRefused("table_empty")
    if len(rows) > ROWS_MAX + HEAD_ROWS:
        raise TableRefused("table_rows")
    if max(len(row) for row in rows) > COLUMNS_MAX:
        raise TableRefused("table_columns")
    return rows


def _of_book(data: bytes) -> list[list[str]]:
    _check_unpacked(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if not book.sheet_names:
            raise TableRefused("table_empty")
        sheet = book.get_sheet_by_index(0)
        found = sheet.to_python(skip_empty_area=False, nrows=ROWS_MAX + HEAD_ROWS + 1)
    except (CalamineError, OSError, ValueError):
        raise TableRefused("table_unreadable") from None
    return [_trimmed([cell_text(cell) for cell in row]) for row in found]


def _check_unpacked(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except (zipfile.BadZipFile, ValueError, RuntimeError):
        raise TableRefused("table_unreadable") from None
    if size > UNPACKED_MAX:
        raise TableRefused("table_unpacked")


def cell_text(cell: object) -> str:
    """A cell as someone would type it: whole numbers without a point, days as yyyy-mm-dd."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return _plain(str(cell))


def _of_text(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    if "\x00" in text:
        raise TableRefused("table_unreadable")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    found: list[list[str]] = []
    try:
        for row in reader:
            found.append(_trimmed([_plain(cell) for cell in row]))
            if len(found) > ROWS_MAX + HEAD_ROWS + 1:
                break
    except csv.Error:
        raise TableRefused("table_unreadable") from None
    _check_quotes(text, found)
    return found


def _check_quotes(text: str, rows: Sequence[Sequence[str]]) -> None:
    """A quote that is never closed takes all that follows into one cell: no row may get lost so."""
    is_odd = text.count('"') % 2 == 1
    if is_odd and rows and any("\n" in cell for cell in rows[-1]):
        raise TableRefused("table_quote")


def _decoded(data: bytes) -> str:
    if data.startswith(UTF16):
        return _by(data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data[:GUESS_BYTES], cp_isolation=GUESSED).best()
        return _by(data, best.encoding if best else "cp1252")


def _by(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise TableRefused("table_characters") from None


def _delimiter(text: str) -> str:
    """What parts the cells of the first line that says something: the one that is there most."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _plain(text: str) -> str:
    """A cell without what cannot be seen, and without space around it."""
    kept = (each for each in text.replace("\r\n", "\n").replace("\xa0", " "))
    return "".join(each for each in kept if each in "\n\t" or each.isprintable()).strip()


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def answer_of(data: bytes) -> dict[str, object]:
    """What the child says of a file."""
    try:
        return {"rows": table_of(data)}
    except TableRefused as refused:
        return {"refused": refused.code}
    except Exception:  # noqa: BLE001 - hostile bytes raise anything; its words may quote them
        return {"refused": "table_unreadable"}


def write_out(parts: Iterable[str]) -> None:
    """Say the answer."""
    for part in parts:
        sys.stdout.write(part)
    sys.stdout.flush()


def main() -> int:
    """Read the table that comes in."""
    limit()
    csv.field_size_limit(READ_MAX)
    write_out(
        json.JSONEncoder(ensure_ascii=True).iterencode(answer_of(sys.stdin.buffer.read(READ_MAX)))
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
