"""The issuer over a real database, people who are signed in there, and relying parties."""

import re
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import structlog
from authlib.integrations.httpx_client import AsyncOAuth2Client

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.issuer.pages import ISSUER
from lmhg_gateway.features.issuer.service import ISSUER_HERE, Issuer
from lmhg_gateway.features.oauth_clients.forms import NewClientForm
from lmhg_gateway.features.oauth_clients.public import ClientKind, put_client
from lmhg_gateway.features.sessions.session_store import IDENTITY, SessionStore
from lmhg_gateway.features.tokens import keys
from lmhg_gateway.web.assembly import edge_policy
from lmhg_kit.clock import utc_now
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.session_limits import SessionLimits
from lmhg_kit.http.shell import Shell, pages_for
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.http.testing import Hands, Signed, browser_at, sign_in
from lmhg_kit.http.work import DATABASE
from lmhg_kit.logs import redact
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.settings import Environment
from lmhg_kit.ui.environment import STATIC
from lmhg_stack.testing import PlaneDatabase

API_SCOPES = frozenset(FeatureSet(FEATURES).scopes)
URL = "http://localhost:8010"
AUDIENCE = "https://work.test/api/v1"
CALLBACK = "https://rp.test/callback"
AFTER = "https://rp.test/bye"
BACKCHANNEL = "https://rp.test/back-channel"
ANA, BEN, CARO, DAN = (uuid.UUID(int=number) for number in (0xA, 0xB, 0xC, 0xD))
SECRET = "s" * 43
OTHER_SECRET = "t" * 43
VERIFIER = "v" * 64
SCOPES = "openid profile email offline_access"


@pytest.fixture(scope="module")
async def people(onprem: PlaneDatabase) -> None:
    """Two colleagues and two administrators."""
    for person, name in ((ANA, "ana"), (BEN, "ben"), (CARO, "caro"), (DAN, "dan")):
        role = "admin" if person in (CARO, DAN) else "staff"
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true);"
            " insert into identity.user_account (id, email, display_name, roles, password_hash)"
            f" values ('{person}', '{name}@lmhg.test', '{name.title()} Person', '{{{role}}}', 'x');"
            " end $$"
        )


@pytest.fixture(scope="module")
async def owner(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as an operator's command reaches it."""
    url = onprem.url("lmhg_migrator")
    db = Database(url, pool_size=2, role=owner_for(url))
    yield db
    await db.close()


@pytest.fixture(scope="module")
async def identity_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the identity process reaches it."""
    db = Database(onprem.url("gw_identity"), pool_size=4)
    yield db
    await db.close()


@pytest.fixture
def clock() -> Hands:
    """The issuer's clock, a little ahead: what the database dates itself is then already past."""
    hands = Hands()
    hands.at = utc_now().replace(microsecond=0) + timedelta(minutes=1)
    return hands


async def put(
    owner: Database,
    client_id: str,
    clock: Hands,
    *,
    kind: ClientKind = ClientKind.WEB,
    secret: str | None = SECRET,
    first_party: bool = True,
) -> None:
    """Register a client, as the operator does."""
    addresses = {} if kind is ClientKind.SERVICE else {"redirect_uris": CALLBACK}
    form = NewClientForm(
        client_id=client_id,
        kind=kind,
        name=f"The {client_id}",
        post_logout_uris=AFTER,
        backchannel_uri=BACKCHANNEL if kind is ClientKind.WEB else "",
        **addresses,
    )
    async with owner.uow(Actor("operator"), "client by operator") as tx:
        await put_client(
            tx, form, secret=secret, first_party=first_party, by="operator", at=clock()
        )


@pytest.fixture
async def issuer(
    onprem: PlaneDatabase, owner: Database, identity_db: Database, people: None, clock: Hands
) -> Issuer:
    """An issuer with one signing key and its clients, and nothing else from earlier tests."""
    await onprem.run(
        "truncate identity.oauth_client, identity.signing_key, identity.revoked_token,"
        " identity.session cascade"
    )
    await put(owner, "portal", clock)
    await put(owner, "phone", clock, kind=ClientKind.PUBLIC, secret=None)
    await put(owner, "foreign", clock, secret=OTHER_SECRET, first_party=False)
    await put(owner, "robot", clock, kind=ClientKind.SERVICE, first_party=False)
    async with identity_db.uow(Actor("process: test"), "keys") as tx:
        await keys.ensure(tx, at=clock())
    return Issuer(URL, AUDIENCE, clock, API_SCOPES)


async def grant_scopes(onprem: PlaneDatabase, client_id: str, *scopes: str) -> None:
    """Scopes, asked for by one administrator and granted by another."""
    names = ", ".join(f"'{scope}'" for scope in scopes)
    await onprem.run(
        f"do $$ begin perform set_config('app.purpose', 'test', true),"
        f" set_config('app.actor', '{CARO}', true);"
        " insert into identity.scope_request (id, client, scopes, requested_by)"
        f" select gen_random_uuid(), id, array[{names}], '{CARO}' from identity.oauth_client"
        f" where client_id = '{client_id}';"
        f" perform set_config('app.actor', '{DAN}', true);"
        f" update identity.oauth_client set scopes = array[{names}] where client_id = '{client_id}';"
        " end $$"
    )


@pytest.fixture
def edge(identity_db: Database, issuer: Issuer, clock: Hands) -> Edge:
    """The issuer as an application."""
    files = StaticFiles(STATIC)
    return build_app(
        AppParts(
            name="identity",
            policy=edge_policy(
                environment=Environment.DEVELOPMENT, public_url=URL, approved=None, trusted=()
            ),
            features=FeatureSet((ISSUER,), app="identity"),
            sessions=Sessions(
                SessionStore(identity_db, IDENTITY, clock), limits=SessionLimits(), clock=clock
            ),
            pages=pages_for(
                FeatureSet((ISSUER,), app="identity"),
                Shell(title="t", plane="onprem", promise="p"),
                timezone="UTC",
                files=files,
                has_search=False,
            ),
            statics=files,
            keeps=(DATABASE.put(identity_db), ISSUER_HERE.put(issuer)),
        )
    )


@pytest.fixture
async def browser(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody signed in with."""
    async with browser_at(edge, "203.0.113.5", base_url=URL) as opened:
        yield opened


@pytest.fixture
async def ana(edge: Edge, browser: httpx.AsyncClient) -> Signed:
    """The same browser, with Ana fully signed in."""
    token = await sign_in(
        browser, edge, "stage:full", account_id=str(ANA), display_name="Ana Person"
    )
    return Signed(browser, token)


class Party:
    """A relying party: Authlib's own client, over the application."""

    def __init__(self, edge: Edge, client_id: str, secret: str | None) -> None:
        self._over = httpx.ASGITransport(app=edge, client=("203.0.113.9", 4712))
        self.oauth: Any = AsyncOAuth2Client(
            client_id,
            secret,
            scope=SCOPES,
            redirect_uri=CALLBACK,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            transport=self._over,
        )

    def ask(self, **more: str) -> tuple[str, str]:
        """Address and state of an authorization request."""
        more = {"code_verifier": VERIFIER, "nonce": "n-1", **more}
        return self.oauth.create_authorization_url(f"{URL}/oauth/authorize", **more)

    async def redeem(self, location: str, **more: Any) -> Any:
        """Exchange the code of an answer."""
        return await self.oauth.fetch_token(
            f"{URL}/oauth/token",
            authorization_response=location,
            code_verifier=more.pop("code_verifier", VERIFIER),
            **more,
        )

    async def post(self, path: str, **form: str) -> httpx.Response:
        """A form with this client's secret in it."""
        proof = {"client_id": self.oauth.client_id}
        if self.oauth.client_secret:
            proof["client_secret"] = self.oauth.client_secret
        fields = {**proof, **form}
        async with httpx.AsyncClient(transport=self._over, base_url=URL) as http:
            return await http.post(path, data=fields)


@pytest.fixture
async def portal(edge: Edge) -> Party:
    """The first-party client."""
    return Party(edge, "portal", SECRET)


@pytest.fixture
async def foreign(edge: Edge) -> Party:
    """A client that has to ask for consent."""
    return Party(edge, "foreign", OTHER_SECRET)


def answer_of(response: httpx.Response) -> dict[str, str]:
    """What a redirect tells the client."""
    assert response.status_code == 303, response.text
    location = response.headers["location"]
    assert location.startswith(CALLBACK), location
    return {k: v[0] for k, v in parse_qs(urlsplit(location).query).items()}


async def code_for(party: Party, signed: Signed, **more: str) -> str:
    """The address with a code that a signed-in person's browser is sent to."""
    url, _ = party.ask(**more)
    response = await signed.browser.get(url)
    assert "code" in answer_of(response), response.headers
    return response.headers["location"]


def csrf_of(html: str) -> str:
    """The token of the form on a page."""
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', html)
    assert found
    return found[1]


@pytest.fixture(autouse=True)
def json_logs() -> None:
    """Logs as a process writes them."""
    structlog.configure(processors=[redact, structlog.processors.JSONRenderer()])
