"""Pages of the library: add, look at the file, ask, approve, take back, follow."""

import uuid
from datetime import datetime, time
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_gateway.features.documents.public import ACCEPT, take_file
from lmhg_gateway.features.exemptions.public import crossing, decline, states
from lmhg_gateway.features.library import repository, service, views
from lmhg_gateway.features.library.forms import (
    Approval,
    NewSharedDocument,
    NextVersion,
    OnPage,
    ProposalForm,
    Statement,
)
from lmhg_gateway.features.library.listed import LIBRARY
from lmhg_gateway.features.library.rules import MOST_MB, Basis
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.uploads.public import ended_when_refused, most_of, spool_of
from lmhg_kit.errors import Invalid
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page, part
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
KIND = service.KIND
ONE = "/library/{library_id:uuid}"


@get("/library", opt=needs("library.read"), include_in_schema=False)
async def library_list(request: AnyRequest) -> Response[Any]:
    """All documents, each by its newest version, with how far that is."""
    wanted = LIBRARY.wanted(request)
    async with reading(request, "library.list") as tx:
        found, total = await repository.listed(
            tx, first=wanted.first, size=wanted.size, words=wanted.q, category=wanted["category"]
        )
        ids = [each.id for each in found]
        ways = await states(tx, kind=KIND, record_ids=ids)
        rows = views.rows(found, await repository.files_of(tx, ids), ways, await staff_names(tx))
        await LIBRARY.audit(tx, wanted)
    if wanted.is_file:
        return LIBRARY.file(request, rows, total=total)
    return await page(request, "library/list.html", list=LIBRARY.made(wanted, rows, total=total))


def _file_facts(ask: Ask[Any]) -> Context:
    return {"accept": ACCEPT, "most": min(most_of(ask.request), MOST_MB * 1024 * 1024)}


@shows(
    "/library/new",
    "library.write",
    template="library/form.html",
    purpose="library.new",
    form=NewSharedDocument,
)
async def new_shared_document(_tx: ReadSession, ask: Ask[NewSharedDocument]) -> Context:
    """The form for a document of the practice."""
    return {"categories": views.category_options(), **_file_facts(ask)}


@acts(
    "/library",
    "library.write",
    purpose="library.add",
    form=NewSharedDocument,
    back=new_shared_document,
    takes=take_file,
)
async def add_shared_document(
    tx: WriteSession, ask: Ask[NewSharedDocument], data: NewSharedDocument
) -> Done:
    """Add it, for this plane alone; its file is checked and stored in the background."""
    async with ended_when_refused(ask.request, data.upload_id):
        record = await service.add(tx, spool_of(ask.request), data, by=ask.by, at=ask.at)
    return Done(f"/library/{record.id}", "library.added")


@shows(ONE, "library.read", template="library/view.html", purpose="library.view", form=OnPage)
async def library_page(tx: ReadSession, ask: Ask[OnPage], library_id: uuid.UUID) -> Context:
    """One version: its file, what the check says, its way out and back, and what may be done now."""
    record, file = await service.view(tx, library_id)
    names, way = await staff_names(tx), await crossing(tx, kind=KIND, record_id=library_id)
    every = await repository.versions(tx, record.document_id)
    ids = [each.id for each in every]
    ways = await states(tx, kind=KIND, record_ids=ids)
    files = await repository.files_of(tx, ids)
    is_deciding = ask.may("exemptions.approve")
    pages = await repository.pages_of(tx, library_id) if is_deciding else []
    approval = await repository.approval_of(tx, way.exemption_id) if way.exemption_id else None
    return {
        "row": views.row(record, file, (way.state, way.tone), names),
        "look": views.look_of(file, pages),
        "crossing": way,
        "versions": views.rows(every, files, ways, names),
        "newest_id": every[0].id,
        "approval": approval,
        **_file_facts(ask),
    }


@get(ONE + "/state", opt=needs("library.read", passive=True), include_in_schema=False)
async def library_state(request: AnyRequest, library_id: FromPath[uuid.UUID]) -> Response[Any]:
    """How far the file of a version is, for a page that waits for it."""
    async with reading(request, "library.view") as tx:
        record, file = await service.view(tx, library_id)
        found = views.row(record, file, ("Checked", "ok"), await staff_names(tx))
    return part(request, "library/state_part.html", row=found)


@acts(
    ONE + "/versions",
    "library.write",
    purpose="library.version",
    form=NextVersion,
    back=library_page,
    takes=take_file,
)
async def add_next(
    tx: WriteSession, ask: Ask[NextVersion], data: NextVersion, library_id: uuid.UUID
) -> Done:
    """Add a newer file, as a version of its own."""
    spool = spool_of(ask.request)
    async with ended_when_refused(ask.request, data.upload_id):
        record = await service.add_version(
            tx, spool, library_id, data.upload_id, by=ask.by, at=ask.at
        )
    return Done(f"/library/{record.id}", "library.version")


@acts(
    ONE + "/propose",
    "library.write",
    purpose="library.propose",
    form=ProposalForm,
    back=library_page,
)
async def propose(
    tx: WriteSession, ask: Ask[ProposalForm], data: ProposalForm, library_id: uuid.UUID
) -> Done:
    """Ask a second person to look at the file and share it."""
    until = data.expires_on
    expires_at = datetime.combine(until, time(23, 59), tzinfo=ask.practice.zone) if until else None
    await service.propose(tx, library_id, data, by=ask.by, expires_at=expires_at)
    return Done(f"/library/{library_id}", "library.proposed")


@acts(
    ONE + "/approve",
    "exemptions.approve",
    fresh=True,
    purpose="library.approve",
    form=Approval,
    back=library_page,
)
async def approve(
    tx: WriteSession, ask: Ask[Approval], data: Approval, library_id: uuid.UUID
) -> Done:
    """Share it, as the second person, where the program read all of the file."""
    basis = Basis.TEXT_CHECKED
    await service.approve(tx, library_id, data, basis=basis, by=ask.by, at=ask.at)
    return Done(f"/library/{library_id}", "library.approved")


@acts(
    ONE + "/vouch",
    "exemptions.approve",
    fresh=True,
    purpose="library.vouch",
    form=Statement,
    back=library_page,
)
async def vouch(
    tx: WriteSession, ask: Ask[Statement], data: Statement, library_id: uuid.UUID
) -> Done:
    """Share it, as the second person who says that they read every page; the ledger keeps that."""
    if not data.every_page:
        said = "Open the file and read every page, then check this box."
        raise Invalid("every_page", fields={"every_page": said})
    basis = Basis.EVERY_PAGE_READ
    await service.approve(tx, library_id, data, basis=basis, by=ask.by, at=ask.at)
    return Done(f"/library/{library_id}", "library.approved")


@acts(ONE + "/decline", "exemptions.approve", purpose="library.decline", back=library_page)
async def refuse(tx: WriteSession, ask: Ask[Any], library_id: uuid.UUID) -> Done:
    """Decline the request."""
    await decline(tx, kind=KIND, record_id=library_id, by=ask.by, at=ask.at)
    return Done(f"/library/{library_id}", "library.declined")


@acts(ONE + "/withdraw", "exemptions.withdraw", purpose="library.withdraw", back=library_page)
async def withdraw(tx: WriteSession, ask: Ask[Any], library_id: uuid.UUID) -> Done:
    """Take it back."""
    await service.withdraw(tx, library_id, by=ask.by, at=ask.at)
    return Done(f"/library/{library_id}", "library.withdrawn")


async def find_documents(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Documents by their title."""
    return [
        Hit(label=each.title, href=f"/library/{each.id}", icon="download")
        for each in await repository.titled(tx, asked.text, limit=HITS_MAX)
    ]
