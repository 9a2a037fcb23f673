"""The database dictionary: each table and column of both planes, with its data class."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Table

from lmhg_gateway.feature_list import FEATURES as ONPREM
from lmhg_kit.persistence.columns import classes_of
from lmhg_portal.feature_list import FEATURES as CLOUD


def dictionary() -> str:
    """docs/reference/database.md."""
    parts = [
        "# Database",
        "",
        (
            "Every column carries exactly one class: `phi`, `exempt`, `operational` or `secret`."
            " Text of class `phi` is sealed (AES-256-GCM); the cloud has no column of that class."
        ),
    ]
    for plane, features in (("on-prem", ONPREM), ("cloud", CLOUD)):
        parts += ["", f"## {plane}"]
        tables: dict[Any, type] = {
            model.__dict__["__table__"]: model for each in features for model in each.models
        }
        for table in sorted((t for t in tables if isinstance(t, Table)), key=_name):
            promise = (tables[table].__doc__ or "").strip().splitlines()[0]
            parts += ["", *_table(table, promise)]
    return "\n".join(parts)


def _name(table: Table) -> str:
    return table.fullname


def _table(table: Table, promise: str) -> Iterable[str]:
    classes = classes_of(table)
    yield f"### {table.fullname}"
    yield ""
    yield promise
    yield ""
    yield "| column | type | class |"
    yield "| --- | --- | --- |"
    for column in table.columns:
        yield f"| `{column.name}` | {_type(column)} | {classes[column.name].value} |"


def _type(column: Column[Any]) -> str:
    nullable = ", null" if column.nullable else ""
    return f"{str(column.type).lower()}{nullable}"
