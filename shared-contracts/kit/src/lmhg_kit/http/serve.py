"""Runs one application until it is told to stop, then ends within its limit."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import uvicorn
from prometheus_client import CollectorRegistry

from lmhg_kit.http.bounded import CONNECTIONS_MAX, BoundedProtocol
from lmhg_kit.http.metrics import Ready, private_app
from lmhg_kit.http.workers import run_workers
from lmhg_kit.logs import get_logger
from lmhg_kit.settings import split_listen

SHUTDOWN_S = 3
"""Seconds that open requests get after SIGTERM."""
BACKLOG = 512
PARENT_EVERY_S = 1.0
"""How often a worker looks whether its parent is still there."""
GARBAGE_AFTER = (20_000, 20, 50)
"""After how many new objects Python looks for circles among them; its own 700 is several times a page."""

_log = get_logger()


class _Server(uvicorn.Server):
    """A server that leaves signals to its owner, because two of them share the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture nothing."""
        yield


def serve(
    app: Any,  # noqa: ANN401 - any ASGI app
    *,
    listen: str,
    metrics_listen: str | None,
    registry: CollectorRegistry,
    ready: Ready,
    workers: int = 1,
) -> None:
    """Serve until SIGTERM or SIGINT; returns after a clean end.

    Of several workers each answers at the address, and tells its metrics at the private port plus its
    number.
    """
    shared = _opened(listen) if workers > 1 else None
    parent = os.getpid()

    def work(number: int) -> None:
        servers = [_Listening(_server(app, listen, lifespan="on"), shared)]
        if metrics_listen:
            host, port = split_listen(metrics_listen)
            private = private_app(registry, ready=ready)
            own = f"{host}:{port + number}"
            servers.append(_Listening(_server(private, own, lifespan="off"), None))
        watched = parent if workers > 1 else None
        settle_memory()
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(_run(servers, listen=listen, ready=ready, parent=watched))

    run_workers(workers, work)


def settle_memory() -> None:
    """What is loaded now stays: it is not searched for garbage again, and what is new less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_AFTER)


def _opened(listen: str) -> socket.socket:
    """The address, open before there are workers: they take connections from it as they are free."""
    host, port = split_listen(listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind((host, port))
    return opened


@dataclass(frozen=True)
class _Listening:
    """A server, and the socket it was given, if it does not open its own."""

    server: "_Server"
    socket: socket.socket | None

    async def serve(self) -> None:
        await self.server.serve(sockets=[self.socket] if self.socket else None)


def _new_loop() -> asyncio.AbstractEventLoop:
    import uvloop  # noqa: PLC0415 - only a serving process needs it

    return uvloop.new_event_loop()


def _server(app: Any, listen: str, *, lifespan: Any) -> _Server:  # noqa: ANN401 - uvicorn's literals
    host, port = split_listen(listen)
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            lifespan=lifespan,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            ws="none",
            http=BoundedProtocol,
            limit_concurrency=CONNECTIONS_MAX,
            backlog=BACKLOG,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=SHUTDOWN_S,
        )
    )


async def _ask(ready: Ready) -> None:
    """Ask once at the start, so that what is wrong is in the log before anybody asks."""
    try:
        said = await ready()
    except Exception as failure:  # noqa: BLE001 - a database that is away is told by its class alone
        said = type(failure).__name__
    if said is not True:
        _log.warning("process.not_ready", why=said or "")


async def _orphaned(parent: int) -> None:
    """Return when the parent is gone."""
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells a process that its parent died
        await asyncio.sleep(PARENT_EVERY_S)


async def _run(servers: list[_Listening], *, listen: str, ready: Ready, parent: int | None) -> None:
    loop = asyncio.get_running_loop()

    def stop(name: str) -> None:
        _log.info("process.stopping", signal=name)
        for each in servers:
            each.server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number.name)
    _log.info("process.serving", listen=listen)
    asking = asyncio.create_task(_ask(ready))
    tasks = [asyncio.create_task(each.serve()) for each in servers]
    watching = [asyncio.create_task(_orphaned(parent))] if parent else []
    await asyncio.wait([*tasks, *watching], return_when=asyncio.FIRST_COMPLETED)
    stop("peer_server_ended")
    asking.cancel()
    for watch in watching:
        watch.cancel()
    await asyncio.gather(*tasks)
