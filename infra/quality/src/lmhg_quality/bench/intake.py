"""Webhook intake beside the specification's stack, as fast as 16 connections go, by turns in one run."""

import asyncio
import hashlib
import hmac
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lmhg_quality.bench import theirs
from lmhg_quality.bench.ground import onprem_database
from lmhg_quality.bench.load import Target, beside
from lmhg_quality.bench.webhooks import BODY, SECRET, command
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import spawn, stop, wait_until
from lmhg_stack.testing import PlaneDatabase

SECONDS, ROUNDS = 4.0, 5


def _request(path: str, *headers: str) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        f"host: {LOOPBACK}",
        "content-type: application/json",
        f"content-length: {len(BODY)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + BODY


@contextmanager
def ours(folder: Path, database: PlaneDatabase) -> Iterator[Target]:
    """Our ingress."""
    port, metrics = free_ports(2)
    address = f"{LOOPBACK}:{metrics}"
    process = spawn(command(folder, database, f"{LOOPBACK}:{port}", address), folder / "log")
    try:
        wait_until(lambda: theirs.answers(f"http://{address}/health/ready"), "the ingress")
        yield Target("intake", port, _request(f"/hooks/intakeq/{SECRET}"), b"204")
    finally:
        stop(process)


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    with (
        onprem_database() as database,
        tempfile.TemporaryDirectory() as name,
        theirs.broker() as broker,
        ours(Path(name), database) as our,
    ):
        url = asyncio.run(theirs.prepare(database.server))
        env = {"COMPARATOR_BROKER_URL": broker, "COMPARATOR_SECRET": theirs.SECRET}
        signed = hmac.new(theirs.SECRET.encode(), BODY, hashlib.sha256).hexdigest()
        with theirs.running("intake:app", url, **env) as port:
            their = Target("theirs", port, _request("/hooks", f"x-signature: {signed}"), b"204")
            for row in beside(their, [our], seconds=SECONDS, rounds=ROUNDS):
                yield "intake, beside the specification's stack", row.line
