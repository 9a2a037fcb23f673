"""What goes with an export: a page in plain words, and what each column of each table is."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Table

from lmhg_gateway.features.leaving.cells import columns_of, name_of
from lmhg_gateway.features.leaving.rules import LEFT_OUT
from lmhg_kit.persistence.columns import classes_of

README = Path(__file__).with_name("readme.txt").read_text(encoding="utf-8")


def dictionary_rows(tables: Sequence[Table]) -> Iterator[tuple[str, str, str, str, str]]:
    """The dictionary: table, column, type, class, and where it is."""
    yield "table", "column", "type", "class", "where"
    for table in tables:
        reason = LEFT_OUT.get(table.fullname)
        taken = {each.name for each in columns_of(table)}
        for column in table.columns:
            where = (
                f"tables/{table.fullname}.jsonl" if column.name in taken else "Left out: a secret."
            )
            yield (
                table.fullname,
                name_of(column),
                str(column.type),
                classes_of(table)[column.name].value,
                f"Left out: {reason}" if reason else where,
            )
