"""Which process may touch which table: declared beside the table, granted, and nothing else.

Every grant of a running role on a schema of the plane is taken back and given again whenever the wall is
installed, so a table that declares nothing is nobody's, and a grant made by hand is drift.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Table

DECLARED = "__access__"
"""The class attribute of a table: role to what it may do, as SQL (`select, update (state)`)."""

ALL = "select, insert, update, delete"


def access(**may: str) -> Mapping[str, str]:
    """What each role may do with a table; a role that is not named may do nothing."""
    return MappingProxyType(may)


@dataclass(frozen=True)
class TableAccess:
    """One line of the list: what a role may do with a table."""

    table: str
    role: str
    may: str

    @property
    def sql(self) -> str:
        """The grant."""
        return f"grant {self.may} on {self.table} to {self.role}"


def accesses(models: Iterable[type]) -> list[TableAccess]:
    """What every table of these declares. Raises: TypeError for a table that does not say."""
    found: list[TableAccess] = []
    for model in models:
        table: Table = model.__dict__["__table__"]
        declared: Mapping[str, str] | None = getattr(model, DECLARED, None)
        if declared is None:
            message = f"{table.fullname} does not say which process may touch it"
            raise TypeError(message)
        found += [TableAccess(table.fullname, role, may) for role, may in sorted(declared.items())]
    return sorted(found, key=lambda each: (each.table, each.role))


def closed(schemas: Sequence[str], roles: Sequence[str]) -> list[str]:
    """Takes back whatever running roles may do in these schemas; part of every installation."""
    everyone = ", ".join(("public", *roles))
    return [
        sql
        for schema in schemas
        for sql in (
            f"revoke all on schema {schema} from {everyone}",
            f"revoke all on all tables in schema {schema} from {everyone}",
            f"revoke all on all sequences in schema {schema} from {everyone}",
            f"revoke all on all functions in schema {schema} from {everyone}",
        )
    ]
