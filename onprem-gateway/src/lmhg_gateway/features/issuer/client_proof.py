"""How a client proves who it is: a secret in a header or in the form, or none and PKCE."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
from litestar import Request

from lmhg_gateway.features.issuer.reading import ACTOR
from lmhg_gateway.features.issuer.service import ISSUER_HERE, Issuer
from lmhg_gateway.features.oauth_clients.public import RegisteredClient, is_secret, registered
from lmhg_kit.http.forms import FORM_TYPE
from lmhg_kit.http.work import database_of

MAX_FIELDS = 50

AnyRequest = Request[Any, Any, Any]
Fields = dict[str, list[str]]


def issuer_of(request: AnyRequest) -> Issuer:
    """The issuer of this application."""
    return ISSUER_HERE.of(request)


def parse(raw: bytes) -> Fields:
    """The fields of a query or form, letter for letter. Raises: InvalidRequestError."""
    fields: Fields = {}
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except (ValueError, UnicodeError):
        raise InvalidRequestError("The request cannot be read.") from None
    for name, value in pairs:
        if "\x00" in value:
            raise InvalidRequestError("The request cannot be read.")
        fields.setdefault(name, []).append(value)
    return fields


async def read_body(request: AnyRequest) -> Fields:
    """The posted fields. Raises: InvalidRequestError for any other kind of content."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise InvalidRequestError("The body has to be a form.")
    return parse(await request.body())


def credentials(headers: Mapping[str, str], form: Mapping[str, str]) -> tuple[str, str | None]:
    """Name and secret that a request offers, in one way alone. Raises: OAuth2Error."""
    basic = headers.get("authorization")
    if basic is None:
        if "client_id" not in form:
            raise _unproven()
        return form["client_id"], form.get("client_secret")
    name, secret = _basic(basic)
    if name is None or secret is None:
        raise _unproven()
    if "client_secret" in form or form.get("client_id", name) != name:
        raise InvalidRequestError("The client is named in two ways.")
    return name, secret


def _basic(header: str) -> tuple[str | None, str | None]:
    """Name and secret of a Basic header, each form-encoded as RFC 6749, 2.3.1 has it.

    Authlib decodes `%20` there, and leaves a space that came as `+` a plus sign.
    """
    kind, _, text = header.partition(" ")
    if kind.lower() != "basic":
        return None, None
    try:
        name, colon, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
        if not colon:
            return None, None
        return unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        return None, None


async def authenticate(request: AnyRequest, form: Mapping[str, str]) -> RegisteredClient:
    """The client that asks, proven. Raises: InvalidClientError, InvalidRequestError."""
    name, secret = credentials(request.headers, form)
    async with database_of(request).read(ACTOR, "oauth.client") as tx:
        client = (
            await registered(tx, name, at=issuer_of(request).clock()) if is_name(name) else None
        )
    if client is None or not is_enabled(client) or not is_proven(client, secret):
        raise _unproven()
    return client


def is_name(text: str) -> bool:
    """Whether a client may be called this at all."""
    return text.isascii() and text.isprintable() and len(text) <= 64


def is_enabled(client: RegisteredClient) -> bool:
    """Whether nobody disabled it."""
    return client.active


def is_proven(client: RegisteredClient, secret: str | None) -> bool:
    """Whether the secret is the client's; one without a secret has to show none."""
    if not client.rule.confidential:
        return secret is None
    return secret is not None and is_secret(client, secret)


def _unproven() -> InvalidClientError:
    return InvalidClientError("The client is not known or not proven.", status_code=401)
