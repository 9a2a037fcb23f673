"""Guards: closed by default, role by role, with CSRF and zones."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from litestar import WebSocket, get, websocket
from litestar.connection import ASGIConnection

from lmhg_kit.errors import Forbidden
from lmhg_kit.feature import Feature
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.access import enforce, guarded_routes, needs
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.edge import Edge, EdgePolicy
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.testing import Hands, MemorySessions, browser_at, sign_in
from lmhg_kit.http.zones import Zones

HOME = "https://demo.test"
OPEN_POLICY = EdgePolicy(zones=Zones(None), public_url="https://demo.test", production=False)


@get("/forgotten")
async def forgotten() -> str:
    """A route whose author forgot the guard."""
    return "open to all"


@get("/misspelt", opt=needs("notes.raed"))
async def misspelt() -> str:
    """A route with a permission that nobody listed."""
    return "closed to all"


@websocket("/live")
async def live(socket: WebSocket[Any, Any, Any]) -> None:
    """A socket: no guard of ours speaks its language."""
    await socket.accept()


@pytest.mark.parametrize("handler", [forgotten, misspelt, live])
def test_route_without_a_known_guard_stops_the_build(handler: object) -> None:
    """An application with such a route does not start."""
    feature = Feature(name="bad", app="demo", pages=(handler,))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="route with"):
        build_app(
            AppParts(name="demo", policy=OPEN_POLICY, features=FeatureSet((feature,), app="demo"))
        )


async def test_route_without_a_guard_is_closed_even_if_it_was_built() -> None:
    """The guard does not rely on the check at the start."""
    nobody: ASGIConnection[Any, Any, Any, Any] = ASGIConnection({"type": "http"})  # type: ignore[typeddict-item] - nothing of it may be read
    with pytest.raises(Forbidden, match="route_closed"):
        await enforce(nobody, forgotten)


async def test_unreadable_hop_of_a_trusted_proxy_is_turned_away(
    make_edge: Callable[..., Edge],
) -> None:
    """Nobody's address is not an address inside; a readable one from the same proxy passes."""
    edge = make_edge(trusted="10.8.0.0/16")
    for hops, status in (("nonsense", 404), ("203.0.113.5", 404), ("10.8.0.7", 200)):
        async with browser_at(
            edge, "10.8.0.1", base_url=HOME, **{"x-forwarded-for": hops}
        ) as proxy:
            assert (await proxy.get("/open")).status_code == status


def test_every_route_names_its_guard(edge: Edge) -> None:
    """The route list shows an access for each."""
    assert all(access is not None for _, _, access in guarded_routes(edge.inner))


async def test_anonymous_is_sent_to_sign_in(client: httpx.AsyncClient) -> None:
    """A page redirects; an API says 401."""
    assert (await client.get("/")).headers["location"] == "/sign-in"
    answer = await client.get("/", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed_in"


async def test_wrong_role_is_refused(client: httpx.AsyncClient, edge: Edge) -> None:
    """A role without the permission gets 403, and the step does not happen."""
    token = await sign_in(client, edge, "clinician")
    answer = await client.post("/notes", data={"csrf_token": token})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text


async def test_right_role_passes(client: httpx.AsyncClient, edge: Edge) -> None:
    """The permitted role is let through, and the next page says what was done, once."""
    token = await sign_in(client, edge, "admin")
    answer = await client.post("/notes", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "The note is saved." not in (await client.get("/open")).text


@pytest.mark.parametrize("peer", ["203.0.113.5", "::ffff:203.0.113.5", "10.9.0.1"])
async def test_outside_the_networks_nothing_is_there(edge: Edge, peer: str) -> None:
    """From outside, every address answers 404, session or not."""
    async with browser_at(edge, peer, base_url=HOME, **{"x-forwarded-for": "10.8.0.7"}) as outside:
        await sign_in(outside, edge, "admin")
        for path in ("/", "/open", "/nothing"):
            assert (await outside.get(path)).status_code == 404


async def test_foreign_host_is_refused(client: httpx.AsyncClient) -> None:
    """A name that was pointed at our address is not ours."""
    answer = await client.get("/open", headers={"host": "evil.test"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://e.test"},
    ],
)
async def test_cross_site_post_is_refused(
    client: httpx.AsyncClient, edge: Edge, headers: dict[str, str]
) -> None:
    """Even with a valid token, another site's request is refused."""
    token = await sign_in(client, edge, "admin")
    answer = await client.post("/notes", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "offered", ["", "wrong", csrf_token("another session")], ids=["none", "wrong", "another's"]
)
async def test_wrong_token_is_refused(client: httpx.AsyncClient, edge: Edge, offered: str) -> None:
    """No token, a made-up one and another session's one all refuse."""
    await sign_in(client, edge, "admin")
    assert (await client.post("/notes", data={"csrf_token": offered})).status_code == 403


async def test_machine_route_takes_no_cookies(client: httpx.AsyncClient) -> None:
    """A sender without cookies needs no token, and its body is bounded."""
    assert (await client.post("/hook", content=b"x" * 100)).json() == {"bytes": 100}
    answer = await client.post("/hook", content=b"x" * 4096, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


async def test_planted_session_id_is_never_adopted(
    client: httpx.AsyncClient, store: MemorySessions, sessions: Sessions
) -> None:
    """A cookie chosen by someone else opens nothing, is dropped, and dies at sign-in."""
    client.cookies.set("lmhg_demo_session", "chosen-by-an-attacker")
    answer = await client.get("/")
    assert answer.status_code == 303
    assert "lmhg_demo_session=;" in answer.headers["set-cookie"]
    assert store.rows == {}
    first = await sessions.begin("a1", display_name="A", roles=frozenset(), replaces=None)
    second = await sessions.begin("a1", display_name="A", roles=frozenset(), replaces=first)
    assert await sessions.resume(first) is None
    assert await sessions.resume(second) is not None
    assert second.encode() not in b"".join(store.rows)


async def test_session_ends_idle_and_absolutely(sessions: Sessions, clock: Hands) -> None:
    """Half an hour without use ends it, and so does half a day with use."""
    idle = await sessions.begin("a1", display_name="A", roles=frozenset(), replaces=None)
    clock.turn(minutes=31)
    assert await sessions.resume(idle) is None
    used = await sessions.begin("a1", display_name="A", roles=frozenset(), replaces=None)
    for _ in range(29):
        clock.turn(minutes=24)
        assert await sessions.resume(used) is not None
    clock.turn(minutes=24)
    assert await sessions.resume(used) is None


async def test_production_cookies_are_host_bound(make_edge: Callable[..., Edge]) -> None:
    """In production every cookie is __Host-, Secure, HttpOnly and Lax."""
    async with browser_at(make_edge(production=True), "10.8.0.7", base_url=HOME) as browser:
        line = (await browser.get("/")).headers["set-cookie"]
    assert line.startswith("__Host-lmhg_demo_next=/; Path=/; HttpOnly; SameSite=Lax; Secure")


@pytest.mark.parametrize("role", ["admin", "clinician", "front_desk", "nobody"])
def test_permission_table_denies_by_default(
    edge: Edge, permissions: dict[str, frozenset[str]], role: str
) -> None:
    """A role has a permission only where the table says so, and nobody has an unlisted one."""
    gate = edge.inner.state["gate"]
    for permission, roles in permissions.items():
        assert gate.allows({role}, permission) == (role in roles)
    assert not gate.allows({role}, "unlisted.permission")


async def test_odd_path_is_kept_for_after_sign_in_without_splitting_a_header(
    client: httpx.AsyncClient,
) -> None:
    """Line ends and separators in a path stay encoded in the cookie."""
    answer = await client.get("/folder/a%0d%0aX-Evil:%20y;z")
    lines = answer.headers.get_list("set-cookie")
    assert answer.status_code == 303
    assert [line.split(";")[0] for line in lines] == [
        "lmhg_demo_next=/folder/a%0D%0AX-Evil%3A%20y%3Bz"
    ]
    assert "x-evil" not in answer.headers
