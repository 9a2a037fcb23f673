"""Two processes of an application at one address are one to anyone who visits."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lmhg_gateway.features.accounts.attempts import ACCOUNT_FREE
from lmhg_kit.http.access import SESSION_COOKIE
from lmhg_kit.http.cookies import CookieJar
from lmhg_kit.http.session import Sessions
from lmhg_quality.bench.pages import served
from lmhg_stack.keys import new_keyring
from lmhg_stack.ports import LOOPBACK
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - beside this file

VISITS = 24
TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


def environment(database: PlaneDatabase, folder: Path, role: str) -> dict[str, str]:
    """The settings of either application, with two workers."""
    ring = folder / "keyring.json"
    ring.write_text(new_keyring())
    return {
        "LMHG_WORKERS": "2",
        "LMHG_DATABASE_URL": database.url(role),
        "LMHG_IDENTITY_URL": f"http://{LOOPBACK}:1",
        "LMHG_WORKSPACE_URL": f"http://{LOOPBACK}:1",
        "LMHG_KEYRING_FILE": str(ring),
        "LMHG_IDENTITY_KEYRING_FILE": str(ring),
        "LMHG_APPROVED_NETWORKS": "127.0.0.0/8",
        "LMHG_TRUSTED_PROXIES": "127.0.0.0/8",
    }


@pytest.fixture
def workspace(onprem: PlaneDatabase, people: dict[str, uuid.UUID], tmp_path: Path) -> Iterator[int]:
    """The workspace's port."""
    env = environment(onprem, tmp_path, "gw_workspace")
    with served("workspace", "lmhg-gateway", tmp_path, env) as port:
        yield port


@pytest.fixture
def identity(onprem: PlaneDatabase, people: dict[str, uuid.UUID], tmp_path: Path) -> Iterator[int]:
    """The identity process's port."""
    env = environment(onprem, tmp_path, "gw_identity")
    with served("identity", "lmhg-gateway", tmp_path, env) as port:
        yield port


def visit(port: int, path: str, cookies: dict[str, str]) -> httpx.Response:
    """One page, on a connection of its own: whichever worker takes it."""
    return httpx.get(f"http://{LOOPBACK}:{port}{path}", cookies=cookies)


def sign_out(port: int, token: str, cookies: dict[str, str]) -> httpx.Response:
    """The form, to whichever worker takes it."""
    address = f"http://{LOOPBACK}:{port}/sign-out"
    return httpx.post(address, data={"csrf_token": token}, cookies=cookies)


async def test_a_session_that_ended_is_over_for_every_worker(
    workspace: int, sessions: Sessions
) -> None:
    """Signed out through one of them, nobody lets the person in; before, each does."""
    token = await sessions.begin(
        str(PEOPLE["front_desk"]), display_name="", roles=frozenset({"front_desk"}), replaces=None
    )
    cookies = {CookieJar("workspace", production=False).name(SESSION_COOKIE): token}
    pages = [visit(workspace, "/", cookies) for _ in range(VISITS)]
    assert {page.status_code for page in pages} == {200}
    found = TOKEN.search(pages[0].text)
    assert found is not None
    assert sign_out(workspace, found[1], cookies).status_code == 303
    after = {visit(workspace, "/", cookies).status_code for _ in range(VISITS)}
    assert after == {303}


async def test_attempts_to_sign_in_are_counted_by_all_together(identity: int) -> None:
    """As many wrong passwords as one process allows, whichever of the two is asked."""
    heard: list[int] = []
    for _ in range(ACCOUNT_FREE + 4):
        with httpx.Client(base_url=f"http://{LOOPBACK}:{identity}", timeout=30) as stranger:
            found = TOKEN.search(stranger.get("/sign-in").text)
            assert found is not None
            form = {"csrf_token": found[1], "email": "staff@lmhg.test", "password": "wrong-" * 4}
            heard.append(stranger.post("/sign-in", data=form).status_code)
    assert heard[ACCOUNT_FREE + 1] == 429
    assert 429 not in heard[:ACCOUNT_FREE]
