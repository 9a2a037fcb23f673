"""A stand-in for Ory Hydra: its public and admin addresses, as far as the suite walks them.

Every body that comes in or goes out passes through the models of the official SDK, so a field
that Hydra does not have cannot be used here either. The same suite runs against a real Hydra
under `make peers`.
"""

import base64
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import ory_hydra_client
from litestar import Litestar, Request, Response, delete, get, post, put
from litestar.datastructures import State as AppState
from litestar.params import FromPath
from litestar.response import Redirect

sdk: Any = ory_hydra_client
"""The official models; the package does not say which names it exports."""
AnyRequest = Request[Any, Any, Any]
Body = dict[str, Any]
LISTS = ("redirect_uris", "grant_types", "response_types", "audience", "contacts")
ACCEPTED = {
    ("login", "accept"): sdk.AcceptOAuth2LoginRequest,
    ("consent", "accept"): sdk.AcceptOAuth2ConsentRequest,
}


@dataclass
class Asked:
    """One challenge and what became of it."""

    query: dict[str, str]
    answer: Body | None = None
    rejected: str = ""
    used: str = ""


@dataclass
class State:
    """Everything the stand-in remembers."""

    ui: str = ""
    public: str = ""
    clients: dict[str, Body] = field(default_factory=dict[str, Body])
    asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    tokens: dict[str, Body] = field(default_factory=dict[str, Body])
    keys: int = 1
    while_keeping: Callable[[], Awaitable[None]] | None = None
    """What happens elsewhere while a client is on its way in."""

    def client(self, client_id: str) -> Body:
        """A client as Hydra shows it: what it has none of is null, and no scope is the default."""
        kept = dict(self.clients[client_id])
        kept.pop("client_secret", None)
        kept["scope"] = kept.get("scope") or "offline_access offline openid"
        shown = sdk.OAuth2Client.from_dict(kept).to_dict()
        return shown | {name: kept.get(name) or None for name in LISTS}

    def ask(self, step: str, query: dict[str, str]) -> Redirect:
        """A new challenge, put to our pages."""
        fresh = secrets.token_urlsafe(24)
        self.asked[fresh] = Asked(query)
        return Redirect(f"{self.ui}/hydra/{step}?{step}_challenge={fresh}")

    def keep(self, body: Body) -> Body:
        """A client, created or replaced."""
        sdk.OAuth2Client.from_dict(body)
        before = self.clients.get(body["client_id"], {})
        kept = {name: before[name] for name in ("client_secret",) if name in before}
        self.clients[body["client_id"]] = kept | body
        return self.client(body["client_id"])


def _of(request: AnyRequest) -> State:
    return cast("State", request.app.state["hydra"])


def _back(query: dict[str, str], **extra: str) -> Redirect:
    joined = {"state": query["state"], **extra}
    return Redirect(f"{query['redirect_uri']}?{urlencode(joined)}", status_code=303)


# Public -------------------------------------------------------------------------------------------


@get("/oauth2/auth")
async def auth(request: AnyRequest) -> Redirect:
    """A client's request, and each return from our pages."""
    state, query = _of(request), dict(request.query_params)
    for step in ("login", "consent"):
        verifier = query.get(f"{step}_verifier")
        if verifier is None:
            continue
        asked = next(each for each in state.asked.values() if each.used == verifier)
        if asked.rejected:
            return _back(asked.query, error=asked.rejected)
        answer = asked.answer or {}
        if step == "login":
            return state.ask("consent", {**asked.query, "subject": answer["subject"]})
        code = secrets.token_urlsafe(24)
        state.tokens[code] = {"query": asked.query, "answer": answer}
        return _back(asked.query, code=code)
    return state.ask("login", query)


@post("/oauth2/token", status_code=200)
async def token(request: AnyRequest) -> Response[Body]:
    """A token for a code, once."""
    state, form = _of(request), dict(await request.form())
    if form.get("grant_type") == "client_credentials":
        return _for_program(state, request.headers.get("authorization", ""), form)
    granted = state.tokens.pop(form.get("code", ""), None)
    if granted is None:
        return Response({"error": "invalid_grant"}, status_code=400)
    access = secrets.token_urlsafe(24)
    state.tokens[access] = granted
    return Response({"access_token": access, "token_type": "bearer", "expires_in": 600})


def _for_program(state: State, header: str, form: dict[str, str]) -> Response[Body]:
    """A program's token: by its secret, for what it is registered for."""
    name, _, secret = base64.b64decode(header.partition(" ")[2]).decode().partition(":")
    client = state.clients.get(name, {})
    if not secret or client.get("client_secret") != secret:
        return Response({"error": "invalid_client"}, status_code=401)
    if "client_credentials" not in client["grant_types"]:
        return Response({"error": "unauthorized_client"}, status_code=400)
    scopes, audience = form.get("scope", "").split(), form.get("audience", "").split()
    if not set(scopes) <= set(client.get("scope", "").split()):
        return Response({"error": "invalid_scope"}, status_code=400)
    if not set(audience) <= set(client.get("audience", [])):
        return Response({"error": "invalid_request"}, status_code=400)
    access = secrets.token_urlsafe(24)
    state.tokens[access] = {
        "query": {"client_id": name, "subject": name},
        "answer": {"grant_scope": scopes},
        "aud": audience,
    }
    return Response({"access_token": access, "token_type": "bearer", "expires_in": 600})


@get("/oauth2/sessions/logout")
async def leave(request: AnyRequest) -> Redirect:
    """Sign out: our page first."""
    state, query = _of(request), dict(request.query_params)
    if "logout_verifier" in query:
        return Redirect(f"{state.ui}/signed-out")
    return state.ask("logout", query)


@get("/.well-known/jwks.json")
async def jwks(request: AnyRequest) -> Body:
    """As many keys as there are."""
    return {"keys": [{"kid": str(each)} for each in range(_of(request).keys)]}


# Challenges ---------------------------------------------------------------------------------------


def _described(state: State, step: str, challenge: str, asked: Asked) -> Body:
    if step == "logout":
        body = {"challenge": challenge, "subject": "", "sid": "s", "rp_initiated": False}
        return sdk.OAuth2LogoutRequest.from_dict(body).to_dict()
    common = {
        "challenge": challenge,
        "client": state.client(asked.query["client_id"]),
        "requested_scope": asked.query.get("scope", "").split(),
        "requested_access_token_audience": [],
        "request_url": f"{state.public}/oauth2/auth",
        "skip": False,
        "subject": asked.query.get("subject", ""),
    }
    model = sdk.OAuth2LoginRequest if step == "login" else sdk.OAuth2ConsentRequest
    return model.from_dict(common).to_dict()


@get("/admin/oauth2/auth/requests/{step:str}")
async def request_of(step: FromPath[str], request: AnyRequest) -> Response[Body]:
    """What a challenge asks; 410 when it was answered."""
    state = _of(request)
    challenge = request.query_params.get(f"{step}_challenge", "")
    asked = state.asked.get(challenge)
    if asked is None:
        return Response({"error": "not_found"}, status_code=404)
    if asked.used:
        target = f"{state.public}/oauth2/auth?{step}_verifier={asked.used}"
        return Response({"redirect_to": target}, status_code=410)
    return Response(_described(state, step, challenge, asked))


@put("/admin/oauth2/auth/requests/{step:str}/{word:str}")
async def answer_to(
    step: FromPath[str], word: FromPath[str], request: AnyRequest
) -> Response[Body]:
    """Our answer; a field that Hydra does not know is refused."""
    state = _of(request)
    asked = state.asked[request.query_params[f"{step}_challenge"]]
    raw = await request.body()
    body = (await request.json()) if raw and raw != b"null" else {}
    model = ACCEPTED.get((step, word), sdk.RejectOAuth2Request)
    if unknown := set(body) - {info.alias or name for name, info in model.model_fields.items()}:
        return Response({"error": f"unknown {sorted(unknown)}"}, status_code=400)
    model.from_dict(body)
    asked.answer = body
    asked.rejected = body.get("error", "") if word == "reject" else ""
    asked.used = secrets.token_urlsafe(16)
    path = "sessions/logout" if step == "logout" else "auth"
    target = f"{state.public}/oauth2/{path}?{step}_verifier={asked.used}"
    return Response({"redirect_to": target})


# Tokens, sessions, clients, keys ------------------------------------------------------------------


@post("/admin/oauth2/introspect", status_code=200)
async def introspect(request: AnyRequest) -> Body:
    """Whether a token is valid."""
    known = _of(request).tokens.get(dict(await request.form()).get("token", ""))
    if known is None or known["query"].get("subject", "") == "":
        return sdk.IntrospectedOAuth2Token.from_dict({"active": False}).to_dict()
    body = {
        "active": True,
        "client_id": known["query"]["client_id"],
        "sub": known["query"]["subject"],
        "scope": " ".join(known["answer"]["grant_scope"]),
        "token_use": "access_token",
        "aud": known.get("aud", []),
        "exp": int(time.time()) + 600,
    }
    return sdk.IntrospectedOAuth2Token.from_dict(body).to_dict()


@delete("/admin/oauth2/auth/sessions/login", status_code=204)
async def end_logins(request: AnyRequest) -> None:
    """Forget sign-ins of a person."""
    assert request.query_params["subject"]


@delete("/admin/oauth2/auth/sessions/consent", status_code=204)
async def end_consents(request: AnyRequest) -> None:
    """Take back what clients of a person were given."""
    state, subject = _of(request), request.query_params["subject"]
    for key, value in list(state.tokens.items()):
        if value["query"].get("subject") == subject:
            del state.tokens[key]


@delete("/admin/oauth2/tokens", status_code=204)
async def end_tokens(request: AnyRequest) -> None:
    """Every token of a client is over."""
    state, name = _of(request), request.query_params["client_id"]
    for key, value in list(state.tokens.items()):
        if value["query"]["client_id"] == name:
            del state.tokens[key]


@get("/admin/clients")
async def clients(request: AnyRequest) -> list[Body]:
    """All clients."""
    state = _of(request)
    return [state.client(each) for each in state.clients]


@put("/admin/clients/{client_id:str}")
async def replace(client_id: FromPath[str], request: AnyRequest) -> Response[Body]:
    """Replace a client that is there."""
    if client_id not in _of(request).clients:
        return Response({"error": "not_found"}, status_code=404)
    state, body = _of(request), await request.json()
    if state.while_keeping:
        await state.while_keeping()
    return Response(state.keep(body)) if _is_taken(body) else Response({}, status_code=400)


@post("/admin/clients")
async def create(request: AnyRequest) -> Response[Body]:
    """Create a client."""
    body = await request.json()
    if not _is_taken(body):
        return Response({}, status_code=400)
    return Response(_of(request).keep(body), status_code=201)


def _is_taken(body: Body) -> bool:
    """Whether each address after sign-out has the site of one of those after sign-in."""
    before, after = (
        {urlsplit(each).netloc for each in body.get(name) or ()}
        for name in ("redirect_uris", "post_logout_redirect_uris")
    )
    return after <= before


@delete("/admin/clients/{client_id:str}", status_code=204)
async def remove(client_id: FromPath[str], request: AnyRequest) -> None:
    """Remove a client."""
    _of(request).clients.pop(client_id, None)


@post("/admin/keys/{key_set:str}")
async def rotate(key_set: FromPath[str], request: AnyRequest) -> Body:
    """One more key."""
    del key_set
    _of(request).keys += 1
    return {"keys": []}


def build(state: State) -> Litestar:
    """The server over a state."""
    return Litestar(
        [
            auth, token, leave, jwks, request_of, answer_to, introspect, end_logins,
            end_consents, end_tokens, clients, replace, create, remove, rotate,
        ],
        state=AppState({"hydra": state}),
    )  # fmt: skip
