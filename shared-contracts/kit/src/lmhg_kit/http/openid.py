"""An OpenID Connect issuer as a relying party meets it: the portal ours, identity an external one.

Discovery, the question, the answer, signing keys. Everything goes out from here; what comes back is bounded in size and time, and a token counts
only when its signature is RS256 by a key of the issuer's own key set.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import quote

import httpx
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from lmhg_kit.errors import Forbidden, Unavailable
from lmhg_kit.http.openid_rules import Vouched, check_answer_issuer, check_id_token
from lmhg_kit.http.session import hash_token, new_token

ALGORITHMS = ("RS256",)
TIMEOUT_S = 3.0
ANSWER_MAX = 256 * 1024
TOKEN_MAX = 8192
ENDPOINTS_FRESH_S = 5.0
"""Discovery is asked this often at most; a sign-in therefore notices soon that the issuer is down."""
KEYS_FRESH_S = 600.0
DOWN_S = 2.0
"""After a failed call nobody asks again for so long."""
UNKNOWN_KID_S = 5.0
"""An unknown key id makes the keys be fetched again, once in so long."""

T = TypeVar("T")
Monotonic = Callable[[], float]


class Endpoints(msgspec.Struct, frozen=True):
    """What a relying party uses of the issuer's discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    authorization_response_iss_parameter_supported: bool = False


class Tokens(msgspec.Struct, frozen=True):
    """What a code was exchanged for."""

    id_token: str
    access_token: str
    token_type: str


class _Cached(Generic[T]):
    """A value fetched by one caller at a time, kept for a while; failures are kept shortly."""

    def __init__(
        self, fetch: Callable[[], Awaitable[T]], *, fresh_s: float, clock: Monotonic
    ) -> None:
        self._fetch = fetch
        self._fresh_s = fresh_s
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: tuple[float, T] | None = None
        self._failed_at: float | None = None

    async def get(self, *, anew: bool = False) -> T:
        """The value. Raises: Unavailable."""
        asked_at = self._clock()
        async with self._lock:
            oldest = asked_at if anew else self._clock() - self._fresh_s
            if self._known is not None and self._known[0] > oldest:
                return self._known[1]
            if self._failed_at is not None and self._clock() - self._failed_at < DOWN_S:
                raise Unavailable("issuer_down")
            try:
                value = await self._fetch()
            except Unavailable:
                self._failed_at = self._clock()
                raise
            self._failed_at = None
            self._known = (self._clock(), value)
            return value


@dataclass(frozen=True, kw_only=True)
class Client:
    """How the relying party is known to the issuer."""

    issuer: str
    id: str
    secret: str


@dataclass(frozen=True)
class Question:
    """What one sign-in sends along, and what its answer is held against; fresh every time."""

    state: str = field(default_factory=new_token)
    nonce: str = field(default_factory=new_token)
    verifier: str = field(default_factory=new_token)


@dataclass(frozen=True)
class Answer:
    """What came back with the browser."""

    state: str
    code: str = ""
    iss: str = ""
    error: str = ""


def bound(state: str, browser: str) -> bytes:
    """What is stored of a sign-in: state and browser together, so that either alone is nothing."""
    return hash_token(f"{state}.{browser}")


class Issuer:
    """One issuer, asked over HTTP."""

    def __init__(self, client: Client, *, clock: Monotonic = time.monotonic) -> None:
        self.client = client
        self._clock = clock
        self._http = httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False)
        self._endpoints = _Cached(self._discover, fresh_s=ENDPOINTS_FRESH_S, clock=clock)
        self._keys = _Cached(self._fetch_keys, fresh_s=KEYS_FRESH_S, clock=clock)
        self._unknown_kid_at: float | None = None

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def endpoints(self) -> Endpoints:
        """Where the issuer does what. Raises: Unavailable."""
        return await self._endpoints.get()

    async def ask(self, question: Question, *, redirect_uri: str, scope: str, **more: str) -> str:
        """The issuer's address for a sign-in, with PKCE. Raises: Unavailable."""
        endpoints = await self.endpoints()
        address: str = prepare_grant_uri(
            endpoints.authorization_endpoint,
            self.client.id,
            "code",
            redirect_uri=redirect_uri,
            scope=scope,
            state=question.state,
            nonce=question.nonce,
            code_challenge=create_s256_code_challenge(question.verifier),
            code_challenge_method="S256",
            **more,
        )
        return address

    async def settle(
        self, answer: Answer, *, asked: Question, redirect_uri: str, now: datetime
    ) -> tuple[Vouched, str]:
        """Whom the answer vouches for, and the ID token. Raises: Forbidden, Unavailable."""
        endpoints = await self.endpoints()
        check_answer_issuer(
            answer.iss,
            issuer=self.client.issuer,
            is_promised=endpoints.authorization_response_iss_parameter_supported,
        )
        if answer.error or not answer.code:
            raise Forbidden("token_refused", phase="answer")
        tokens = await self.exchange(
            answer.code, verifier=asked.verifier, redirect_uri=redirect_uri
        )
        opened = await self.open(tokens.id_token)
        vouched = check_id_token(
            opened.header,
            opened.claims,
            issuer=self.client.issuer,
            client_id=self.client.id,
            nonce=asked.nonce,
            access_token=tokens.access_token,
            now=now,
        )
        return vouched, tokens.id_token

    async def exchange(self, code: str, *, verifier: str, redirect_uri: str) -> Tokens:
        """The tokens behind a code. Raises: Forbidden when it is refused, Unavailable."""
        endpoints = await self.endpoints()
        answer = await self._ask(
            "POST",
            endpoints.token_endpoint,
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier,
            },
            auth=httpx.BasicAuth(
                quote(self.client.id, safe=""), quote(self.client.secret, safe="")
            ),
        )
        if not answer.is_success:
            raise Forbidden("token_refused", phase="code")
        tokens = _read(answer, Tokens)
        if tokens.token_type.lower() != "bearer":
            raise Forbidden("token_refused", phase="token_type")
        return tokens

    async def open(self, token: str) -> jwt.Token:
        """Header and claims of a token that the issuer signed. Raises: Forbidden, Unavailable.

        The claims are not judged here: see `openid_rules`.
        """
        if len(token) > TOKEN_MAX:
            raise Forbidden("token_refused", phase="size")
        try:
            return _decode(token, await self._keys.get())
        except InvalidKeyIdError:
            if not self._may_look_again():
                raise Forbidden("token_refused", phase="kid") from None
        try:
            return _decode(token, await self._keys.get(anew=True))
        except InvalidKeyIdError:
            raise Forbidden("token_refused", phase="kid") from None

    def _may_look_again(self) -> bool:
        now = self._clock()
        if self._unknown_kid_at is not None and now - self._unknown_kid_at < UNKNOWN_KID_S:
            return False
        self._unknown_kid_at = now
        return True

    async def _discover(self) -> Endpoints:
        url = f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration"
        answer = await self._ask("GET", url)
        if not answer.is_success:
            raise Unavailable("issuer_down", phase="discovery")
        found = _read(answer, Endpoints)
        if found.issuer != self.client.issuer:
            raise Unavailable("issuer_down", phase="issuer")
        return found

    async def _fetch_keys(self) -> KeySet:
        answer = await self._ask("GET", (await self.endpoints()).jwks_uri)
        try:
            published: KeySetSerialization = msgspec.json.decode(answer.content)
            return KeySet.import_key_set(published)
        except (msgspec.DecodeError, JoseError, TypeError, KeyError, ValueError):
            raise Unavailable("issuer_down", phase="keys") from None

    async def _ask(
        self,
        method: str,
        url: str,
        *,
        data: dict[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
    ) -> httpx.Response:
        try:
            answer = await self._http.request(method, url, data=data, auth=auth)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unavailable("issuer_down") from None
        if answer.is_server_error or len(answer.content) > ANSWER_MAX:
            raise Unavailable("issuer_down")
        return answer


def _decode(token: str, keys: KeySet) -> jwt.Token:
    """A token under one of these keys. Raises: InvalidKeyIdError, Forbidden."""
    try:
        opened = jwt.decode(token, keys, algorithms=ALGORITHMS)
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError, TypeError, KeyError):
        raise Forbidden("token_refused", phase="signature") from None
    if not opened.header.get("kid"):
        raise Forbidden("token_refused", phase="kid")
    return opened


def _read(answer: httpx.Response, struct: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.content, type=struct)
    except msgspec.DecodeError:
        raise Unavailable("issuer_down", phase="answer") from None
