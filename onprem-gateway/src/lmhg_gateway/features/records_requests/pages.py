"""Pages of requests: the list, one of them, and the steps that are taken with it."""

import uuid
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.records_requests import repository, rules, service, views
from lmhg_gateway.features.records_requests.forms import (
    AnswerForm,
    EndForm,
    ExtendForm,
    IdentityForm,
    LogForm,
    NewRequest,
    ReleaseForm,
)
from lmhg_gateway.features.records_requests.listed import REQUESTS
from lmhg_gateway.features.records_requests.models import RecordsRequest
from lmhg_gateway.features.records_requests.packet import archive
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import new_id
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.downloads import attachment
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading, writing
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
LIST = "/requests"
ONE = f"{LIST}/{{rights_id:uuid}}"
WRITE = "records_requests.write"


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a request's page has fields for, in all its forms together."""

    checked_how: str = ""
    extension_why: str = ""
    act: str = ""
    day: str = ""
    said: str = ""
    released_on: str = ""
    recipient: str = ""
    given: str = ""
    how: str = ""
    address: str = ""
    outcome: str = ""
    answered_on: str = ""
    denied_for: str = ""
    decision: str = ""
    fee: str = ""
    why: str = ""


@get(LIST, opt=needs("records_requests.read"), include_in_schema=False)
async def request_list(request: AnyRequest) -> Response[Any]:
    """Requests, those due first; late ones are red."""
    wanted, practice = REQUESTS.wanted(request), PRACTICE.of(request)
    today = practice.today()
    async with reading(request, "records_requests.list") as tx:
        found, total = await repository.listed(
            tx,
            state=wanted["state"],
            kind=wanted["kind"],
            today=today,
            first=wanted.first,
            size=wanted.size,
            sort=wanted.sort,
        )
        names = await names_of(tx, (each.client_id for each in found))
        await REQUESTS.audit(tx, wanted)
    rows = [views.row(e, names.get(e.client_id, views.NAMELESS), today=today) for e in found]
    if wanted.is_file:
        return REQUESTS.file(request, rows, total=total)
    return await page(
        request,
        "records_requests/list.html",
        list=REQUESTS.made(wanted, rows, total=total),
        is_open=wanted["state"] != repository.CLOSED,
        years=[today.year, today.year - 1],
    )


@shows(
    "/clients/{client_id:uuid}/requests/new",
    WRITE,
    template="records_requests/form.html",
    purpose="records_request.new",
    form=NewRequest,
)
async def new_request(tx: ReadSession, ask: Ask[NewRequest], client_id: uuid.UUID) -> Context:
    """The form for what someone asks for."""
    names = await names_of(tx, [client_id])
    if client_id not in names:
        raise NotFound("client")
    values = ask.form.values
    if not ask.form.errors and not values.get("received_on"):
        values["received_on"] = ask.practice.today().isoformat()
    return {
        "client": names[client_id],
        "client_id": client_id,
        "today": ask.practice.today(),
        "kinds": [(kind.value, *said) for kind, said in rules.KINDS.items()],
        "askers": views.options(rules.ASKERS),
        "purposes": views.options(rules.PURPOSES)[::-1],
        "forms": views.options(rules.FORMS)[::-1],
    }


@acts(
    "/clients/{client_id:uuid}/requests",
    WRITE,
    purpose="records_request.new",
    form=NewRequest,
    back=new_request,
)
async def take_request(
    tx: WriteSession, ask: Ask[NewRequest], data: NewRequest, client_id: uuid.UUID
) -> Done:
    """Write the request down."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    made = await service.take(tx, data, client_id=client_id, by=ask.by, practice=ask.practice)
    return Done(f"{LIST}/{made.id}", "records_request.taken")


@shows(
    ONE,
    "records_requests.read",
    template="records_requests/request.html",
    purpose="records_request.view",
    form=OnPage,
)
async def request_page(tx: ReadSession, ask: Ask[OnPage], rights_id: uuid.UUID) -> Context:
    """One request: until when, what was done, what was handed over, and what comes next."""
    found, staff = await service.view(tx, rights_id), await staff_names(tx)
    names, steps, releases, force = await tx.together(
        names_of(tx, [found.client_id]),
        repository.steps_of(tx, [rights_id]),
        repository.releases_of(tx, [rights_id]),
        repository.in_force(tx, found.client_id),
    )
    today, values = ask.practice.today(), ask.form.values
    for name in ("day", "released_on", "answered_on"):
        values[name] = values.get(name) or today.isoformat()
    return {
        "card": views.card(
            found,
            names.get(found.client_id, views.NAMELESS),
            staff,
            releases=len(releases),
            today=today,
        ),
        "steps": views.history(steps, staff),
        "releases": views.release_rows(releases, staff),
        "force": [views.force_row(each) for each in force if each.id != found.id],
        "can_undo": views.can_undo(found, by=ask.by, at=ask.at),
        "today": today,
        "checks": views.options(rules.CHECKS),
        "logged": views.options(rules.LOGGED),
        "ways": views.options(rules.HOW_GIVEN),
        "denials": [("", "Choose one"), *views.options(rules.DENIALS)],
        "keys": {"log": new_id(), "release": new_id()},
    }


@acts(
    f"{ONE}/identity",
    WRITE,
    purpose="records_request.identity",
    form=IdentityForm,
    back=request_page,
)
async def check_identity(
    tx: WriteSession, ask: Ask[IdentityForm], data: IdentityForm, rights_id: uuid.UUID
) -> Done:
    """Say how the identity of who asks was checked."""
    how = data.checked_how
    await service.check_identity(tx, rights_id, how, by=ask.by, practice=ask.practice)
    return Done(f"{LIST}/{rights_id}", "records_request.checked")


@acts(f"{ONE}/extend", WRITE, purpose="records_request.extend", form=ExtendForm, back=request_page)
async def extend_request(
    tx: WriteSession, ask: Ask[ExtendForm], data: ExtendForm, rights_id: uuid.UUID
) -> Done:
    """Use the one extension."""
    why = data.extension_why
    await service.extend(tx, rights_id, why, by=ask.by, practice=ask.practice)
    return Done(f"{LIST}/{rights_id}", "records_request.extended")


@acts(f"{ONE}/log", WRITE, purpose="records_request.log", form=LogForm, back=request_page)
async def log_request(
    tx: WriteSession, ask: Ask[LogForm], data: LogForm, rights_id: uuid.UUID
) -> Done:
    """Write a letter, a call or a note into the log."""
    await service.log(tx, rights_id, data, by=ask.by, practice=ask.practice)
    return Done(f"{LIST}/{rights_id}", "records_request.logged")


@acts(
    f"{ONE}/release", WRITE, purpose="records_request.release", form=ReleaseForm, back=request_page
)
async def release_records(
    tx: WriteSession, ask: Ask[ReleaseForm], data: ReleaseForm, rights_id: uuid.UUID
) -> Done:
    """Put on record what is handed over, in the accounting too."""
    await service.release(tx, rights_id, data, by=ask.by, practice=ask.practice)
    return Done(f"{LIST}/{rights_id}", "records_request.released")


@acts(f"{ONE}/answer", WRITE, purpose="records_request.answer", form=AnswerForm, back=request_page)
async def answer_request(
    tx: WriteSession, ask: Ask[AnswerForm], data: AnswerForm, rights_id: uuid.UUID
) -> Done:
    """End the request with its answer."""
    await service.answer(tx, rights_id, data, by=ask.by, practice=ask.practice)
    own = f"{LIST}/{rights_id}"
    return Done(own, "records_request.answered", undo=f"{own}/reopen")


@acts(f"{ONE}/reopen", WRITE, purpose="records_request.reopen", back=request_page)
async def reopen_request(tx: WriteSession, ask: Ask[Any], rights_id: uuid.UUID) -> Done:
    """Take one's own answer back, shortly after it."""
    await service.reopen(tx, rights_id, by=ask.by, practice=ask.practice)
    return Done(f"{LIST}/{rights_id}", "records_request.reopened")


@acts(f"{ONE}/end", WRITE, purpose="records_request.end", form=EndForm, back=request_page)
async def end_agreement(
    tx: WriteSession, ask: Ask[EndForm], data: EndForm, rights_id: uuid.UUID
) -> Done:
    """Say that what was agreed is no longer in force."""
    await service.end(tx, rights_id, data.why, by=ask.by, practice=ask.practice)
    return Done(f"{LIST}/{rights_id}", "records_request.ended")


EXPORT = needs("records_requests.export", fresh=True)


@get(f"{ONE}/packet", opt=EXPORT, include_in_schema=False)
async def request_packet(request: AnyRequest, rights_id: FromPath[uuid.UUID]) -> Response[bytes]:
    """One request with its log, as an archive."""
    async with writing(request, "records_request.packet") as tx:
        found = await service.view(tx, rights_id)
        made = await _packed(request, tx, [found])
    return _file(made, f"request-{found.received_on:%Y-%m-%d}.zip")


@get(f"{LIST}/packet/{{year:int}}", opt=EXPORT, include_in_schema=False)
async def year_packet(request: AnyRequest, year: FromPath[int]) -> Response[bytes]:
    """Every request that came in a year, as one archive for an auditor."""
    if not 2000 <= year <= PRACTICE.of(request).today().year:
        raise NotFound("records_request")
    first, last = date(year, 1, 1), date(year, 12, 31)
    async with writing(request, "records_request.packet") as tx:
        found = await repository.received_between(tx, first, last)
        made = await _packed(request, tx, list(found))
    return _file(made, f"requests-{year}.zip")


async def _packed(request: AnyRequest, tx: WriteSession, found: list[RecordsRequest]) -> bytes:
    ids = service.ids_of(found)
    names = await names_of(tx, (each.client_id for each in found))
    made = archive(
        found,
        await repository.steps_of(tx, ids),
        await repository.releases_of(tx, ids),
        names=names,
        staff=await staff_names(tx),
        zone=PRACTICE.of(request).zone,
    )
    await tx.audit("export", kind="records_request", ids=ids)
    return made


def _file(body: bytes, name: str) -> Response[bytes]:
    headers = {**attachment(name), "cache-control": "no-store"}
    return Response(body, media_type="application/zip", headers=headers)
