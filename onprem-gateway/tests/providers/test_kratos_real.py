"""Accounts in a real Kratos, with the file that we ship; `LMHG_KRATOS_BIN` names its program."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml

from lmhg_gateway.adapters.kratos import Kratos, KratosSession
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import Command, spawn, stop, wait_until
from lmhg_stack.repository import INFRA

from .conftest import LoopbackBrowser  # noqa: TID252 - beside this file

pytestmark = pytest.mark.peer
FILES = INFRA / "identity/kratos"
ANA = "00000000-0000-4000-8000-000000000001"
EMAIL, PASSWORD = "ana@lmhg.test", "a heron stood in the shallow water"
OWN_PAGE = "https://id.example.test/hydra/login?login_challenge=x"


@dataclass(frozen=True)
class Place:
    """A running Kratos and the adapter at it."""

    public: str
    admin: str
    kratos: Kratos


def configured(folder: Path, *, public: int, admin: int) -> Path:
    """Our own file, with the addresses of this machine."""
    config = yaml.safe_load((FILES / "kratos.yml").read_text())
    config["identity"]["schemas"][0]["url"] = f"file://{FILES / 'identity.schema.json'}"
    config["serve"]["public"] |= {"port": public, "base_url": f"http://{LOOPBACK}:{public}/"}
    config["serve"]["admin"]["port"] = admin
    del config["session"]["cookie"]["domain"]
    config["selfservice"]["methods"]["password"]["config"]["haveibeenpwned_enabled"] = False
    file = folder / "kratos.yml"
    file.write_text(yaml.safe_dump(config))
    return file


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Kratos with one account, Ana's, that we made and she chose a password for."""
    program = os.environ["LMHG_KRATOS_BIN"]
    public, admin = free_ports(2)
    file = str(configured(tmp_path, public=public, admin=admin))
    env = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path),
        "DSN": f"sqlite://{tmp_path}/kratos.db?_fk=true",
        "SECRETS_COOKIE": "an-invented-cookie-secret",
        "SECRETS_CIPHER": "0123456789abcdef0123456789abcdef",
        "COURIER_SMTP_CONNECTION_URI": "smtp://127.0.0.1:9/",
    }  # fmt: skip
    migrate = await asyncio.create_subprocess_exec(
        program, "migrate", "sql", "up", "-e", "--yes", "--config", file, env=env,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await migrate.wait() == 0
    command = Command(name="kratos", argv=(program, "serve", "all", "--config", file), env=env)
    process = spawn(command, tmp_path / "kratos.log")
    addresses = [f"http://{LOOPBACK}:{port}" for port in (public, admin)]
    kratos = Kratos(public_url=addresses[0], admin_url=addresses[1])
    try:
        wait_until(lambda: _answers(f"{addresses[1]}/admin/health/ready"), "kratos")
        made = await kratos.create_identity(account_id=ANA, email=EMAIL, schema_id="colleague")
        assert made.external_id == ANA
        await _choose_password(addresses[1], made.id)
        yield Place(addresses[0], addresses[1], kratos)
    finally:
        await kratos.close()
        stop(process)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.HTTPError:
        return False


async def _choose_password(admin: str, identity: str) -> None:
    """What her recovery letter would lead to."""
    body = {
        "schema_id": "colleague", "state": "active", "external_id": ANA,
        "traits": {"email": EMAIL}, "credentials": {"password": {"config": {"password": PASSWORD}}},
    }  # fmt: skip
    async with httpx.AsyncClient() as http:
        answer = await http.put(f"{admin}/admin/identities/{identity}", json=body)
    assert answer.status_code == 200, answer.text


async def signed_in(place: Place) -> tuple[str, str]:
    """Sign in by Kratos' browser flow, from our page's address: her cookies, and where it leads."""
    async with LoopbackBrowser() as browser:
        begun = await browser.get(place.kratos.sign_in_url(OWN_PAGE))
        flow = httpx.URL(begun.headers["location"]).params["flow"]
        shown = await browser.get(f"{place.public}/self-service/login/flows", params={"id": flow})
        ui = shown.json()["ui"]
        [token] = [
            node["attributes"]["value"]
            for node in ui["nodes"]
            if node["attributes"].get("name") == "csrf_token"
        ]
        fields = {
            "method": "password", "identifier": EMAIL, "password": PASSWORD, "csrf_token": token,
        }  # fmt: skip
        done = await browser.post(ui["action"], data=fields)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
    return cookies, done.headers["location"]


async def test_somebody_who_signed_in_there_is_known_here(place: Place) -> None:
    """Kratos leads back to our page, and its cookie names our account and how it was proved."""
    assert await place.kratos.whoami("") == "nobody"
    cookies, leads_to = await signed_in(place)
    assert leads_to == OWN_PAGE
    found = await place.kratos.whoami(cookies)
    assert isinstance(found, KratosSession)
    assert (found.identity.external_id, found.active) == (ANA, True)
    assert [each.method for each in found.authentication_methods] == ["password"]


async def test_who_left_is_nobody_and_cannot_come_back(place: Place) -> None:
    """The open session ends, and a new sign-in leads nowhere near our page; twice is no error."""
    cookies, _ = await signed_in(place)
    await place.kratos.disable(ANA)
    assert await place.kratos.whoami(cookies) == "nobody"
    again, leads_to = await signed_in(place)
    assert leads_to != OWN_PAGE
    assert await place.kratos.whoami(again) == "nobody"
    await place.kratos.disable(ANA)
