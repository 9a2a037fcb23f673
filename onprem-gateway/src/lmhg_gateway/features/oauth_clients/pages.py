"""Administration of OAuth clients: register, change, rotate, disable, and scopes by two people."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.oauth_clients import repository, service, views
from lmhg_gateway.features.oauth_clients.forms import (
    ClientForm,
    DecisionForm,
    NewClientForm,
    RotateForm,
    ScopesForm,
)
from lmhg_gateway.features.oauth_clients.rules import KEEP_CHOICES_H, KEEP_OLD_SECRET, KINDS
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.feature import (
    HITS_MAX,
    Asked,
    Feature,
    Hit,
    NavItem,
    Note,
    NoteProvider,
    SearchProvider,
)
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession

AnyRequest = Request[Any, Any, Any]
PERMISSION = "oauth_clients.manage"
_KEEP_WORDS = {0: "not at all", 1: "for one hour", 24: "for one day", 168: "for one week"}
KEEP_OPTIONS = [(hours, _KEEP_WORDS[hours]) for hours in KEEP_CHOICES_H]


@get("/oauth-clients", opt=needs(PERMISSION, fresh=True), include_in_schema=False)
async def listed(request: AnyRequest) -> Response[str]:
    """Every client, and which of them wait for a second person."""
    async with reading(request, "oauth_clients.list") as tx:
        waiting = await repository.open_requests(tx)
        rows = views.rows(await repository.listed(tx), waiting)
    return await page(request, "oauth_clients/list.html", rows=rows)


@get("/oauth-clients/new", opt=needs(PERMISSION, fresh=True), include_in_schema=False)
async def new_client(request: AnyRequest) -> Response[str]:
    """An empty form."""
    return await _show_form(request, start(NewClientForm, kind="web"))


@post("/oauth-clients", opt=needs(PERMISSION, fresh=True), include_in_schema=False)
async def create(request: AnyRequest) -> Response[Any]:
    """Register it; its secret is shown once, on the page that answers."""
    form = fill(NewClientForm, await read_form(request))
    wrong = service.check_addresses(form.data, kind=form.data.kind) if form.data else {}
    if wrong:
        form.refuse(wrong)
    if form.data is None:
        return await _show_form(request, form, status=422)
    by, at, secret = actor_of(request).id, utc_now(), ""
    try:
        async with writing(request, "oauth_client.register") as tx:
            made = await service.register(tx, form.data, by=by)
            if KINDS[form.data.kind].confidential:
                secret = await service.new_secret(tx, made.id, by=by, at=at, keep=timedelta(0))
    except Conflict:
        form.refuse({"client_id": "There is a client of this name."})
        return await _show_form(request, form, status=409)
    if secret:
        return await _show_secret(request, made.id, made.client_id, secret)
    return go(request, f"/oauth-clients/{made.id}", notice="oauth_client.registered")


@get("/oauth-clients/{client:uuid}", opt=needs(PERMISSION, fresh=True), include_in_schema=False)
async def view(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[str]:
    """One client: what it may do, its secrets' times, its history."""
    return await _show(request, client)


@get(
    "/oauth-clients/{client:uuid}/edit",
    opt=needs(PERMISSION, fresh=True),
    include_in_schema=False,
)
async def edit_page(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[str]:
    """The form with what stands."""
    async with reading(request, "oauth_client.edit") as tx:
        found = await repository.by_id(tx, client)
    if found is None:
        raise NotFound("oauth_client")
    form = start(
        ClientForm,
        name=found.name,
        redirect_uris="\n".join(found.redirect_uris),
        post_logout_uris="\n".join(found.post_logout_uris),
        backchannel_uri=found.backchannel_uri or "",
    )
    return await _show_form(request, form, client=client)


@post("/oauth-clients/{client:uuid}", opt=needs(PERMISSION, fresh=True), include_in_schema=False)
async def save(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Change name and addresses."""
    form = fill(ClientForm, await read_form(request))
    if form.data is None:
        return await _show_form(request, form, client=client, status=422)
    try:
        async with writing(request, "oauth_client.change") as tx:
            await service.change(tx, client, form.data, by=actor_of(request).id)
    except Invalid as wrong:
        form.refuse(wrong.fields)
        return await _show_form(request, form, client=client, status=422)
    return go(request, f"/oauth-clients/{client}", notice="oauth_client.changed")


@post(
    "/oauth-clients/{client:uuid}/secret",
    opt=needs(PERMISSION, fresh=True),
    include_in_schema=False,
)
async def rotate(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """A new secret, shown once; the old one works for the chosen time."""
    form = fill(RotateForm, await read_form(request)).result()
    async with writing(request, "oauth_client.secret") as tx:
        secret = await service.new_secret(
            tx,
            client,
            by=actor_of(request).id,
            at=utc_now(),
            keep=timedelta(hours=form.keep_h),
        )
        found = await repository.by_id(tx, client)
    return await _show_secret(request, client, found.client_id if found else "", secret)


@post(
    "/oauth-clients/{client:uuid}/disable",
    opt=needs(PERMISSION, fresh=True),
    include_in_schema=False,
)
async def disable(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Nothing of it counts from now on."""
    async with writing(request, "oauth_client.disable") as tx:
        await service.set_active(tx, client, active=False, by=actor_of(request).id)
    return go(request, f"/oauth-clients/{client}", notice="oauth_client.disabled")


@post(
    "/oauth-clients/{client:uuid}/enable",
    opt=needs(PERMISSION, fresh=True),
    include_in_schema=False,
)
async def enable(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """It counts again."""
    async with writing(request, "oauth_client.enable") as tx:
        await service.set_active(tx, client, active=True, by=actor_of(request).id)
    return go(request, f"/oauth-clients/{client}", notice="oauth_client.enabled")


@post(
    "/oauth-clients/{client:uuid}/scopes",
    opt=needs(PERMISSION, fresh=True),
    include_in_schema=False,
)
async def ask_scopes(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Ask a second person for more scopes."""
    form = fill(ScopesForm, await read_form(request)).result()
    async with writing(request, "oauth_client.ask_scopes") as tx:
        await service.request_scopes(tx, client, form.scopes, by=actor_of(request).id)
    return go(request, f"/oauth-clients/{client}", notice="oauth_client.asked")


@post(
    "/oauth-clients/{client:uuid}/scopes/drop",
    opt=needs(PERMISSION, fresh=True),
    include_in_schema=False,
)
async def drop_scopes(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Take scopes away."""
    form = fill(ScopesForm, await read_form(request)).result()
    async with writing(request, "oauth_client.drop_scopes") as tx:
        await service.drop_scopes(tx, client, form.scopes, by=actor_of(request).id)
    return go(request, f"/oauth-clients/{client}", notice="oauth_client.changed")


@post(
    "/oauth-clients/{client:uuid}/scopes/approve",
    opt=needs(PERMISSION, fresh=True),
    include_in_schema=False,
)
async def approve(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Grant what was asked, as the second person."""
    return await _decide(request, client, approve=True)


@post(
    "/oauth-clients/{client:uuid}/scopes/decline",
    opt=needs(PERMISSION, fresh=True),
    include_in_schema=False,
)
async def decline(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Decline what was asked."""
    return await _decide(request, client, approve=False)


async def _decide(request: AnyRequest, client: uuid.UUID, *, approve: bool) -> Response[Any]:
    form = fill(DecisionForm, await read_form(request)).result()
    try:
        request_id = uuid.UUID(form.request_id)
    except ValueError:
        raise NotFound("oauth_client") from None
    async with writing(request, "oauth_client.decide_scopes") as tx:
        await service.decide_scopes(
            tx, request_id, approve=approve, by=actor_of(request).id, at=utc_now()
        )
    notice = "oauth_client.approved" if approve else "oauth_client.declined"
    return go(request, f"/oauth-clients/{client}", notice=notice)


async def _show(request: AnyRequest, client: uuid.UUID) -> Response[str]:
    async with reading(request, "oauth_client.view") as tx:
        shown = await _page_of(tx, client)
    return await page(
        request,
        "oauth_clients/client.html",
        client=shown,
        rotation=start(RotateForm, keep_h=int(KEEP_OLD_SECRET.total_seconds() // 3600)),
        keep=KEEP_OPTIONS,
    )


async def _page_of(tx: ReadSession, client: uuid.UUID) -> views.ClientPage:
    found = await repository.by_id(tx, client)
    if found is None:
        raise NotFound("oauth_client")
    return views.client_page(
        found,
        secrets=await repository.live_secrets(tx, client, at=utc_now()),
        request=await repository.open_request(tx, client),
        history=await repository.changes(tx, client),
        names={str(key): name for key, name in (await staff_names(tx)).items()},
    )


async def _show_secret(
    request: AnyRequest, client: uuid.UUID, client_id: str, secret: str
) -> Response[str]:
    return await page(
        request,
        "oauth_clients/secret.html",
        client=client,
        client_id=client_id,
        secret=secret,
    )


async def _show_form(
    request: AnyRequest, form: Form[Any], *, client: uuid.UUID | None = None, status: int = 200
) -> Response[str]:
    return await page(
        request,
        "oauth_clients/form.html",
        status=status,
        form=form,
        client=client,
        kinds=[(kind.value, rule.label) for kind, rule in KINDS.items()],
    )


async def find_oauth_clients(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Registered programs by name."""
    return [
        Hit(label=each.name, href=f"/oauth-clients/{each.id}", detail=each.client_id, icon="key")
        for each in await repository.named(tx, asked.text, limit=HITS_MAX)
    ]


async def scopes_waiting(tx: ReadSession, asked: Asked) -> list[Note]:
    """Requests for more scopes that somebody else made."""
    count = await repository.scopes_asked(tx, not_by=asked.person_id)
    return [Note(label="Scopes asked for", count=count, href="/oauth-clients", kind="warn")]


OAUTH_CLIENTS = Feature(
    name="oauth_clients",
    handlers=(
        listed,
        new_client,
        create,
        view,
        edit_page,
        save,
        rotate,
        disable,
        enable,
        ask_scopes,
        drop_scopes,
        approve,
        decline,
    ),
    nav=(
        NavItem(
            label="OAuth clients",
            path="/oauth-clients",
            icon="lock",
            permission=PERMISSION,
            order=90,
            primary=False,
        ),
    ),
    search=(SearchProvider(label="OAuth clients", permission=PERMISSION, find=find_oauth_clients),),
    notes=(NoteProvider(permission=PERMISSION, find=scopes_waiting),),
    notices={
        "oauth_client.registered": "Registered.",
        "oauth_client.changed": "Changed. The history below has the difference.",
        "oauth_client.disabled": "Disabled. Nothing of it counts any more.",
        "oauth_client.enabled": "Enabled again, with the secrets it had.",
        "oauth_client.asked": "Asked. Another administrator has to approve it now.",
        "oauth_client.approved": "Approved. The scopes count from now on.",
        "oauth_client.declined": "Declined. It keeps the scopes it had.",
    },
    messages={
        "oauth_client": "There is no such client.",
        "client_public": "This client has no secret: it proves itself by PKCE alone.",
        "scopes_invalid": "Choose at least one scope that it does not have yet.",
        "scopes_asked": "Scopes are asked for already. Approve or decline that first.",
        "scopes_decided": "Somebody decided this already.",
        "two_persons": "You asked for this yourself, so somebody else has to approve it.",
    },
    templates=Path(__file__).parent / "templates",
)
