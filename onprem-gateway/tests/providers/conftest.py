"""A Hydra: the stand-in, and for `make peers` a real one, the program that `LMHG_HYDRA_BIN` names."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import Command, spawn, stop, wait_until

from .hydra_stand_in import State, build  # noqa: TID252 - beside this file

KINDS = ("stand-in", pytest.param("real", marks=pytest.mark.peer))


@dataclass(frozen=True)
class Place:
    """Where a Hydra is, and where it believes our pages to be."""

    public: str
    admin: str
    ui: str


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def served(app: Any, port: int) -> AsyncIterator[None]:
    """An ASGI application on loopback, in this process."""
    server = _Server(uvicorn.Config(app, host=LOOPBACK, port=port, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(5):
        await server.listening.wait()
    yield
    server.should_exit = True
    await task


class LoopbackBrowser(httpx.AsyncClient):
    """A browser at someone else's server; like a real one it trusts loopback with secure cookies."""

    async def send(self, request: httpx.Request, **more: Any) -> httpx.Response:
        """Send, and keep the cookies usable."""
        answer = await super().send(request, **more)
        for cookie in self.cookies.jar:
            cookie.secure = False
        return answer


@pytest.fixture(params=KINDS)
async def hydra_place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A running Hydra."""
    public, admin, ui = free_ports(3)
    place = Place(*(f"http://{LOOPBACK}:{port}" for port in (public, admin, ui)))
    if request.param == "stand-in":
        state = State(ui=place.ui, public=place.public)
        async with served(build(state), public):
            yield Place(place.public, place.public, place.ui)
        return
    program = os.environ["LMHG_HYDRA_BIN"]
    # Hydra's migrations ask PostgreSQL for uuid-ossp, which the embedded one does not have.
    dsn = f"sqlite://{tmp_path}/hydra.db?_fk=true"
    config = {
        "dsn": dsn,
        "serve": {"public": {"host": LOOPBACK, "port": public}, "admin": {"host": LOOPBACK, "port": admin}},
        "urls": {
            "self": {"issuer": place.public},
            "login": f"{place.ui}/hydra/login",
            "consent": f"{place.ui}/hydra/consent",
            "logout": f"{place.ui}/hydra/logout",
        },
        "secrets": {"system": ["an-invented-system-secret"]},
    }  # fmt: skip
    (tmp_path / "hydra.json").write_text(json.dumps(config))
    env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    flags = ("--config", str(tmp_path / "hydra.json"))
    migrate = await asyncio.create_subprocess_exec(
        program, "migrate", "sql", "up", "--yes", "--read-from-env", *flags,
        env={**env, "DSN": dsn}, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await migrate.wait() == 0
    command = Command(name="hydra", argv=(program, "serve", "all", "--dev", *flags), env=env)
    process = spawn(command, tmp_path / "hydra.log")
    try:
        wait_until(lambda: _answers(f"{place.admin}/health/ready"), "hydra")
        yield place
    finally:
        stop(process)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.HTTPError:
        return False
