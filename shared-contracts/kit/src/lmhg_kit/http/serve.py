"""Runs one application until it is told to stop, then ends within its limit."""

import asyncio
import contextlib
import signal
from collections.abc import Generator
from typing import Any

import uvicorn
from prometheus_client import CollectorRegistry

from lmhg_kit.http.bounded import CONNECTIONS_MAX, BoundedProtocol
from lmhg_kit.http.metrics import Ready, private_app
from lmhg_kit.logs import get_logger
from lmhg_kit.settings import split_listen

SHUTDOWN_S = 3
"""Seconds that open requests get after SIGTERM."""
BACKLOG = 512

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
) -> None:
    """Serve until SIGTERM or SIGINT; returns after a clean end."""
    servers = [_server(app, listen, lifespan="on")]
    if metrics_listen:
        servers.append(_server(private_app(registry, ready=ready), metrics_listen, lifespan="off"))
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(_run(servers, listen=listen, ready=ready))


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


async def _run(servers: list[_Server], *, listen: str, ready: Ready) -> None:
    loop = asyncio.get_running_loop()

    def stop(name: str) -> None:
        _log.info("process.stopping", signal=name)
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number.name)
    _log.info("process.serving", listen=listen)
    asking = asyncio.create_task(_ask(ready))
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop("peer_server_ended")
    asking.cancel()
    await asyncio.gather(*tasks)
