"""The audit schema of either plane: events unchained in the caller's transaction, then a ledger.

`audit.event` is filled by triggers and by `audit.note`; the worker's sequencer moves events into
`audit.ledger` in commit order (see `sequencer`). Nobody updates or deletes either of the two,
except that the sequencer removes the events it has sequenced. An event that cannot become an entry
(an administrator wrote it) is set aside: the ledger goes on, says so, and the event is kept.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

TABLES = (Path(__file__).parent / "sql" / "audit_tables.sql").read_text(encoding="utf-8")
"""What a plane's first migration runs."""

SUBJECTS_MAX = 500
"""Records that one event names; the table's own bound."""
KEPT_MAX = 1_048_576
"""An event set aside is kept whole up to so many bytes; of a longer one the digest alone."""


def run_script(connection: Connection, script: str) -> None:
    """Run several statements at once: asyncpg's simple query, under SQLAlchemy."""
    raw: Any = connection.connection.dbapi_connection
    raw.run_async(lambda link: link.execute(script))


def grants(*, readers: tuple[str, ...], sequencer: str, writers: tuple[str, ...]) -> list[str]:
    """Who may note events, who may sequence them, who may read the ledger."""
    every = ", ".join(sorted({*readers, sequencer, *writers}))
    return [
        f"grant usage on schema audit to {every}",
        f"grant execute on function audit.context(text, text), audit.actor() to {every}",
        f"grant execute on function audit.note(text, text, uuid[], text[], text) to {every}",
        f"grant select on audit.ledger, audit.ledger_node, audit.ledger_head to {', '.join(readers)}",
        f"grant select, delete on audit.event to {sequencer}",
        f"grant select, insert on audit.ledger, audit.ledger_node to {sequencer}",
        f"grant select, update on audit.ledger_head to {sequencer}",
        f"grant select on audit.schema_revision to {every}",
        f"grant select on audit.set_aside to {', '.join(readers)}",
        f"grant insert on audit.set_aside to {sequencer}",
    ]
