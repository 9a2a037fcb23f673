"""Imports as JSON: a file is brought, its columns chosen, its rows and their fates read.

To import and to undo ask for a fresh sign-in, so they are steps of the page alone.
"""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.adapters.read_table import COLUMNS_MAX
from lmhg_gateway.features.imports import repository, service
from lmhg_gateway.features.imports.forms import MapForm, NewImport
from lmhg_gateway.features.imports.models import ClientImport, ImportRow
from lmhg_gateway.features.uploads.public import ended_when_refused, spool_of
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/api/v1/imports"
ONE = PATH + "/{import_id:uuid}"
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Line = Annotated[str, msgspec.Meta(max_length=200)]


class FateOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows have one fate for one reason."""

    fate: str
    why: str
    count: int


class ImportOut(msgspec.Struct, frozen=True, kw_only=True):
    """One import; its fates add up to its rows once it is done."""

    id: uuid.UUID
    what: str
    """clients or referrals."""
    state: str
    refused_why: str | None
    row_count: int
    heads: Annotated[list[Line], msgspec.Meta(max_length=COLUMNS_MAX)]
    columns: Annotated[list[Line], msgspec.Meta(max_length=COLUMNS_MAX)]
    may_update: bool
    begun_at: datetime
    finished_at: datetime | None
    checked: Annotated[list[FateOut], msgspec.Meta(max_length=100)]
    fates: Annotated[list[FateOut], msgspec.Meta(max_length=100)]


class ImportsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the imports, newest first, and how many there are."""

    imports: Annotated[list[ImportOut], msgspec.Meta(max_length=PAGE_SIZE)]
    total: int


class RowOut(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a file with its one fate."""

    id: uuid.UUID
    number: int
    check_fate: str | None
    check_why: str | None
    fate: str | None
    why: str | None
    client_id: uuid.UUID | None
    referral_id: uuid.UUID | None
    undone: str | None


class RowsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the rows, in the order of the file, and how many there are."""

    rows: Annotated[list[RowOut], msgspec.Meta(max_length=PAGE_SIZE)]
    total: int


async def _out(tx: ReadSession, made: ClientImport) -> ImportOut:
    checked, fates = [
        [FateOut(fate=c.fate, why=c.why, count=c.count) for c in counts]
        for counts in (
            await repository.counts(tx, made.id, checked=True),
            await repository.counts(tx, made.id, checked=False),
        )
    ]
    return ImportOut(
        id=made.id,
        what=made.what,
        state=made.state,
        refused_why=made.refused_why,
        row_count=made.row_count,
        heads=service.heads_of(made),
        columns=service.columns_of(made),
        may_update=made.may_update,
        begun_at=made.begun_at,
        finished_at=made.finished_at,
        checked=checked,
        fates=fates,
    )


def _row(row: ImportRow) -> RowOut:
    return RowOut(
        id=row.id,
        number=row.number,
        check_fate=row.check_fate,
        check_why=row.check_why,
        fate=row.fate,
        why=row.why,
        client_id=row.client_id,
        referral_id=row.referral_id,
        undone=row.undone,
    )


@answers(PATH, "imports.read", purpose="imports.list", tag="imports")
async def list_imports(
    tx: ReadSession, _ask: Ask[Any], page: FromQuery[PageNumber] = 1
) -> ImportsOut:
    """Files of clients, newest first."""
    found, total = await repository.listed(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    return ImportsOut(imports=[await _out(tx, each) for each in found], total=total)


@answers(ONE, "imports.read", purpose="import.view", tag="imports")
async def read_import(tx: ReadSession, _ask: Ask[Any], import_id: FromPath[uuid.UUID]) -> ImportOut:
    """One import."""
    return await _out(tx, await service.view(tx, import_id))


@answers(ONE + "/rows", "imports.read", purpose="import.rows", tag="imports")
async def list_rows(
    tx: ReadSession,
    _ask: Ask[Any],
    import_id: FromPath[uuid.UUID],
    page: FromQuery[PageNumber] = 1,
) -> RowsOut:
    """The rows of a file with their fates."""
    made = await service.view(tx, import_id)
    found, total = await repository.rows(
        tx, made.id, fate="", first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE
    )
    return RowsOut(rows=[_row(each) for each in found], total=total)


@does(PATH, "imports.write", purpose="import.begin", tag="imports", status=201)
async def begin_import(tx: WriteSession, ask: Ask[Any], data: JSONBody[NewImport]) -> ImportOut:
    """Take an upload as a file of clients; it is read in the background. Again it gives the same import."""
    async with ended_when_refused(ask.request, data.upload_id):
        made = await service.begin(
            tx, spool_of(ask.request), data.upload_id, what=data.what, by=ask.by, at=ask.at
        )
    return await _out(tx, made)


@does(ONE + "/columns", "imports.write", purpose="import.columns", tag="imports", method="PUT")
async def choose_columns(
    tx: WriteSession, _ask: Ask[Any], import_id: FromPath[uuid.UUID], data: JSONBody[MapForm]
) -> ImportOut:
    """Say what each column is; every row is checked, and nothing is imported yet."""
    return await _out(tx, await service.choose(tx, import_id, data))


@does(ONE + "/drop", "imports.write", purpose="import.drop", tag="imports")
async def drop_import(
    tx: WriteSession, _ask: Ask[Any], import_id: FromPath[uuid.UUID]
) -> ImportOut:
    """Give a file up before it is imported."""
    return await _out(tx, await service.drop(tx, import_id))


HANDLERS = (list_imports, read_import, list_rows, begin_import, choose_columns, drop_import)
