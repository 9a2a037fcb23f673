"""The portal over one real cloud database, with people who work there."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
import structlog

from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Browsers, Signed, browser_at, sign_in
from lmhg_kit.logs import redact
from lmhg_kit.persistence import Database
from lmhg_kit.settings import Environment
from lmhg_portal.app import portal
from lmhg_portal.kernel.settings import PortalSettings
from lmhg_quality.foreign_issuer import ForeignIssuer
from lmhg_stack.testing import PlaneDatabase

PORTAL = "http://portal.test"
PEOPLE = {
    "front_desk": uuid.UUID(int=1),
    "clinician": uuid.UUID(int=2),
    "compliance": uuid.UUID(int=3),
    "admin": uuid.UUID(int=5),
    "trainer": uuid.UUID(int=6),
    "it_support": uuid.UUID(int=7),
    "staff": uuid.UUID(int=8),
}


@pytest.fixture(scope="module")
async def people(cloud: PlaneDatabase) -> dict[str, uuid.UUID]:
    """A profile for each role, as the relay brought it."""
    for role, person_id in PEOPLE.items():
        await cloud.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true);"
            " insert into replica.record (kind, record_id, version, body) values ('staff_profile',"
            f" '{person_id}', 1, jsonb_build_object('kind', 'staff_profile', 'active', true,"
            f" 'display_name', '{role.title()} Person', 'roles', jsonb_build_array('{role}')));"
            " end $$"
        )
    return PEOPLE


@pytest.fixture(scope="module")
async def portal_db(cloud: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the portal reaches it."""
    db = Database(cloud.url("po_portal"), pool_size=4)
    yield db
    await db.close()


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForeignIssuer]:
    """An issuer that is not ours, on loopback."""
    with ForeignIssuer.serving(redirect_uri=f"{PORTAL}/sign-in/callback") as running:
        yield running


@pytest.fixture(scope="module")
def settings(issuer: ForeignIssuer, tmp_path_factory: pytest.TempPathFactory) -> PortalSettings:
    """The portal's settings, for that issuer."""
    secret = tmp_path_factory.mktemp("client") / "secret"
    secret.write_text(f"{issuer.client_secret}\n")
    return PortalSettings(
        environment=Environment.DEVELOPMENT,
        site="s1",
        database_url="unused",
        listen="127.0.0.1:0",
        metrics_listen="127.0.0.1:0",
        public_url=PORTAL,
        issuer_url=issuer.url,
        client_secret_file=secret,
    )


@asynccontextmanager
async def portal_of(settings: PortalSettings, db: Database) -> AsyncIterator[Edge]:
    """A portal that has not met its issuer yet."""
    made = portal.build(settings, db)
    yield made
    await made.inner.state["relying_party"].issuer.close()


@pytest.fixture(scope="module")
async def edge(
    portal_db: Database, settings: PortalSettings, people: dict[str, uuid.UUID]
) -> AsyncIterator[Edge]:
    """The portal, reachable from anywhere."""
    async with portal_of(settings, portal_db) as made:
        yield made


@pytest.fixture
async def browsers(edge: Edge) -> AsyncIterator[Browsers]:
    """Makes browsers at any address."""
    opened: list[httpx.AsyncClient] = []

    def make(peer: str = "203.0.113.7") -> httpx.AsyncClient:
        opened.append(browser_at(edge, peer, base_url=PORTAL))
        return opened[-1]

    yield make
    for browser in opened:
        await browser.aclose()


@pytest.fixture
def as_role(edge: Edge, browsers: Browsers) -> AsRole:
    """Signs a fresh browser in as one of the people."""

    async def make(name: str, peer: str = "203.0.113.7") -> Signed:
        browser = browsers(peer)
        token = await sign_in(browser, edge, name, account_id=str(PEOPLE[name]))
        return Signed(browser, token)

    return make


@pytest.fixture(autouse=True)
def json_logs() -> None:
    """Logs as a process writes them: through the redactor, one line each."""
    structlog.configure(processors=[redact, structlog.processors.JSONRenderer()])
