"""Pages of authorizations: those that hold, one of them, and the form for a new one."""

import uuid
from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.authorizations import repository, service, views
from lmhg_gateway.features.authorizations.forms import AuthorizationForm, CountForm
from lmhg_gateway.features.authorizations.rules import GRANTED
from lmhg_gateway.features.clients.public import names_of
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.list_part import Column, Link, ListPart, Tag
from lmhg_kit.http.page import page
from lmhg_kit.http.returning import page_before
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
PATH = "/authorizations"
ONE = f"{PATH}/{{authorization_id:uuid}}"
NAMELESS = "(no name on file)"

AUTHORIZATIONS = ListPart[views.AuthorizationRow](
    path=PATH,
    noun="authorization",
    kind="visit_authorization",
    columns=(
        Column(label="Client", phone="lead", get=lambda row: Link(row.client, f"{PATH}/{row.id}")),
        Column(label="State", phone="end", get=lambda row: Tag(row.level, row.level_tone)),
        Column(label="Granted by", get=lambda row: row.granted),
        Column(label="Left", get=lambda row: row.said),
        Column(label="Used", get=lambda row: row.used),
        Column(label="Booked", get=lambda row: row.booked),
        Column(label="Last day", sort="until", get=lambda row: row.valid_until),
    ),
    sorts=(("until", "First to end first"), ("-until", "Last to end first")),
)


@get(PATH, opt=needs("authorizations.read"), include_in_schema=False)
async def authorization_list(request: AnyRequest) -> Response[Any]:
    """The authorizations that hold."""
    wanted, practice = AUTHORIZATIONS.wanted(request), PRACTICE.of(request)
    async with reading(request, "authorizations.list") as tx:
        found, total = await repository.live(
            tx, sort=wanted.sort, first=wanted.first, size=wanted.size
        )
        names, allowed = await tx.together(
            names_of(tx, (each.client_id for each in found)),
            service.allowed_of(tx, found, practice),
        )
        await AUTHORIZATIONS.audit(tx, wanted)
    rows = [
        views.row_of(
            each,
            allowed[each.id],
            client=names.get(each.client_id, NAMELESS),
            today=practice.today(),
        )
        for each in found
    ]
    if wanted.is_file:
        return AUTHORIZATIONS.file(request, rows, total=total)
    return await page(
        request, "authorizations/list.html", list=AUTHORIZATIONS.made(wanted, rows, total=total)
    )


@shows(
    "/referrals/{referral_id:uuid}/authorizations/new",
    "authorizations.write",
    template="authorizations/form.html",
    purpose="authorization.new",
    form=AuthorizationForm,
)
async def new_authorization(
    tx: ReadSession, ask: Ask[AuthorizationForm], referral_id: uuid.UUID
) -> Context:
    """The form for what a referral or an insurer allows."""
    referral = await repository.referral(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    names = await names_of(tx, [referral.client_id])
    values = ask.form.values
    for name, usual in (("used", "0"), ("warn_units", "2"), ("warn_days", "14")):
        values[name] = values.get(name) or usual
    return {
        "referral_id": referral_id,
        "client": names.get(referral.client_id, NAMELESS),
        "granted": [("", "Choose one"), *GRANTED.items()],
        "today": ask.practice.today(),
    }


@acts(
    "/referrals/{referral_id:uuid}/authorizations",
    "authorizations.write",
    purpose="authorization.add",
    form=AuthorizationForm,
    back=new_authorization,
)
async def add_authorization(
    tx: WriteSession, ask: Ask[AuthorizationForm], data: AuthorizationForm, referral_id: uuid.UUID
) -> Done:
    """Put it down."""
    made = await service.add(tx, referral_id, data, practice=ask.practice)
    return Done(f"{PATH}/{made.id}", "visits_allowed.added", about=made.client_id)


@shows(
    ONE,
    "authorizations.read",
    template="authorizations/authorization.html",
    purpose="authorization.view",
)
async def authorization(tx: ReadSession, ask: Ask[Any], authorization_id: uuid.UUID) -> Context:
    """One authorization: what is left, and what to do."""
    row = await repository.by_id(tx, authorization_id)
    if row is None:
        raise NotFound("authorization")
    names, allowed = await tx.together(
        names_of(tx, [row.client_id]), service.allowed_of(tx, [row], ask.practice)
    )
    client = names.get(row.client_id, NAMELESS)
    return {
        "row": views.row_of(row, allowed[row.id], client=client, today=ask.practice.today()),
        "counts_from": row.counts_from,
        "warn_units": row.warn_units,
        "warn_days": row.warn_days,
    }


def _back(ask: Ask[Any], authorization_id: uuid.UUID) -> str:
    """The list on which the button was, or the authorization."""
    before = page_before(ask.request)
    is_list = before.partition("?")[0] in ("/", "/work")
    return before if is_list else f"{PATH}/{authorization_id}"


@acts(
    f"{ONE}/count",
    "authorizations.write",
    purpose="authorization.count",
    form=CountForm,
    back=authorization,
)
async def count_visit(
    tx: WriteSession, ask: Ask[CountForm], data: CountForm, authorization_id: uuid.UUID
) -> Done:
    """Count one visit more or less by hand."""
    found = await service.count(tx, authorization_id, data, practice=ask.practice)
    return Done(f"{PATH}/{authorization_id}", "visits_allowed.counted", about=found.client_id)


@acts(f"{ONE}/asked", "authorizations.write", purpose="visits_allowed.asked", back=authorization)
async def asked_for_more(tx: WriteSession, ask: Ask[Any], authorization_id: uuid.UUID) -> Done:
    """Note that someone asked for more."""
    found = await service.asked(tx, authorization_id, practice=ask.practice)
    return Done(_back(ask, authorization_id), "visits_allowed.asked", about=found.client_id)


@acts(f"{ONE}/end", "authorizations.write", purpose="authorization.end", back=authorization)
async def end_authorization(tx: WriteSession, ask: Ask[Any], authorization_id: uuid.UUID) -> Done:
    """It holds no more."""
    found = await service.end(tx, authorization_id, by=ask.by, practice=ask.practice)
    undo = f"{PATH}/{authorization_id}/reopen"
    return Done(
        _back(ask, authorization_id), "visits_allowed.ended", undo=undo, about=found.client_id
    )


@acts(f"{ONE}/reopen", "authorizations.write", purpose="authorization.end", back=authorization)
async def reopen_authorization(
    tx: WriteSession, ask: Ask[Any], authorization_id: uuid.UUID
) -> Done:
    """Take the end back."""
    found = await service.reopen(tx, authorization_id, practice=ask.practice)
    return Done(_back(ask, authorization_id), "visits_allowed.reopened", about=found.client_id)


PAGES = (
    authorization_list,
    new_authorization,
    add_authorization,
    authorization,
    count_visit,
    asked_for_more,
    end_authorization,
    reopen_authorization,
)
