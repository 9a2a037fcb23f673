"""Signing out of the portal: by the person, by the issuer, by time, and one device among several."""

import uuid
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import browser_at
from lmhg_kit.persistence import Database
from lmhg_portal.kernel.settings import PortalSettings
from lmhg_quality.foreign_issuer import Bent, ForeignIssuer
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE, PORTAL, portal_of  # noqa: TID252 - the people of this folder's fixtures
from .test_sign_in import SESSION, whole  # noqa: TID252 - the way in

LOGOUT = "/sign-out/back-channel"
WRONG = {
    "another audience": {"aud": "somebody-else"},
    "another issuer": {"iss": "https://evil.example"},
    "no audience": {"aud": None},
    "no event": {"events": None},
    "another event": {"events": {"urn:else": {}}},
    "an ID token's nonce": {"nonce": "n"},
    "no id": {"jti": None},
    "nobody named": {"sub": None, "sid": None},
    "subject is no account": {"sub": "admin"},
    "no time": {"iat": None},
    "old": {"iat": 1_600_000_000, "exp": None},
    "expired": {"exp": 1_600_000_000},
    "from the future": {"iat": 4_000_000_000},
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
    issuer.subject, issuer.sid, issuer.bent = (
        str(PEOPLE["clinician"]),
        f"sid-{uuid.uuid4()}",
        Bent(),
    )
    yield
    issuer.bent = Bent()


@pytest.fixture
async def browser(fresh: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """A person's browser, signed in."""
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    async with browser_at(fresh, base_url=PORTAL, **{"user-agent": agent}) as made:
        await whole(made)
        yield made


async def send(browser: httpx.AsyncClient, path: str) -> httpx.Response:
    """A form with its token."""
    return await browser.post(path, data={"csrf_token": csrf_token(browser.cookies[SESSION])})


async def is_in(browser: httpx.AsyncClient) -> bool:
    """Whether the browser's session lives."""
    return (await browser.get("/")).status_code == 200


async def notify(edge: Edge, token: str) -> httpx.Response:
    """What the issuer's server does: no cookies, no pages."""
    async with browser_at(edge, "198.51.100.9", base_url=PORTAL) as server:
        return await server.post(LOGOUT, data={"logout_token": token})


async def test_sign_out_ends_it_here_and_asks_the_issuer(
    browser: httpx.AsyncClient, issuer: ForeignIssuer
) -> None:
    """The session is over before the browser goes on to the issuer, with the ID token as hint."""
    kept = browser.cookies[SESSION]
    answer = await send(browser, "/sign-out")
    address = urlsplit(answer.headers["location"])
    query = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{issuer.url}/logout"
    assert query["post_logout_redirect_uri"] == [f"{PORTAL}/signed-out"]
    assert query["id_token_hint"][0].count(".") == 2
    browser.cookies.set(SESSION, kept)
    assert not await is_in(browser)


async def test_sign_out_needs_its_token(browser: httpx.AsyncClient) -> None:
    """Another site cannot sign anybody out."""
    assert (await browser.post("/sign-out")).status_code == 403
    assert await is_in(browser)


async def test_logout_token_ends_the_session_at_once(
    fresh: Edge, browser: httpx.AsyncClient, issuer: ForeignIssuer
) -> None:
    """The issuer's word is enough; the other sessions of the person go on."""
    first, issuer.sid = issuer.sid, "sid-2"
    async with browser_at(fresh, base_url=PORTAL) as other:
        await whole(other)
        answer = await notify(fresh, issuer.logout_token(sid=first))
        assert (answer.status_code, answer.json()) == (200, {"ended": 1})
        assert answer.headers["cache-control"] == "no-store"
        assert (await is_in(browser), await is_in(other)) == (False, True)
        answer = await notify(fresh, issuer.logout_token(sid=None))
        assert (answer.status_code, await is_in(other)) == (200, False)


async def test_logout_token_is_good_once(
    fresh: Edge, browser: httpx.AsyncClient, issuer: ForeignIssuer
) -> None:
    """A copy of it, kept by someone, ends nothing later."""
    token = issuer.logout_token()
    assert (await notify(fresh, token)).status_code == 200
    await whole(browser)
    assert (await notify(fresh, token)).status_code == 400
    assert await is_in(browser)


@pytest.mark.parametrize("name", WRONG)
async def test_wrong_logout_token_ends_nothing(
    fresh: Edge, browser: httpx.AsyncClient, issuer: ForeignIssuer, name: str
) -> None:
    """What is not a logout token of our issuer for this portal, now, is refused."""
    answer = await notify(fresh, issuer.logout_token(**WRONG[name]))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert await is_in(browser)


@pytest.mark.parametrize("how", ["none", "hs256", "stranger"])
async def test_forged_logout_token_ends_nothing(
    fresh: Edge, browser: httpx.AsyncClient, issuer: ForeignIssuer, how: str
) -> None:
    """Unsigned, signed with the public key, or by a stranger."""
    issuer.bent = Bent(how=how)
    assert (await notify(fresh, issuer.logout_token())).status_code == 400
    assert await is_in(browser)


async def test_id_token_is_no_logout_token(
    fresh: Edge, browser: httpx.AsyncClient, issuer: ForeignIssuer
) -> None:
    """A token that was made for something else ends nothing; nor does nonsense."""
    for token in (issuer.id_token(nonce="n", access_token="a"), "x" * 30, ""):
        assert (await notify(fresh, token)).status_code == 400
    assert await is_in(browser)


async def test_account_page_says_who_where_and_until_when(
    browser: httpx.AsyncClient,
) -> None:
    """Name, roles, the device, and when the session ends at the latest."""
    page = (await browser.get("/account")).text
    for words in ("Clinician Person", "Clinician", "Firefox on Linux", "This device", "30 minutes"):
        assert words in page, words
    assert "Ends by" in page


async def test_one_session_or_all_can_be_ended(
    fresh: Edge, browser: httpx.AsyncClient, cloud: PlaneDatabase, issuer: ForeignIssuer
) -> None:
    """One by one, or every device at once; someone else's is not there."""
    async with (
        browser_at(fresh, base_url=PORTAL) as phone,
        browser_at(fresh, base_url=PORTAL) as colleague,
    ):
        await whole(phone)
        issuer.subject = str(PEOPLE["admin"])
        await whole(colleague)
        ids = {row["user_id"]: row["id"] for row in await cloud.run(
            "select user_id, id from portal.session order by started_at")}  # fmt: skip
        theirs = f"/account/sessions/{ids[PEOPLE['admin']]}/end"
        assert (await send(browser, theirs)).status_code == 404
        assert (
            await send(browser, f"/account/sessions/{ids[PEOPLE['clinician']]}/end")
        ).status_code == 303
        assert (await is_in(phone), await is_in(browser), await is_in(colleague)) == (
            False,
            True,
            True,
        )
        assert (await send(browser, "/account/sessions/end")).headers[
            "location"
        ] == "/signed-out?here=1"
        assert (await is_in(browser), await is_in(colleague)) == (False, True)


@pytest.mark.parametrize(("role", "idle_min"), [("admin", 15), ("clinician", 30), ("staff", 60)])
async def test_idle_session_ends_by_the_limit_of_its_role(
    fresh: Edge, issuer: ForeignIssuer, cloud: PlaneDatabase, role: str, idle_min: int
) -> None:
    """A minute before it lives, then it does not."""
    issuer.subject = str(PEOPLE[role])
    async with browser_at(fresh, base_url=PORTAL) as person:
        await whole(person)
        for minutes, lives in ((idle_min - 1, True), (idle_min, False)):
            await cloud.run(
                "update portal.session set last_used_at = now() - make_interval(mins => $1)"
                " where user_id = $2",
                minutes,
                PEOPLE[role],
            )
            assert await is_in(person) is lives


async def test_session_ends_at_its_limit_whatever_its_use(
    browser: httpx.AsyncClient, cloud: PlaneDatabase
) -> None:
    """Twelve hours after it began a clinician signs in again."""
    for hours, lives in ((11.9, True), (12.0, False)):
        await cloud.run(
            "update portal.session set started_at = now() - $1 * interval '1 hour',"
            " last_used_at = now() where user_id = $2",
            hours,
            PEOPLE["clinician"],
        )
        assert await is_in(browser) is lives


async def test_no_secret_is_stored_in_the_open(
    browser: httpx.AsyncClient, cloud: PlaneDatabase
) -> None:
    """Neither the session's secret nor a state is in the database."""
    rows = await cloud.run("select s::text as row from portal.session s")
    assert not any(browser.cookies[SESSION] in row["row"] for row in rows)
