"""The identity process over one real database, with a clock that tests turn."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from pyotp.totp import TOTP

from lmhg_gateway.app import identity
from lmhg_gateway.features.accounts.passwords import hash_password
from lmhg_gateway.features.sign_in.door import DOOR, Door
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_kit.clock import utc_now
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Hands, browser_at
from lmhg_kit.logs import redact
from lmhg_kit.persistence import Database
from lmhg_kit.settings import Environment
from lmhg_stack.testing import PlaneDatabase

IDENTITY, WORKSPACE = "http://id.test", "http://work.test"
PASSWORD = "practice-makes-calm"
_HASH = hash_password(PASSWORD)


class Person:
    """Someone with an account."""

    def __init__(self, name: str) -> None:
        self.id = uuid.uuid4()
        self.email = f"{name}-{self.id.hex[:6]}@lmhg.test"
        self.name = f"{name.title()} Person"


class Visitor:
    """A browser at the identity process, which sends the right token with every form."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self.browser = browser

    @property
    def session(self) -> str | None:
        """The secret of its session, if it has one."""
        return self.browser.cookies.get("lmhg_identity_session")

    @property
    def token(self) -> str:
        """The token for its forms."""
        return csrf_token(self.session or self.browser.cookies["lmhg_identity_pre"])

    async def get(self, path: str) -> httpx.Response:
        """One page."""
        return await self.browser.get(path)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """One form; an anonymous visitor looks at the sign-in page first."""
        if not self.session and "lmhg_identity_pre" not in self.browser.cookies:
            await self.get("/sign-in")
        return await self.browser.post(path, data={"csrf_token": self.token, **fields})

    async def sign_in(
        self, person: Person, password: str = PASSWORD, **more: str
    ) -> httpx.Response:
        """The first step."""
        return await self.post("/sign-in", email=person.email, password=password, **more)

    async def enrol_app(self, clock: Hands, name: str = "Phone") -> str:
        """Add an authenticator app; its secret."""
        begun = await self.post("/enrol/app", name=name)
        page = await self.get(begun.headers["location"])
        found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)
        assert found, page.text
        secret = found[1].replace(" ", "")
        path = begun.headers["location"].partition("?")[0]
        done = await self.post(path, code=code_at(secret, clock.at))
        assert done.status_code == 303, done.text
        return secret


def code_at(secret: str, at: datetime, *, steps: int = 0) -> str:
    """An app's code at this time, or some steps away from it."""
    return TOTP(secret).at(at, counter_offset=steps)


@pytest.fixture(scope="module")
async def db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the identity process reaches it."""
    database = Database(onprem.url("gw_identity"), pool_size=8)
    yield database
    await database.close()


@pytest.fixture
def clock() -> Hands:
    """The time of the identity process."""
    hands = Hands()
    hands.at = utc_now()
    return hands


@pytest.fixture
def settings() -> IdentitySettings:
    """The settings of the identity process."""
    return IdentitySettings(
        environment=Environment.DEVELOPMENT,
        site="s1",
        database_url="unused",
        listen="127.0.0.1:0",
        metrics_listen="127.0.0.1:0",
        public_url=IDENTITY,
        workspace_url=WORKSPACE,
        identity_keyring_file=Path("unused"),
        practice_name="Elm Street Practice",
    )


@pytest.fixture
def edge(settings: IdentitySettings, db: Database, clock: Hands) -> Edge:
    """The identity process."""
    return identity.build(settings, db, clock=clock)


@pytest.fixture
def door(edge: Edge) -> Door:
    """The parts of the identity process."""
    return edge.inner.state[DOOR.name]


NewPerson = Callable[..., Awaitable[Person]]
NewVisitor = Callable[..., Visitor]
Rule = Callable[[str, datetime], Awaitable[None]]


@pytest.fixture
def new_person(onprem: PlaneDatabase) -> NewPerson:
    """Makes an account with the usual password."""

    async def make(
        name: str = "ana", role: str = "staff", password_hash: str | None = _HASH
    ) -> Person:
        person = Person(name)
        hashed = f"'{password_hash}'" if password_hash else "null"
        await onprem.run(
            as_actor(
                "insert into identity.user_account (id, email, display_name, roles, password_hash)"
                f" values ('{person.id}', '{person.email}', '{person.name}', '{{{role}}}', {hashed})"
            )
        )
        return person

    return make


@pytest.fixture
async def new_visitor(edge: Edge) -> AsyncIterator[NewVisitor]:
    """Makes browsers; each from its own network, so that tests do not slow each other down."""
    opened: list[httpx.AsyncClient] = []

    def make(peer: str | None = None, **headers: str) -> Visitor:
        number = uuid.uuid4().int
        address = peer or f"10.{number % 250}.{number // 250 % 250}.{number // 62500 % 250}"
        opened.append(browser_at(edge, address, base_url=IDENTITY, **headers))
        return Visitor(opened[-1])

    yield make
    for browser in opened:
        await browser.aclose()


@pytest.fixture
async def rule(onprem: PlaneDatabase) -> AsyncIterator[Rule]:
    """Sets from when a role needs a second factor; every rule is lifted again."""

    async def put(role: str, required_from: datetime) -> None:
        await onprem.run("delete from identity.mfa_rule where role = $1", role)
        await onprem.run("insert into identity.mfa_rule values ($1, $2)", role, required_from)

    yield put
    await onprem.run("delete from identity.mfa_rule")


def as_actor(sql: str, actor: str = "test") -> str:
    """One statement, in a transaction that names its actor."""
    return (
        f"do $$ begin perform set_config('app.actor', '{actor}', true),"
        f" set_config('app.purpose', 'test', true); {sql}; end $$"
    )


async def many(make: Callable[[], Awaitable[Any]], count: int = 50) -> list[Any]:
    """The answers of so many attempts at the same time."""
    return list(await asyncio.gather(*(make() for _ in range(count))))


@pytest.fixture(autouse=True)
def json_logs() -> None:
    """Logs as a process writes them: through the redactor, one line each."""
    structlog.configure(processors=[redact, structlog.processors.JSONRenderer()])
