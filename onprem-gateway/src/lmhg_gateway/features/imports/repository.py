"""All SQL of imports."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, or_, select, text, update
from sqlalchemy.orm import aliased, load_only

from lmhg_gateway.features.imports.models import ClientImport, ImportRow
from lmhg_gateway.features.imports.rules import STAYS, WORKS, Fate, State, Undone
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import Part

BELL = "client_import"
"""Rung when there is something for the worker to do."""
SAMPLE = 5
FORGOTTEN_AT_ONCE = 500
_ALL: Part[ClientImport] = Part(
    select(ClientImport).order_by(ClientImport.begun_at.desc(), ClientImport.id)
)
_GOT = (Fate.CREATED.value, Fate.UPDATED.value)


@dataclass(frozen=True)
class Count:
    """How many rows have one fate for one reason."""

    fate: str
    why: str
    count: int


async def by_id(tx: ReadSession, import_id: uuid.UUID) -> ClientImport | None:
    """One import."""
    return await tx.scalar(select(ClientImport).where(ClientImport.id == import_id))


async def locked(tx: WriteSession, import_id: uuid.UUID) -> ClientImport | None:
    """One import, held until this unit of work ends."""
    query = select(ClientImport).where(ClientImport.id == import_id).with_for_update()
    return await tx.scalar(query, execution_options={"populate_existing": True})


async def of_upload(tx: ReadSession, upload_id: uuid.UUID) -> ClientImport | None:
    """The import that an upload became."""
    return await tx.scalar(select(ClientImport).where(ClientImport.upload_id == upload_id))


async def listed(tx: ReadSession, *, first: int, size: int) -> tuple[Sequence[ClientImport], int]:
    """A part of all imports, newest first; and how many there are."""
    return await _ALL.read(tx, first=first, size=size)


async def add(tx: WriteSession, made: ClientImport) -> None:
    """Keep an import, and wake the worker."""
    tx.add(made)
    await tx.flush()
    await ring(tx)


async def ring(tx: WriteSession) -> None:
    """Wake the worker once this unit of work is done."""
    await tx.execute(text("select pg_notify(:bell, '')"), {"bell": BELL})


CHANGES = (Fate.CREATED.value, Fate.UPDATED.value)


async def waiting(tx: ReadSession) -> uuid.UUID | None:
    """The import with which the worker goes on: the one that waits longest, those that failed last of all."""
    made = ClientImport
    query = select(made.id).where(made.state.in_([each.value for each in WORKS]))
    order = (made.failed_at.asc().nulls_first(), made.begun_at, made.id)
    return await tx.scalar(query.order_by(*order).limit(1))


async def put_back(tx: WriteSession, import_id: uuid.UUID, *, at: datetime) -> None:
    """Let the others go first: a step of this one failed."""
    change = update(ClientImport).where(ClientImport.id == import_id)
    await tx.execute(change.values(failed_at=at))


async def add_rows(tx: WriteSession, rows: Sequence[ImportRow]) -> None:
    """Keep the rows of a file."""
    for row in rows:
        tx.add(row)
    await tx.flush()


async def row_by_id(tx: WriteSession, row_id: uuid.UUID) -> ImportRow | None:
    """One row, held until this unit of work ends."""
    query = select(ImportRow).where(ImportRow.id == row_id).with_for_update()
    return await tx.scalar(query, execution_options={"populate_existing": True})


async def unchecked(tx: ReadSession, import_id: uuid.UUID, *, limit: int) -> Sequence[uuid.UUID]:
    """Rows that the check has not looked at yet, in order."""
    query = select(ImportRow.id).where(
        ImportRow.import_id == import_id, ImportRow.check_fate.is_(None)
    )
    return (await tx.scalars(query.order_by(ImportRow.number).limit(limit))).all()


async def undone_yet(tx: ReadSession, import_id: uuid.UUID, *, limit: int) -> Sequence[uuid.UUID]:
    """Rows whose fate has to be undone yet, the last first."""
    query = select(ImportRow.id).where(
        ImportRow.import_id == import_id, ImportRow.fate.in_(_GOT), ImportRow.undone.is_(None)
    )
    return (await tx.scalars(query.order_by(ImportRow.number.desc()).limit(limit))).all()


async def fateless(tx: ReadSession, import_id: uuid.UUID, *, limit: int) -> Sequence[uuid.UUID]:
    """Rows that have no fate yet, in order."""
    query = select(ImportRow.id).where(ImportRow.import_id == import_id, ImportRow.fate.is_(None))
    return (await tx.scalars(query.order_by(ImportRow.number).limit(limit))).all()


async def sample(tx: ReadSession, import_id: uuid.UUID) -> Sequence[ImportRow]:
    """The first rows of a file."""
    query = select(ImportRow).where(ImportRow.import_id == import_id)
    return (await tx.scalars(query.order_by(ImportRow.number).limit(SAMPLE))).all()


async def counts(tx: ReadSession, import_id: uuid.UUID, *, checked: bool) -> list[Count]:
    """How many rows have each fate and reason: what the check says, or what became of them."""
    fate, why = (
        (ImportRow.check_fate, ImportRow.check_why) if checked else (ImportRow.fate, ImportRow.why)
    )
    query = (
        select(fate, func.coalesce(why, ""), func.count())
        .where(ImportRow.import_id == import_id, fate.is_not(None))
        .group_by(fate, why)
        .order_by(func.count().desc(), fate, why)
    )
    return [Count(*row) for row in (await tx.execute(query)).all()]


async def undo_counts(tx: ReadSession, import_id: uuid.UUID) -> Mapping[str, int]:
    """How many rows were undone in which way."""
    query = (
        select(ImportRow.undone, func.count())
        .where(ImportRow.import_id == import_id, ImportRow.undone.is_not(None))
        .group_by(ImportRow.undone)
    )
    return {row[0] or "": row[1] for row in (await tx.execute(query)).all()}


async def rows(
    tx: ReadSession, import_id: uuid.UUID, *, fate: str, first: int, size: int
) -> tuple[Sequence[ImportRow], int]:
    """A part of the rows with a fate, in the order of the file; and how many there are."""
    said = func.coalesce(ImportRow.fate, ImportRow.check_fate)
    where = [ImportRow.import_id == import_id]
    if fate == "stays":
        where.append(ImportRow.undone.in_(STAYS))
    elif fate == "held":
        where += [said == Fate.SKIPPED.value, _why() == "known"]
    elif fate:
        where.append(said == fate)
    query = select(ImportRow).where(*where).order_by(ImportRow.number)
    total = await tx.scalar(select(func.count()).select_from(ImportRow).where(*where)) or 0
    return (await tx.scalars(query.offset(first).limit(size))).all(), total


def _why() -> ColumnElement[str | None]:
    return case((ImportRow.fate.is_not(None), ImportRow.why), else_=ImportRow.check_why)


async def twin_above(tx: ReadSession, row: ImportRow, token: bytes) -> bool:
    """Whether the same row is above in the file, and was not turned away."""
    above = ImportRow.number < row.number
    fate = func.coalesce(ImportRow.fate, ImportRow.check_fate)
    same = (ImportRow.import_id == row.import_id, ImportRow.key_token == token, above)
    found = select(exists().where(*same, fate != Fate.FAILED.value))
    return bool(await tx.scalar(found))


async def named_above(tx: ReadSession, row: ImportRow, client_id: uuid.UUID) -> bool:
    """Whether a row above in the file changes this very record: one file changes a record once."""
    fate = func.coalesce(ImportRow.fate, ImportRow.check_fate)
    same = (ImportRow.import_id == row.import_id, ImportRow.number < row.number)
    found = select(exists().where(*same, ImportRow.client_id == client_id, fate.in_(CHANGES)))
    return bool(await tx.scalar(found))


async def referral_above(tx: ReadSession, row: ImportRow, referral_id: uuid.UUID) -> bool:
    """Whether a row above in the file changes this very referral."""
    fate = func.coalesce(ImportRow.fate, ImportRow.check_fate)
    same = (ImportRow.import_id == row.import_id, ImportRow.number < row.number)
    found = select(exists().where(*same, ImportRow.referral_id == referral_id, fate.in_(CHANGES)))
    return bool(await tx.scalar(found))


async def imported_as(tx: ReadSession, row: ImportRow, token: bytes) -> uuid.UUID | None:
    """The client that the same row of an earlier import became, while it is here."""
    other = aliased(ImportRow)
    still_here = or_(
        other.undone.is_(None),
        other.undone.in_(STAYS),
    )
    query = (
        select(other.client_id)
        .where(
            other.key_token == token,
            other.import_id != row.import_id,
            other.fate == Fate.CREATED.value,
            other.client_id.is_not(None),
            still_here,
        )
        .order_by(other.created_at)
        .limit(1)
    )
    return await tx.scalar(query)


async def check_again(tx: WriteSession, import_id: uuid.UUID) -> None:
    """Forget what the check said."""
    await tx.execute(
        update(ImportRow)
        .where(ImportRow.import_id == import_id)
        .values(check_fate=None, check_why=None, key_token=None, client_id=None, referral_id=None)
    )


async def set_fate(
    tx: WriteSession, row_id: uuid.UUID, *, fate: str, why: str, checked: bool
) -> None:
    """Say a row's fate by itself, where what was begun with it was taken back."""
    values = {"check_fate": fate, "check_why": why} if checked else {"fate": fate, "why": why}
    await tx.execute(update(ImportRow).where(ImportRow.id == row_id).values(values))


async def set_undone(tx: WriteSession, row_id: uuid.UUID, undone: Undone) -> None:
    """Say what undoing came to, where what was begun with a row was taken back."""
    await tx.execute(update(ImportRow).where(ImportRow.id == row_id).values(undone=undone.value))


async def over(tx: WriteSession, *, before: datetime) -> uuid.UUID | None:
    """An import of which the cells are to be forgotten, held until this unit of work ends."""
    ended = [State.DONE.value, State.UNDONE.value]
    given_up = [State.DROPPED.value, State.REFUSED.value]
    left = [State.MAPPING.value, State.CHECKED.value]
    query = (
        select(ClientImport.id)
        .where(
            ClientImport.forgotten_at.is_(None),
            or_(
                ClientImport.state.in_(ended) & (ClientImport.finished_at < before),
                ClientImport.state.in_(left) & (ClientImport.begun_at < before),
                ClientImport.state.in_(given_up),
            ),
        )
        .order_by(ClientImport.begun_at)
        .limit(1)
    )
    return await tx.scalar(query.with_for_update(skip_locked=True))


async def forget_cells(tx: WriteSession, import_id: uuid.UUID) -> int:
    """Forget what the file said in some rows; how many."""
    some = (
        select(ImportRow.id)
        .where(ImportRow.import_id == import_id, ImportRow.cells_sealed.is_not(None))
        .limit(FORGOTTEN_AT_ONCE)
    )
    query = update(ImportRow).where(ImportRow.id.in_(some))
    done = await tx.execute(
        query.values(cells_sealed=None, before_sealed=None).returning(ImportRow.id)
    )
    return len(done.all())


async def fates(tx: ReadSession, import_id: uuid.UUID) -> Sequence[ImportRow]:
    """Every row with its fate, in the order of the file."""
    query = select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.number)
    return (await tx.scalars(query.options(load_only(*_REPORTED)))).all()


_REPORTED = (
    ImportRow.number,
    ImportRow.check_fate,
    ImportRow.check_why,
    ImportRow.fate,
    ImportRow.why,
    ImportRow.undone,
    ImportRow.client_id,
    ImportRow.referral_id,
    ImportRow.cells_sealed,
)
