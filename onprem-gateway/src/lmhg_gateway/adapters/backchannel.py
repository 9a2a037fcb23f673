"""Posting logout tokens to relying parties, with a short wait and no redirects."""

import httpx

WAIT_S = 5.0


class Backchannel:
    """One HTTP client for every notice."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(
            timeout=WAIT_S, follow_redirects=False, transport=transport, trust_env=False
        )

    async def post(self, address: str, token: str) -> int:
        """Send one token; the status, or 0 when nobody answered."""
        try:
            answer = await self._http.post(address, data={"logout_token": token})
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            return 0
        return answer.status_code

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()
