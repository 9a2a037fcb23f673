"""What goes with an export: a page in plain words, and what each column of each table is."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Table

from lmhg_gateway.features.leaving.cells import columns_of, name_of
from lmhg_gateway.features.leaving.rules import LEFT_OUT
from lmhg_kit.persistence.columns import classes_of

README = """Everything that this practice owns in LMHG
==========================================

This folder has client records in plain text. Keep it on a disk that is encrypted as a whole, give it to
those only who may see clients, and delete it when it is no longer needed.

  tables/       each table twice: .jsonl (one JSON object a line) and .csv. In the CSV files a cell that
                begins with = + - @ or ' has a ' in front, so that no spreadsheet computes it.
  documents/    the files of clients, in a folder for each client by short number, each version with its number
  ledgers/      the access log and the relay's ledger with their signed checkpoints
  dictionary.csv  what each table and column is, and what was left out
  manifest.json   how many rows each table has
  SHA256SUMS      a hash of every file

Check that nothing was changed or lost:   sha256sum -c SHA256SUMS
Check a ledger with the published keys:   lmhg-verify ledgers/access.ledger --keys ledgers.vkey

Times are in UTC. Ids name rows of other tables: client_id is the id of a row in practice.client.
What was left out is what opens the running system (sign-in, keys), and what is made from other rows.
"""


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
