"""Prints what Alembic would change to reach a plane's models: nothing, when all is well.

`python -m lmhg_kit.persistence.differences lmhg_gateway.database`, as the migrator.
"""

import asyncio
import importlib
import os
import sys
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from lmhg_kit.persistence.install import OWNER, Plan, with_connection


def differences(connection: Connection, plan: Plan) -> list[Any]:
    """Alembic's list of operations, for the plane's own schemas."""
    connection.execute(text(f"set role {OWNER}"))
    context = MigrationContext.configure(
        connection,
        opts={
            "include_schemas": True,
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "schema" or name in plan.schemas,
            "include_object": lambda found, name, kind, _reflected, _other: (
                kind != "table"
                or (getattr(found, "schema", None) in plan.schemas and name != "alembic_version")
            ),
        },
    )
    return compare_metadata(context, plan.metadata)


def main() -> None:
    """Compare, and print one line a difference."""
    plan: Plan = importlib.import_module(sys.argv[1]).PLAN
    found: list[Any] = []
    url = os.environ["LMHG_DATABASE_URL"]
    asyncio.run(with_connection(url, lambda link: found.extend(differences(link, plan))))
    for operation in found:
        print(operation)  # noqa: T201 - this module is a command


if __name__ == "__main__":
    main()
