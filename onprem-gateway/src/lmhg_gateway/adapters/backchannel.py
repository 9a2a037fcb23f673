"""Posting logout tokens to relying parties, with a short wait, no redirect and no way inside."""

import asyncio
from collections.abc import Sequence

import httpx

from lmhg_kit.http.outbound import WHOLE_S, Guarded, guarded_client
from lmhg_kit.http.zones import Network


class Backchannel:
    """One HTTP client for every notice. Their addresses were typed by a person."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        allowed: Sequence[Network] = (),
    ) -> None:
        self._http = guarded_client(transport or Guarded(allowed=allowed))

    async def post(self, address: str, token: str) -> int:
        """Send one token; the status, or 0 when nobody answered. What the answer says is not read."""
        try:
            async with (
                asyncio.timeout(WHOLE_S),
                self._http.stream("POST", address, data={"logout_token": token}) as answer,
            ):
                return answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError):
            return 0

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()
