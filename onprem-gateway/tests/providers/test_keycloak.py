"""External mode at a real Keycloak; `LMHG_KEYCLOAK` names its unpacked folder.

The realm is the file that we ship, imported by Keycloak itself with other addresses; people sign
in through Keycloak's own pages.
"""

import hashlib
import hmac
import html
import json
import os
import re
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from lmhg_gateway.app.identity import build, provider_of
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_kit.clock import utc_now
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import browser_at
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.settings import Environment
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import Command, spawn, stop, wait_until
from lmhg_stack.repository import INFRA
from lmhg_stack.testing import PlaneDatabase

from .conftest import LoopbackBrowser  # noqa: TID252 - beside this file

pytestmark = pytest.mark.peer
OURS = "http://127.0.0.1:9799"
REALM = INFRA / "identity/keycloak/lmhg-realm.json"
FIRST, SECRET = "practice-makes-calm", "an-invented-secret-of-the-client"
START_S = 240.0
STEP_S = 30
ACTED = (
    "do $$ begin perform set_config('app.actor', 'test', true),"
    " set_config('app.purpose', 'test', true); {sql} end $$"
)


@pytest.fixture(scope="module")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Keycloak with our realm: its issuer address."""
    folder = tmp_path_factory.mktemp("keycloak")
    shutil.copytree(
        os.environ["LMHG_KEYCLOAK"], folder / "home", ignore=shutil.ignore_patterns("data")
    )
    imported = folder / "home/data/import/lmhg-realm.json"
    imported.parent.mkdir(parents=True)
    imported.write_text(REALM.read_text().replace("https://id.example.test", OURS))
    port, management = free_ports(2)
    command = Command(
        name="keycloak",
        argv=(
            str(folder / "home/bin/kc.sh"), "start-dev", "--import-realm", f"--http-host={LOOPBACK}",
            f"--http-port={port}", f"--http-management-port={management}",
        ),
        env={
            "PATH": os.environ["PATH"], "HOME": str(folder), "LMHG_DEMO_PASSWORD": FIRST,
            "LMHG_EXTERNAL_CLIENT_SECRET": SECRET,
        },
    )  # fmt: skip
    process = spawn(command, folder / "keycloak.log")
    issuer = f"http://{LOOPBACK}:{port}/realms/lmhg"
    try:
        wait_until(lambda: _answers(issuer), "keycloak", limit_s=START_S)
        yield issuer
    finally:
        stop(process)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.HTTPError:
        return False


class Outside(LoopbackBrowser):
    """A browser at Keycloak's pages."""

    async def fill(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send the form of a page of Keycloak's, and follow while it is Keycloak that leads."""
        action = re.search(r'<form[^>]*\saction="([^"]+)"', page.text)
        assert action, page.text
        answer = await self.post(html.unescape(action[1]), data=fields)
        while answer.is_redirect and not answer.headers["location"].startswith(OURS):
            answer = await self.get(answer.headers["location"])
        return answer


@dataclass
class Person:
    """Someone with an account here and one at Keycloak."""

    id: uuid.UUID
    email: str
    ours: httpx.AsyncClient
    outside: Outside
    password: str = FIRST
    totp: bytes = b""
    counter: int = 0

    async def asked(self, query: str = "") -> httpx.Response:
        """Keycloak's first page of a sign-in."""
        answer = await self.ours.get(f"/sign-in{query}")
        return await self.outside.get(answer.headers["location"])

    async def enter(self, page: httpx.Response) -> httpx.Response:
        """Name and password."""
        return await self.outside.fill(page, username=self.email, password=self.password)

    async def choose_password(self, page: httpx.Response) -> httpx.Response:
        """The new password that Keycloak asks for."""
        assert "password-new" in page.text
        self.password = "a-password-of-my-own"
        return await self.outside.fill(
            page, **{"password-new": self.password, "password-confirm": self.password}
        )

    async def enrol(self, page: httpx.Response) -> httpx.Response:
        """The second factor that Keycloak asks for."""
        found = re.search(r'name="totpSecret"\s+value="([^"]+)"', page.text)
        assert found, page.text
        self.totp = html.unescape(found[1]).encode()
        return await self.outside.fill(
            page, totp=self.code(), totpSecret=found[1], userLabel="phone"
        )

    def code(self) -> str:
        """The next code; one is never shown twice, and Keycloak takes one that is a step early."""
        now = int(utc_now().timestamp()) // STEP_S
        self.counter = max(now, self.counter + 1)
        mac = hmac.digest(self.totp, self.counter.to_bytes(8, "big"), hashlib.sha1)
        start = mac[-1] & 15
        number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
        return f"{number % 1_000_000:06d}"

    async def back(self, page: httpx.Response) -> httpx.Response:
        """Our answer to what Keycloak sends along."""
        assert page.is_redirect, page.text
        return await self.ours.get(page.headers["location"].removeprefix(OURS))


@pytest.fixture
async def db(onprem: PlaneDatabase, keyring: Keyring) -> AsyncIterator[Database]:
    """The database as the identity process reaches it."""
    database = Database(onprem.url("gw_identity"), pool_size=4)
    yield database
    await database.close()


@pytest.fixture
async def edge(db: Database, keycloak: str, tmp_path: Path) -> AsyncIterator[Edge]:
    """The identity process in external mode."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    settings = IdentitySettings(
        environment=Environment.DEVELOPMENT,
        site="s1",
        database_url="unused",
        listen="127.0.0.1:0",
        metrics_listen="127.0.0.1:0",
        public_url=OURS,
        workspace_url="http://work.test",
        identity_keyring_file=Path("unused"),
        identity_provider="external",
        external_issuer_url=keycloak,
        external_client_id="lmhg-identity",
        external_client_secret_file=secret,
    )
    provider = provider_of(settings)
    yield build(settings, db, provider=provider)
    await provider.close()


@pytest.fixture
async def person(
    request: pytest.FixtureRequest, edge: Edge, onprem: PlaneDatabase
) -> AsyncIterator[Person]:
    """One of the realm's people, with an account here that has another role."""
    name = str(request.param)
    [known] = [each for each in json.loads(REALM.read_text())["users"] if each["username"] == name]
    account = uuid.uuid4()
    sql = (
        "insert into identity.user_account (id, email, display_name, roles)"
        f" values ('{account}', '{known['email']}', 'Somebody', '{{trainer}}');"
        "insert into practice.staff_profile (id, email, display_name, roles, hipaa_exempt)"
        f" values ('{account}', '{known['email']}', 'Somebody', '{{trainer}}', false);"
    )
    await onprem.run(ACTED.format(sql=sql))
    async with browser_at(edge, base_url=OURS) as ours, Outside() as outside:
        yield Person(account, known["email"], ours, outside)


async def session_of(onprem: PlaneDatabase, person: Person) -> asyncpg.Record:
    """The one session of a person, with the roles of the account."""
    [row] = await onprem.run(
        "select s.*, u.roles from identity.session s join identity.user_account u"
        " on u.id = s.user_id where s.user_id = $1",
        person.id,
    )
    return row


@pytest.mark.parametrize("person", ["front.desk"], indirect=True)
async def test_a_colleague_signs_in_and_proves_it_again(
    person: Person, onprem: PlaneDatabase
) -> None:
    """The first password has to go; roles and methods are Keycloak's; step-up renews the session."""
    page = await person.choose_password(await person.enter(await person.asked()))
    assert (await person.back(page)).headers["location"] == "/security"
    first = await session_of(onprem, person)
    assert (first["roles"], first["methods"]) == (["front_desk"], ["pwd"])
    await onprem.run(
        "update identity.session set authenticated_at = now() - interval '11 min'"
        f" where user_id = '{person.id}'"
    )
    again = await person.enter(await person.asked("?fresh=1"))
    assert (await person.back(again)).status_code == 303
    second = await session_of(onprem, person)
    assert (second["id"], second["id_hash"] != first["id_hash"]) == (first["id"], True)
    assert second["authenticated_at"] > first["authenticated_at"]


@pytest.mark.parametrize("person", ["clinician"], indirect=True)
async def test_a_rule_of_second_factors_holds_at_keycloak_too(
    person: Person, onprem: PlaneDatabase
) -> None:
    """With the password alone nobody of the rule gets in; with Keycloak's code they do."""
    rule = "insert into identity.mfa_rule (role, required_from) values ('clinician', now());"
    await onprem.run(ACTED.format(sql=rule))
    page = await person.enter(await person.asked())
    for _ in range(2):
        step = person.choose_password if "password-new" in page.text else person.enrol
        page = await step(page)
    refused = await person.back(page)
    assert (refused.status_code, "needs two-step sign-in" in refused.text) == (403, True)
    person.outside.cookies.clear()
    asked = await person.enter(await person.asked())
    page = await person.outside.fill(asked, otp=person.code())
    assert (await person.back(page)).headers["location"] == "/security"
    found = await session_of(onprem, person)
    assert (found["roles"], found["methods"]) == (["clinician", "staff"], ["otp", "pwd"])
