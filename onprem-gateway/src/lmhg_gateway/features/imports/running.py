"""What the worker does with imports: reads files, checks rows, imports them, and takes imports back.

Each step does a bounded part in one unit of work, and what it did is in the rows: a process that dies in the
middle loses that part alone, and the next one goes on there. Nothing is done twice.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from lmhg_gateway.adapters.read_table import BOOK, ROWS_MAX, TableRefused
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.adapters.tables import read_table
from lmhg_gateway.features.clients.public import (
    held_at,
    remove_unused,
    saved_values,
    write_new,
    write_over,
)
from lmhg_gateway.features.duplicates.public import forget_undecided
from lmhg_gateway.features.imports import referral_columns, repository
from lmhg_gateway.features.imports.deciding import Decision, decide
from lmhg_gateway.features.imports.models import ClientImport, ImportRow
from lmhg_gateway.features.imports.referral_running import (
    ReferralDecision,
    decide_referral,
    run_referral,
    undo_referral,
)
from lmhg_gateway.features.imports.rules import (
    CLIENTS,
    REFERRALS,
    ROW_TEXT_MAX,
    UNDO_FOR,
    Fate,
    State,
    Undone,
)
from lmhg_gateway.features.imports.service import columns_of, rules_of
from lmhg_gateway.features.uploads.public import Upload, mark_done, spool_key
from lmhg_gateway.web.export_cells import unguarded
from lmhg_kit.errors import LmhgError, NotFound, SealBroken
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice

ACTOR = Actor("process: worker")
EVERY_S, FORGET_EVERY_S = 5.0, 600.0
CHECKED_AT_ONCE = 100
DONE_AT_ONCE = 50
_log = get_logger()
Do = Callable[[WriteSession, ClientImport, ImportRow], Awaitable[None]]


@dataclass(frozen=True)
class Importing:
    """Goes on with the import that waits longest."""

    db: Database
    spool: Spool
    practice: Practice

    async def step(self) -> int:
        """Do one part of one import; how many rows, or 1 for a file. Raises: LmhgError."""
        async with self.db.read(ACTOR, "import.next") as tx:
            wanted = await repository.waiting(tx)
            made = await repository.by_id(tx, wanted) if wanted else None
        if made is None:
            return 0
        try:
            return await self._one(made)
        except Exception:
            # Whatever it is: the others go on before this one is tried again.
            async with self.db.uow(ACTOR, "import.run") as tx:
                await repository.put_back(tx, made.id, at=self.practice.clock())
            raise

    async def _one(self, made: ClientImport) -> int:
        """One part of one import."""
        if made.state == State.READING:
            return await self._read(made)
        async with self.db.uow(ACTOR, "import.run") as tx:
            held = await repository.locked(tx, made.id)
            if held is None or held.state != made.state:
                return 1
            return await self._part(tx, held)

    async def _read(self, made: ClientImport) -> int:
        """Read a file into rows, or say why not; its bytes go at once."""
        async with self.db.read(ACTOR, "import.read") as tx:
            upload = await tx.get(Upload, made.upload_id)
        try:
            rows, is_book = await asyncio.to_thread(self._rows, upload)
            begins = _begins(rows)
            async with self.db.uow(ACTOR, "import.read") as tx:
                held = await repository.locked(tx, made.id)
                if held is not None and held.state == State.READING:
                    await _keep(tx, held, rows, begins=begins, is_book=is_book)
                await mark_done(tx, made.upload_id)
        except TableRefused as refused:
            await self._refuse(made, refused.code)
        except LmhgError as failure:
            _log.error("import.unreadable", record_id=made.id, exc_info=failure)
            await self._refuse(made, "table_unreadable")
        self.spool.drop(made.upload_id)
        return 1

    async def _refuse(self, made: ClientImport, code: str) -> None:
        """The file is not taken, and its page says why."""
        async with self.db.uow(ACTOR, "import.read") as tx:
            held = await repository.locked(tx, made.id)
            if held is not None and held.state == State.READING:
                held.state, held.refused_why = State.REFUSED.value, code
            await mark_done(tx, made.upload_id)

    def _rows(self, upload: Upload | None) -> tuple[list[list[str]], bool]:
        """The rows of a file, and whether it is a workbook, whose cells carry no guard."""
        if upload is None:
            raise TableRefused("damaged")
        try:
            with self.spool.reading(spool_key(upload)) as source:
                held = bytearray()
                while piece := source.read(1024 * 1024):
                    held += piece
        except (NotFound, SealBroken):
            raise TableRefused("damaged") from None
        return read_table(bytes(held)), held.startswith(BOOK)

    async def _part(self, tx: WriteSession, made: ClientImport) -> int:
        if made.state == State.CHECKING:
            ids = await repository.unchecked(tx, made.id, limit=CHECKED_AT_ONCE)
            await self._each(tx, made, ids, self._check, checked=True)
            after = State.CHECKED
        elif made.state == State.RUNNING:
            ids = await repository.fateless(tx, made.id, limit=DONE_AT_ONCE)
            await self._each(tx, made, ids, self._run, checked=False)
            after = State.DONE
        else:
            ids = await repository.undone_yet(tx, made.id, limit=DONE_AT_ONCE)
            for row_id in ids:
                await _undo(tx, row_id, self.practice)
            after = State.UNDONE
        if not ids:
            made.state = after.value
            if after in {State.DONE, State.UNDONE}:
                made.finished_at = self.practice.clock()
        return len(ids) or 1

    async def _each(
        self, tx: WriteSession, made: ClientImport, ids: Sequence[UUID], do: Do, *, checked: bool
    ) -> None:
        """Do each row in a savepoint of its own: what fails in one stays with it."""
        for row_id in ids:
            try:
                async with tx.begin_nested():
                    row = await repository.row_by_id(tx, row_id)
                    if row is not None:
                        await do(tx, made, row)
                        await tx.flush()
            except (LmhgError, DBAPIError) as failure:
                _log.error("import.row_failed", record_id=row_id, exc_info=failure)
                await repository.set_fate(
                    tx, row_id, fate=Fate.FAILED.value, why="row_refused", checked=checked
                )

    async def _check(self, tx: WriteSession, made: ClientImport, row: ImportRow) -> None:
        if made.what == REFERRALS:
            found = await self._of_referral(tx, made, row)
            row.check_fate, row.check_why = found.fate.value, found.why
            row.key_token, row.client_id = found.token, found.client_id
            row.referral_id = found.referral.id if found.referral else None
            return
        decided = await self._decided(tx, made, row)
        row.check_fate, row.check_why = decided.fate.value, decided.why
        row.key_token = decided.token
        row.client_id = decided.client.id if decided.client else None

    async def _of_referral(
        self, tx: WriteSession, made: ClientImport, row: ImportRow
    ) -> ReferralDecision:
        today = self.practice.today()
        return await decide_referral(tx, made, row, columns=columns_of(made), today=today)

    async def _run(self, tx: WriteSession, made: ClientImport, row: ImportRow) -> None:
        if made.what == REFERRALS:
            found = await self._of_referral(tx, made, row)
            await run_referral(tx, row, found, by=ACTOR.id, practice=self.practice)
            return
        decided = await self._decided(tx, made, row)
        row.fate, row.why, row.key_token = decided.fate.value, decided.why, decided.token
        row.client_id = decided.client.id if decided.client else None
        if decided.fate is Fate.CREATED:
            row.client_id, row.client_version = await write_new(tx, decided.changes)
        elif decided.fate is Fate.UPDATED and decided.client is not None:
            before = saved_values(decided.client)
            row.before = json.dumps({name: before[name] for name in decided.changes}, default=str)
            row.client_id, row.client_version = await write_over(
                tx, decided.client, decided.changes
            )

    async def _decided(self, tx: WriteSession, made: ClientImport, row: ImportRow) -> Decision:
        return await decide(tx, made, row, columns=columns_of(made), today=self.practice.today())

    async def forget(self) -> int:
        """Forget what the file of an import said whose time to be undone is over; how many rows."""
        async with self.db.uow(ACTOR, "import.forget") as tx:
            wanted = await repository.over(tx, before=self.practice.clock() - UNDO_FOR)
            made = await repository.locked(tx, wanted) if wanted else None
            if made is None:
                return 0
            gone = await repository.forget_cells(tx, made.id)
            if not gone:
                made.heads = made.file_name = None
                made.forgotten_at = self.practice.clock()
            return gone or 1


def _begins(rows: Sequence[Sequence[str]]) -> int:
    """Where the heads are: the first row that says anything. Raises: TableRefused."""
    begins = next((at for at, row in enumerate(rows) if any(row)), len(rows))
    count = len(rows) - begins - 1
    if count < 1:
        raise TableRefused("table_empty")
    if count > ROWS_MAX:
        raise TableRefused("table_rows")
    return begins


async def _keep(
    tx: WriteSession,
    made: ClientImport,
    rows: Sequence[Sequence[str]],
    *,
    begins: int,
    is_book: bool,
) -> None:
    """Keep the rows of a file, sealed, and say what its columns seem to be."""
    heads = list(rows[begins])
    width = max(len(row) for row in rows)
    heads += [""] * (width - len(heads))
    heads = [each[:200] for each in heads]
    if referral_columns.is_own(heads):
        made.what = REFERRALS
    rules = rules_of(made.what)
    own, written = rules.is_own(heads), json.dumps(heads, ensure_ascii=False)
    if len(written) > ROW_TEXT_MAX:
        raise TableRefused("table_heads")
    made.heads, made.columns = written, json.dumps(rules.suggested(heads))
    made.may_update = own and made.what == CLIENTS
    made.row_count = len(rows) - begins - 1
    made.state = State.MAPPING.value
    kept: list[ImportRow] = []
    for at, cells in enumerate(rows[begins + 1 :], begins + 2):
        row = ImportRow(import_id=made.id, number=at)
        said = json.dumps(
            [unguarded(each) for each in cells] if own and not is_book else list(cells)
        )
        row.cells = said if len(said) <= ROW_TEXT_MAX else None
        kept.append(row)
    await repository.add_rows(tx, kept)


async def _undo(tx: WriteSession, row_id: UUID, practice: Practice) -> None:
    """Take one row's change back in a savepoint of its own: what is refused stays, and the others go on."""
    try:
        async with tx.begin_nested():
            await _undo_one(tx, row_id, practice)
    except (LmhgError, DBAPIError) as failure:
        _log.error("import.undo_failed", record_id=row_id, exc_info=failure)
        await repository.set_undone(tx, row_id, Undone.STAYS_REFUSED)


async def _undo_one(tx: WriteSession, row_id: UUID, practice: Practice) -> None:
    """Take one row's change back, where nobody changed the record since and nothing names it."""
    row = await repository.row_by_id(tx, row_id)
    if row is None:
        return
    if row.referral_id is not None:
        await undo_referral(tx, row, by=ACTOR.id, practice=practice)
        return
    client = await held_at(tx, row.client_id, row.client_version) if row.client_id else None
    if client is None:
        row.undone = Undone.STAYS_CHANGED.value
    elif row.fate == Fate.UPDATED:
        before = {n: v for n, v in json.loads(row.before or "{}").items() if n != "part2"}
        row.client_version = (await write_over(tx, client, before)).version
        row.undone = Undone.PUT_BACK.value
    else:
        try:
            async with tx.begin_nested():
                await _remove(tx, row, client.id)
        except DBAPIError:
            await repository.set_undone(tx, row_id, Undone.STAYS_USED)
    await tx.flush()


async def _remove(tx: WriteSession, row: ImportRow, client_id: UUID) -> None:
    row.client_id, row.undone = None, Undone.REMOVED.value
    await tx.flush()
    await forget_undecided(tx, client_id)
    await remove_unused(tx, client_id)
