"""A real process: serves on two addresses, and ends cleanly when it is told to."""

import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

from lmhg_stack.ports import free_ports
from lmhg_stack.process import wait_until

PROGRAM = """
import asyncio, sys
from litestar import get
from lmhg_kit.http.access import public
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.edge import EdgePolicy
from lmhg_kit.http.feature import Feature
from lmhg_kit.http.serve import serve
from lmhg_kit.http.zones import Zones
from lmhg_kit.logs import configure

@get("/", opt=public())
async def front() -> str:
    return "here"

@get("/slow", opt=public())
async def slow() -> str:
    await asyncio.Event().wait()
    return "never"

async def ready() -> bool:
    return True

async def closed() -> None:
    print("closed", flush=True)

configure(process="demo")
policy = EdgePolicy(zones=Zones(None), public_url="http://" + sys.argv[1], production=False)
feature = Feature(name="demo", handlers=(front, slow))
edge = build_app(AppParts(name="demo", policy=policy, features=(feature,), on_stop=(closed,)))
serve(edge, listen=sys.argv[1], metrics_listen=sys.argv[2], registry=edge.metrics.registry,
      ready=ready)
print("ended", flush=True)
"""
LIMIT_S = 5.0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_process_serves_and_ends_within_its_limit(sign: signal.Signals) -> None:
    """Even with a request hanging, it closes what it opened and is gone in five seconds."""
    own, private = (f"127.0.0.1:{port}" for port in free_ports(2))
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, own, private],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    try:
        wait_until(lambda: _status(f"http://{private}/health/ready") == 200, "the process")
        assert httpx.get(f"http://{own}/").text == "here"
        assert "lmhg_http_requests_total" in httpx.get(f"http://{private}/metrics").text
        with pytest.raises(httpx.TimeoutException):
            httpx.get(f"http://{own}/slow", timeout=0.3)
        started = time.monotonic()
        process.send_signal(sign)
        out, err = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
    assert time.monotonic() - started < LIMIT_S
    assert process.returncode == 0
    assert out.split() == ["closed", "ended"]
    assert "Traceback" not in err


def _status(url: str) -> int:
    try:
        return httpx.get(url).status_code
    except httpx.HTTPError:
        return 0
