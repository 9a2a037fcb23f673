"""Our login, consent and logout pages as Hydra's, from a client's first redirect to its code."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from lmhg_gateway.adapters.hydra import Client, Hydra
from lmhg_gateway.app.identity import build, leavers_of, provider_of
from lmhg_gateway.features.accounts.passwords import hash_password
from lmhg_gateway.features.accounts.repository import mark_forgotten, unforgotten
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_kit.errors import SettingMissing
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import browser_at
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.settings import Environment
from lmhg_stack.testing import PlaneDatabase

from .conftest import Place  # noqa: TID252 - the fixtures of this folder

PASSWORD = "practice-makes-calm"
CALLBACK = "http://books.test/callback"
BOOKS = Client(
    client_id="books",
    client_name="Bookkeeping",
    client_secret="an invented secret",
    redirect_uris=[CALLBACK],
    grant_types=["authorization_code"],
    response_types=["code"],
    scope="openid profile",
)


@pytest.fixture
async def db(onprem: PlaneDatabase, keyring: Keyring) -> AsyncIterator[Database]:
    """The database as the identity process reaches it."""
    database = Database(onprem.url("gw_identity"), pool_size=4)
    yield database
    await database.close()


def settings_for(place: Place, **changes: object) -> IdentitySettings:
    """An identity process in Hydra mode."""
    values = {
        "environment": Environment.DEVELOPMENT, "site": "s1", "database_url": "unused",
        "listen": "127.0.0.1:0", "metrics_listen": "127.0.0.1:0", "public_url": place.ui,
        "workspace_url": "http://work.test", "identity_keyring_file": Path("unused"),
        "identity_provider": "hydra", "hydra_admin_url": place.admin,
        "hydra_public_url": place.public, **changes,
    }  # fmt: skip
    return IdentitySettings(**values)  # pyright: ignore[reportArgumentType] - named above


@pytest.fixture
async def edge(db: Database, hydra_place: Place) -> AsyncIterator[Edge]:
    """The identity process, with a Hydra that knows one client."""
    hydra = Hydra(hydra_place.admin)
    await hydra.put_client(BOOKS)
    await hydra.close()
    settings = settings_for(hydra_place)
    provider = provider_of(settings)
    yield build(settings, db, provider=provider)
    await provider.close()


class Browser:
    """One person's browser, at Hydra and at our pages."""

    def __init__(self, edge: Edge, place: Place) -> None:
        self.place = place
        self.ours = browser_at(edge, base_url=place.ui)
        self.outside = httpx.AsyncClient()

    async def close(self) -> None:
        """Close it."""
        await self.ours.aclose()
        await self.outside.aclose()

    async def follow(self, url: str) -> httpx.Response:
        """Follow redirects until a page of ours or the client's callback is reached."""
        for _ in range(12):
            if url.startswith(CALLBACK):
                return httpx.Response(302, headers={"location": url})
            at_home = url.startswith((self.place.ui, "/"))
            answer = await (self.ours if at_home else self.outside).get(url)
            if answer.status_code not in (302, 303, 307):
                return answer
            url = answer.headers["location"]
        message = "the browser goes round in circles"
        raise AssertionError(message)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """One form of ours, and what follows."""
        cookies = self.ours.cookies
        secret = cookies.get("lmhg_identity_session") or cookies["lmhg_identity_pre"]
        answer = await self.ours.post(path, data={"csrf_token": csrf_token(secret), **fields})
        assert answer.status_code == 303, answer.text
        return await self.follow(answer.headers["location"])


@pytest.fixture
async def browser(edge: Edge, hydra_place: Place) -> AsyncIterator[Browser]:
    """A browser that nobody has signed in."""
    opened = Browser(edge, hydra_place)
    yield opened
    await opened.close()


@pytest.fixture
async def ana(onprem: PlaneDatabase) -> uuid.UUID:
    """A colleague with a long password."""
    person = uuid.uuid4()
    await onprem.run(
        f"do $$ begin perform set_config('app.actor', 'test', true),"
        f" set_config('app.purpose', 'test', true);"
        f" insert into identity.user_account (id, email, display_name, roles, password_hash)"
        f" values ('{person}', 'ana-{person.hex[:6]}@lmhg.test', 'Ana Roy', '{{staff}}',"
        f" '{hash_password(PASSWORD)}'); end $$"
    )
    return person


def start(place: Place) -> str:
    """Where the client sends the browser."""
    query = {
        "client_id": "books", "redirect_uri": CALLBACK, "response_type": "code",
        "scope": "openid profile", "state": "a-state-of-the-client",
    }  # fmt: skip
    return f"{place.public}/oauth2/auth?{urlencode(query)}"


async def to_consent(browser: Browser, ana: uuid.UUID) -> httpx.Response:
    """Sign in by our own form, up to the question what the client may have."""
    page = await browser.follow(start(browser.place))
    fields = dict(re.findall(r'name="(next|state|fresh)"\s+value="([^"]*)"', page.text))
    fields = {name: value.replace("&amp;", "&") for name, value in fields.items()}
    return await browser.post(
        "/sign-in", email=f"ana-{ana.hex[:6]}@lmhg.test", password=PASSWORD, **fields
    )


def challenge_of(page: httpx.Response) -> str:
    """The challenge that a page of ours carries."""
    found = re.search(r'name="challenge"\s+value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


async def test_a_client_gets_its_code_through_our_pages(browser: Browser, ana: uuid.UUID) -> None:
    """Not signed in: our form; then the client's name and wishes in words; then its code."""
    page = await to_consent(browser, ana)
    assert "Allow Bookkeeping?" in page.text
    assert "see your name" in page.text
    done = await browser.post("/hydra/consent", challenge=challenge_of(page), answer="yes")
    landed = parse_qs(urlsplit(done.headers["location"]).query)
    assert landed["state"] == ["a-state-of-the-client"]
    assert landed["code"]


async def test_a_no_is_a_no(browser: Browser, ana: uuid.UUID) -> None:
    """The client hears that it was refused, and gets no code."""
    page = await to_consent(browser, ana)
    done = await browser.post("/hydra/consent", challenge=challenge_of(page), answer="no")
    landed = parse_qs(urlsplit(done.headers["location"]).query)
    assert landed["error"] == ["access_denied"]
    assert "code" not in landed


async def test_somebody_elses_consent_cannot_be_given(
    browser: Browser, edge: Edge, ana: uuid.UUID
) -> None:
    """A second browser with the first one's challenge is asked to sign in, not allowed to answer."""
    page = await to_consent(browser, ana)
    stranger = Browser(edge, browser.place)
    await stranger.ours.get("/sign-in")
    answer = await stranger.post("/hydra/consent", challenge=challenge_of(page), answer="yes")
    await stranger.close()
    assert answer.status_code == 200
    assert "Password" in answer.text


async def test_who_left_is_forgotten_there_too(
    db: Database, hydra_place: Place, onprem: PlaneDatabase, ana: uuid.UUID
) -> None:
    """The loop tells Hydra once; while Hydra is away it tries again."""
    await onprem.run(
        f"do $$ begin perform set_config('app.actor', 'test', true),"
        f" set_config('app.purpose', 'test', true);"
        f" update identity.user_account set ended_at = now(), active = false where id = '{ana}';"
        f" end $$"
    )
    others = [each for each in await unforgotten(db) if each != ana]
    for each in others:
        await mark_forgotten(db, each)
    away = provider_of(settings_for(hydra_place, hydra_admin_url="http://127.0.0.1:9"))
    with pytest.raises(Exception, match="hydra_refused"):
        await leavers_of(db, away)()
    assert ana in await unforgotten(db)
    provider = provider_of(settings_for(hydra_place))
    assert await leavers_of(db, provider)() == 1
    assert await unforgotten(db) == []
    await asyncio.gather(away.close(), provider.close())


def test_hydra_mode_names_the_setting_it_lacks(hydra_place: Place) -> None:
    """The process does not start half configured."""
    with pytest.raises(SettingMissing, match="LMHG_HYDRA_ADMIN_URL"):
        provider_of(settings_for(hydra_place, hydra_admin_url=None))
