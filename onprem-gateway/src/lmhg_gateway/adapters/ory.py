"""What the admin APIs of Ory's servers have in common: JSON over HTTP, and careful errors."""

from http import HTTPStatus
from typing import Any

import httpx
import msgspec

from lmhg_kit.errors import Unavailable

TIMEOUT_S = 5.0


class OryApi:
    """Calls one server. Errors carry the phase alone, never a body, a token or a challenge."""

    def __init__(self, refused: type[Unavailable]) -> None:
        self._refused = refused
        self._http = httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False)

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def call(
        self,
        phase: str,
        method: str,
        url: str,
        *,
        expects: tuple[HTTPStatus, ...] = (HTTPStatus.OK,),
        **request: Any,  # noqa: ANN401 - passed to httpx
    ) -> httpx.Response:
        """The answer, if it has one of the expected statuses. Raises: the server's own error."""
        try:
            answer = await self._http.request(method, url, **request)
        except httpx.HTTPError:
            raise self._refused(phase=phase) from None
        if answer.status_code not in expects:
            raise self._refused(phase=phase)
        return answer

    def read(self, answer: httpx.Response, shape: Any, *, phase: str) -> Any:  # noqa: ANN401 - any struct
        """The body as a struct. Raises: the server's own error."""
        try:
            return msgspec.json.decode(answer.content, type=shape, strict=False)
        except msgspec.MsgspecError:
            raise self._refused(phase=phase) from None
