"""The tray for programs: papers listed, read, added from uploads, arranged, matched, filed, set aside.

The bytes come in by the uploads' own API (tus).
"""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.tray import arranging, repository, service
from lmhg_gateway.features.tray.filing import add_person, check_may
from lmhg_gateway.features.tray.forms import (
    AboutForm,
    AsideForm,
    ChooseForm,
    FileForm,
    JoinForm,
    MoveForm,
    NewPapers,
    PageForm,
    PersonForm,
    ReferForm,
    SplitForm,
)
from lmhg_gateway.features.tray.matching import Candidate, candidates
from lmhg_gateway.features.tray.models import Paper
from lmhg_gateway.features.tray.pictures import as_it_came, picture
from lmhg_gateway.features.tray.service import DOCUMENTS_WRITE, REFERRALS_WRITE
from lmhg_gateway.features.tray.taking import pages_as_upload
from lmhg_gateway.features.uploads.public import ended_unless_done, spool_of
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.forms import Form
from lmhg_kit.http.work import writing
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
LIST = "/api/v1/tray"
ONE = f"{LIST}/papers/{{paper_id:uuid}}"
READ, WRITE, TAG = "tray.read", "tray.write", "tray"
LISTED_MAX = 100


class PaperPageOut(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a paper, in its place, turned clockwise by so many degrees."""

    id: uuid.UUID
    file_id: uuid.UUID
    number: int
    turn: int


class PaperFileOut(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it came; `sha256` and `size` are of its own bytes."""

    id: uuid.UUID
    source: str
    state: str
    refused_why: str | None
    sha256: str | None
    size: int | None
    pages: int | None
    received_at: datetime
    sent_by: str | None
    subject: str | None


class PaperOut(msgspec.Struct, frozen=True, kw_only=True):
    """One paper of the tray, without its pages."""

    id: uuid.UUID
    title: str
    state: str
    source: str
    came_at: datetime
    pages: int
    owner_id: uuid.UUID | None
    about_name: str
    about_born: date | None
    client_id: uuid.UUID | None
    document_id: uuid.UUID | None
    referral_id: uuid.UUID | None
    set_aside_why: str | None
    sender_told_at: datetime | None


class PaperWholeOut(msgspec.Struct, frozen=True, kw_only=True):
    """One paper with its pages in their order, and the files that these came in."""

    paper: PaperOut
    pages: list[PaperPageOut]
    files: list[PaperFileOut]


class PapersOut(msgspec.Struct, frozen=True, kw_only=True):
    """Papers that wait, the longest first: at most a hundred, and how many there are."""

    papers: list[PaperOut]
    total: int


class PaperStepOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a step with pages was, to take it back; none where nothing changed."""

    step_id: uuid.UUID | None


class CandidatesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who on record a paper may be about, the surest first, with the reason in words."""

    candidates: list[Candidate]


class DismissedOut(msgspec.Struct, frozen=True, kw_only=True):
    """That a file is off the list."""

    dismissed: bool


class OwnerIn(msgspec.Struct, frozen=True, kw_only=True):
    """The colleague who sees to a paper; none for no one."""

    owner_id: uuid.UUID | None


def _out(paper: Paper) -> PaperOut:
    return PaperOut(
        id=paper.id,
        title=paper.title or "",
        state=paper.state,
        source=paper.source,
        came_at=paper.came_at,
        pages=paper.page_count,
        owner_id=paper.owner_id,
        about_name=paper.about_name or "",
        about_born=service.born_of(paper),
        client_id=paper.client_id,
        document_id=paper.document_id,
        referral_id=paper.referral_id,
        set_aside_why=paper.aside_why,
        sender_told_at=paper.told_at,
    )


async def _read(tx: ReadSession, paper_id: uuid.UUID) -> PaperOut:
    return _out(await service.view(tx, paper_id))


@answers(LIST, READ, purpose="tray.list", tag=TAG)
async def list_papers(tx: ReadSession, _ask: Ask[Any]) -> PapersOut:
    """Papers in the tray."""
    found, total = await repository.listed(tx, which=repository.OPEN, first=0, size=LISTED_MAX)
    return PapersOut(papers=[_out(each) for each in found], total=total)


@answers(ONE, READ, purpose="tray.view", tag=TAG)
async def read_paper(
    tx: ReadSession, _ask: Ask[Any], paper_id: FromPath[uuid.UUID]
) -> PaperWholeOut:
    """One paper."""
    paper = await service.view(tx, paper_id)
    pages = await repository.pages_of(tx, [paper_id])
    ids = {each.file_id for each in pages}
    files = await (repository.files_with(tx, ids) if ids else repository.files_of(tx, [paper_id]))
    return PaperWholeOut(
        paper=_out(paper),
        pages=[
            PaperPageOut(id=each.id, file_id=each.file_id, number=each.number, turn=each.turn)
            for each in pages
        ],
        files=[
            PaperFileOut(
                id=each.id,
                source=each.source,
                state=each.state,
                refused_why=each.refused_why,
                sha256=each.digest,
                size=each.size,
                pages=each.page_count,
                received_at=each.received_at,
                sent_by=each.sender,
                subject=each.subject,
            )
            for each in files
        ],
    )


@does(LIST + "/papers", WRITE, purpose="tray.add", tag=TAG, status=201)
async def add_papers(tx: WriteSession, ask: Ask[Any], data: JSONBody[NewPapers]) -> PapersOut:
    """Make papers of uploads that are whole: one each, or one of all. The same uploads again give the same papers."""
    made = await service.add(tx, spool_of(ask.request), data, by=ask.by, at=ask.at)
    return PapersOut(papers=[_out(each) for each in made], total=len(made))


@does(ONE + "/turn", WRITE, purpose="tray.turn", tag=TAG)
async def turn_page(
    tx: WriteSession, ask: Ask[Any], paper_id: FromPath[uuid.UUID], data: JSONBody[PageForm]
) -> PaperStepOut:
    """Turn a page a quarter, clockwise."""
    step = await arranging.turn(tx, paper_id, data.page, by=ask.by, at=ask.at)
    return PaperStepOut(step_id=step.id if step else None)


@does(ONE + "/move", WRITE, purpose="tray.move", tag=TAG)
async def move_page(
    tx: WriteSession, ask: Ask[Any], paper_id: FromPath[uuid.UUID], data: JSONBody[MoveForm]
) -> PaperStepOut:
    """Move a page earlier or later in its paper."""
    step = await arranging.move(tx, paper_id, data.page, places=data.by, by=ask.by, at=ask.at)
    return PaperStepOut(step_id=step.id if step else None)


@does(ONE + "/split", WRITE, purpose="tray.split", tag=TAG)
async def split_paper(
    tx: WriteSession, ask: Ask[Any], paper_id: FromPath[uuid.UUID], data: JSONBody[SplitForm]
) -> PaperStepOut:
    """Make several papers of one: each of these pages begins another."""
    step = await arranging.split(tx, paper_id, data.starts, by=ask.by, practice=ask.practice)
    return PaperStepOut(step_id=step.id)


@does(ONE + "/join", WRITE, purpose="tray.join", tag=TAG)
async def join_papers(
    tx: WriteSession, ask: Ask[Any], paper_id: FromPath[uuid.UUID], data: JSONBody[JoinForm]
) -> PaperStepOut:
    """Put the pages of other papers behind those of this one."""
    step = await arranging.join(tx, paper_id, data.papers, by=ask.by, at=ask.at)
    return PaperStepOut(step_id=step.id)


@does(ONE + "/steps/{step_id:uuid}/undo", WRITE, purpose="tray.undo", tag=TAG)
async def undo_step(
    tx: WriteSession,
    ask: Ask[Any],
    paper_id: FromPath[uuid.UUID],
    step_id: FromPath[uuid.UUID],
) -> PaperOut:
    """Take a step with pages back."""
    await arranging.undo(tx, paper_id, step_id, by=ask.by, at=ask.at)
    return await _read(tx, paper_id)


@does(ONE + "/about", WRITE, purpose="tray.match", tag=TAG)
async def match_paper(
    tx: WriteSession, _ask: Ask[Any], paper_id: FromPath[uuid.UUID], data: JSONBody[AboutForm]
) -> CandidatesOut:
    """Say who a paper is about; who on record that may be."""
    await service.say_about(tx, paper_id, data)
    found = await candidates(tx, data.about_name, data.about_born)
    return CandidatesOut(candidates=found)


@does(ONE + "/client", WRITE, purpose="tray.choose", tag=TAG)
async def choose_client(
    tx: WriteSession, _ask: Ask[Any], paper_id: FromPath[uuid.UUID], data: JSONBody[ChooseForm]
) -> PaperOut:
    """Say which client a paper is about."""
    await service.choose_client(tx, paper_id, data.client_id)
    return await _read(tx, paper_id)


@does(ONE + "/client/{client_id:uuid}", WRITE, purpose="tray.choose", tag=TAG, method="DELETE")
async def clear_client(
    tx: WriteSession,
    _ask: Ask[Any],
    paper_id: FromPath[uuid.UUID],
    client_id: FromPath[uuid.UUID],
) -> PaperOut:
    """Say that it is not about this client."""
    await service.clear_client(tx, paper_id, client_id)
    return await _read(tx, paper_id)


@does(ONE + "/person", WRITE, purpose="client.create", tag=TAG, status=201)
async def new_person(
    tx: WriteSession, ask: Ask[Any], paper_id: FromPath[uuid.UUID], data: JSONBody[PersonForm]
) -> PaperOut:
    """Add who the paper is about as a client; one who may be on record has to be named in `shown`."""
    await add_person(tx, ask, data, paper_id)
    return await _read(tx, paper_id)


@post(ONE + "/filing", opt=needs(WRITE), tags=[TAG], status_code=200)
async def file_paper(
    request: AnyRequest, paper_id: FromPath[uuid.UUID], data: JSONBody[FileForm]
) -> PaperOut:
    """Keep a paper as a document of its client, or of one of their referrals."""
    ask = Ask(request, Form[Any]())
    check_may(ask, DOCUMENTS_WRITE)
    made = await pages_as_upload(request, paper_id)
    async with ended_unless_done(request, made.upload_id), writing(request, "tray.file") as tx:
        spool = spool_of(request)
        paper = await service.file(
            tx, spool, paper_id, data, made, by=ask.by, practice=ask.practice
        )
        return _out(paper)


@post(ONE + "/refer", opt=needs(WRITE), tags=[TAG], status_code=200)
async def refer_paper(
    request: AnyRequest, paper_id: FromPath[uuid.UUID], data: JSONBody[ReferForm]
) -> PaperOut:
    """Start a referral of a paper's client with the paper as its letter."""
    ask = Ask(request, Form[Any]())
    check_may(ask, DOCUMENTS_WRITE)
    check_may(ask, REFERRALS_WRITE)
    made = await pages_as_upload(request, paper_id)
    async with (
        ended_unless_done(request, made.upload_id),
        writing(request, "referral.record") as tx,
    ):
        spool = spool_of(request)
        paper = await service.refer(
            tx, spool, paper_id, data, made, by=ask.by, practice=ask.practice
        )
        return _out(paper)


@does(ONE + "/return", WRITE, purpose="tray.return", tag=TAG)
async def return_paper(tx: WriteSession, ask: Ask[Any], paper_id: FromPath[uuid.UUID]) -> PaperOut:
    """Have a paper in the tray again: for a week after it was filed or set aside."""
    await service.put_back(tx, paper_id, may=ask.may, by=ask.by, practice=ask.practice)
    return await _read(tx, paper_id)


@does(ONE + "/set-aside", WRITE, purpose="tray.set_aside", tag=TAG)
async def set_aside(
    tx: WriteSession, ask: Ask[Any], paper_id: FromPath[uuid.UUID], data: JSONBody[AsideForm]
) -> PaperOut:
    """Say that a paper is not ours, and why."""
    await service.set_aside(tx, paper_id, data, by=ask.by, at=ask.at)
    return await _read(tx, paper_id)


@does(ONE + "/dismiss", WRITE, purpose="tray.dismiss", tag=TAG)
async def dismiss_paper(
    tx: WriteSession, _ask: Ask[Any], paper_id: FromPath[uuid.UUID]
) -> DismissedOut:
    """Take a file that could not be taken off the list."""
    await service.dismiss(tx, paper_id)
    return DismissedOut(dismissed=True)


@does(ONE + "/told", WRITE, purpose="tray.tell", tag=TAG)
async def tell_sender(tx: WriteSession, ask: Ask[Any], paper_id: FromPath[uuid.UUID]) -> PaperOut:
    """Note that the sender of a paper knows that it came to the wrong place."""
    await service.mark_told(tx, paper_id, by=ask.by, at=ask.at)
    return await _read(tx, paper_id)


@does(ONE + "/owner", WRITE, purpose="tray.take", tag=TAG, method="PUT")
async def set_owner(
    tx: WriteSession, _ask: Ask[Any], paper_id: FromPath[uuid.UUID], data: JSONBody[OwnerIn]
) -> PaperOut:
    """Say who sees to a paper, or that no one does."""
    await service.take(tx, paper_id, data.owner_id)
    return await _read(tx, paper_id)


@get(LIST + "/pages/{page_id:uuid}/picture", opt=needs(READ), include_in_schema=False)
async def read_picture(request: AnyRequest, page_id: FromPath[uuid.UUID]) -> Response[bytes]:
    """The picture of one page, as a JPEG."""
    return await picture(request, page_id)


@get(LIST + "/files/{file_id:uuid}/original", opt=needs(READ), include_in_schema=False)
async def read_original(request: AnyRequest, file_id: FromPath[uuid.UUID]) -> Response[bytes]:
    """One file as it came."""
    return await as_it_came(request, file_id)


HANDLERS = (
    list_papers,
    read_paper,
    add_papers,
    turn_page,
    move_page,
    split_paper,
    join_papers,
    undo_step,
    match_paper,
    choose_client,
    clear_client,
    new_person,
    file_paper,
    refer_paper,
    return_paper,
    set_aside,
    dismiss_paper,
    tell_sender,
    set_owner,
    read_picture,
    read_original,
)
