"""The workspace and the identity process over one real database, with people who work there."""

import uuid
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
import structlog

from lmhg_gateway.app import identity, workspace
from lmhg_gateway.features.accounts.passwords import hash_password
from lmhg_gateway.kernel.settings import IdentitySettings, WorkspaceSettings
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.testing import AsRole, Browsers, Signed, browser_at, sign_in
from lmhg_kit.logs import redact
from lmhg_kit.persistence import Database
from lmhg_kit.settings import Environment
from lmhg_quality.intake_lab import Lab, intake_lab
from lmhg_stack.begin import workspace_sessions
from lmhg_stack.testing import PlaneDatabase

from .ledgers import write_ledger  # noqa: TID252 - beside this file

WORKSPACE = "http://work.test"
IDENTITY = "http://id.test"
PASSWORD = "practice-makes-calm"
PEOPLE = {
    "front_desk": uuid.UUID(int=1),
    "clinician": uuid.UUID(int=2),
    "compliance": uuid.UUID(int=3),
    "second": uuid.UUID(int=4),
    "admin": uuid.UUID(int=5),
    "trainer": uuid.UUID(int=6),
    "it_support": uuid.UUID(int=7),
    "staff": uuid.UUID(int=8),
    "deputy": uuid.UUID(int=9),
}
ROLE_OF = {"second": "compliance", "deputy": "admin"}
_HASH = hash_password(PASSWORD)


@pytest.fixture(scope="module")
async def people(onprem: PlaneDatabase) -> dict[str, uuid.UUID]:
    """An account for each role; two officers and two administrators, because approvals take two."""
    for name, person_id in PEOPLE.items():
        role = ROLE_OF.get(name, name)
        await onprem.run(
            f"do $$ begin perform set_config('app.actor', 'test', true),"
            f" set_config('app.purpose', 'test', true);"
            f" insert into identity.user_account (id, email, display_name, roles, password_hash)"
            f" values ('{person_id}', '{name}@lmhg.test', '{name.title()} Person', '{{{role}}}', '{_HASH}');"
            f" insert into practice.staff_profile (id, display_name, roles, active, email)"
            f" values ('{person_id}', '{name.title()} Person', '{{{role}}}', true, '{name}@lmhg.test');"
            f" end $$"
        )
    return PEOPLE


@pytest.fixture(scope="module")
async def workspace_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the workspace reaches it."""
    db = Database(onprem.url("gw_workspace"), pool_size=4)
    yield db
    await db.close()


@pytest.fixture(scope="module")
async def identity_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the identity process reaches it."""
    db = Database(onprem.url("gw_identity"), pool_size=4)
    yield db
    await db.close()


@pytest.fixture(scope="module")
def ledger_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the published ledger keys will be."""
    return tmp_path_factory.mktemp("keys") / "ledgers.vkey"


@pytest.fixture(scope="module")
async def ledger(onprem: PlaneDatabase, ledger_keys: Path) -> None:
    """A signed ledger, written as the relay writes it."""
    await write_ledger(onprem, ledger_keys)


@pytest.fixture(scope="module")
def spool_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where uploads are."""
    return tmp_path_factory.mktemp("spool") / "uploads"


@pytest.fixture(scope="module")
def settings(ledger_keys: Path, spool_folder: Path) -> WorkspaceSettings:
    """The workspace's settings: reachable from 10.8.0.0/16 alone; a module may name a store."""
    return WorkspaceSettings(
        environment=Environment.DEVELOPMENT,
        site="s1",
        database_url="unused",
        listen="127.0.0.1:0",
        metrics_listen="127.0.0.1:0",
        approved_networks=(ip_network("10.8.0.0/16"),),
        public_url=WORKSPACE,
        identity_url=IDENTITY,
        keyring_file=Path("unused"),
        peer_ledger_keys_file=ledger_keys,
        spool_folder=spool_folder,
        intakeq_write_back=True,
    )


@pytest.fixture(scope="module")
def edge(workspace_db: Database, people: dict[str, uuid.UUID], settings: WorkspaceSettings) -> Edge:
    """The workspace over one real database."""
    return workspace.build(settings, workspace_db)


@pytest.fixture(scope="module")
def identity_edge(identity_db: Database, people: dict[str, uuid.UUID]) -> Edge:
    """The identity process, reachable from anywhere."""
    settings = IdentitySettings(
        environment=Environment.DEVELOPMENT,
        site="s1",
        database_url="unused",
        listen="127.0.0.1:0",
        metrics_listen="127.0.0.1:0",
        public_url=IDENTITY,
        workspace_url=WORKSPACE,
        identity_keyring_file=Path("unused"),
    )
    return identity.build(settings, identity_db)


@pytest.fixture
async def browsers(edge: Edge) -> AsyncIterator[Browsers]:
    """Makes browsers inside the approved network, or elsewhere."""
    opened: list[httpx.AsyncClient] = []

    def make(peer: str = "10.8.0.7") -> httpx.AsyncClient:
        opened.append(browser_at(edge, peer, base_url=WORKSPACE))
        return opened[-1]

    yield make
    for browser in opened:
        await browser.aclose()


@pytest.fixture(scope="module")
def sessions(onprem: PlaneDatabase) -> Sessions:
    """Sessions of the workspace, as nobody but the identity process's code can begin them."""
    return workspace_sessions(onprem)


@pytest.fixture
def as_role(edge: Edge, browsers: Browsers, sessions: Sessions) -> AsRole:
    """Signs a fresh browser in as one of the people."""

    async def make(name: str, peer: str = "10.8.0.7") -> Signed:
        browser = browsers(peer)
        role = ROLE_OF.get(name, name)
        token = await sign_in(browser, edge, role, account_id=str(PEOPLE[name]), sessions=sessions)
        return Signed(browser, token)

    return make


@pytest.fixture
async def lab(onprem: PlaneDatabase) -> AsyncIterator[Lab]:
    """Webhook to record beside an IntakeQ of our choice; nothing has come yet."""
    async with intake_lab(onprem) as made:
        await made.empty()
        yield made
        await made.empty()


@pytest.fixture(autouse=True)
def json_logs() -> None:
    """Logs as a process writes them: through the redactor, one line each."""
    structlog.configure(processors=[redact, structlog.processors.JSONRenderer()])
