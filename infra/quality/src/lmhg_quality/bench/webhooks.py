"""Webhook figures: a real ingress process, a real database, 200 deliveries a second.

Open loop: each delivery has its moment, whether or not the ones before were answered, so a slow
answer delays nobody's start and cannot hide.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lmhg_quality.bench.ground import onprem_database, percentile
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import Command, script, spawn, stop, wait_until
from lmhg_stack.testing import PlaneDatabase

RATE_PER_S = 200
SECONDS = 30
SECRET = "bench"  # noqa: S105 - of a throw-away process on loopback
BODY = msgspec.json.encode(
    {"EventType": "AppointmentCreated", "ClientId": 1, "Appointment": {"Id": "b" * 24, "Note": "x" * 1200}}
)  # fmt: skip

REQUEST = (
    f"POST /hooks/intakeq/{SECRET} HTTP/1.1\r\nhost: {LOOPBACK}\r\n"
    f"content-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
).encode() + BODY
CONNECTIONS = 32


def command(folder: Path, database: PlaneDatabase, address: str, metrics: str) -> Command:
    """An ingress process over a database, at an address."""
    public = X25519PrivateKey.generate().public_key()
    pem = folder / "ingress.pem"
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    env = {
        "LMHG_ENVIRONMENT": "development",
        "LMHG_SITE": "s1",
        "LMHG_DATABASE_URL": database.url("gw_ingress"),
        "LMHG_LISTEN": address,
        "LMHG_METRICS_LISTEN": metrics,
        "LMHG_PUBLIC_URL": f"http://{address}",
        "LMHG_INGRESS_PATH_SECRET": SECRET,
        "LMHG_INGRESS_SOURCES": "127.0.0.0/8",
        "LMHG_INGRESS_PUBLIC_KEY_FILE": str(pem),
    }
    return Command(name="ingress", argv=(script("lmhg-gateway"), "ingress"), env=env)


async def _load(address: str) -> list[float]:
    """Seconds from each delivery's moment to its answer. Raises: RuntimeError on any refusal."""
    host, _, port = address.rpartition(":")
    waiting: asyncio.Queue[float] = asyncio.Queue()
    taken: list[float] = []
    start = time.perf_counter() + 0.5
    for number in range(RATE_PER_S * SECONDS):
        waiting.put_nowait(start + number / RATE_PER_S)

    async def sender() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        while not waiting.empty():
            due = waiting.get_nowait()
            await asyncio.sleep(max(0, due - time.perf_counter()))
            writer.write(REQUEST)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 204"):
                raise RuntimeError("delivery_refused")
            taken.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(sender() for _ in range(CONNECTIONS)))
    return taken


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    with onprem_database() as database, tempfile.TemporaryDirectory() as name:
        address, metrics = (f"{LOOPBACK}:{port}" for port in free_ports(2))
        process = spawn(command(Path(name), database, address, metrics), Path(name) / "log")
        try:
            wait_until(lambda: _is_ready(metrics), "the ingress")
            taken = asyncio.run(_load(address))
        finally:
            stop(process)
        stored = asyncio.run(database.run("select count(*) from ingress.delivery"))[0][0]
    if stored != len(taken):
        raise RuntimeError("acknowledged_is_not_stored")
    for share in (0.5, 0.99):
        figure = f"{percentile(taken, share) * 1000:.1f} ms"
        yield f"webhook acknowledged at {RATE_PER_S}/s, p{share * 100:.0f}", figure


def _is_ready(metrics: str) -> bool:
    try:
        return httpx.get(f"http://{metrics}/health/ready", timeout=2).is_success
    except httpx.HTTPError:
        return False
