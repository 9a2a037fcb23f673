"""Which tables hold records about a client: each that names its client, whatever feature it is of."""

from functools import cache

from sqlalchemy import Table

from lmhg_kit.persistence import Base

CLIENT = "client"


@cache
def client_tables() -> tuple[Table, ...]:
    """The tables whose rows have an id and name their client in `client_id`."""
    return tuple(
        table
        for table in Base.metadata.sorted_tables
        if "id" in table.c and "client_id" in table.c and _names_client(table)
    )


def _names_client(table: Table) -> bool:
    return any(key.column.table.name == CLIENT for key in table.c.client_id.foreign_keys)


def client_kinds() -> tuple[str, ...]:
    """Sorts of records that are about a client, as the ledger names them."""
    return (CLIENT, *sorted(each.name for each in client_tables()))


def ids_of_clients(clients: str) -> str:
    """SQL for the ids of all records about the clients whose ids an expression gives as an array."""
    parts = [
        f"select about.id from {table.fullname} about where about.client_id = any({clients})"  # noqa: S608 - names of our own tables
        for table in client_tables()
    ]
    return " union all ".join([f"select c as id from unnest({clients}) c", *parts])  # noqa: S608 - likewise
