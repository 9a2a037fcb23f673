"""The shell: its parts, its search by name, its undo, and a session that pages cannot keep alive."""

import re

import httpx

from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Hands, sign_in

PART = {"hx-request": "true"}


async def test_search_finds_pages_by_name_and_asks_for_a_word(
    client: httpx.AsyncClient, edge: Edge
) -> None:
    """The answer is a page, or for htmx the part of it that changed; nothing of it is kept."""
    token = await sign_in(client, edge, "admin")
    found = await client.post("/search", data={"csrf_token": token, "q": "note"})
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    assert 'href="/"' in found.text.partition("<main")[2]
    short = await client.post("/search", data={"csrf_token": token, "q": "n"})
    assert short.status_code == 422
    assert "Write at least 2 letters." in short.text
    part = await client.post("/search", headers=PART, data={"csrf_token": token, "q": "note"})
    assert "<html" not in part.text
    assert ">\n" in part.text
    assert "Notes" in part.text


async def test_htmx_sends_the_token_in_a_header(client: httpx.AsyncClient, edge: Edge) -> None:
    """The body of the page carries it for every request of htmx; a wrong one is refused."""
    await sign_in(client, edge, "admin")
    found = re.search(r"""hx-headers='{"x-csrf-token":"(\w+)"}'""", (await client.get("/")).text)
    assert found
    token = found[1]
    good = await client.post("/search", headers={"x-csrf-token": token, **PART}, data={"q": "note"})
    bad = await client.post(
        "/search", headers={"x-csrf-token": "0" * len(token), **PART}, data={"q": "n"}
    )
    assert (good.status_code, bad.status_code) == (200, 403)


async def test_htmx_may_neither_evaluate_nor_keep_pages(
    client: httpx.AsyncClient, edge: Edge
) -> None:
    """What the content policy forbids is switched off, and no page lands in the browser's storage."""
    await sign_in(client, edge, "admin")
    config = re.search(r"name=\"htmx-config\"\s+content='(.*?)'", (await client.get("/")).text)
    assert config
    for wanted in (
        '"allowEval":false', '"allowScriptTags":false', '"includeIndicatorStyles":false',
        '"selfRequestsOnly":true', '"historyCacheSize":0',
    ):  # fmt: skip
        assert wanted in config[1]


async def test_page_that_asks_by_itself_keeps_no_session_alive(
    client: httpx.AsyncClient, edge: Edge, clock: Hands
) -> None:
    """Freshness is polled for ever; the idle session ends all the same, and the part says 401."""
    await sign_in(client, edge, "admin")
    for _ in range(3):
        clock.turn(minutes=9)
        assert "Portal up to date at" in (await client.get("/freshness", headers=PART)).text
    clock.turn(minutes=9)
    over = await client.get("/freshness", headers=PART)
    assert (over.status_code, over.text) == (401, "")


async def test_used_session_goes_on(client: httpx.AsyncClient, edge: Edge, clock: Hands) -> None:
    """The control: the same pace of real pages keeps the session."""
    await sign_in(client, edge, "admin")
    for _ in range(4):
        clock.turn(minutes=9)
        assert (await client.get("/")).status_code == 200


async def test_notice_comes_with_its_undo_once(client: httpx.AsyncClient, edge: Edge) -> None:
    """The next page offers to take the step back; the page after does not."""
    token = await sign_in(client, edge, "admin")
    await client.post("/notes", data={"csrf_token": token})
    page = (await client.get("/notifications")).text
    assert "The note is saved." in page
    assert 'action="/notes/undo"' in page
    assert 'action="/notes/undo"' not in (await client.get("/notifications")).text


async def test_empty_notifications_say_so(client: httpx.AsyncClient, edge: Edge) -> None:
    """No number beside the bell, and a page that is not empty."""
    await sign_in(client, edge, "admin")
    page = (await client.get("/notifications")).text
    assert "You are all caught up" in page
    assert 'class="count' not in page
