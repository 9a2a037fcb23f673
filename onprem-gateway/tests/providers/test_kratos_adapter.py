"""Kratos as the place where accounts live: who is there, and who is no longer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import ory_kratos_client
import pytest
from litestar import Litestar, Request, Response, delete, get, patch, post
from litestar.params import FromPath

from lmhg_gateway.adapters.kratos import Kratos, KratosRefused, KratosSession
from lmhg_stack.ports import LOOPBACK, free_ports

from .conftest import served  # noqa: TID252 - the fixtures of this folder

ANA = "00000000-0000-4000-8000-000000000001"
sdk: Any = ory_kratos_client
"""The official models; the package does not say which names it exports."""
AnyRequest = Request[Any, Any, Any]


@dataclass
class State:
    """What the stand-in for Kratos remembers."""

    identities: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    ended: list[str] = field(default_factory=list[str])


def build(state: State) -> Litestar:  # noqa: C901 - one small server, route by route
    """A stand-in whose every answer is a body that the official SDK's models accept."""

    def described(identity_id: str) -> dict[str, Any]:
        body = {"id": identity_id, "schema_url": "http://x.test/s", **state.identities[identity_id]}
        assert sdk.Identity.from_dict(body) is not None
        return body

    @get("/sessions/whoami")
    async def whoami(request: AnyRequest) -> Response[dict[str, Any]]:
        cookie = request.headers.get("cookie", "")
        if "aal1" in cookie:
            return Response({"error": {"id": "session_aal2_required"}}, status_code=403)
        if "ana" not in cookie:
            return Response({"error": {"id": "session_inactive"}}, status_code=401)
        body = {
            "id": "session-1",
            "active": True,
            "authenticator_assurance_level": "aal2",
            "authentication_methods": [{"method": "password"}, {"method": "totp"}],
            "identity": described("identity-1"),
        }
        assert sdk.Session.from_dict(body) is not None
        return Response(body)

    @post("/admin/identities")
    async def create(request: AnyRequest) -> dict[str, Any]:
        body = await request.json()
        assert sdk.CreateIdentityBody.from_dict(body) is not None
        state.identities["identity-1"] = body
        return described("identity-1")

    @get("/admin/identities/by/external/{external:str}")
    async def by_external(external: FromPath[str]) -> Response[dict[str, Any]]:
        for identity_id, body in state.identities.items():
            if body["external_id"] == external:
                return Response(described(identity_id))
        return Response({"error": {}}, status_code=404)

    @patch("/admin/identities/{identity:str}")
    async def change(identity: FromPath[str], request: AnyRequest) -> dict[str, Any]:
        for each in await request.json():
            assert sdk.JsonPatch.from_dict(each) is not None
            state.identities[identity][each["path"].lstrip("/")] = each["value"]
        return described(identity)

    @delete("/admin/identities/{identity:str}/sessions")
    async def end(identity: FromPath[str]) -> None:
        state.ended.append(identity)

    return Litestar([whoami, create, by_external, change, end])


@dataclass(frozen=True)
class Place:
    """A running stand-in and the adapter at it."""

    state: State
    kratos: Kratos
    url: str


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    """Kratos with one account, Ana's."""
    port = free_ports(1)[0]
    url = f"http://{LOOPBACK}:{port}"
    state = State()
    async with served(build(state), port):
        kratos = Kratos(public_url=url, admin_url=url)
        await kratos.create_identity(account_id=ANA, email="ana@lmhg.test", schema_id="staff")
        yield Place(state, kratos, url)
        await kratos.close()


async def test_somebody_with_two_factors_is_known(place: Place) -> None:
    """The session names our account and how it was opened."""
    found = await place.kratos.whoami("ory_kratos_session=ana")
    assert isinstance(found, KratosSession)
    assert found.identity.external_id == ANA
    assert [each.method for each in found.authentication_methods] == ["password", "totp"]


async def test_nobody_and_one_factor_are_told_apart(place: Place) -> None:
    """The first is sent to sign in, the second to the second factor."""
    assert await place.kratos.whoami("") == "nobody"
    assert await place.kratos.whoami("ory_kratos_session=aal1") == "one_factor"
    assert "aal=aal2" in place.kratos.sign_in_url("http://id.test/x", second_factor=True)
    assert "aal" not in place.kratos.sign_in_url("http://id.test/x")


async def test_who_left_is_nobody_and_has_no_session(place: Place) -> None:
    """Offboarding closes the account and ends its sessions; an unknown one is no error."""
    await place.kratos.disable(ANA)
    assert place.state.ended == ["identity-1"]
    assert await place.kratos.whoami("ory_kratos_session=ana") == "nobody"
    await place.kratos.disable("00000000-0000-4000-8000-000000000009")


async def test_a_dead_kratos_is_named_by_phase_alone() -> None:
    """The error carries no cookie."""
    kratos = Kratos(public_url="http://127.0.0.1:9", admin_url="http://127.0.0.1:9")
    with pytest.raises(KratosRefused) as refused:
        await kratos.whoami("ory_kratos_session=a-secret")
    await kratos.close()
    assert refused.value.phase == "whoami"
    assert "a-secret" not in str(refused.value)
