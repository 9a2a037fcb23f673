"""Ory Kratos as the place where accounts live, behind Hydra mode.

Kratos asks for password and second factor on its own pages; we ask it who is in front of the
browser, and keep the accounts there in step with ours. Source: Ory's API reference; the tests
check shapes against the models of the official SDK. Errors carry a phase, never a body.
"""

from http import HTTPStatus
from typing import Literal
from urllib.parse import quote, urlencode

import msgspec

from lmhg_gateway.adapters.ory import OryApi
from lmhg_kit.errors import Unavailable


class KratosRefused(Unavailable):
    """Kratos did not do what was asked; nothing was changed. `phase` says where."""

    code = "kratos_refused"


class Method(msgspec.Struct, frozen=True):
    """One way in which the person has proven who they are."""

    method: str = ""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """An account in Kratos. `external_id` is the id of our account."""

    id: str
    external_id: str = ""
    state: Literal["active", "inactive"] = "active"


class KratosSession(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who is signed in to Kratos with two factors, or one where one is enough."""

    id: str
    active: bool = False
    identity: Identity
    authenticator_assurance_level: str = "aal1"
    authentication_methods: list[Method] = []


class Kratos:
    """One Kratos, by its public and its admin address."""

    def __init__(self, *, public_url: str, admin_url: str) -> None:
        self._public = public_url.rstrip("/")
        self._admin = admin_url.rstrip("/")
        self._api = OryApi(KratosRefused)

    async def close(self) -> None:
        """Give the connections back."""
        await self._api.close()

    async def whoami(self, cookie: str) -> KratosSession | Literal["nobody", "one_factor"]:
        """Who the browser with this Cookie header is, as far as Kratos' policy is met."""
        answer = await self._api.call(
            "whoami",
            "GET",
            f"{self._public}/sessions/whoami",
            headers={"cookie": cookie},
            expects=(HTTPStatus.OK, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
        )
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            return "nobody"
        if answer.status_code == HTTPStatus.FORBIDDEN:
            return "one_factor"
        session = self._api.read(answer, KratosSession, phase="whoami")
        is_usable = session.active and session.identity.state == "active"
        return session if is_usable and session.identity.external_id else "nobody"

    def sign_in_url(self, return_to: str, *, second_factor: bool = False) -> str:
        """Where Kratos asks for what is missing, and comes back from."""
        query = {"return_to": return_to} | ({"aal": "aal2"} if second_factor else {})
        return f"{self._public}/self-service/login/browser?{urlencode(query)}"

    async def create_identity(self, *, account_id: str, email: str, schema_id: str) -> Identity:
        """An account in Kratos for a colleague of ours, who chooses a password there."""
        body = {
            "schema_id": schema_id,
            "external_id": account_id,
            "state": "active",
            "traits": {"email": email},
        }
        answer = await self._api.call(
            "create",
            "POST",
            f"{self._admin}/admin/identities",
            json=body,
            expects=(HTTPStatus.CREATED,),
        )
        return self._api.read(answer, Identity, phase="create")

    async def disable(self, account_id: str) -> None:
        """Close the account of a colleague who left, and end all its sessions."""
        found = await self._api.call(
            "find",
            "GET",
            f"{self._admin}/admin/identities/by/external/{quote(account_id, safe='')}",
            expects=(HTTPStatus.OK, HTTPStatus.NOT_FOUND),
        )
        if found.status_code == HTTPStatus.NOT_FOUND:
            return
        identity = self._api.read(found, Identity, phase="find").id
        path = f"{self._admin}/admin/identities/{quote(identity, safe='')}"
        patch = [{"op": "replace", "path": "/state", "value": "inactive"}]
        await self._api.call("disable", "PATCH", path, json=patch)
        await self._api.call(
            "end",
            "DELETE",
            f"{path}/sessions",
            expects=(HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND),
        )
