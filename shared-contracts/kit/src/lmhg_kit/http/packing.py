"""Pages packed with gzip, for visitors whom no foreign site sent; see docs/adr/0019.

The length of a packed page tells what is in it to anyone who can choose a text in it and watch the
line (BREACH). A foreign site can choose one only by sending our visitor to an address of ours, and
the browser says so in Sec-Fetch-Site: such an answer goes out plain, and so does one to a browser
that says nothing. The token of a page is new in each answer, and each has a random length besides.
"""

import gzip
import io
import secrets
from collections.abc import Mapping

from lmhg_kit.http.statics import PACKED, takes_packed

_OUR_OWN = frozenset({"same-origin", "none"})
"""A link, form or script of ours; an address that the person typed or kept."""
LEAST_BYTES = 1_300
"""Below this an answer travels as one packet either way."""
PADDING_BYTES = 96
"""The most random bytes in an answer, as the file name that gzip allows in its head."""
LEVEL = 5


def may_pack(headers: Mapping[str, str]) -> bool:
    """Whether the answer to a request with these headers may be packed."""
    if headers.get("sec-fetch-site") not in _OUR_OWN:
        return False
    return takes_packed(headers.get("accept-encoding", ""))


def pack(page: bytes) -> bytes:
    """The page as gzip, of a length that differs from one time to the next."""
    out = io.BytesIO()
    padding = secrets.token_hex(PADDING_BYTES // 2)[secrets.randbelow(PADDING_BYTES) :]
    with gzip.GzipFile(padding, "wb", compresslevel=LEVEL, fileobj=out, mtime=0) as file:
        file.write(page)
    return out.getvalue()


def packed_or_plain(page: bytes, headers: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """What to send to a request with these headers, and the headers that say what it is."""
    if len(page) < LEAST_BYTES or not may_pack(headers):
        return page, {}
    return pack(page), {"content-encoding": PACKED}
