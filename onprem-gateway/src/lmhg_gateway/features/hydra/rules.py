"""What a client learns about a person, scope by scope."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from lmhg_gateway.adapters.hydra import Introspection
from lmhg_kit.errors import NotSignedIn

ACCESS = "access_token"
SCOPE_WORDS: Mapping[str, str] = {
    "openid": "know that it is you",
    "profile": "see your name",
    "email": "see your work e-mail address",
    "offline_access": "stay connected while you are away",
}


def id_token_claims(scopes: Iterable[str], *, name: str, email: str) -> dict[str, object]:
    """The claims of the ID token beside the protocol's own."""
    granted = set(scopes)
    claims: dict[str, object] = {}
    if "profile" in granted:
        claims["name"] = name
    if "email" in granted:
        claims |= {"email": email, "email_verified": True}
    return claims


def scope_sentences(scopes: Iterable[str]) -> list[str]:
    """What the client may do, in words; a scope without words by its own name."""
    return [SCOPE_WORDS.get(scope, scope) for scope in scopes]


def check_token(found: Introspection, *, audience: str, at: datetime) -> None:
    """A program's own access token for this audience, in time. Raises: NotSignedIn."""
    if not found.active or found.token_use != ACCESS or found.exp <= at.timestamp():
        raise NotSignedIn("token_over")
    if audience not in (found.aud or ()):
        raise NotSignedIn("token_audience")
    if not found.client_id or found.sub != found.client_id:
        raise NotSignedIn("token_client")
