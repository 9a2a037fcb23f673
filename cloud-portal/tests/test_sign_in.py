"""Signing in by the practice's issuer: the way that works, and each way that is refused."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import browser_at
from lmhg_kit.persistence import Database
from lmhg_portal.kernel.settings import PortalSettings
from lmhg_quality.foreign_issuer import Bent, ForeignIssuer
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE, PORTAL, portal_of  # noqa: TID252 - the people of this folder's fixtures

SESSION = "lmhg_portal_session"
WRONG = {
    "nonce of another sign-in": Bent(claims={"nonce": "another"}),
    "nonce left out": Bent(claims={"nonce": None}),
    "wrong audience": Bent(claims={"aud": "somebody-else"}),
    "one audience too many": Bent(claims={"aud": ["portal", "somebody-else"]}),
    "authorized party": Bent(claims={"azp": "somebody-else"}),
    "wrong issuer": Bent(claims={"iss": "https://evil.example"}),
    "issuer left out": Bent(claims={"iss": None}),
    "unsigned": Bent(how="none"),
    "HS256 with the public key": Bent(how="hs256"),
    "a key nobody published": Bent(how="stranger"),
    "unknown key id": Bent(header={"kid": "never-seen"}),
    "an access token": Bent(header={"typ": "at+jwt"}),
    "expired": Bent(moments={"exp": -3600}),
    "expiry left out": Bent(claims={"exp": None}),
    "from the future": Bent(moments={"iat": 3600}),
    "at_hash of another token": Bent(claims={"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    "subject is no account": Bent(claims={"sub": "admin"}),
    "answer of another issuer": Bent(answer_iss="https://evil.example"),
    "answer without its issuer": Bent(answer_iss=""),
    "refused at the issuer": Bent(error="access_denied"),
}
FINE = {
    "nothing bent": Bent(),
    "audience as a list": Bent(claims={"aud": ["portal"]}),
    "expired within the skew": Bent(moments={"exp": -60}),
    "issued within the skew ahead": Bent(moments={"iat": 60}),
    "no at_hash": Bent(claims={"at_hash": None}),
    "no azp": Bent(claims={"azp": None}),
}


@pytest.fixture
async def fresh(
    portal_db: Database, settings: PortalSettings, people: object
) -> AsyncIterator[Edge]:
    """A portal that has not met its issuer yet."""
    async with portal_of(settings, portal_db) as made:
        yield made


@pytest.fixture(autouse=True)
def straight(issuer: ForeignIssuer) -> Iterator[None]:
    """Each test begins and ends with an issuer that does everything right."""
    issuer.subject, issuer.bent = str(PEOPLE["staff"]), Bent()
    yield
    issuer.bent = Bent()


async def ask(browser: httpx.AsyncClient) -> str:
    """Begin a sign-in: the address at the issuer."""
    answer = await browser.get("/sign-in")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def visit_issuer(address: str) -> str:
    """What the person's browser does at the issuer: the address that it is sent back to."""
    async with httpx.AsyncClient() as outside:
        answer = await outside.get(address)
    back = answer.headers["location"]
    assert back.startswith(PORTAL)
    return back.removeprefix(PORTAL)


async def whole(browser: httpx.AsyncClient) -> httpx.Response:
    """A whole sign-in: the answer to the callback."""
    return await browser.get(await visit_issuer(await ask(browser)))


def is_refused(answer: httpx.Response, browser: httpx.AsyncClient) -> bool:
    """Whether nobody was signed in, and the page says so without the reason."""
    return (
        answer.status_code == 400
        and "was not completed" in answer.text
        and SESSION not in browser.cookies
    )


async def test_sign_in_asks_with_state_nonce_and_challenge(
    fresh: Edge, issuer: ForeignIssuer
) -> None:
    """The question carries what the answer will be held against, fresh every time."""
    async with browser_at(fresh, base_url=PORTAL) as browser:
        first, second = [parse_qs(urlsplit(await ask(browser)).query) for _ in range(2)]
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["scope"] == ["openid"]
    assert first["redirect_uri"] == [f"{PORTAL}/sign-in/callback"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


@pytest.mark.parametrize("name", FINE)
async def test_a_right_answer_signs_in(fresh: Edge, issuer: ForeignIssuer, name: str) -> None:
    """Who the issuer vouches for is signed in, by the name in the replica."""
    async with browser_at(fresh, base_url=PORTAL) as browser:
        issuer.bent = FINE[name]
        answer = await whole(browser)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/"), issuer.refusals
        assert "Hello, Staff" in (await browser.get("/")).text


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_answer_signs_nobody_in(
    fresh: Edge, issuer: ForeignIssuer, name: str
) -> None:
    """Each token and answer that is not exactly ours is refused; see `FINE` for the control."""
    async with browser_at(fresh, base_url=PORTAL) as browser:
        issuer.bent = WRONG[name]
        assert is_refused(await whole(browser), browser)
        assert (await browser.get("/")).status_code == 303


async def test_state_is_needed_and_belongs_to_one_browser(
    fresh: Edge, issuer: ForeignIssuer
) -> None:
    """Without a state, with a made-up one, or in another browser: refused."""
    async with (
        browser_at(fresh, base_url=PORTAL) as browser,
        browser_at(fresh, base_url=PORTAL) as victim,
    ):
        back = await visit_issuer(await ask(browser))
        code = parse_qs(urlsplit(back).query)["code"][0]
        for path in (
            f"/sign-in/callback?code={code}&iss={issuer.url}",
            f"/sign-in/callback?code={code}&iss={issuer.url}&state=made-up",
        ):
            assert is_refused(await victim.get(path), victim)
        await ask(victim)
        assert is_refused(await victim.get(back), victim)
        assert (await browser.get(back)).status_code == 303  # the one it belongs to


async def test_callback_is_good_once(fresh: Edge) -> None:
    """The same address again signs nobody in, not even the browser that used it."""
    async with browser_at(fresh, base_url=PORTAL) as browser:
        address = await ask(browser)
        back = await visit_issuer(address)
        cookie = dict(browser.cookies)
        assert (await browser.get(back)).status_code == 303
        browser.cookies.clear()
        for name, value in cookie.items():
            browser.cookies.set(name, value)
        assert is_refused(await browser.get(back), browser)


async def test_code_of_another_sign_in_is_refused(fresh: Edge, issuer: ForeignIssuer) -> None:
    """A code put into someone else's sign-in fails at the challenge."""
    issuer.refusals.clear()
    async with (
        browser_at(fresh, base_url=PORTAL) as thief,
        browser_at(fresh, base_url=PORTAL) as browser,
    ):
        stolen = parse_qs(urlsplit(await visit_issuer(await ask(thief))).query)["code"][0]
        back = await visit_issuer(await ask(browser))
        own = parse_qs(urlsplit(back).query)["code"][0]
        assert is_refused(await browser.get(back.replace(own, stolen)), browser)
    assert issuer.refusals == ["pkce"]


async def test_a_sign_in_that_took_too_long_is_refused(fresh: Edge, cloud: PlaneDatabase) -> None:
    """After ten minutes the person begins again."""
    async with browser_at(fresh, base_url=PORTAL) as browser:
        back = await visit_issuer(await ask(browser))
        await cloud.run("update portal.sign_in_request set ends_at = now()")
        assert is_refused(await browser.get(back), browser)


async def test_session_is_new_at_every_sign_in(fresh: Edge) -> None:
    """A cookie from before is not adopted, and the session it named is over."""
    async with browser_at(fresh, base_url=PORTAL) as browser:
        planted = "planted-by-somebody-0000000000000000000000000"
        browser.cookies.set(SESSION, planted, domain="portal.test", path="/")
        await whole(browser)
        first = browser.cookies[SESSION]
        assert first != planted
        assert (await browser.get("/sign-in")).headers["location"] == "/"
        begun = await ask_again(fresh, browser)
        assert browser.cookies[SESSION] not in (first, planted)
        async with browser_at(fresh, base_url=PORTAL) as old:
            old.cookies.set(SESSION, first)
            assert ((await old.get("/")).status_code, begun.status_code) == (303, 303)


async def ask_again(edge: Edge, browser: httpx.AsyncClient) -> httpx.Response:
    """A second sign-in in a browser that is signed in: begun elsewhere, finished here."""
    async with browser_at(edge, base_url=PORTAL) as window:
        back = await visit_issuer(await ask(window))
        browser.cookies.update(window.cookies)
    return await browser.get(back)


async def test_person_comes_back_to_the_page_they_wanted(fresh: Edge) -> None:
    """The way leads there, and never to another site."""
    async with browser_at(fresh, base_url=PORTAL) as browser:
        await browser.get("/calendar")
        assert (await whole(browser)).headers["location"] == "/calendar"
    async with browser_at(fresh, base_url=PORTAL) as browser:
        browser.cookies.set("lmhg_portal_next", "//evil.example/")
        assert (await whole(browser)).headers["location"] == "/"


async def test_keys_are_cached_and_rotation_works(fresh: Edge, issuer: ForeignIssuer) -> None:
    """One fetch for many sign-ins; one more when a token names a key that is new."""
    before = issuer.asked["jwks"]
    for _ in range(3):
        async with browser_at(fresh, base_url=PORTAL) as browser:
            assert (await whole(browser)).status_code == 303
    assert issuer.asked["jwks"] == before + 1
    issuer.rotate("k-next")
    async with browser_at(fresh, base_url=PORTAL) as browser:
        assert (await whole(browser)).status_code == 303
    assert issuer.asked["jwks"] == before + 2


async def test_unknown_key_ids_do_not_hammer_the_issuer(fresh: Edge, issuer: ForeignIssuer) -> None:
    """A stranger's made-up tokens cause one fetch, not one each."""
    issuer.bent = Bent(header={"kid": "never-seen"})
    before = issuer.asked["jwks"]
    async with browser_at(fresh, base_url=PORTAL) as stranger:
        for _ in range(5):
            answer = await stranger.post(
                "/sign-out/back-channel", data={"logout_token": issuer.logout_token()}
            )
            assert answer.status_code == 400
    assert issuer.asked["jwks"] <= before + 2


async def test_issuer_down_is_said_and_sessions_go_on(
    fresh: Edge, issuer: ForeignIssuer, portal_db: Database, settings: PortalSettings
) -> None:
    """Nobody can sign in, the page says so; anyone who is in works on, and can sign out."""
    async with browser_at(fresh, base_url=PORTAL) as browser:
        nobody_there = msgspec.structs.replace(settings, issuer_url="http://127.0.0.1:9")
        for cut_off in (settings, nobody_there):
            issuer.bent = Bent()
            browser.cookies.clear()
            await whole(browser)
            issuer.bent = Bent(is_down=True)
            await _check_cut_off(cut_off, portal_db, session=browser.cookies[SESSION])


async def _check_cut_off(settings: PortalSettings, db: Database, *, session: str) -> None:
    async with (
        portal_of(settings, db) as edge,
        browser_at(edge, base_url=PORTAL) as stranger,
        browser_at(edge, base_url=PORTAL) as inside,
    ):
        answer = await stranger.get("/sign-in")
        assert (answer.status_code, "does not answer" in answer.text) == (503, True)
        inside.cookies.set(SESSION, session)
        assert (await inside.get("/")).status_code == 200
        form = {"csrf_token": csrf_token(session)}
        left = await inside.post("/sign-out", data=form)
        assert left.headers["location"] == "/signed-out?here=1"
        assert (await inside.get("/")).status_code == 303


async def test_roles_come_from_the_replica_at_every_request(
    fresh: Edge, cloud: PlaneDatabase, issuer: ForeignIssuer
) -> None:
    """A changed profile counts at once; an inactive, recalled or missing one is no session."""
    await _profile(cloud, active=True, roles='["it_support"]')
    async with browser_at(fresh, base_url=PORTAL) as browser:
        await whole(browser)
        assert "Ticket queue" in (await browser.get("/tickets")).text
        await _profile(cloud, active=True, roles='["staff"]')
        assert "My tickets" in (await browser.get("/tickets")).text
        await _profile(cloud, active=False, roles='["staff"]')
        assert (await browser.get("/")).status_code == 303
        answer = await whole(browser)
        assert (answer.status_code, "does not know you" in answer.text) == (403, True)
        await _profile(cloud, active=True, roles='["staff"]')
        assert (await whole(browser)).status_code == 303
    issuer.subject = "00000000-0000-4000-8000-0000000000aa"
    async with browser_at(fresh, base_url=PORTAL) as stranger:
        assert (await whole(stranger)).status_code == 403


async def _profile(cloud: PlaneDatabase, *, active: bool, roles: str) -> None:
    await cloud.run(
        "update replica.record set body = body || jsonb_build_object('active', $2::boolean,"
        " 'roles', $3::jsonb) where record_id = $1",
        PEOPLE["staff"],
        active,
        roles,
    )
