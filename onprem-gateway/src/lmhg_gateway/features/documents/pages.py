"""Pages of documents: adding one, one with its versions and history, and what may be done with it."""

import uuid
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.documents import repository, service, views
from lmhg_gateway.features.documents.file_types import ACCEPT
from lmhg_gateway.features.documents.forms import (
    DeleteForm,
    DocumentFacts,
    HoldForm,
    NewDocument,
    NewVersion,
)
from lmhg_gateway.features.referrals.public import client_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.uploads.public import (
    ended_when_refused,
    most_of,
    receive,
    spool_of,
)
from lmhg_gateway.web.points import DocumentOrigin
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import Fields, read_form
from lmhg_kit.http.page import part
from lmhg_kit.http.sent_files import sent_file
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
ONE = "/documents/{document_id:uuid}"


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a document's page has fields for, in all its forms together."""

    why: str = ""
    hold_why: str = ""
    upload_id: str = ""


async def take_file(request: AnyRequest) -> Fields:
    """Keep the file of a form as an upload, and have the form name it: a second look sends it no second time."""
    await read_form(request)
    file = sent_file(request)
    if file is None:
        return {}
    upload_id = await receive(
        lambda purpose: writing(request, purpose),
        spool_of(request),
        file.pieces(),
        owner=actor_of(request).id,
        name=file.name,
        most=most_of(request),
        at=PRACTICE.of(request).clock(),
    )
    return {"upload_id": [str(upload_id)]}


@shows(
    "/clients/{client_id:uuid}/documents/new",
    "documents.write",
    template="documents/form.html",
    purpose="document.new",
    form=NewDocument,
)
async def new_document(tx: ReadSession, ask: Ask[NewDocument], client_id: uuid.UUID) -> Context:
    """The form for a document of this client, or of one of their referrals."""
    names = await names_of(tx, [client_id])
    if client_id not in names:
        raise NotFound("client")
    referral = ask.query.get("referral", "") or ask.form.values.get("referral_id", "")
    return {
        "client": names[client_id],
        "client_id": client_id,
        "referral_id": referral,
        "today": ask.practice.today(),
        "labels": views.label_options(),
        **_file_facts(ask),
    }


def _file_facts(ask: Ask[Any]) -> Context:
    return {"accept": ACCEPT, "most": most_of(ask.request)}


@acts(
    "/clients/{client_id:uuid}/documents",
    "documents.write",
    purpose="document.add",
    form=NewDocument,
    back=new_document,
    takes=take_file,
)
async def add_document(
    tx: WriteSession, ask: Ask[NewDocument], data: NewDocument, client_id: uuid.UUID
) -> Done:
    """Add the document; its file is checked and stored in the background."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    if data.referral_id and await client_of(tx, data.referral_id) != client_id:
        raise NotFound("referral")
    async with ended_when_refused(ask.request, data.upload_id):
        document = await service.add(
            tx,
            spool_of(ask.request),
            data,
            client_id=client_id,
            by=ask.by,
            at=ask.at,
            today=ask.practice.today(),
        )
    return Done(f"/documents/{document.id}", "document.added")


@shows(
    ONE, "documents.read", template="documents/document.html", purpose="document.view", form=OnPage
)
async def document_page(tx: ReadSession, ask: Ask[OnPage], document_id: uuid.UUID) -> Context:
    """One document: what it is, its versions, who did what with it, and what may be done now."""
    document, staff = await service.view(tx, document_id), await staff_names(tx)
    names = await names_of(tx, [document.client_id])
    origins = FEATURES.of(ask.request).contributions(DocumentOrigin)
    found = [await each.find(tx, document_id) for each in origins if ask.may(each.permission)]
    return {
        "card": views.card(document),
        "origins": [each for each in found if each],
        "client": names.get(document.client_id, ""),
        "versions": views.version_rows(await repository.versions(tx, document_id), staff),
        "held": views.held(await repository.hold_on(tx, document_id), staff),
        "steps": views.history(await repository.steps(tx, document_id), staff),
        "reasons": views.why_options(),
        **_file_facts(ask),
    }


@get(ONE + "/state", opt=needs("documents.read", passive=True), include_in_schema=False)
async def state_part(request: AnyRequest, document_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The versions of a document, for a page that waits for a file to be stored."""
    async with reading(request, "document.view") as tx:
        document, staff = await service.view(tx, document_id), await staff_names(tx)
        rows = views.version_rows(await repository.versions(tx, document_id), staff)
    return part(request, "documents/versions_part.html", card=views.card(document), versions=rows)


@shows(
    ONE + "/edit",
    "documents.write",
    template="documents/edit.html",
    purpose="document.edit",
    form=DocumentFacts,
)
async def edit_document(
    tx: ReadSession, ask: Ask[DocumentFacts], document_id: uuid.UUID
) -> Context:
    """The form for what is said of a document."""
    document = await service.view(tx, document_id)
    if not any(ask.form.values.values()):
        ask.form.values = {
            "name": document.name or "",
            "label": document.label,
            "retain_until": document.retain_until.isoformat() if document.retain_until else "",
        }
    return {
        "card": views.card(document),
        "today": ask.practice.today(),
        "labels": views.label_options()[1:],
    }


@acts(ONE, "documents.write", purpose="document.edit", form=DocumentFacts, back=edit_document)
async def save_document(
    tx: WriteSession, ask: Ask[DocumentFacts], data: DocumentFacts, document_id: uuid.UUID
) -> Done:
    """Change what is said of a document."""
    today = ask.practice.today()
    await service.change(tx, document_id, data, by=ask.by, at=ask.at, today=today)
    return Done(f"/documents/{document_id}", "document.saved")


@acts(
    ONE + "/versions",
    "documents.write",
    purpose="document.version",
    form=NewVersion,
    back=document_page,
    takes=take_file,
)
async def add_version(
    tx: WriteSession, ask: Ask[NewVersion], data: NewVersion, document_id: uuid.UUID
) -> Done:
    """Put a newer file to a document."""
    spool = spool_of(ask.request)
    async with ended_when_refused(ask.request, data.upload_id):
        await service.add_version(tx, spool, document_id, data.upload_id, by=ask.by, at=ask.at)
    return Done(f"/documents/{document_id}", "document.version")


@acts(
    ONE + "/delete",
    "documents.write",
    purpose="document.delete",
    form=DeleteForm,
    back=document_page,
)
async def delete_document(
    tx: WriteSession, ask: Ask[DeleteForm], data: DeleteForm, document_id: uuid.UUID
) -> Done:
    """Delete a document; for a week it can be brought back."""
    today, own = ask.practice.today(), f"/documents/{document_id}"
    await service.remove(tx, document_id, data, by=ask.by, at=ask.at, today=today)
    return Done(own, "document.deleted", undo=f"{own}/restore")


@acts(ONE + "/restore", "documents.write", purpose="document.restore", back=document_page)
async def restore_document(tx: WriteSession, ask: Ask[Any], document_id: uuid.UUID) -> Done:
    """Bring a deleted document back."""
    await service.restore(tx, document_id, by=ask.by, at=ask.at)
    return Done(f"/documents/{document_id}", "document.restored")


@acts(ONE + "/hold", "documents.hold", purpose="document.hold", form=HoldForm, back=document_page)
async def hold_document(
    tx: WriteSession, ask: Ask[HoldForm], data: HoldForm, document_id: uuid.UUID
) -> Done:
    """Place a legal hold."""
    await service.hold(tx, document_id, data.hold_why, by=ask.by, at=ask.at)
    return Done(f"/documents/{document_id}", "document.held")


@acts(ONE + "/lift", "documents.hold", purpose="document.lift", back=document_page)
async def lift_hold(tx: WriteSession, ask: Ask[Any], document_id: uuid.UUID) -> Done:
    """End a legal hold."""
    await service.lift(tx, document_id, by=ask.by, at=ask.at)
    return Done(f"/documents/{document_id}", "document.lifted")
