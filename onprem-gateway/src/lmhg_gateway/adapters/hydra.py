"""Ory Hydra's admin API: challenges, tokens, clients and keys.

Source: Ory's API reference; the tests check every request and answer against the models of the
official SDK. The admin port is private: this module is the only way to it. Errors carry a phase
and a status, never a body, a token or a challenge.
"""

from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from lmhg_gateway.adapters.ory import OryApi
from lmhg_kit.errors import Unavailable

CLIENTS_MAX = 500
REMEMBER_S = 0
"""Hydra remembers a login for the browser's session; our own session says how long that is."""

Step = Literal["login", "consent", "logout"]


class HydraRefused(Unavailable):
    """Hydra did not do what was asked; nothing was changed. `phase` says where."""

    code = "hydra_refused"


class AlreadyAnswered(Exception):
    """The challenge was answered before; the browser belongs at `redirect_to`."""

    def __init__(self, redirect_to: str) -> None:
        super().__init__("challenge_answered")
        self.redirect_to = redirect_to


class Client(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An OAuth client as Hydra keeps it, as far as we use it. It answers an empty list with null."""

    client_id: str = ""
    client_name: str = ""
    client_secret: str | None = None
    redirect_uris: list[str] | None = None
    post_logout_redirect_uris: list[str] | None = None
    grant_types: list[str] | None = None
    response_types: list[str] | None = None
    scope: str = ""
    audience: list[str] | None = None
    skip_consent: bool = False
    token_endpoint_auth_method: str = "client_secret_basic"  # noqa: S105 - a method's name
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False


class LoginRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Hydra asks who is in front of the browser."""

    challenge: str
    client: Client
    request_url: str
    skip: bool
    subject: str
    requested_scope: list[str] | None = None
    session_id: str = ""


class ConsentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Hydra asks what the person lets a client have."""

    challenge: str
    client: Client = Client()
    subject: str = ""
    skip: bool = False
    requested_scope: list[str] | None = None
    requested_access_token_audience: list[str] | None = None
    login_session_id: str = ""


class LogoutRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Hydra asks whether the person really wants to leave."""

    challenge: str = ""
    subject: str = ""
    sid: str = ""
    rp_initiated: bool = False
    client: Client | None = None


class Introspection(msgspec.Struct, frozen=True, kw_only=True):
    """What Hydra says about a token."""

    active: bool
    client_id: str = ""
    sub: str = ""
    scope: str = ""
    aud: list[str] | None = None
    exp: int = 0
    iss: str = ""
    token_use: str = ""


class _Redirect(msgspec.Struct, frozen=True):
    redirect_to: str


_REQUESTS: dict[Step, type[Any]] = {
    "login": LoginRequest,
    "consent": ConsentRequest,
    "logout": LogoutRequest,
}


class Hydra:
    """One Hydra, by the base address of its admin API."""

    def __init__(self, admin_url: str) -> None:
        self._admin = f"{admin_url.rstrip('/')}/admin"
        self._api = OryApi(HydraRefused)

    async def close(self) -> None:
        """Give the connections back."""
        await self._api.close()

    # Challenges ----------------------------------------------------------------------------------

    async def login_request(self, challenge: str) -> LoginRequest:
        """What a login challenge asks. Raises: AlreadyAnswered, HydraRefused."""
        return await self._request("login", challenge)

    async def consent_request(self, challenge: str) -> ConsentRequest:
        """What a consent challenge asks. Raises: AlreadyAnswered, HydraRefused."""
        return await self._request("consent", challenge)

    async def logout_request(self, challenge: str) -> LogoutRequest:
        """What a logout challenge asks. Raises: AlreadyAnswered, HydraRefused."""
        return await self._request("logout", challenge)

    async def accept_login(
        self, challenge: str, *, subject: str, session_id: str, methods: list[str]
    ) -> str:
        """Say who it is; where the browser goes next."""
        body = {
            "subject": subject,
            "remember": True,
            "remember_for": REMEMBER_S,
            "acr": "aal2" if len(methods) > 1 else "aal1",
            "amr": sorted(methods),
            "identity_provider_session_id": session_id,
        }
        return await self._answer("login", "accept", challenge, body)

    async def accept_consent(
        self,
        request: ConsentRequest,
        *,
        scopes: list[str],
        claims: dict[str, object],
        remember: bool,
    ) -> str:
        """Say what the client may have; where the browser goes next."""
        body = {
            "grant_scope": scopes,
            "grant_access_token_audience": request.requested_access_token_audience or [],
            "remember": remember,
            "remember_for": REMEMBER_S,
            "session": {"access_token": {}, "id_token": claims},
        }
        return await self._answer("consent", "accept", request.challenge, body)

    async def accept_logout(self, challenge: str) -> str:
        """Let the person leave; where the browser goes next."""
        return await self._answer("logout", "accept", challenge, None)

    async def reject(self, step: Step, challenge: str, *, error: str) -> str:
        """Refuse by an OAuth error code; where the browser goes next."""
        body = {"error": error, "status_code": int(HTTPStatus.FORBIDDEN)}
        return await self._answer(step, "reject", challenge, body)

    async def _request(self, step: Step, challenge: str) -> Any:  # noqa: ANN401 - one of three structs
        answer = await self._api.call(
            f"{step}_request",
            "GET",
            f"{self._admin}/oauth2/auth/requests/{step}",
            params={f"{step}_challenge": challenge},
            expects=(HTTPStatus.OK, HTTPStatus.GONE),
        )
        if answer.status_code == HTTPStatus.GONE:
            raise AlreadyAnswered(self._api.read(answer, _Redirect, phase=step).redirect_to)
        return self._api.read(answer, _REQUESTS[step], phase=step)

    async def _answer(
        self, step: Step, word: str, challenge: str, body: dict[str, Any] | None
    ) -> str:
        answer = await self._api.call(
            f"{step}_{word}",
            "PUT",
            f"{self._admin}/oauth2/auth/requests/{step}/{word}",
            params={f"{step}_challenge": challenge},
            json=body,
        )
        return self._api.read(answer, _Redirect, phase=step).redirect_to

    # Tokens and sessions -------------------------------------------------------------------------

    async def introspect(self, token: str) -> Introspection:
        """Whether a token is valid, and for what."""
        answer = await self._api.call(
            "introspect", "POST", f"{self._admin}/oauth2/introspect", data={"token": token}
        )
        return self._api.read(answer, Introspection, phase="introspect")

    async def end_tokens(self, client_id: str) -> None:
        """Every access token of a client ends."""
        await self._api.call(
            "end_tokens",
            "DELETE",
            f"{self._admin}/oauth2/tokens",
            params={"client_id": client_id},
            expects=(HTTPStatus.NO_CONTENT,),
        )

    async def end_sessions(self, subject: str) -> None:
        """Forget that this person signed in, and take back what clients were given."""
        for path in ("login", "consent"):
            params = {"subject": subject} | ({"all": "true"} if path == "consent" else {})
            await self._api.call(
                f"end_{path}",
                "DELETE",
                f"{self._admin}/oauth2/auth/sessions/{path}",
                params=params,
                expects=(HTTPStatus.NO_CONTENT,),
            )

    # Clients -------------------------------------------------------------------------------------

    async def clients(self) -> list[Client]:
        """All clients, at most `CLIENTS_MAX`."""
        params = {"page_size": str(CLIENTS_MAX)}
        answer = await self._api.call("clients", "GET", f"{self._admin}/clients", params=params)
        return self._api.read(answer, list[Client], phase="clients")

    async def put_client(self, client: Client) -> Client:
        """Create a client, or replace it; a missing secret leaves the old one."""
        body = msgspec.to_builtins(client)
        path = f"{self._admin}/clients/{quote(client.client_id, safe='')}"
        replaced = await self._api.call(
            "client", "PUT", path, json=body, expects=(HTTPStatus.OK, HTTPStatus.NOT_FOUND)
        )
        if replaced.status_code == HTTPStatus.NOT_FOUND:
            replaced = await self._api.call(
                "client", "POST", f"{self._admin}/clients", json=body, expects=(HTTPStatus.CREATED,)
            )
        return self._api.read(replaced, Client, phase="client")

    async def delete_client(self, client_id: str) -> None:
        """Remove a client and every token that it was given."""
        await self._api.call(
            "client",
            "DELETE",
            f"{self._admin}/clients/{quote(client_id, safe='')}",
            expects=(HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND),
        )

    async def rotate_keys(self, key_set: str = "hydra.openid.id-token") -> None:
        """A new signing key; the old public ones stay in Hydra's key set until they are deleted."""
        await self._api.call(
            "keys",
            "POST",
            f"{self._admin}/keys/{quote(key_set, safe='')}",
            json={"alg": "RS256", "use": "sig"},
            expects=(HTTPStatus.CREATED,),
        )
