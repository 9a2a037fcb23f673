"""What an authorization request may say, and when a person has to sign in or consent first."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from authlib.oauth2.rfc6749.errors import (
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnauthorizedClientError,
    UnsupportedResponseTypeError,
)
from authlib.oauth2.rfc6749.util import scope_to_list
from authlib.oauth2.rfc7636 import create_s256_code_challenge as s256
from authlib.oauth2.rfc7636.challenge import CODE_CHALLENGE_PATTERN, CODE_VERIFIER_PATTERN
from authlib.oidc.core.errors import RequestNotSupportedError, RequestURINotSupportedError

from lmhg_gateway.features.oauth_clients.public import (
    CODE,
    IDENTITY_SCOPES,
    MAX_URI,
    RegisteredClient,
)

CODE_LIFE = timedelta(seconds=60)
REFRESH_LIFE = timedelta(hours=12)
MAX_STATE = 1000
"""A longer one is refused on a page of ours: it comes back whole, or not at all."""
MAX_NONCE = 255
MAX_AGE_TEXT = 9
_LOOPBACK = re.compile(
    r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?].*)?"
)
Fields = Mapping[str, list[str]]


class Unusable(Exception):
    """The request names no client or no address of it: nobody may be sent anywhere. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One authorization request that keeps all the rules."""

    redirect_uri: str
    state: str
    scopes: frozenset[str]
    nonce: str
    challenge: str
    prompt: frozenset[str]
    max_age: int | None
    hint: str
    """An ID token of the person whom the client means."""


def single(fields: Fields) -> dict[str, str]:
    """Each parameter's one value. Raises: InvalidRequestError for one that is given twice."""
    if any(len(values) > 1 for values in fields.values()):
        raise InvalidRequestError("A parameter is given twice.")
    return {name: values[0] for name, values in fields.items() if values and values[0]}


def is_registered_uri(client: RegisteredClient, uri: str) -> bool:
    """Whether this is, letter for letter, an address that was registered.

    On a loopback address the port is the program's own choice (RFC 8252, 7.3).
    """
    if uri in client.redirect_uris:
        return True
    asked = _LOOPBACK.fullmatch(uri) if len(uri) <= MAX_URI else None
    if asked is None or not 0 < int(asked["port"] or 80) < 65536:
        return False
    known = filter(None, map(_LOOPBACK.fullmatch, client.redirect_uris))
    return any((each["host"], each["rest"]) == (asked["host"], asked["rest"]) for each in known)


def find_address(fields: Fields, client: RegisteredClient | None) -> str:
    """The address that answers go to. Raises: Unusable."""
    if len(fields.get("client_id", [])) != 1 or client is None or not client.active:
        raise Unusable("client_unknown")
    given = fields.get("redirect_uri", [])
    if len(given) != 1 or not is_registered_uri(client, given[0]):
        raise Unusable("redirect_unknown")
    if any(len(state) > MAX_STATE for state in fields.get("state", [])):
        raise Unusable("state_long")
    return given[0]


def read_request(fields: Fields, client: RegisteredClient, *, known: frozenset[str]) -> Wanted:
    """The request to a known address; `known` are all scopes there are. Raises: OAuth2Error."""
    given = single(fields)
    _check_form(given)
    if CODE not in client.rule.grants:
        raise UnauthorizedClientError("This client does not sign people in.")
    check_challenge(given)
    prompt = frozenset(given.get("prompt", "").split())
    if prompt - {"none", "login", "consent", "select_account"} or (
        "none" in prompt and len(prompt) > 1
    ):
        raise InvalidRequestError("The prompt is not understood.")
    return Wanted(
        redirect_uri=given["redirect_uri"],
        state=given.get("state", ""),
        scopes=_scopes(given.get("scope", ""), client, known),
        nonce=given.get("nonce", ""),
        challenge=given.get("code_challenge", ""),
        prompt=prompt,
        max_age=_number(given, "max_age"),
        hint=given.get("id_token_hint", ""),
    )


def _check_form(given: Mapping[str, str]) -> None:
    if "request" in given:
        raise RequestNotSupportedError
    if "request_uri" in given:
        raise RequestURINotSupportedError
    if "response_type" not in given:
        raise InvalidRequestError("Missing response_type.")
    if given["response_type"] != "code":
        raise UnsupportedResponseTypeError("other")
    if given.get("response_mode", "query") != "query":
        raise InvalidRequestError("Only response_mode query is answered.")
    if len(given.get("nonce", "")) > MAX_NONCE:
        raise InvalidRequestError("The nonce is too long.")


def check_challenge(given: Mapping[str, str]) -> None:
    """Demand a code challenge by S256. Raises: InvalidRequestError."""
    challenge = given.get("code_challenge", "")
    if not CODE_CHALLENGE_PATTERN.match(challenge) or len(challenge) != 43:
        raise InvalidRequestError("A code_challenge is required.")
    if given.get("code_challenge_method") != "S256":
        raise InvalidRequestError("The code_challenge_method has to be S256.")


def check_verifier(challenge: str, verifier: str | None) -> None:
    """Demand the verifier of the challenge. Raises: InvalidGrantError."""
    if not verifier or not CODE_VERIFIER_PATTERN.match(verifier):
        raise InvalidGrantError("The code_verifier is missing or malformed.")
    if not secrets.compare_digest(s256(verifier), challenge):
        raise InvalidGrantError("The code_verifier does not fit.")


def understood(text: str | None, known: frozenset[str]) -> frozenset[str]:
    """The scopes of a request that we know; others are as good as not there (Core 3.1.2.1)."""
    return frozenset(scope_to_list(text or "") or []) & known


def _scopes(text: str, client: RegisteredClient, known: frozenset[str]) -> frozenset[str]:
    wanted = understood(text, known)
    if "openid" not in wanted or not wanted <= client.scopes & frozenset(IDENTITY_SCOPES):
        raise InvalidScopeError
    return wanted


def _number(given: Mapping[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_AGE_TEXT + 3):
        raise InvalidRequestError("max_age is no number.")
    return int(text)


def must_sign_in(
    wanted: Wanted, authenticated_at: datetime, *, now: datetime, asked_at: float | None
) -> bool:
    """Whether the person's last full sign-in is not recent enough for this request.

    `asked_at` is when we sent this browser to the form; anyone who signed in since then has done it.
    """
    if asked_at is not None and authenticated_at.timestamp() >= asked_at:
        return False
    if "login" in wanted.prompt:
        return True
    return wanted.max_age is not None and now - authenticated_at > timedelta(seconds=wanted.max_age)


def must_consent(wanted: Wanted, client: RegisteredClient, allowed: frozenset[str]) -> bool:
    """Whether the person has to be asked."""
    if "consent" in wanted.prompt:
        return True
    return not client.first_party and not wanted.scopes <= allowed


def answer_url(address: str, answer: Mapping[str, str], *, issuer: str) -> str:
    """The client's address with our answer, which names us: RFC 9207 against mix-up."""
    return with_query(address, {**answer, "iss": issuer})


def error_answer(failure: OAuth2Error, state: str) -> dict[str, str]:
    """A refusal as the client is told."""
    answer = {"error": str(failure.error), "error_description": str(failure.description or "")}
    return {name: value for name, value in {**answer, "state": state}.items() if value}


def with_query(address: str, values: Mapping[str, str]) -> str:
    """An address with more in its query."""
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(dict(values)))))
    return urlunsplit(parts._replace(query=query))


Clock = Callable[[], datetime]
