"""The dictionary of docs/reference/database.md is the database: every table, with PostgreSQL's own types."""

import re
from pathlib import Path

from lmhg_stack.docs.database import dictionary
from lmhg_stack.testing import PlaneDatabase

_COLUMNS = """
select n.nspname || '.' || c.relname as name, a.attname as field,
       format_type(a.atttypid, a.atttypmod) as kind, not a.attnotnull as is_null
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and c.relname <> 'alembic_version'
  and n.nspname not in ('pg_catalog', 'information_schema')
"""
_SHORT = {"character varying": "varchar", "timestamp with time zone": "timestamptz"}


def short(kind: str) -> str:
    """PostgreSQL's long names in the form that the dictionary and the migrations use."""
    for long_name, name in _SHORT.items():
        kind = kind.replace(long_name, name)
    return kind


def read(text: str) -> dict[tuple[str, str], str]:
    """Table and column to type, as a page says."""
    found: dict[tuple[str, str], str] = {}
    table = ""
    for line in text.splitlines():
        if line.startswith("### "):
            table = line.removeprefix("### ")
        elif row := re.fullmatch(r"\| `(\w+)` \| ([^|]+) \| \w+ \|", line):
            found[table, row[1]] = row[2]
    return found


async def live(database: PlaneDatabase) -> dict[tuple[str, str], str]:
    """Table and column to type, as the database says."""
    return {
        (row["name"], row["field"]): short(row["kind"]) + (", null" if row["is_null"] else "")
        for row in await database.run(_COLUMNS)
    }


async def test_the_dictionary_is_the_database(onprem: PlaneDatabase, cloud: PlaneDatabase) -> None:
    """Both planes together, column by column; a table made by hand is the control."""
    said = read(dictionary())
    assert said == await live(onprem) | await live(cloud)
    await cloud.run("create table portal.unknown (a uuid)")
    assert said != await live(onprem) | await live(cloud)


def test_the_page_is_the_generated_one() -> None:
    """What a reader opens is what was compared."""
    page = Path(__file__).parents[3] / "docs/reference/database.md"
    assert read(page.read_text()) == read(dictionary())
