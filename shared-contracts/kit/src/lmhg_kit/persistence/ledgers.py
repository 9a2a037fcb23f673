"""Reading a plane's ledgers: exports, proofs and verification over what the database holds."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lmhg_contracts.ledger.checkpoint import NoteVerifier
from lmhg_contracts.ledger.export import Proof, append_entry, whole_file, write_export
from lmhg_contracts.ledger.stored import prove_entry
from lmhg_contracts.ledger.tree import Frontier
from lmhg_contracts.ledger.verify import Verdict, verify_export
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence.session import Database

PAGE = 1_000
"""Entries of one read: at most 64 MiB of the largest there are."""
SPOOL_BYTES = 16 * 1024 * 1024
"""An export larger than this waits in a file, not in memory."""
SCHEMAS: dict[str, str] = {"relay": "relay", "access": "audit"}


@dataclass(frozen=True)
class StoredLedger:
    """One ledger over one connection; a `LedgerReader`."""

    link: AsyncConnection
    ledger: str

    @property
    def _schema(self) -> str:
        return SCHEMAS[self.ledger]

    async def head(self) -> tuple[int, str]:
        """Size and signed checkpoint. Raises: NotFound before the first checkpoint."""
        found = await self.link.execute(
            text(f"select size, checkpoint from {self._schema}.ledger_head where ledger = :name"),  # noqa: S608 - constant schema names
            {"name": self.ledger},
        )
        row = found.one_or_none()
        if row is None or row.checkpoint is None:
            raise NotFound("checkpoint_missing")
        return row.size, row.checkpoint

    async def frontier(self) -> Frontier:
        """The end that the next entry is added to. Raises: LookupError for one that is none."""
        found = await self.link.execute(
            text(f"select frontier from {self._schema}.ledger_head where ledger = :name"),  # noqa: S608 - constant schema names
            {"name": self.ledger},
        )
        try:
            return Frontier.from_bytes(found.scalar_one())
        except ValueError as failure:
            raise LookupError("frontier") from failure

    async def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Entries from `first` on, at most `count`."""
        found = await self.link.execute(
            text(
                f"select entry from {self._schema}.ledger"  # noqa: S608 - constant schema names
                " where n >= :first and n < :stop order by n"
            ),
            {"first": first, "stop": first + count},
        )
        return list(found.scalars())

    async def nodes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Stored nodes of a level from `first` on, at most `count`."""
        found = await self.link.execute(
            text(
                f"select hash from {self._schema}.ledger_node"  # noqa: S608 - constant schema names
                " where level = :level and idx >= :first and idx < :stop order by idx"
            ),
            {"level": level, "first": first, "stop": first + count},
        )
        return list(found.scalars())

    async def all_entries(self, size: int) -> AsyncIterator[bytes]:
        """The first `size` entries, a page at a time."""
        for first in range(0, size, PAGE):
            wanted = min(PAGE, size - first)
            found = await self.entries(first, wanted)
            for entry in found:
                yield entry
            if len(found) < wanted:
                return  # the head says more than there is: verification finds that, and soon


async def write_ledger(db: Database, ledger: str, out: BinaryIO) -> int:
    """Write a ledger's export at its newest checkpoint; how many entries."""
    async with db.engine.connect() as link:
        await link.execute(text("set transaction isolation level repeatable read"))
        stored = StoredLedger(link, ledger)
        size, note = await stored.head()
        write_export(out, note, ())
        count = 0
        async for entry in stored.all_entries(size):
            append_entry(out, entry)
            count += 1
    return count


async def export_ledger(db: Database, ledger: str, path: Path) -> None:
    """Write a ledger's export to a file: the whole one, or none.

    Raises: NotFound before the first checkpoint, OSError; what stood there before stays then.
    """
    with whole_file(path) as out:
        await write_ledger(db, ledger, out)


async def export_spooled(db: Database, ledger: str) -> BinaryIO:
    """A ledger's export, at its start, in memory while it is small."""
    out = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - the caller closes it
    try:
        await write_ledger(db, ledger, out)  # type: ignore[arg-type]
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out  # type: ignore[return-value]


async def verify_ledger(
    db: Database, ledger: str, verifiers: Sequence[NoteVerifier], *, seen: Iterable[str] = ()
) -> Verdict:
    """Judge a ledger in the database exactly as `lmhg-verify` judges its export."""
    with await export_spooled(db, ledger) as source:
        return verify_export(source, verifiers, seen=seen)


async def proof_of(db: Database, ledger: str, index: int) -> Proof:
    """One entry's self-contained proof. Raises: NotFound."""
    async with db.engine.connect() as link:
        await link.execute(text("set transaction isolation level repeatable read"))
        stored = StoredLedger(link, ledger)
        size, note = await stored.head()
        if not 0 <= index < size:
            raise NotFound("entry_unknown")
        entry = (await stored.entries(index, 1))[0]
        return Proof(index, entry, await prove_entry(stored, index, size), note)
