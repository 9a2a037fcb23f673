"""Uvicorn beside granian: the specification's list page under each, one process each, by turns in one run."""

import asyncio
from collections.abc import Iterator

from lmhg_quality.bench import theirs
from lmhg_quality.bench.ground import plane_database
from lmhg_quality.bench.load import Target, beside
from lmhg_stack.ports import LOOPBACK

SECONDS, ROUNDS = 3.0, 5
APP = "pages:app"


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows; "theirs" of the line is uvicorn."""
    with plane_database("onprem") as database:
        url = asyncio.run(theirs.prepare(database.server))
        with theirs.running(APP, url) as uvicorn, theirs.running(APP, url, by="granian") as granian:
            first, second = (_list(port) for port in (uvicorn, granian))
            for row in beside(first, [second], seconds=SECONDS, rounds=ROUNDS):
                yield "the list page under granian, beside uvicorn", row.line


def _list(port: int) -> Target:
    request = f"GET /clients HTTP/1.1\r\nhost: {LOOPBACK}:{port}\r\n\r\n"
    return Target("granian", port, request.encode())
