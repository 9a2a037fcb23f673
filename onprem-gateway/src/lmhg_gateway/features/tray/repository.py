"""All SQL of the tray."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, text, true, update

from lmhg_gateway.features.documents.public import Document
from lmhg_gateway.features.tray.models import Paper, PaperFile, PaperPage, PaperStep, TrayMailbox
from lmhg_gateway.features.tray.rules import PENDING, Aside, FileState, Source, Spot, State
from lmhg_kit.persistence import ReadSession, WriteSession

BELL = "paper_file"
"""Rung when there is a file to check."""
STEPS_MAX = 100
CHECKED_AT_ONCE = 20
JOINED_MAX = 30
"""Other papers that are offered to be joined."""
OPEN, FILED, ASIDE, TELL = "open", "filed", "aside", "tell"
_TO_TELL = and_(
    Paper.state == State.ASIDE, Paper.aside_why == Aside.WRONG_NUMBER, Paper.told_at.is_(None)
)
WHICH: Mapping[str, ColumnElement[bool]] = {
    OPEN: Paper.state.in_((State.OPEN, State.READING, State.REFUSED)),
    TELL: _TO_TELL,
    FILED: Paper.state == State.FILED,
    ASIDE: Paper.state == State.ASIDE,
}


async def add(
    tx: WriteSession, record: Paper | PaperFile | PaperPage | PaperStep | TrayMailbox
) -> None:
    """Keep a record; all of them stay on-prem."""
    tx.add(record)
    await tx.flush()


async def ring(tx: WriteSession) -> None:
    """Tell the worker that there is a file to check, once this is committed."""
    await tx.execute(text("select pg_notify(:bell, '')"), {"bell": BELL})


async def by_id(tx: ReadSession, paper_id: uuid.UUID) -> Paper | None:
    """One paper."""
    return await tx.scalar(select(Paper).where(Paper.id == paper_id))


async def locked(tx: WriteSession, paper_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Paper]:
    """These papers, held until this unit of work ends."""
    query = select(Paper).where(Paper.id.in_(paper_ids)).order_by(Paper.id).with_for_update()
    found = await tx.scalars(query, execution_options={"populate_existing": True})
    return {each.id: each for each in found}


async def listed(
    tx: ReadSession, *, which: str, first: int, size: int
) -> tuple[Sequence[Paper], int]:
    """Papers, those that wait longest first, and how many there are; of closed ones the newest first."""
    wanted = WHICH[which]
    order: Any = Paper.came_at if which in {OPEN, TELL} else Paper.closed_at.desc()
    query = select(Paper).where(wanted).order_by(order, Paper.id).offset(first).limit(size)
    found, total = await tx.together(
        _papers(tx, query), _count(tx, select(func.count()).select_from(Paper).where(wanted))
    )
    return found, total


async def _papers(tx: ReadSession, query: Select[Paper]) -> Sequence[Paper]:
    return (await tx.scalars(query)).all()


async def _count(tx: ReadSession, query: Select[int]) -> int:
    return await tx.scalar(query) or 0


async def waiting(tx: ReadSession) -> tuple[int, datetime | None]:
    """How many papers the tray lists, and since when the oldest one waits."""
    query = select(func.count(), func.min(Paper.came_at)).where(WHICH[OPEN])
    row = (await tx.execute(query)).one()
    return row[0], row[1]


async def others(tx: ReadSession, paper_id: uuid.UUID) -> Sequence[Paper]:
    """Other papers in the tray, the newest first."""
    query = select(Paper).where(Paper.state == State.OPEN, Paper.id != paper_id)
    return await _papers(tx, query.order_by(Paper.came_at.desc(), Paper.id).limit(JOINED_MAX))


async def pages_of(tx: ReadSession, paper_ids: Collection[uuid.UUID]) -> Sequence[PaperPage]:
    """The pages of these papers, in their order."""
    query = select(PaperPage).where(PaperPage.paper_id.in_(paper_ids))
    return (await tx.scalars(query.order_by(PaperPage.paper_id, PaperPage.place))).all()


async def spots_of(tx: WriteSession, paper_ids: Collection[uuid.UUID]) -> list[Spot]:
    """Where the pages of these papers are, in their order."""
    columns = (PaperPage.id, PaperPage.paper_id, PaperPage.place, PaperPage.turn)
    query = select(*columns).where(PaperPage.paper_id.in_(paper_ids))
    query = query.order_by(PaperPage.paper_id, PaperPage.place)
    return [Spot(*row) for row in (await tx.execute(query)).all()]


async def put_spots(tx: WriteSession, spots: Sequence[Spot]) -> None:
    """Have these pages be there."""
    for each in spots:
        values = {"paper_id": each.paper_id, "place": each.place, "turn": each.turn}
        await tx.execute(update(PaperPage).where(PaperPage.id == each.page_id).values(values))


_THERE = exists().where(
    Paper.id == PaperPage.paper_id,
    ~exists().where(Document.id == Paper.document_id, Document.removed_at.is_not(None)),
)
"""Whether a page's paper is not one whose document was removed for good."""


async def page(tx: ReadSession, page_id: uuid.UUID) -> tuple[PaperPage, PaperFile] | None:
    """One page with the file that it came in, unless what it was filed as was removed for good."""
    query = (
        select(PaperPage, PaperFile)
        .join(PaperFile, PaperFile.id == PaperPage.file_id)
        .where(PaperPage.id == page_id, _THERE)
    )
    row = (await tx.execute(query)).first()
    return (row[0], row[1]) if row else None


async def file_by_id(tx: ReadSession, file_id: uuid.UUID) -> PaperFile | None:
    """One file, unless all that its pages were filed as was removed for good."""
    is_there = exists(select(PaperPage.id).where(PaperPage.file_id == PaperFile.id, _THERE))
    return await tx.scalar(select(PaperFile).where(PaperFile.id == file_id, is_there))


async def files_with(tx: ReadSession, file_ids: Collection[uuid.UUID]) -> Sequence[PaperFile]:
    """These files."""
    query = select(PaperFile).where(PaperFile.id.in_(file_ids))
    return (await tx.scalars(query.order_by(PaperFile.received_at, PaperFile.ordinal))).all()


async def files_of(tx: ReadSession, paper_ids: Collection[uuid.UUID]) -> Sequence[PaperFile]:
    """The files that these papers came as."""
    query = select(PaperFile).where(PaperFile.paper_id.in_(paper_ids))
    return (await tx.scalars(query.order_by(PaperFile.paper_id, PaperFile.ordinal))).all()


async def file_of_upload(tx: ReadSession, upload_id: uuid.UUID) -> PaperFile | None:
    """The file that was made of an upload."""
    return await tx.scalar(select(PaperFile).where(PaperFile.upload_id == upload_id))


async def to_check(tx: ReadSession, *, with_folder: bool) -> Sequence[PaperFile]:
    """Files that are not checked, a few: those that were tried and could not be read then come last.

    Those of the watched folder only while it is there, and of two that were tried the one that someone added.
    """
    query = select(PaperFile).where(PaperFile.state.in_(list(PENDING)))
    if not with_folder:
        query = query.where(PaperFile.folder_mark.is_(None))
    order = query.order_by(
        PaperFile.state == FileState.WAITING,
        PaperFile.folder_mark.is_not(None),
        PaperFile.received_at,
        PaperFile.ordinal,
        PaperFile.id,
    )
    return (await tx.scalars(order.limit(CHECKED_AT_ONCE))).all()


async def locked_file(tx: WriteSession, file_id: uuid.UUID) -> PaperFile | None:
    """One file, held until this unit of work ends."""
    query = select(PaperFile).where(PaperFile.id == file_id).with_for_update()
    return await tx.scalar(query, execution_options={"populate_existing": True})


async def pending_in(tx: WriteSession, paper_id: uuid.UUID) -> int:
    """How many files of a paper are not checked yet."""
    query = select(func.count()).select_from(PaperFile)
    query = query.where(PaperFile.paper_id == paper_id, PaperFile.state.in_(list(PENDING)))
    return await tx.scalar(query) or 0


async def with_marks(tx: ReadSession, marks: Collection[str]) -> dict[str, PaperFile]:
    """The files of the watched folder that are known, by their marks."""
    query = select(PaperFile).where(PaperFile.folder_mark.in_(marks))
    return {each.folder_mark or "": each for each in await tx.scalars(query)} if marks else {}


async def refused_in_folder(tx: ReadSession) -> Sequence[PaperFile]:
    """Files that could not be taken and may still be in the watched folder."""
    query = select(PaperFile).where(
        PaperFile.source == Source.FOLDER, PaperFile.state == FileState.REFUSED
    )
    return (await tx.scalars(query)).all()


async def stopped(tx: ReadSession) -> tuple[int, TrayMailbox | None]:
    """How many files could not be taken and may still be in the watched folder, and how the mailbox is: one trip."""
    stuck = select(func.count(PaperFile.id).label("stuck")).where(
        PaperFile.source == Source.FOLDER, PaperFile.state == FileState.REFUSED
    )
    counted = stuck.subquery()
    query = select(counted.c.stuck, TrayMailbox).select_from(counted.outerjoin(TrayMailbox, true()))
    row = (await tx.execute(query)).one()
    return row[0], row[1]


async def with_mail_marks(tx: ReadSession, marks: Collection[str]) -> dict[str, str]:
    """The attachments of emails that are known: what became of each, by its mark."""
    query = select(PaperFile.mail_mark, PaperFile.state).where(PaperFile.mail_mark.in_(marks))
    return {mark or "": state for mark, state in await tx.execute(query)} if marks else {}


async def mailbox(tx: ReadSession) -> TrayMailbox | None:
    """How the mailbox is, if there ever was one."""
    return await tx.scalar(select(TrayMailbox))


async def locked_mailbox(tx: WriteSession) -> TrayMailbox | None:
    """The same, held until this unit of work ends."""
    query = select(TrayMailbox).with_for_update()
    return await tx.scalar(query, execution_options={"populate_existing": True})


async def steps(tx: ReadSession, paper_id: uuid.UUID) -> Sequence[PaperStep]:
    """What was done with a paper, newest first."""
    query = select(PaperStep).where(PaperStep.paper_id == paper_id)
    order = query.order_by(PaperStep.done_at.desc(), PaperStep.id)
    return (await tx.scalars(order.limit(STEPS_MAX))).all()


async def step_by_id(tx: WriteSession, step_id: uuid.UUID) -> PaperStep | None:
    """One step, held until this unit of work ends."""
    query = select(PaperStep).where(PaperStep.id == step_id).with_for_update()
    return await tx.scalar(query, execution_options={"populate_existing": True})


async def of_document(tx: ReadSession, document_id: uuid.UUID) -> Paper | None:
    """The paper that a document was."""
    return await tx.scalar(select(Paper).where(Paper.document_id == document_id).limit(1))


async def gone_pages(tx: ReadSession, *, after: uuid.UUID, limit: int) -> Sequence[uuid.UUID]:
    """The next pages that say something though what they were filed as was removed for good."""
    query = select(PaperPage.id).where(
        PaperPage.text_sealed.is_not(None),
        ~_THERE,
        func.relay_release.paper_is_gone(PaperPage.paper_id),
        PaperPage.id > after,
    )
    return (await tx.scalars(query.order_by(PaperPage.id).limit(limit))).all()


async def gone_files(tx: ReadSession, *, after: uuid.UUID, limit: int) -> Sequence[uuid.UUID]:
    """The next files that are stored though all that their pages were filed as was removed for good."""
    is_there = exists(select(PaperPage.id).where(PaperPage.file_id == PaperFile.id, _THERE))
    query = select(PaperFile.id).where(
        PaperFile.state == FileState.STORED,
        ~is_there,
        func.relay_release.paper_file_is_gone(PaperFile.id),
        PaperFile.id > after,
    )
    return (await tx.scalars(query.order_by(PaperFile.id).limit(limit))).all()


async def left_in_store(tx: ReadSession, *, after: uuid.UUID, limit: int) -> Sequence[uuid.UUID]:
    """The next removed files whose objects may still be in the store."""
    query = select(PaperFile.id).where(
        PaperFile.state == FileState.REMOVED, PaperFile.is_gone.is_(False), PaperFile.id > after
    )
    return (await tx.scalars(query.order_by(PaperFile.id).limit(limit))).all()


async def forget_page(tx: WriteSession, page_id: uuid.UUID) -> None:
    """Have a page say nothing."""
    await tx.execute(update(PaperPage).where(PaperPage.id == page_id).values(text_sealed=None))
