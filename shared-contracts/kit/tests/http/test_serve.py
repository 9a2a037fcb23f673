"""A real process: serves on two addresses, and ends cleanly when it is told to."""

import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from lmhg_stack.ports import free_ports
from lmhg_stack.process import wait_until

PROGRAM = """
import asyncio, gc, sys
from litestar import get
from lmhg_kit.http.access import public
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.edge import EdgePolicy
from lmhg_kit.feature import Feature
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.serve import serve
from lmhg_kit.http.zones import Zones
from lmhg_kit.logs import configure

@get("/", opt=public())
async def front() -> str:
    return "here"

@get("/memory", opt=public())
async def memory() -> list[int]:
    return [gc.get_freeze_count(), gc.get_threshold()[0]]

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
feature = Feature(name="demo", app="demo", pages=(front, memory, slow))
edge = build_app(AppParts(name="demo", policy=policy, features=FeatureSet((feature,), app="demo"), on_stop=(closed,)))
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


@pytest.fixture
def served() -> Iterator[int]:
    """A process with short bounds, and the port that it serves on."""
    own, private = (f"127.0.0.1:{port}" for port in free_ports(2))
    short = "from lmhg_kit.http import bounded; bounded.HEAD_LIMIT_S = 1.0\n"
    process = subprocess.Popen([sys.executable, "-c", short + PROGRAM, own, private])
    try:
        wait_until(lambda: _status(f"http://{private}/health/ready") == 200, "the process")
        yield int(own.rpartition(":")[2])
    finally:
        process.kill()
        process.wait()


def test_what_is_loaded_is_not_searched_for_garbage_at_every_request(served: int) -> None:
    """All that was imported is set aside, and Python looks for circles less often than it would."""
    set_aside, often = httpx.get(f"http://127.0.0.1:{served}/memory").json()
    assert set_aside > 10_000 > gc.get_freeze_count()
    assert often > gc.get_threshold()[0]


def _answer(port: int, *parts: bytes) -> bytes:
    """What comes back for these bytes until the server closes, within ten seconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        try:
            for part in parts:
                link.sendall(part)
            return b"".join(iter(lambda: link.recv(65536), b""))
        except ConnectionError:
            return b"closed"


HEAD = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n"


@pytest.mark.found("A9", "the process itself bounds the time and the size of a request's head")
@pytest.mark.parametrize("sent", [b"", HEAD, HEAD + b"x: y"])
def test_head_that_never_ends_is_cut_off(served: int, sent: bytes) -> None:
    """A connection that says nothing, and one that says half of it; a whole one is answered."""
    started = time.monotonic()
    assert _answer(served, sent) == b""
    assert 0.5 < time.monotonic() - started < LIMIT_S
    assert b"200 OK" in _answer(served, HEAD + b"connection: close\r\n\r\n")


@pytest.mark.parametrize(
    "large",
    [
        b"x: " + b"y" * 40_000 + b"\r\n\r\n",
        b"".join(b"x%d: yyyyyyyyyyyyyyyyyyyy\r\n" % n for n in range(2000)) + b"\r\n",
        b"x: " + b"y" * 200_000,
    ],
)
def test_head_that_is_too_large_is_refused(served: int, large: bytes) -> None:
    """One long header, many short ones, and one without an end; the next visitor is served."""
    answer = _answer(served, HEAD, large)
    assert answer == b"closed" or b" 400 " in answer
    assert b"200 OK" in _answer(served, HEAD + b"connection: close\r\n\r\n")
