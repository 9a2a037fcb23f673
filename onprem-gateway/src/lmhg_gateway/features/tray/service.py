"""Use cases of papers: they come in, someone says who they are about, and they are filed or set aside."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import PurePath
from typing import NamedTuple

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.documents.public import (
    DeleteForm,
    NewDocument,
    Why,
    add_document,
    take_document_back,
)
from lmhg_gateway.features.referrals.public import client_of, record_referral, withdraw_referral
from lmhg_gateway.features.tray import repository
from lmhg_gateway.features.tray.forms import AboutForm, AsideForm, FileForm, NewPapers, ReferForm
from lmhg_gateway.features.tray.guess import About
from lmhg_gateway.features.tray.models import Paper, PaperFile, PaperStep
from lmhg_gateway.features.tray.rules import (
    BYTES_MAX,
    LYING_ELSEWHERE,
    Act,
    Aside,
    FileState,
    Source,
    State,
    arrangement,
    check_open,
    check_return,
)
from lmhg_gateway.features.uploads.public import arrived, mark_filed, plain_name
from lmhg_kit.errors import Conflict, Forbidden, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

DOCUMENTS_WRITE, REFERRALS_WRITE = "documents.write", "referrals.write"
TOO_LONG = f"This file is too large. The limit is {BYTES_MAX // (1024 * 1024)} MB."


class Composed(NamedTuple):
    """The pages of a paper as a PDF: the upload that has it, and how they were arranged then."""

    upload_id: uuid.UUID | None
    arranged: str


async def add(
    tx: WriteSession, spool: Spool, form: NewPapers, *, by: str, at: datetime
) -> list[Paper]:
    """Make papers of uploads; the worker checks and draws them. The same uploads again give the same papers.

    Raises: Invalid, NotFound, Conflict.
    """
    ids = list(dict.fromkeys(form.upload_id))
    if not ids:
        raise Invalid("file_missing", fields={"file": "Choose a file."})
    known = [await repository.file_of_upload(tx, each) for each in ids]
    if all(known):
        papers = {each.paper_id for each in known if each}
        return [found for each in papers if (found := await repository.by_id(tx, each))]
    made: list[Paper] = []
    for ordinal, upload_id in enumerate(ids):
        upload = await arrived(tx, spool, upload_id, owner=by, at=at)
        if upload.length > BYTES_MAX:
            raise Invalid("upload_long", fields={"file": TOO_LONG})
        await mark_filed(tx, upload.id)
        name = plain_name(upload.name or "") or "Paper"
        if not made or not form.together:
            made.append(await new_paper(tx, name, source=Source.UPLOAD, by=by, at=at))
        file = PaperFile(
            paper_id=made[-1].id,
            ordinal=ordinal,
            source=Source.UPLOAD.value,
            upload_id=upload.id,
            state=FileState.CHECKING.value,
            added_by=by,
            received_at=at,
        )
        file.file_name = name
        await repository.add(tx, file)
    await repository.ring(tx)
    return made


async def new_paper(tx: WriteSession, name: str, *, source: Source, by: str, at: datetime) -> Paper:
    """A paper whose files are still to be checked."""
    paper = Paper(state=State.READING.value, came_at=at, source=source.value, page_count=0)
    paper.title = (PurePath(name).stem or name)[:200]
    await repository.add(tx, paper)
    await record_step(tx, paper.id, Act.CAME, by=by, at=at, why=source.value)
    return paper


async def record_step(
    tx: WriteSession,
    paper_id: uuid.UUID,
    act: Act,
    *,
    by: str,
    at: datetime,
    why: str | None = None,
    before: Sequence[object] | None = None,
    after: Sequence[object] | None = None,
) -> PaperStep:
    """Write a step into a paper's history."""
    step = PaperStep(
        paper_id=paper_id,
        act=act.value,
        done_by=by,
        done_at=at,
        why=why,
        before=list(before) if before is not None else None,
        after=list(after) if after is not None else None,
    )
    await repository.add(tx, step)
    return step


async def view(tx: ReadSession, paper_id: uuid.UUID) -> Paper:
    """One paper. Raises: NotFound."""
    paper = await repository.by_id(tx, paper_id)
    if paper is None or paper.state == State.GONE:
        raise NotFound("paper")
    return paper


async def held(tx: WriteSession, paper_id: uuid.UUID) -> Paper:
    """One paper, held until this unit of work ends. Raises: NotFound."""
    paper = (await repository.locked(tx, [paper_id])).get(paper_id)
    if paper is None or paper.state == State.GONE:
        raise NotFound("paper")
    return paper


async def _open(tx: WriteSession, paper_id: uuid.UUID) -> Paper:
    paper = await held(tx, paper_id)
    check_open(paper.state)
    return paper


async def say_about(tx: WriteSession, paper_id: uuid.UUID, form: AboutForm) -> None:
    """Say who a paper is about, as it says itself; who on record that may be is shown. Raises: NotFound, Conflict."""
    paper = await _open(tx, paper_id)
    paper.about_name = form.about_name or None
    paper.about_born = form.about_born.isoformat() if form.about_born else None
    paper.is_guess, paper.client_id = False, None


def say_guess(paper: Paper, found: About) -> None:
    """Say of a paper who its text announces, as a guess."""
    paper.about_name = found.name or None
    paper.about_born = found.born.isoformat() if found.born else None
    paper.is_guess = True


def born_of(paper: Paper) -> date | None:
    """The birth date that a paper says."""
    return date.fromisoformat(paper.about_born) if paper.about_born else None


async def choose_client(tx: WriteSession, paper_id: uuid.UUID, client_id: uuid.UUID) -> None:
    """Say which client a paper is about. Raises: NotFound, Conflict."""
    paper = await _open(tx, paper_id)
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    paper.client_id, paper.is_guess = client_id, False


async def clear_client(tx: WriteSession, paper_id: uuid.UUID, client_id: uuid.UUID) -> None:
    """Say that a paper is not about this client. Raises: NotFound, Conflict where it has another one by now."""
    paper = await _open(tx, paper_id)
    if paper.client_id not in {None, client_id}:
        raise Conflict("paper_changed")
    paper.client_id, paper.is_guess = None, False


async def take(tx: WriteSession, paper_id: uuid.UUID, owner_id: uuid.UUID | None) -> None:
    """Say who sees to a paper, or that no one does. Raises: NotFound, Conflict."""
    (await _open(tx, paper_id)).owner_id = owner_id


async def file(
    tx: WriteSession,
    spool: Spool,
    paper_id: uuid.UUID,
    form: FileForm,
    pages: Composed,
    *,
    by: str,
    practice: Practice,
) -> Paper:
    """Keep a paper as a document of its client, or of one of their referrals.

    `pages` are its pages as a PDF. Raises: NotFound, Invalid, Conflict where it has another client by now.
    """
    paper = await _open(tx, paper_id)
    client_id = _client_of(paper, seen=form.client_id)
    if form.referral_id and await client_of(tx, form.referral_id) != client_id:
        raise NotFound("referral")
    await _keep(tx, spool, paper, form, pages, by=by, practice=practice)
    await record_step(tx, paper.id, Act.FILED, by=by, at=practice.clock())
    return paper


async def refer(
    tx: WriteSession,
    spool: Spool,
    paper_id: uuid.UUID,
    form: ReferForm,
    pages: Composed,
    *,
    by: str,
    practice: Practice,
) -> Paper:
    """Start a referral of the paper's client, with the paper as its letter.

    Raises: NotFound, Invalid, Conflict where it has another client by now.
    """
    paper = await _open(tx, paper_id)
    client_id = _client_of(paper, seen=form.client_id)
    referral = await record_referral(tx, form, client_id=client_id, by=by, practice=practice)
    kept = FileForm(
        client_id=client_id, name=form.name, label="referral_letter", referral_id=referral.id
    )
    await _keep(tx, spool, paper, kept, pages, by=by, practice=practice)
    paper.began_referral = True
    await record_step(tx, paper.id, Act.REFERRED, by=by, at=practice.clock())
    return paper


def _client_of(paper: Paper, *, seen: uuid.UUID) -> uuid.UUID:
    if paper.client_id is None:
        raise Conflict("paper_unmatched")
    if paper.client_id != seen:
        raise Conflict("paper_changed")
    return seen


async def _keep(
    tx: WriteSession,
    spool: Spool,
    paper: Paper,
    form: FileForm,
    pages: Composed,
    *,
    by: str,
    practice: Practice,
) -> None:
    at = practice.clock()
    if arrangement(await repository.spots_of(tx, [paper.id])) != pages.arranged:
        raise Conflict("paper_changed")
    made = await add_document(
        tx,
        spool,
        NewDocument(
            name=form.name,
            label=form.label,
            referral_id=form.referral_id,
            upload_id=pages.upload_id,
        ),
        client_id=form.client_id,
        by=by,
        at=at,
        today=practice.today(),
    )
    paper.state, paper.document_id, paper.referral_id = State.FILED.value, made.id, form.referral_id
    paper.closed_at, paper.closed_by = at, by


async def set_aside(
    tx: WriteSession, paper_id: uuid.UUID, form: AsideForm, *, by: str, at: datetime
) -> None:
    """Say that a paper is not ours; it can come back for a week, and its file is kept. Raises: NotFound, Conflict."""
    paper = await _open(tx, paper_id)
    paper.state, paper.aside_why = State.ASIDE.value, form.why.value
    paper.closed_at, paper.closed_by = at, by
    await record_step(tx, paper.id, Act.ASIDE, by=by, at=at, why=form.why.value)


async def dismiss(tx: WriteSession, paper_id: uuid.UUID) -> None:
    """Take a file that could not be taken off the list; one in the watched folder is there until it is moved.

    Raises: NotFound, Conflict.
    """
    paper = await held(tx, paper_id)
    if paper.state != State.REFUSED or paper.source in LYING_ELSEWHERE:
        raise Conflict("paper_closed")
    paper.state = State.GONE.value


async def put_back(
    tx: WriteSession,
    paper_id: uuid.UUID,
    *,
    may: Callable[[str], bool],
    by: str,
    practice: Practice,
) -> None:
    """Have a paper in the tray again: its document is deleted, a referral that it began is closed.

    It takes what filing it took: `may` says whether who asks has a permission.
    Raises: NotFound, Forbidden, Conflict where it is too late, or where someone went on with what it became.
    """
    paper, at = await held(tx, paper_id), practice.clock()
    if (paper.document_id and not may(DOCUMENTS_WRITE)) or (
        paper.began_referral and not may(REFERRALS_WRITE)
    ):
        raise Forbidden
    check_return(paper.state, paper.closed_at, at=at)
    if paper.document_id is not None:
        await take_document_back(
            tx,
            paper.document_id,
            DeleteForm(why=Why.WRONG_CLIENT),
            by=by,
            at=at,
            today=practice.today(),
        )
    if paper.referral_id is not None and paper.began_referral:
        await withdraw_referral(tx, paper.referral_id, by=by, practice=practice)
    paper.state, paper.aside_why = State.OPEN.value, None
    paper.document_id = paper.referral_id = None
    paper.began_referral = False
    paper.closed_at = paper.closed_by = paper.told_at = paper.told_by = None
    await record_step(tx, paper.id, Act.RETURNED, by=by, at=at)


async def mark_told(tx: WriteSession, paper_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Note that the sender of a paper knows that it came to the wrong place. Raises: NotFound, Conflict."""
    paper = await held(tx, paper_id)
    if paper.state != State.ASIDE or paper.aside_why != Aside.WRONG_NUMBER or paper.told_at:
        raise Conflict("paper_told")
    paper.told_at, paper.told_by = at, by
    await record_step(tx, paper.id, Act.TOLD, by=by, at=at)
