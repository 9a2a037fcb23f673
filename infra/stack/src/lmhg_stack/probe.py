"""Asks an address how it is, without the weight of a real client: probes run often."""

import http.client
from urllib.parse import urlsplit

TIMEOUT_S = 2.0
SILENT = 0


def status_of(url: str, *, method: str = "GET") -> int:
    """The HTTP status that address answers with; SILENT when it does not answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    try:
        connection.request(method, parts.path or "/")
        with connection.getresponse() as response:
            response.read()
            return response.status
    except (OSError, http.client.HTTPException):
        return SILENT
    finally:
        connection.close()


def is_ok(url: str) -> bool:
    """Whether that address answers 200."""
    return status_of(url) == http.client.OK
