"""An ingress, a simulator and the worker's parts over one real database."""

from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from lmhg_gateway.adapters.delivery_store import DeliveryStore
from lmhg_gateway.adapters.intakeq import IntakeQ
from lmhg_gateway.features.deliveries.calls import Calls
from lmhg_gateway.features.deliveries.endpoint import WebhookEndpoint
from lmhg_gateway.features.deliveries.pull import Fetcher
from lmhg_gateway.features.deliveries.service import Deliveries
from lmhg_gateway.kernel.sealed_box import OpeningBox, SealingBox
from lmhg_kit.http.edge import Edge, EdgePolicy
from lmhg_kit.http.metrics import HttpMetrics
from lmhg_kit.http.zones import Zones
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_quality.intake_lab import Lab, intake_lab
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import Command, script, spawn, stop, wait_until
from lmhg_stack.testing import PlaneDatabase

API_KEY = "an invented key"
SECRET = "unguessable"
PATH = f"/hooks/intakeq/{SECRET}"
MAX_BODY = 20_000
PRACTICE = Practice("America/Kentucky/Louisville")
PRIVATE = X25519PrivateKey.generate()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """IntakeQ's simulator as a process of its own, asked to be generous."""
    folder: Path = tmp_path_factory.mktemp("intakeq")
    (folder / "key").write_text(API_KEY)
    address = f"{LOOPBACK}:{free_ports(1)[0]}"
    env = {
        "LMHG_LISTEN": address,
        "LMHG_SIM_JOURNAL": str(folder / "journal.jsonl"),
        "LMHG_SIM_WEBHOOK_URL": f"http://{LOOPBACK}:9/",
        "LMHG_SIM_PLAY": "false",
        "LMHG_SIM_WEBHOOK_TRIES": "1",
        "LMHG_INTAKEQ_API_KEY_FILE": str(folder / "key"),
        "LMHG_INTAKEQ_CALLS_PER_MINUTE": "10000",
        "LMHG_INTAKEQ_CALLS_PER_DAY": "100000",
    }
    argv = (script("python"), "-m", "lmhg_stack.intakeq")
    process = spawn(Command(name="intakeq", argv=argv, env=env), folder / "log")
    client = httpx.Client(base_url=f"http://{address}")
    try:
        wait_until(lambda: _answers(client), "the simulator")
        yield client
    finally:
        client.close()
        stop(process)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/_sim/health").is_success
    except httpx.HTTPError:
        return False


@pytest.fixture
async def ingress(onprem: PlaneDatabase) -> AsyncIterator[httpx.AsyncClient]:
    """A sender inside the allow-list, talking to the ingress."""
    store = DeliveryStore(onprem.url("gw_ingress"))
    await store.open()
    async with sender_at(edge_over(store), "192.0.2.7") as client:
        yield client
    await store.close()


@pytest.fixture
async def stranger(onprem: PlaneDatabase) -> AsyncIterator[httpx.AsyncClient]:
    """A sender outside the allow-list."""
    store = DeliveryStore(onprem.url("gw_ingress"))
    await store.open()
    async with sender_at(edge_over(store), "198.51.100.9") as client:
        yield client
    await store.close()


def edge_over(store: DeliveryStore) -> Edge:
    """The ingress over a store."""
    box = SealingBox(PRIVATE.public_key())
    endpoint = WebhookEndpoint(store, box, secret=SECRET, max_body_bytes=MAX_BODY)
    policy = EdgePolicy(
        zones=Zones(approved=(ip_network("192.0.2.0/24"),)),
        public_url="http://in.example.test",
        production=True,
    )
    return Edge(endpoint, policy=policy, metrics=HttpMetrics())


def sender_at(edge: Edge, address: str) -> httpx.AsyncClient:
    """A sender at an address."""
    transport = httpx.ASGITransport(app=edge, client=(address, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://in.example.test")


@pytest.fixture
async def deliveries(onprem: PlaneDatabase, simulator: httpx.Client) -> AsyncIterator[Deliveries]:
    """The worker's half."""
    db = Database(onprem.url("gw_worker"), pool_size=4)
    api = IntakeQ(url=f"{simulator.base_url}/api/v1", api_key=API_KEY)
    calls = Calls(db=db, per_minute=10_000, per_day=100_000)
    yield Deliveries(box=OpeningBox(PRIVATE), fetcher=Fetcher(api, calls), practice=PRACTICE)
    await api.close()
    await db.close()


@pytest.fixture
async def lab(onprem: PlaneDatabase) -> AsyncIterator[Lab]:
    """Webhook to record in this process, on a clock that is set, beside an IntakeQ of our choice."""
    async with intake_lab(onprem) as made:
        await made.empty()
        yield made
