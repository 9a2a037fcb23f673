"""One row as an export has it: opened, in plain values, and as cells that no spreadsheet computes."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Table

from lmhg_contracts.classification import DataClass
from lmhg_gateway.features.leaving.rules import KEY
from lmhg_gateway.kernel.sealed_box import OpeningBox
from lmhg_gateway.web.export_cells import guarded
from lmhg_kit.persistence.columns import classes_of
from lmhg_kit.persistence.sealing import Keyring, place_of

SEALED = "_sealed"
BOXED = "ingress.delivery"
"""Its bodies are sealed to a key of their own."""


def columns_of(table: Table) -> list[Column[Any]]:
    """The columns that are taken along: all but secrets."""
    classes = classes_of(table)
    return [
        each
        for each in table.columns
        if classes[each.name] is not DataClass.SECRET and not each.name.endswith(KEY)
    ]


def name_of(column: Column[Any]) -> str:
    """What a column is called in the export: opened text has the name of what it says."""
    return column.name.removesuffix(SEALED)


def opened(
    table: Table, row: Mapping[str, Any], *, keyring: Keyring, box: OpeningBox | None
) -> dict[str, Any]:
    """A row with its sealed texts opened. Raises: KeyUnknown, SealBroken."""
    found: dict[str, Any] = {}
    for column in columns_of(table):
        value = row[column.name]
        name = name_of(column)
        if column.name.endswith(SEALED) and value is not None:
            value = _text(table, name, value, row["id"], keyring=keyring, box=box)
        found[name] = plain(value)
    return found


def _text(
    table: Table,
    name: str,
    blob: bytes,
    row_id: uuid.UUID,
    *,
    keyring: Keyring,
    box: OpeningBox | None,
) -> str:
    if table.fullname == BOXED:
        if box is None:
            return blob.hex()
        return box.open(blob, bound_to=row_id.bytes).decode("utf-8", "replace")
    return keyring.open(blob, place=place_of(table.fullname, name, row_id)).decode()


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of a column
    """A value as JSON has it."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case uuid.UUID() | Decimal():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
        case list() | tuple():
            return [plain(each) for each in value]
        case _:
            return value


def cells(values: Sequence[Any], *, encode: Any) -> list[str]:  # noqa: ANN401 - a JSON encoder
    """The cells of a CSV row; what is no text is as in JSON."""
    return [
        "" if each is None else guarded(each if isinstance(each, str) else encode(each), UTC)
        for each in values
    ]
