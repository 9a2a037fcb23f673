"""One piece of the wall: what install.py puts into the database, under the name that drift tells."""

from dataclasses import dataclass

from sqlalchemy import Table


@dataclass(frozen=True)
class Statement:
    """One piece of the wall: the object it makes and the SQL that makes it."""

    name: str
    sql: str


def trigger(table: Table, name: str, when: str, tail: str) -> Statement:
    """A trigger of a table."""
    full = f"{table.fullname}.{name}"
    sql = f"create or replace trigger {name} {when} on {table.fullname} {tail}"
    return Statement(full, sql)
