"""Cross-site request forgery: a token bound to the session, and the browser's own word.

The token is an HMAC under the session's secret, which only the browser's HttpOnly cookie and our
memory hold. Before sign-in a random pre-session cookie takes the session's place, so the sign-in
form is protected too.

Each answer has a token of its own, by a salt that nobody can guess: the length of a packed page
tells nothing that would hold for the next one.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

FIELD = "csrf_token"
HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SALT_HEX = 32
_OWN_SITE = frozenset({"same-origin", "none"})


def csrf_token(secret: str) -> str:
    """A token that goes with this session secret; another one at each call."""
    return _salted(secret, secrets.token_hex(_SALT_HEX // 2))


def _salted(secret: str, salt: str) -> str:
    """The salt, and the proof that anyone who wrote it beside this secret knew the secret."""
    text = f"lmhg csrf v2 {salt}".encode()
    return salt + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def is_own_site(headers: Mapping[str, str], *, origin: str) -> bool:
    """Whether the browser says that the request comes from our own pages.

    Clients that say nothing are judged by the token alone.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in _OWN_SITE
    claimed = headers.get("origin")
    return claimed is None or claimed == origin


def is_token_valid(secret: str | None, offered: str | None) -> bool:
    """Whether the offered token belongs to this session secret."""
    if not secret or not offered:
        return False
    ours = _salted(secret, offered[:_SALT_HEX].encode("ascii", "replace").decode())
    return hmac.compare_digest(ours.encode(), offered.encode("utf-8", "replace"))
