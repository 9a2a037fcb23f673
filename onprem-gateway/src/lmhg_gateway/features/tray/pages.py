"""Pages of the tray: the list, adding papers, one paper with its pages, and what is done with them."""

import uuid
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.tray import arranging, repository, service, views
from lmhg_gateway.features.tray.forms import (
    AsideForm,
    JoinForm,
    MoveForm,
    NewPapers,
    PageForm,
    SplitForm,
)
from lmhg_gateway.features.tray.listed import PATH, TRAY
from lmhg_gateway.features.tray.mail_state import trouble
from lmhg_gateway.features.tray.matching import candidates
from lmhg_gateway.features.tray.models import PaperStep
from lmhg_gateway.features.tray.rules import BYTES_MAX
from lmhg_gateway.features.tray.taking import take_files
from lmhg_gateway.features.uploads.public import spool_of
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page, part
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
ONE = f"{PATH}/{{paper_id:uuid}}"
READ, WRITE = "tray.read", "tray.write"
ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.heif,.tif,.tiff,image/*,application/pdf"


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a paper's page has fields for, in all its forms together."""

    about_name: str = ""
    about_born: str = ""
    legal_name: str = ""
    birth_date: str = ""
    phone: str = ""
    starts: str = ""
    why: str = ""


@get(PATH, opt=needs(READ), include_in_schema=False)
async def tray_list(request: AnyRequest) -> Response[Any]:
    """Papers in the tray, those that wait longest first; or senders to tell, filed ones, those set aside."""
    wanted = TRAY.wanted(request)
    async with reading(request, "tray.list") as tx:
        found, total = await repository.listed(
            tx, which=wanted["which"], first=wanted.first, size=wanted.size
        )
        staff, names, files = await tx.together(
            staff_names(tx),
            names_of(tx, [each.client_id for each in found if each.client_id]),
            repository.files_of(tx, [each.id for each in found if each.state == "refused"]),
        )
        rows = views.rows(found, files, names, staff)
        practice = PRACTICE.of(request)
        said = await trouble(tx, practice.clock(), zone=practice.timezone)
        await TRAY.audit(tx, wanted)
    if wanted.is_file:
        return TRAY.file(request, rows, total=total)
    made = TRAY.made(wanted, rows, total=total)
    return await page(request, "tray/list.html", list=made, which=wanted["which"], trouble=said)


@shows(f"{PATH}/new", WRITE, template="tray/form.html", purpose="tray.new", form=NewPapers)
async def new_papers(_tx: ReadSession, _ask: Ask[NewPapers]) -> Context:
    """The form for files."""
    return {"accept": ACCEPT, "most": BYTES_MAX}


@acts(PATH, WRITE, purpose="tray.add", form=NewPapers, back=new_papers, takes=take_files)
async def add_papers(tx: WriteSession, ask: Ask[NewPapers], data: NewPapers) -> Done:
    """Put files into the tray; they are checked and drawn in the background."""
    made = await service.add(tx, spool_of(ask.request), data, by=ask.by, at=ask.at)
    return Done(f"{PATH}/{made[0].id}" if len(made) == 1 else PATH, "tray.added")


@shows(ONE, READ, template="tray/paper.html", purpose="tray.view", form=OnPage)
async def paper_page(tx: ReadSession, ask: Ask[OnPage], paper_id: uuid.UUID) -> Context:
    """One paper: its pages, who it may be about, where it came from, and what can be done."""
    paper = await service.view(tx, paper_id)
    pages, came, steps, staff = await tx.together(
        repository.pages_of(tx, [paper_id]),
        repository.files_of(tx, [paper_id]),
        repository.steps(tx, paper_id),
        staff_names(tx),
    )
    card = views.card(paper)
    files = await repository.files_with(tx, {each.file_id for each in pages}) if pages else came
    is_matching = card.is_open and card.client_id is None and ask.may(WRITE)
    known = await names_of(tx, [paper.client_id]) if paper.client_id else {}
    fields = ask.form.values
    if not ask.form.errors:
        fields["about_name"] = fields["legal_name"] = card.about_name
        fields["about_born"] = fields["birth_date"] = (
            card.about_born.isoformat() if card.about_born else ""
        )
    return {
        "card": card,
        "client": known.get(paper.client_id, "") if paper.client_id else "",
        "pages": views.page_rows(pages),
        "files": views.file_rows(files, staff),
        "steps": views.history(steps, staff),
        "undo": views.undoable(steps) if card.is_open else None,
        "alike": await candidates(tx, card.about_name, card.about_born) if is_matching else [],
        "owner": staff.get(str(card.owner_id), "") if card.owner_id else "",
        "is_mine": card.owner_id is not None and str(card.owner_id) == ask.by,
        "reasons": views.aside_options(),
        "today": ask.practice.today(),
    }


@get(ONE + "/state", opt=needs(READ, passive=True), include_in_schema=False)
async def state_part(request: AnyRequest, paper_id: FromPath[uuid.UUID]) -> Response[Any]:
    """How far a paper is that is being checked, for a page that waits for it."""
    async with reading(request, "tray.view") as tx:
        card = views.card(await service.view(tx, paper_id))
    return part(request, "tray/state_part.html", card=card)


def _step(paper_id: uuid.UUID, step: PaperStep | None, notice: str) -> Done:
    own = f"{PATH}/{paper_id}"
    if step is None:
        return Done(own)
    return Done(own, notice, undo=f"{own}/steps/{step.id}/undo")


@acts(ONE + "/turn", WRITE, purpose="tray.turn", form=PageForm, back=paper_page)
async def turn_page(
    tx: WriteSession, ask: Ask[PageForm], data: PageForm, paper_id: uuid.UUID
) -> Done:
    """Turn a page a quarter, clockwise."""
    step = await arranging.turn(tx, paper_id, data.page, by=ask.by, at=ask.at)
    return _step(paper_id, step, "tray.turned")


@acts(ONE + "/move", WRITE, purpose="tray.move", form=MoveForm, back=paper_page)
async def move_page(
    tx: WriteSession, ask: Ask[MoveForm], data: MoveForm, paper_id: uuid.UUID
) -> Done:
    """Move a page earlier or later."""
    step = await arranging.move(tx, paper_id, data.page, places=data.by, by=ask.by, at=ask.at)
    return _step(paper_id, step, "tray.moved")


@acts(ONE + "/split", WRITE, purpose="tray.split", form=SplitForm, back=paper_page)
async def split_paper(
    tx: WriteSession, ask: Ask[SplitForm], data: SplitForm, paper_id: uuid.UUID
) -> Done:
    """Make several papers of one."""
    step = await arranging.split(tx, paper_id, data.starts, by=ask.by, practice=ask.practice)
    return _step(paper_id, step, "tray.split")


@shows(ONE + "/join", WRITE, template="tray/join.html", purpose="tray.others", form=JoinForm)
async def join_form(tx: ReadSession, ask: Ask[JoinForm], paper_id: uuid.UUID) -> Context:
    """Other papers in the tray, to be put behind this one."""
    paper = await service.view(tx, paper_id)
    others = await repository.others(tx, paper_id)
    chosen = ask.form.values.get("papers") or []
    return {
        "card": views.card(paper),
        "others": views.rows(others, [], {}, {}),
        "chosen": set(chosen),
    }


@acts(ONE + "/join", WRITE, purpose="tray.join", form=JoinForm, back=join_form)
async def join_papers(
    tx: WriteSession, ask: Ask[JoinForm], data: JoinForm, paper_id: uuid.UUID
) -> Done:
    """Make one paper of several."""
    step = await arranging.join(tx, paper_id, data.papers, by=ask.by, at=ask.at)
    return _step(paper_id, step, "tray.joined")


@acts(ONE + "/steps/{step_id:uuid}/undo", WRITE, purpose="tray.undo")
async def undo_step(
    tx: WriteSession, ask: Ask[Any], paper_id: uuid.UUID, step_id: uuid.UUID
) -> Done:
    """Put the pages of a step back where they were."""
    await arranging.undo(tx, paper_id, step_id, by=ask.by, at=ask.at)
    return Done(f"{PATH}/{paper_id}", "tray.undone")


@acts(ONE + "/take", WRITE, purpose="tray.take")
async def take_paper(tx: WriteSession, ask: Ask[Any], paper_id: uuid.UUID) -> Done:
    """See to a paper oneself."""
    own = f"{PATH}/{paper_id}"
    await service.take(tx, paper_id, uuid.UUID(ask.by))
    return Done(own, "tray.taken", undo=f"{own}/leave")


@acts(ONE + "/leave", WRITE, purpose="tray.take")
async def leave_paper(tx: WriteSession, _ask: Ask[Any], paper_id: uuid.UUID) -> Done:
    """Leave a paper to everyone again."""
    await service.take(tx, paper_id, None)
    return Done(f"{PATH}/{paper_id}", "tray.left")


@acts(ONE + "/set-aside", WRITE, purpose="tray.set_aside", form=AsideForm, back=paper_page)
async def set_aside(
    tx: WriteSession, ask: Ask[AsideForm], data: AsideForm, paper_id: uuid.UUID
) -> Done:
    """Say that a paper is not ours, and why."""
    await service.set_aside(tx, paper_id, data, by=ask.by, at=ask.at)
    return Done(PATH, "tray.aside", undo=f"{PATH}/{paper_id}/return")


@acts(ONE + "/dismiss", WRITE, purpose="tray.dismiss")
async def dismiss_paper(tx: WriteSession, _ask: Ask[Any], paper_id: uuid.UUID) -> Done:
    """Take a file that could not be taken off the list."""
    await service.dismiss(tx, paper_id)
    return Done(PATH, "tray.dismissed")


@acts(ONE + "/return", WRITE, purpose="tray.return")
async def return_paper(tx: WriteSession, ask: Ask[Any], paper_id: uuid.UUID) -> Done:
    """Have a paper in the tray again."""
    await service.put_back(tx, paper_id, may=ask.may, by=ask.by, practice=ask.practice)
    return Done(f"{PATH}/{paper_id}", "tray.returned")


@acts(ONE + "/told", WRITE, purpose="tray.tell")
async def tell_sender(tx: WriteSession, ask: Ask[Any], paper_id: uuid.UUID) -> Done:
    """Note that the sender was told."""
    await service.mark_told(tx, paper_id, by=ask.by, at=ask.at)
    return Done(f"{PATH}?which=tell", "tray.told")
