"""A wire between a process and its database that counts trips: what the server says it is ready after.

PostgreSQL ends each answer to a flush with ReadyForQuery, whatever was asked: BEGIN, COMMIT, the parsing
of a statement, its execution. So the count is of everything that waits for the server once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lmhg_stack.ports import LOOPBACK

READY = ord("Z")
NO_TLS = ord("N")
CHUNK = 65_536


@dataclass
class Wire:
    """The port to connect to, and the trips that were made."""

    port: int = 0
    trips: int = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """From the server to the process, message by message."""
        try:
            first = await reader.readexactly(1)
            if first[0] == NO_TLS:
                writer.write(first)
                first = b""
            while True:
                head = first + await reader.readexactly(5 - len(first))
                first = b""
                body = await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
                self.trips += head[0] == READY
                writer.write(head + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
    except ConnectionError:
        pass
    writer.close()


@asynccontextmanager
async def counted(port: int) -> AsyncIterator[Wire]:
    """A wire to the server at a port of this machine."""
    wire, running = Wire(), set[asyncio.Task[None]]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(LOOPBACK, port)
        running.add(asyncio.create_task(wire.carry(from_server, writer)))
        running.add(asyncio.create_task(_forward(reader, to_server)))

    server = await asyncio.start_server(connected, LOOPBACK, 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
