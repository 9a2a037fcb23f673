"""Use cases of imports: a file becomes rows, is checked, is imported, and can be undone."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, cast

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.clients.public import write_new
from lmhg_gateway.features.imports import columns as column_rules
from lmhg_gateway.features.imports import referral_columns, repository
from lmhg_gateway.features.imports.forms import MapForm
from lmhg_gateway.features.imports.models import ClientImport, ImportRow
from lmhg_gateway.features.imports.rules import (
    REFERRALS,
    Fate,
    State,
    check_state,
    check_undo,
    row_of,
)
from lmhg_gateway.features.uploads.public import arrived, mark_filed, plain_name
from lmhg_gateway.web.points import ClientCheck
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

FILE_MAX = 10 * 1024 * 1024
"""Bytes of a file of clients."""


async def begin(
    tx: WriteSession,
    spool: Spool,
    upload_id: uuid.UUID | None,
    *,
    what: str,
    by: str,
    at: datetime,
) -> ClientImport:
    """Take a file; the worker reads it. The same upload again gives the same import.

    Raises: Invalid, NotFound, Conflict.
    """
    if upload_id is None:
        raise Invalid("file_missing", fields={"file": "Choose a file."})
    before = await repository.of_upload(tx, upload_id)
    if before is not None:
        return before
    upload = await arrived(tx, spool, upload_id, owner=by, at=at)
    if upload.length > FILE_MAX:
        raise Invalid("upload_long", fields={"file": "This file is too large. The limit is 10 MB."})
    await mark_filed(tx, upload.id)
    made = ClientImport(
        upload_id=upload.id,
        what=what,
        state=State.READING.value,
        begun_by=by,
        begun_at=at,
        row_count=0,
    )
    made.file_name = plain_name(upload.name or "") or "file"
    await repository.add(tx, made)
    return made


async def view(tx: ReadSession, import_id: uuid.UUID) -> ClientImport:
    """One import. Raises: NotFound."""
    made = await repository.by_id(tx, import_id)
    if made is None:
        raise NotFound("client_import")
    return made


async def _held(tx: WriteSession, import_id: uuid.UUID) -> ClientImport:
    made = await repository.locked(tx, import_id)
    if made is None:
        raise NotFound("client_import")
    return made


def heads_of(made: ClientImport) -> list[str]:
    """The heads of the file."""
    return json.loads(made.heads) if made.heads else []


def columns_of(made: ClientImport) -> list[str]:
    """What each column is."""
    return json.loads(made.columns) if made.columns else []


class ColumnRules(Protocol):
    """What the columns of a file may be, by what its rows are of."""

    FIELD_WORDS: Mapping[str, str]

    def suggested(self, heads: Sequence[str], /) -> list[str]:
        """What each column is by its head."""
        ...

    def is_own(self, heads: Sequence[str], /) -> bool:
        """Whether these are the heads of our own export."""
        ...

    def refused(self, columns: Sequence[str], /) -> str:
        """Why these choices cannot be taken."""
        ...


def rules_of(what: str) -> ColumnRules:
    """The rules for the columns of a file."""
    return cast("ColumnRules", referral_columns if what == REFERRALS else column_rules)


async def choose(tx: WriteSession, import_id: uuid.UUID, form: MapForm) -> ClientImport:
    """Say what each column is, and have every row checked. Raises: NotFound, Conflict, Invalid."""
    made = await _held(tx, import_id)
    check_state(made.state, State.MAPPING, State.CHECKED)
    wrong = rules_of(made.what).refused(form.columns)
    if len(form.columns) != len(heads_of(made)):
        wrong = "Say of each column what it is."
    if wrong:
        raise Invalid("import_columns", fields={"columns": wrong})
    made.columns, made.may_update = json.dumps(form.columns), form.may_update
    made.state = State.CHECKING.value
    await repository.check_again(tx, made.id)
    await repository.ring(tx)
    return made


async def run(tx: WriteSession, import_id: uuid.UUID, *, by: str) -> ClientImport:
    """Have the worker import what was checked. Raises: NotFound, Conflict."""
    made = await _held(tx, import_id)
    check_state(made.state, State.CHECKED)
    made.state, made.ran_by = State.RUNNING.value, by
    await repository.ring(tx)
    return made


async def undo(tx: WriteSession, import_id: uuid.UUID, *, by: str, at: datetime) -> ClientImport:
    """Have the worker take an import back. Raises: NotFound, Conflict."""
    made = await _held(tx, import_id)
    check_undo(made.state, made.finished_at, at=at)
    made.state, made.undone_by = State.UNDOING.value, by
    await repository.ring(tx)
    return made


async def drop(tx: WriteSession, import_id: uuid.UUID) -> ClientImport:
    """Give a file up before it is imported. Raises: NotFound, Conflict."""
    made = await _held(tx, import_id)
    check_state(made.state, State.READING, State.MAPPING, State.CHECKED)
    made.state = State.DROPPED.value
    await repository.ring(tx)
    return made


async def add_held(
    tx: WriteSession,
    import_id: uuid.UUID,
    row_id: uuid.UUID,
    *,
    by: str,
    practice: Practice,
    checks: Sequence[ClientCheck],
) -> ImportRow:
    """Add the person of a row that was held as someone on record: someone said that it is someone else.

    Raises: NotFound, Conflict.
    """
    made = await _held(tx, import_id)
    row = await repository.row_by_id(tx, row_id)
    if row is None or row.import_id != made.id:
        raise NotFound("client_import")
    check_state(made.state, State.DONE)
    if (
        made.what == REFERRALS
        or row.fate != Fate.SKIPPED
        or row.why != "known"
        or row.cells is None
    ):
        raise Conflict("import_moved")
    said = row_of(json.loads(row.cells), columns_of(made), today=practice.today())
    written = await write_new(tx, said.values)
    if row.client_id:
        for check in checks:
            await check.tell_apart(tx, written.id, [row.client_id], by)
    row.fate, row.why = Fate.CREATED.value, "added"
    row.client_id, row.client_version = written.id, written.version
    return row
