"""The JSON API: the same rules as the pages, told to programs."""

import uuid

import pytest

from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Signed


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk's program, with its session and its token."""
    signed = await as_role("front_desk")
    signed.browser.headers["x-csrf-token"] = signed.token
    return signed


async def client_of(desk: Signed, name: str) -> str:
    """The id of a fresh client."""
    return (await desk.follow("/clients", other_person="1", legal_name=name)).url.path.rsplit(
        "/", 1
    )[1]


async def test_client_is_found_and_read(desk: Signed) -> None:
    """The search text is in the body, the answer is typed."""
    client_id = await client_of(desk, "Odalys Nakamura")
    found = (await desk.browser.post("/api/v1/clients/search", json={"q": "odal nak"})).json()
    assert [each["name"] for each in found["clients"]] == ["Odalys Nakamura"]
    one = (await desk.browser.get(f"/api/v1/clients/{client_id}")).json()
    assert one["legal_name"] == "Odalys Nakamura"
    assert one["may_voicemail"] is None  # no one asked
    listed = (await desk.browser.get("/api/v1/clients")).json()
    assert one in listed["clients"]


async def test_referral_is_moved_by_the_same_table(desk: Signed) -> None:
    """A step answers with the next ones; a stale or impossible one with the stable code."""
    client_id = await client_of(desk, "Tamsin Castellanos")
    new = {
        "received_on": "2026-11-20", "source_category": "self", "channel": "phone",
        "concern_code": "grief", "urgency": "routine",
    }  # fmt: skip
    page = await desk.follow(f"/clients/{client_id}/referrals", **new)
    own = f"/api/v1{page.url.path}/moves"
    moved = await desk.browser.post(own, json={"seen": "received", "to": "contacted"})
    assert moved.json()["state"] == "contacted"
    assert moved.json()["moves"]["screening"] == []
    stale = await desk.browser.post(own, json={"seen": "received", "to": "contacted"})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "referral_moved")
    bare = await desk.browser.post(own, json={"seen": "contacted", "to": "closed"})
    assert (bare.status_code, bare.json()["error"]["code"]) == (422, "referral_reason")
    listed = (await desk.browser.get("/api/v1/referrals", params={"in_state": "contacted"})).json()
    assert "Tamsin Castellanos" in [each["client"] for each in listed["referrals"]]


ODD_BODIES = (
    b"",
    b"{",
    b'{"q": 7}',
    b'{"q": "' + b"x" * 200 + b'"}',
    b'{"q": "\xff\xfe"}',
    b'{"\xff": "a"}',
    b'{"q": "\xed\xa0\x80"}',
    b'{"q": "\\ud800"}',
    b'{"q": "a", "other": ' + b"[" * 60_000 + b"]" * 60_000 + b"}",
    b"[" * 120_000,
    b'{"q": "a", "other": ' + b"[" * 600 + b"]" * 600 + b"}",
    b'{"q": "a", "other": ' + b"[" * 33 + b"]" * 33 + b"}",
    b'{"q":' * 20_000,
    b'{"q": "a", "n": 1e999999}',
    b'{"q": "a", "n": ' + b"9" * 5_000 + b"}",
)


@pytest.mark.found(
    "A11", "a JSON body that is deep or no UTF-8 is refused like any other broken one"
)
@pytest.mark.parametrize("body", ODD_BODIES, ids=range(len(ODD_BODIES)))
async def test_bad_body_is_refused_without_repeating_it(desk: Signed, body: bytes) -> None:
    """400 with a code, and nothing of what was sent."""
    answer = await desk.browser.post(
        "/api/v1/clients/search", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"
    assert "xxx" not in answer.text


async def test_stranger_other_role_and_missing_token_are_refused(
    desk: Signed, as_role: AsRole
) -> None:
    """401, 403 and 403, each as JSON."""
    trainer = await as_role("trainer")
    assert (await trainer.get("/api/v1/referrals")).json()["error"]["code"] == "role_missing"
    del desk.browser.headers["x-csrf-token"]
    answer = await desk.browser.post("/api/v1/clients/search", json={"q": "a"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf_token")
    desk.browser.cookies.clear()
    answer = await desk.browser.get(f"/api/v1/clients/{uuid.uuid4()}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")


async def test_announcements_are_listed(desk: Signed) -> None:
    """With the state that the page shows."""
    await desk.follow("/announcements", title="Parking", body="Front row is for clients.")
    listed = (await desk.browser.get("/api/v1/announcements")).json()
    assert [(each["title"], each["state"]) for each in listed["announcements"]] == [
        ("Parking", "Only in the office")
    ]


async def test_description_covers_the_api_and_no_page(desk: Signed, edge: Edge) -> None:
    """OpenAPI names each address under /api/v1 that speaks JSON, and nothing else: not tus, not a file."""
    described = (await desk.browser.get("/api/v1/schema")).json()
    assert set(described["paths"]) == {
        route.path_format
        for route in edge.inner.routes
        if route.path.startswith("/api/v1/")
        and not route.path.startswith(("/api/v1/schema", "/api/v1/uploads"))
        and not route.path.endswith(("/file", "/original", "/picture"))
    }
