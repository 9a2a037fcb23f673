"""HTTP with bounds on the head of a request, for a process that may stand without a proxy.

The server library bounds an idle connection after an answer, and nothing before the first: a client
that sends its headers a letter at a time would hold a connection for ever, and one without an end
would fill the memory. A body has its own bounds: its size in the application, its time at the edge.
"""

import asyncio
from typing import Any

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT_S = 10.0
"""From the connection, or the first byte of a later request, to the end of its headers."""
HEAD_MAX = 32 * 1024
"""Bytes of request line and headers."""
CONNECTIONS_MAX = 1000
"""Connections and requests of a process; more hear 503."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. A head that is too large is answered with 400, a late one with nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_bytes = self._head_seen = 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that goes on past its bound ends the connection."""
        super().data_received(data)
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_MAX and not self.transport.is_closing():
                self.send_400_response("Too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        if self._head_timer is None:
            self._await_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take the address. Raises: HttpParserError when it is too large."""
        self._check_part(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header. Raises: HttpParserError when they are too large."""
        self._check_part(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._end_head()
        super().on_headers_complete()

    def _check_part(self, size: int) -> None:
        self._head_seen += size
        if self._head_seen > HEAD_MAX:
            raise HttpParserError

    def _await_head(self) -> None:
        self._head_bytes = self._head_seen = 0
        self._head_timer = self.loop.call_later(HEAD_LIMIT_S, self._late)

    def _end_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _late(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
