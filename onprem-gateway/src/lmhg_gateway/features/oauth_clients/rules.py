"""What a client may be: its scopes, its addresses, and how a change of it is told."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from lmhg_kit.http.origins import form_source, origin_of, parse_place

MAX_URIS = 10
MAX_URI = 500
SECRET_MIN = 32
KEEP_OLD_SECRET = timedelta(hours=24)
KEEP_CHOICES_H = (0, 1, 24, 168)
_LOOPBACK = frozenset({"127.0.0.1", "[::1]", "localhost"})


class ClientKind(StrEnum):
    """How a client proves itself, and what it may ask for."""

    WEB = "web"
    PUBLIC = "public"
    SERVICE = "service"


@dataclass(frozen=True)
class KindRule:
    """What one kind of client may do."""

    label: str
    confidential: bool
    grants: frozenset[str]


CODE, REFRESH, CREDENTIALS = "authorization_code", "refresh_token", "client_credentials"
KINDS: Mapping[ClientKind, KindRule] = {
    ClientKind.WEB: KindRule(
        "Web application with a secret", confidential=True, grants=frozenset({CODE, REFRESH})
    ),
    ClientKind.PUBLIC: KindRule(
        "Application without a secret", confidential=False, grants=frozenset({CODE, REFRESH})
    ),
    ClientKind.SERVICE: KindRule(
        "Program for the JSON API", confidential=True, grants=frozenset({CREDENTIALS})
    ),
}

IDENTITY_SCOPES: Mapping[str, str] = {
    "openid": "know that it is you",
    "profile": "see your name",
    "email": "see your email address",
    "offline_access": "renew this without asking, while you are signed in here",
}
"""What a person can allow, in the words of the consent page."""


@dataclass(frozen=True, kw_only=True)
class RegisteredClient:
    """A client as the issuer judges it, with the hashes of its live secrets."""

    id: Any
    client_id: str
    name: str
    kind: ClientKind
    first_party: bool
    redirect_uris: frozenset[str]
    post_logout_uris: frozenset[str]
    backchannel_uri: str | None
    scopes: frozenset[str]
    active: bool
    secret_hashes: tuple[bytes, ...] = ()

    @property
    def rule(self) -> KindRule:
        """What its kind may do."""
        return KINDS[self.kind]


def hash_secret(secret: str) -> bytes:
    """What the database holds instead of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def is_secret(client: RegisteredClient, secret: str) -> bool:
    """Whether this is one of the client's live secrets."""
    offered = hash_secret(secret)
    matches = [hmac.compare_digest(offered, each) for each in client.secret_hashes]
    return any(matches)


def scopes_for(kind: ClientKind, *, api_scopes: Iterable[str]) -> frozenset[str]:
    """The scopes that a client of this kind may hold: a person's, or the JSON API's, never both."""
    return frozenset(api_scopes if kind is ClientKind.SERVICE else IDENTITY_SCOPES)


def is_address(text: str) -> bool:
    """Whether an address may be registered: https, or http on loopback; no fragment, no user."""
    if (
        len(text) > MAX_URI
        or not text.isascii()
        or not text.isprintable()
        or set(text) & set(' "*\\#')
    ):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parse_place(parts.netloc)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def form_sources(addresses: Iterable[str]) -> tuple[str, ...]:
    """Where forms may lead that end at these addresses; one that is no address leads nowhere."""
    return tuple(sorted({form_source(each) for each in addresses if is_address(each)}))


def is_at_home(address: str, *, among: Iterable[str]) -> bool:
    """Whether an address has the origin of one of these; Hydra wants that of sign-out."""
    return origin_of(address) in {origin_of(each) for each in among}


def lines_of(text: str) -> list[str]:
    """The addresses of a text area, one a line, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Each field that changed, with what it was and what it is."""
    names = sorted({*before, *after})
    return {
        name: [before.get(name), after.get(name)]
        for name in names
        if before.get(name) != after.get(name)
    }


def wrong_for_hydra(values: Mapping[str, Any]) -> dict[str, str]:
    """What Hydra would refuse for ever about addresses that we take, by field."""
    before, after = (
        lines_of(values.get(name, "")) for name in ("redirect_uris", "post_logout_uris")
    )
    if all(is_address(each) for each in (*before, *after)) and not all(
        is_at_home(each, among=before) for each in after
    ):
        return {"post_logout_uris": "Hydra needs the site of one of the addresses after sign-in."}
    return {}


def wrong_addresses(values: Mapping[str, Any], *, kind: ClientKind | None) -> dict[str, str]:
    """What is wrong with a form's addresses, by field; one that is missing is not asked about.

    Without a kind nothing is said of how many an app needs.
    """
    wrong: dict[str, str] = {}
    for name in ("redirect_uris", "post_logout_uris"):
        lines = lines_of(values.get(name, ""))
        if len(lines) > MAX_URIS:
            wrong[name] = f"At most {MAX_URIS} addresses."
        elif not all(map(is_address, lines)):
            wrong[name] = "Each line must be one https address, without a fragment."
    backchannel = values.get("backchannel_uri", "")
    if backchannel and not is_address(backchannel):
        wrong["backchannel_uri"] = "This is not an https address."
    needs_one = kind is not None and kind is not ClientKind.SERVICE
    if needs_one and "redirect_uris" in values and not lines_of(values["redirect_uris"]):
        wrong.setdefault("redirect_uris", "Add at least one address.")
    return wrong
