"""The webhook endpoint: an ASGI app of one path, outside every framework.

A 2xx means stored: the answer follows the commit. Refused bodies leave a trace without content.
It keeps no copy of anything, and the row it writes cannot be read back by this process.
"""

import asyncio
import hmac
from typing import Any

from lmhg_gateway.adapters.delivery_store import DeliveryStore
from lmhg_gateway.features.deliveries.group_commit import GroupCommit
from lmhg_gateway.kernel.outside_json import BOM
from lmhg_gateway.kernel.sealed_box import SealingBox
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.visit import visit_in
from lmhg_kit.logs import get_logger

PREFIX = "/hooks/intakeq/"
READ_LIMIT_S = 10
JSON = b"application/json"
HEADERS = {405: (b"allow", b"POST"), 503: (b"retry-after", b"30")}
"""What a status says besides its text."""

_log = get_logger()


class WebhookEndpoint:
    """POST /hooks/intakeq/<secret>. Answers: 204 stored, 400, 404, 405, 408, 413, 415, 503."""

    def __init__(
        self, store: DeliveryStore, box: SealingBox, *, secret: str, max_body_bytes: int
    ) -> None:
        self._store_of = store
        self._groups = GroupCommit(store, box)
        self._path = (PREFIX + secret).encode()
        self._max = max_body_bytes

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        """Serve one request; acknowledge the lifespan."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send, self._store_of)
            return
        status, text = await self._answer(scope, receive)
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        if extra := HEADERS.get(status):
            headers.append(extra)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})

    async def _answer(self, scope: Any, receive: Any) -> tuple[int, str]:  # noqa: ANN401 - ASGI
        if not hmac.compare_digest(scope["path"].encode(), self._path):
            return 404, "not found\n"
        if scope["method"] != "POST":
            return 405, "only POST is accepted here\n"
        peer = visit_in(scope).address
        if refused := _refused(dict(scope["headers"])):
            outcome, sentence = refused
            return await self._trace(outcome, peer, answer=(415, sentence))
        return await self._take(receive, peer)

    async def _take(self, receive: Any, peer: str) -> tuple[int, str]:  # noqa: ANN401 - ASGI
        """Read the body and keep it, or say why not."""
        try:
            async with asyncio.timeout(READ_LIMIT_S):
                body = await self._read(receive)
        except TimeoutError:
            return 408, "the body did not arrive in time; nothing was kept\n"
        if body is None:
            return await self._trace("too_long", peer, answer=(413, "the body is too long"))
        if not body.removeprefix(BOM).strip():
            return await self._trace("empty", peer, answer=(400, "the body is empty"))
        return await self._store("stored", peer, body=body, answer=(204, ""))

    async def _read(self, receive: Any) -> bytes | None:  # noqa: ANN401 - ASGI
        """The whole body, or None when it is over the limit."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise TimeoutError
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._max:
                return None
            if not message.get("more_body"):
                return b"".join(parts)

    async def _trace(self, outcome: str, peer: str, *, answer: tuple[int, str]) -> tuple[int, str]:
        status, text = answer
        sentence = f"{text}; this attempt was noted, its content was not kept\n"
        return await self._store(outcome, peer, body=None, answer=(status, sentence))

    async def _store(
        self, outcome: str, peer: str, *, body: bytes | None, answer: tuple[int, str]
    ) -> tuple[int, str]:
        try:
            delivery_id = await self._groups.keep(peer=peer, outcome=outcome, body=body)
        except Unavailable as failure:
            _log.error("delivery.not_stored", exc_info=failure, phase=failure.phase)
            return 503, "nothing was stored; please send it again\n"
        _log.info(
            "delivery.stored", delivery_id=delivery_id, outcome=outcome, size=len(body or b"")
        )
        return answer


def _refused(headers: dict[bytes, bytes]) -> tuple[str, str] | None:
    """Why a body of this kind is not taken, as an outcome and a sentence."""
    if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != JSON:
        return "content_type", "send application/json"
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        return "content_encoding", "send it unpacked"
    return None


async def _lifespan(receive: Any, send: Any, store: DeliveryStore) -> None:  # noqa: ANN401 - ASGI
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await store.open()
            await send({"type": "lifespan.startup.complete"})
        else:
            await store.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
