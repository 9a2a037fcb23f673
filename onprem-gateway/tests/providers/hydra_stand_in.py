"""A stand-in for Ory Hydra: its public and admin addresses, as far as the suite walks them.

Every body that comes in or goes out passes through the models of the official SDK, so a field
that Hydra does not have cannot be used here either. The same suite runs against a real Hydra
when `LMHG_HYDRA_BIN` names one.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import ory_hydra_client as sdk
from litestar import Litestar, Request, Response, delete, get, post, put
from litestar.params import FromPath
from litestar.response import Redirect

AnyRequest = Request[Any, Any, Any]


@dataclass
class Asked:
    """One challenge and what became of it."""

    query: dict[str, str]
    answer: dict[str, Any] | None = None
    rejected: str = ""
    used: str = ""


@dataclass
class State:
    """Everything the stand-in remembers."""

    ui: str = ""
    public: str = ""
    clients: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    keys: int = 1


def build(state: State) -> Litestar:  # noqa: C901 - one small server, route by route
    """The server over a state."""

    def client_of(query: dict[str, str]) -> dict[str, Any]:
        kept = dict(state.clients[query["client_id"]])
        kept.pop("client_secret", None)
        return sdk.OAuth2Client.from_dict(kept).to_dict()

    def back(query: dict[str, str], **extra: str) -> Redirect:
        joined = {"state": query["state"], **extra}
        return Redirect(f"{query['redirect_uri']}?{urlencode(joined)}", status_code=303)

    @get("/oauth2/auth")
    async def auth(request: AnyRequest) -> Redirect:
        query = dict(request.query_params)
        for step, follows in (("login", "consent"), ("consent", "")):
            verifier = query.get(f"{step}_verifier")
            if verifier is None:
                continue
            asked = next(each for each in state.asked.values() if each.used == verifier)
            if asked.rejected:
                return back(asked.query, error=asked.rejected)
            answer = asked.answer or {}
            if follows:
                fresh = secrets.token_urlsafe(24)
                state.asked[fresh] = Asked({**asked.query, "subject": answer["subject"]})
                return Redirect(f"{state.ui}/hydra/{follows}?{follows}_challenge={fresh}")
            code = secrets.token_urlsafe(24)
            state.tokens[code] = {"query": asked.query, "answer": answer}
            return back(asked.query, code=code)
        fresh = secrets.token_urlsafe(24)
        state.asked[fresh] = Asked(query)
        return Redirect(f"{state.ui}/hydra/login?login_challenge={fresh}")

    @post("/oauth2/token", status_code=200)
    async def token(request: AnyRequest) -> Response[dict[str, Any]]:
        form = dict(await request.form())
        granted = state.tokens.pop(form.get("code", ""), None)
        if granted is None:
            return Response({"error": "invalid_grant"}, status_code=400)
        access = secrets.token_urlsafe(24)
        state.tokens[access] = granted
        return Response({"access_token": access, "token_type": "bearer", "expires_in": 600})

    @get("/oauth2/sessions/logout")
    async def leave(request: AnyRequest) -> Redirect:
        query = dict(request.query_params)
        if "logout_verifier" in query:
            return Redirect(f"{state.ui}/signed-out")
        fresh = secrets.token_urlsafe(24)
        state.asked[fresh] = Asked(query)
        return Redirect(f"{state.ui}/hydra/logout?logout_challenge={fresh}")

    def described(step: FromPath[str], challenge: str, asked: Asked) -> dict[str, Any]:
        if step == "logout":
            return sdk.OAuth2LogoutRequest.from_dict(
                {"challenge": challenge, "subject": "", "sid": "s", "rp_initiated": False}
            ).to_dict()
        common = {
            "challenge": challenge,
            "client": client_of(asked.query),
            "requested_scope": asked.query.get("scope", "").split(),
            "requested_access_token_audience": [],
            "request_url": f"{state.public}/oauth2/auth",
            "skip": False,
            "subject": asked.query.get("subject", ""),
        }
        model = sdk.OAuth2LoginRequest if step == "login" else sdk.OAuth2ConsentRequest
        return model.from_dict(common).to_dict()

    @get("/admin/oauth2/auth/requests/{step:str}")
    async def request_of(step: FromPath[str], request: AnyRequest) -> Response[dict[str, Any]]:
        challenge = request.query_params.get(f"{step}_challenge", "")
        asked = state.asked.get(challenge)
        if asked is None:
            return Response({"error": "not_found"}, status_code=404)
        if asked.used:
            target = f"{state.public}/oauth2/auth?{step}_verifier={asked.used}"
            return Response({"redirect_to": target}, status_code=410)
        return Response(described(step, challenge, asked))

    @put("/admin/oauth2/auth/requests/{step:str}/{word:str}")
    async def answer(
        step: FromPath[str], word: FromPath[str], request: AnyRequest
    ) -> Response[dict[str, Any]]:
        asked = state.asked[request.query_params[f"{step}_challenge"]]
        raw = await request.body()
        body = (await request.json()) if raw and raw != b"null" else {}
        models = {
            ("login", "accept"): sdk.AcceptOAuth2LoginRequest,
            ("consent", "accept"): sdk.AcceptOAuth2ConsentRequest,
        }
        model = models.get((step, word), sdk.RejectOAuth2Request)
        if unknown := set(body) - {info.alias or name for name, info in model.model_fields.items()}:
            return Response({"error": f"unknown {sorted(unknown)}"}, status_code=400)
        model.from_dict(body)
        asked.answer = body
        asked.rejected = body.get("error", "") if word == "reject" else ""
        asked.used = secrets.token_urlsafe(16)
        path = "sessions/logout" if step == "logout" else "auth"
        return Response(
            {"redirect_to": f"{state.public}/oauth2/{path}?{step}_verifier={asked.used}"}
        )

    @post("/admin/oauth2/introspect", status_code=200)
    async def introspect(request: AnyRequest) -> dict[str, Any]:
        known = state.tokens.get(dict(await request.form()).get("token", ""))
        if known is None or known["query"].get("subject", "") == "":
            return sdk.IntrospectedOAuth2Token.from_dict({"active": False}).to_dict()
        return sdk.IntrospectedOAuth2Token.from_dict(
            {
                "active": True,
                "client_id": known["query"]["client_id"],
                "sub": known["query"]["subject"],
                "scope": " ".join(known["answer"]["grant_scope"]),
                "token_use": "access_token",
            }
        ).to_dict()

    @delete("/admin/oauth2/auth/sessions/login", status_code=204)
    async def end_logins(request: AnyRequest) -> None:
        assert request.query_params["subject"]

    @delete("/admin/oauth2/auth/sessions/consent", status_code=204)
    async def end_consents(request: AnyRequest) -> None:
        subject = request.query_params["subject"]
        for key, value in list(state.tokens.items()):
            if value["query"].get("subject") == subject:
                del state.tokens[key]

    @get("/admin/clients")
    async def clients() -> list[dict[str, Any]]:
        return [client_of({"client_id": each}) for each in state.clients]

    @put("/admin/clients/{client_id:str}")
    async def replace(client_id: FromPath[str], request: AnyRequest) -> Response[dict[str, Any]]:
        if client_id not in state.clients:
            return Response({"error": "not_found"}, status_code=404)
        return await keep(request)

    @post("/admin/clients")
    async def create(request: AnyRequest) -> Response[dict[str, Any]]:
        answer = await keep(request)
        answer.status_code = 201
        return answer

    async def keep(request: AnyRequest) -> Response[dict[str, Any]]:
        body = await request.json()
        sdk.OAuth2Client.from_dict(body)
        before = state.clients.get(body["client_id"], {})
        state.clients[body["client_id"]] = before | body
        return Response(client_of(body), status_code=200)

    @delete("/admin/clients/{client_id:str}", status_code=204)
    async def remove(client_id: FromPath[str]) -> None:
        state.clients.pop(client_id, None)

    @post("/admin/keys/{key_set:str}")
    async def rotate(key_set: FromPath[str]) -> dict[str, Any]:
        del key_set
        state.keys += 1
        return {"keys": []}

    @get("/.well-known/jwks.json")
    async def jwks() -> dict[str, Any]:
        return {"keys": [{"kid": str(each)} for each in range(state.keys)]}

    return Litestar(
        [
            auth, token, leave, request_of, answer, introspect, end_logins, end_consents, clients,
            replace, create, remove, rotate, jwks,
        ]
    )  # fmt: skip
