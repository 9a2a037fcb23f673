"""Pages that end a paper's time in the tray: who it is about, then filed, or a referral started with it."""

import uuid
from typing import Any

from lmhg_gateway.features.clients.public import NewClient, create_client, names_of
from lmhg_gateway.features.documents.public import label_options
from lmhg_gateway.features.referrals.public import form_facts, referrals_of
from lmhg_gateway.features.tray import service, views
from lmhg_gateway.features.tray.forms import (
    AboutForm,
    ChooseForm,
    FileForm,
    FilePages,
    PersonForm,
    ReferForm,
    ReferPages,
)
from lmhg_gateway.features.tray.listed import PATH
from lmhg_gateway.features.tray.models import Paper
from lmhg_gateway.features.tray.pages import ONE, WRITE, paper_page
from lmhg_gateway.features.tray.rules import Source
from lmhg_gateway.features.tray.service import DOCUMENTS_WRITE, REFERRALS_WRITE
from lmhg_gateway.features.tray.taking import pages_ended, takes_pages
from lmhg_gateway.features.uploads.public import spool_of
from lmhg_gateway.web.points import ClientCheck
from lmhg_kit.errors import Conflict, Forbidden
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.formats import long_day

CLIENTS_WRITE = "clients.write"


def check_may(ask: Ask[Any], permission: str) -> None:
    """Accept who does what another feature guards. Raises: Forbidden."""
    if not ask.may(permission):
        raise Forbidden


@acts(ONE + "/about", WRITE, purpose="tray.about", form=AboutForm, back=paper_page)
async def say_about(
    tx: WriteSession, _ask: Ask[AboutForm], data: AboutForm, paper_id: uuid.UUID
) -> Done:
    """Look for whom the paper is about."""
    await service.say_about(tx, paper_id, data)
    return Done(f"{PATH}/{paper_id}")


@acts(ONE + "/client", WRITE, purpose="tray.choose", form=ChooseForm, back=paper_page)
async def choose_client(
    tx: WriteSession, _ask: Ask[ChooseForm], data: ChooseForm, paper_id: uuid.UUID
) -> Done:
    """Say which client the paper is about."""
    await service.choose_client(tx, paper_id, data.client_id)
    own = f"{PATH}/{paper_id}"
    return Done(f"{own}/file", "tray.chosen", undo=f"{own}/client/clear/{data.client_id}")


@acts(ONE + "/client/clear/{client_id:uuid}", WRITE, purpose="tray.choose")
async def clear_client(
    tx: WriteSession, _ask: Ask[Any], paper_id: uuid.UUID, client_id: uuid.UUID
) -> Done:
    """Look for someone else."""
    await service.clear_client(tx, paper_id, client_id)
    return Done(f"{PATH}/{paper_id}")


@acts(ONE + "/person", WRITE, purpose="client.create", form=PersonForm, back=paper_page)
async def new_person(
    tx: WriteSession, ask: Ask[PersonForm], data: PersonForm, paper_id: uuid.UUID
) -> Done:
    """Add the person as a client who is new here: none of those who are shown."""
    await add_person(tx, ask, data, paper_id)
    return Done(f"{PATH}/{paper_id}/file", "tray.person")


async def add_person(
    tx: WriteSession, ask: Ask[Any], data: PersonForm, paper_id: uuid.UUID
) -> uuid.UUID:
    """A client of whom the paper says a name. Raises: Forbidden, Invalid for someone who may be on record."""
    check_may(ask, CLIENTS_WRITE)
    form = NewClient(
        legal_name=data.legal_name,
        birth_date=data.birth_date,
        phone=data.phone,
        other_person=bool(data.shown),
        shown=data.shown,
    )
    checks = FEATURES.of(ask.request).contributions(ClientCheck)
    made = await create_client(tx, form, by=ask.by, today=ask.practice.today(), checks=checks)
    await service.choose_client(tx, paper_id, made.id)
    return made.id


async def _matched(tx: ReadSession, paper_id: uuid.UUID) -> tuple[Paper, uuid.UUID, Context]:
    """A paper that is in the tray and has its client. Raises: NotFound, Conflict."""
    paper = await service.view(tx, paper_id)
    card = views.card(paper)
    if not card.is_open:
        raise Conflict("paper_closed")
    if paper.client_id is None:
        raise Conflict("paper_unmatched")
    names = await names_of(tx, [paper.client_id])
    return paper, paper.client_id, {"card": card, "client": names.get(paper.client_id, "")}


@shows(ONE + "/file", WRITE, template="tray/file.html", purpose="tray.view", form=FilePages)
async def file_form(tx: ReadSession, ask: Ask[FilePages], paper_id: uuid.UUID) -> Context:
    """What the paper is kept as; or the way to a referral."""
    paper, client_id, facts = await _matched(tx, paper_id)
    if not ask.form.errors and not ask.form.values.get("name"):
        ask.form.values["name"] = (paper.title or "")[:120]
    referrals = [
        (str(each.id), f"Received {long_day(each.received_on)}, {words(each.state).lower()}")
        for each in await referrals_of(tx, [client_id], limit=20)
    ]
    return {
        **facts,
        "labels": label_options(),
        "referrals": [("", "None"), *referrals] if referrals else [],
    }


@acts(
    ONE + "/file",
    WRITE,
    purpose="tray.file",
    form=FilePages,
    back=file_form,
    takes=takes_pages(FileForm),
    around=pages_ended,
)
async def file_paper(
    tx: WriteSession, ask: Ask[FilePages], data: FilePages, paper_id: uuid.UUID
) -> Done:
    """Keep the paper as a document of the client."""
    check_may(ask, DOCUMENTS_WRITE)
    paper = await service.file(
        tx, spool_of(ask.request), paper_id, data, _composed(data), by=ask.by, practice=ask.practice
    )
    return Done(f"/documents/{paper.document_id}", "tray.filed", undo=f"{PATH}/{paper_id}/return")


def _composed(data: FilePages | ReferPages) -> service.Composed:
    return service.Composed(data.upload_id, data.arranged)


@shows(ONE + "/refer", WRITE, template="tray/refer.html", purpose="tray.view", form=ReferPages)
async def refer_form(tx: ReadSession, ask: Ask[ReferPages], paper_id: uuid.UUID) -> Context:
    """The form for the referral that the paper is."""
    check_may(ask, REFERRALS_WRITE)
    paper, client_id, facts = await _matched(tx, paper_id)
    values = ask.form.values
    if not any(values.values()):
        came = ask.practice.day_of(paper.came_at).isoformat()
        is_fax = paper.source == Source.FOLDER
        values |= {
            "received_on": came,
            "name": "Referral letter",
            "channel": "fax" if is_fax else "",
        }
        values["payer"] = ""
    return {**facts, **await form_facts(tx, ask.form, client_id), "today": ask.practice.today()}


@acts(
    ONE + "/refer",
    WRITE,
    purpose="referral.record",
    form=ReferPages,
    back=refer_form,
    takes=takes_pages(ReferForm),
    around=pages_ended,
)
async def refer_paper(
    tx: WriteSession, ask: Ask[ReferPages], data: ReferPages, paper_id: uuid.UUID
) -> Done:
    """Start a referral of the client with the paper as its letter."""
    check_may(ask, REFERRALS_WRITE)
    check_may(ask, DOCUMENTS_WRITE)
    paper = await service.refer(
        tx, spool_of(ask.request), paper_id, data, _composed(data), by=ask.by, practice=ask.practice
    )
    return Done(
        f"/referrals/{paper.referral_id}", "tray.referred", undo=f"{PATH}/{paper_id}/return"
    )
