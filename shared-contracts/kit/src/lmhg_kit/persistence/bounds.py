"""No column without a bound: what its type does not bound, a generated check does.

Text has its length in its type. Bytes, lists and JSON have none in PostgreSQL, so each such column gets a
check of its size; a column that holds more than most says so in its `info`.
"""

from typing import Any

from sqlalchemy import CheckConstraint, Column, LargeBinary, String, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

BYTES_MAX = 65_536
"""A column of bytes: a sealed text of a form, a hash, a key."""
ITEMS_MAX = 64
"""A list: scopes, roles, addresses."""
JSON_MAX_BYTES = 1_048_576
"""A JSON column, as PostgreSQL stores it."""
MAX = "max"
"""The key in a column's `info` for another bound than these."""


def bound(table: Table) -> None:
    """Give each column of a table its bound. Raises: TypeError for text of any length."""
    known = {constraint.name for constraint in table.constraints}
    for column in table.columns:
        rule = _rule(column)
        name = f"{column.name}_bounded"
        if rule and not {name, f"ck_{table.name}_{name}"} & known:
            table.append_constraint(CheckConstraint(rule, name=name))


def _rule(column: Column[Any]) -> str:
    kind = column.type
    most = column.info.get(MAX)
    if isinstance(kind, LargeBinary):
        return f"octet_length({column.name}) <= {most or kind.length or BYTES_MAX}"
    if isinstance(kind, ARRAY):
        _bounded_text(column, kind.item_type)
        return f"cardinality({column.name}) <= {most or ITEMS_MAX}"
    if isinstance(kind, JSONB):
        return f"pg_column_size({column.name}) <= {most or JSON_MAX_BYTES}"
    _bounded_text(column, kind)
    return ""


def _bounded_text(column: Column[Any], kind: object) -> None:
    if isinstance(kind, String) and kind.length is None:
        message = f"{column.table.fullname}.{column.name} is text of any length"
        raise TypeError(message)
