"""Administration of OAuth clients: register, change, rotate, disable, and scopes by two people."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.oauth_clients import at_hydra, repository, rules, service, views
from lmhg_gateway.features.oauth_clients.forms import (
    DecisionForm,
    EditClientForm,
    NewClientForm,
    RotateForm,
    ScopesForm,
)
from lmhg_gateway.features.oauth_clients.models import OAuthClient
from lmhg_gateway.features.oauth_clients.rules import KEEP_CHOICES_H, KEEP_OLD_SECRET, KINDS
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import utc_now
from lmhg_kit.edit_conflict import content_version
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.feature import (
    HITS_MAX,
    Asked,
    Hit,
)
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, opened, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.state import FEATURES, Key
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
PERMISSION = "oauth_clients.manage"
FRESH = needs(PERMISSION, fresh=True)
AT_HYDRA: Key[str | None] = Key("clients_at_hydra")
"""In Hydra mode the audience of the JSON API, otherwise nothing."""
_KEEP_WORDS = {0: "not at all", 1: "for one hour", 24: "for one day", 168: "for one week"}
KEEP_OPTIONS = [(hours, _KEEP_WORDS[hours]) for hours in KEEP_CHOICES_H]


@get("/oauth-clients", opt=FRESH, include_in_schema=False)
async def listed(request: AnyRequest) -> Response[str]:
    """Every client, and which of them wait for a second person."""
    async with reading(request, "oauth_clients.list") as tx:
        waiting = await repository.open_requests(tx)
        clients = await repository.listed(tx)
        late = await _late(request, tx, clients)
    rows = views.rows(clients, waiting, late=late)
    return await page(request, "oauth_clients/list.html", rows=rows)


@get("/oauth-clients/new", opt=FRESH, include_in_schema=False)
async def new_client(request: AnyRequest) -> Response[str]:
    """An empty form."""
    return await _show_form(request, start(NewClientForm))


@post("/oauth-clients", opt=FRESH, include_in_schema=False)
async def create(request: AnyRequest) -> Response[Any]:
    """Register it; its secret is shown once, on the page that answers."""
    form = fill(NewClientForm, await read_form(request))
    if wrong := _wrong_for_hydra(request, form):
        form.refuse(wrong)
    if form.data is None:
        return await _show_form(request, form, status=422)
    secret = ""
    try:
        async with writing(request, "oauth_client.register") as tx:
            made = await service.register(tx, form.data, by=actor_of(request).id)
            if KINDS[form.data.kind].confidential:
                secret = await _new_secret(request, tx, made.id, keep=timedelta(0))
    except Conflict:
        form.refuse({"client_id": "There is already an app with this name."})
        return await _show_form(request, form, status=409)
    if secret:
        return await _show_secret(request, made.id, made.client_id, secret)
    return _back(request, made.id, "registered")


@get("/oauth-clients/{client:uuid}", opt=FRESH, include_in_schema=False)
async def view(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[str]:
    """One client: what it may do, its secrets' times, its history."""
    return await _show(request, client)


@get("/oauth-clients/{client:uuid}/edit", opt=FRESH, include_in_schema=False)
async def edit_page(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[str]:
    """The form with its present values."""
    async with reading(request, "oauth_client.edit") as tx:
        found = await repository.by_id(tx, client)
    if found is None:
        raise NotFound("oauth_client")
    values = service.form_values(found)
    form = opened(EditClientForm, values, version=content_version(values))
    return await _show_form(request, form, client=client)


@post("/oauth-clients/{client:uuid}", opt=FRESH, include_in_schema=False)
async def save(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Change name and addresses."""
    form = fill(EditClientForm, await read_form(request))
    if wrong := _wrong_for_hydra(request, form):
        form.refuse(wrong)
    if form.data is None:
        return await _show_again(request, form, client=client)
    try:
        async with writing(request, "oauth_client.change") as tx:
            await service.change(tx, client, form.data, by=actor_of(request).id)
    except Invalid as wrong:
        form.refuse(wrong.fields)
        return await _show_form(request, form, client=client, status=422)
    except Conflict:
        async with reading(request, "oauth_client.edit") as tx:
            now = await repository.by_id(tx, client)
        if now is None:
            raise
        values = service.form_values(now)
        form.merge(values, version=content_version(values))
        return await _show_form(request, form, client=client, status=409)
    return _back(request, client, "changed")


@post("/oauth-clients/{client:uuid}/secret", opt=FRESH, include_in_schema=False)
async def rotate(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """A new secret, shown once; the old one works for the chosen time.

    At Hydra a client has one secret, so there the old one works until Hydra has the new one.
    """
    form = fill(RotateForm, await read_form(request)).result()
    keep = timedelta(0) if _audience(request) else timedelta(hours=form.keep_h)
    async with writing(request, "oauth_client.secret") as tx:
        secret = await _new_secret(request, tx, client, keep=keep)
        found = await repository.by_id(tx, client)
    return await _show_secret(request, client, found.client_id if found else "", secret)


@post("/oauth-clients/{client:uuid}/disable", opt=FRESH, include_in_schema=False)
async def disable(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Nothing of it counts from now on."""
    return await _set_active(request, client, active=False)


@post("/oauth-clients/{client:uuid}/enable", opt=FRESH, include_in_schema=False)
async def enable(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """It counts again."""
    return await _set_active(request, client, active=True)


@post("/oauth-clients/{client:uuid}/scopes", opt=FRESH, include_in_schema=False)
async def ask_scopes(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Ask a second person for more scopes."""
    form = fill(ScopesForm, await read_form(request)).result()
    async with writing(request, "oauth_client.ask_scopes") as tx:
        await service.request_scopes(
            tx,
            client,
            form.scopes,
            by=actor_of(request).id,
            api_scopes=FEATURES.of(request).scopes,
        )
    return _back(request, client, "asked")


@post("/oauth-clients/{client:uuid}/scopes/drop", opt=FRESH, include_in_schema=False)
async def drop_scopes(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Take scopes away."""
    form = fill(ScopesForm, await read_form(request)).result()
    async with writing(request, "oauth_client.drop_scopes") as tx:
        await service.drop_scopes(tx, client, form.scopes, by=actor_of(request).id)
    return _back(request, client, "changed")


@post("/oauth-clients/{client:uuid}/scopes/approve", opt=FRESH, include_in_schema=False)
async def approve(request: AnyRequest, client: FromPath[uuid.UUID]) -> Response[Any]:
    """Grant what was asked, as the second person."""
    return await _decide(request, client, approve=True)


@post("/oauth-clients/{client:uuid}/scopes/decline", opt=FRESH, include_in_schema=False)
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
    return _back(request, client, "approved" if approve else "declined")


async def _set_active(request: AnyRequest, client: uuid.UUID, *, active: bool) -> Response[Any]:
    done = "enabled" if active else "disabled"
    async with writing(request, f"oauth_client.{done}") as tx:
        await service.set_active(tx, client, active=active, by=actor_of(request).id)
    return _back(request, client, done)


def _back(request: AnyRequest, client: uuid.UUID, done: str) -> Response[Any]:
    """To the client's page, which says what was done."""
    return go(request, f"/oauth-clients/{client}", notice=f"oauth_client.{done}")


def _audience(request: AnyRequest) -> str | None:
    """The audience that programs ask Hydra for; None when Hydra issues nothing."""
    return AT_HYDRA.of(request)


def _wrong_for_hydra(request: AnyRequest, form: Form[Any]) -> dict[str, str]:
    wrong = rules.wrong_for_hydra(form.values) if _audience(request) else {}
    return {name: said for name, said in wrong.items() if name not in form.errors}


async def _new_secret(
    request: AnyRequest, tx: WriteSession, client: uuid.UUID, *, keep: timedelta
) -> str:
    secret = await service.new_secret(tx, client, by=actor_of(request).id, at=utc_now(), keep=keep)
    if _audience(request):
        await at_hydra.keep_secret(tx, client, secret)
    return secret


async def _late(
    request: AnyRequest, tx: ReadSession, clients: Sequence[OAuthClient]
) -> frozenset[uuid.UUID]:
    """The clients of which Hydra does not have everything yet."""
    audience = _audience(request)
    if audience is None:
        return frozenset()
    found = await at_hydra.hydra_states(tx, clients, audience=audience)
    return frozenset(client for client, state in found.items() if not state.is_there)


async def _show(request: AnyRequest, client: uuid.UUID) -> Response[str]:
    async with reading(request, "oauth_client.view") as tx:
        shown = await _page_of(
            tx, client, audience=_audience(request), api_scopes=FEATURES.of(request).scopes
        )
    return await page(
        request,
        "oauth_clients/client.html",
        client=shown,
        rotation=start(RotateForm, keep_h=int(KEEP_OLD_SECRET.total_seconds() // 3600)),
        keep=KEEP_OPTIONS,
    )


async def _page_of(
    tx: ReadSession,
    client: uuid.UUID,
    *,
    audience: str | None,
    api_scopes: Mapping[str, frozenset[str]],
) -> views.ClientPage:
    found = await repository.by_id(tx, client)
    if found is None:
        raise NotFound("oauth_client")
    state = None
    if audience:
        state = (await at_hydra.hydra_states(tx, [found], audience=audience))[client]
    return views.client_page(
        found,
        secrets=await repository.live_secrets(tx, client, at=utc_now()),
        request=await repository.open_request(tx, client),
        history=await repository.changes(tx, client),
        names={str(key): name for key, name in (await staff_names(tx)).items()},
        state=state,
        api_scopes=api_scopes,
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
        at_hydra=_audience(request) is not None,
    )


async def _show_again(request: AnyRequest, form: Form[Any], *, client: uuid.UUID) -> Response[str]:
    """The form that came back, with what is wrong for this kind of app too."""
    async with reading(request, "oauth_client.edit") as tx:
        found = await repository.by_id(tx, client)
    if found is not None:
        kind = rules.ClientKind(found.kind)
        form.refuse({**rules.wrong_addresses(form.values, kind=kind), **form.errors})
    return await _show_form(request, form, client=client, status=422)


async def _show_form(
    request: AnyRequest, form: Form[Any], *, client: uuid.UUID | None = None, status: int = 200
) -> Response[str]:
    return await page(
        request,
        "oauth_clients/form.html",
        status=status,
        form=form,
        client=client,
        kinds=[
            ("", "Choose one"),
            *((kind.value, rule.label) for kind, rule in KINDS.items()),
        ],
    )


async def find_oauth_clients(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Registered programs by name."""
    return [
        Hit(label=each.name, href=f"/oauth-clients/{each.id}", detail=each.client_id, icon="key")
        for each in await repository.named(tx, asked.text, limit=HITS_MAX)
    ]
