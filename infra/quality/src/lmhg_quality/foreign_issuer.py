"""An OpenID Connect issuer that is not ours: what a relying party meets, for better and for worse.

A double of a foreign system. It speaks real HTTP on loopback and signs with joserfc; what it says
can be bent in each way that a relying party has to notice.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.response import Redirect

from lmhg_stack.ports import free_ports
from lmhg_stack.process import wait_until

AnyRequest = Request[Any, Any, Any]
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def new_key(kid: str) -> RSAKey:
    """A signing key."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def half_hash(text: str) -> str:
    """The at_hash of a text under RS256."""
    half = hashlib.sha256(text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()


@dataclass
class Bent:
    """What the issuer does wrong in the next sign-in; untouched it does everything right."""

    claims: dict[str, Any] = field(default_factory=dict[str, Any])
    """Claims changed; None leaves one out."""
    moments: dict[str, int] = field(default_factory=dict[str, int])
    """Claims set to so many seconds from the moment at which the token is made."""
    header: dict[str, Any] = field(default_factory=dict[str, Any])
    how: str = "rs256"
    """rs256, none, hs256 (the public key as the secret) or stranger (a key nobody published)."""
    answer_iss: str | None = None
    error: str = ""
    is_down: bool = False


@dataclass
class ForeignIssuer:
    """The issuer and what it was asked."""

    url: str
    redirect_uri: str
    client_id: str = "portal"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(20))
    key: RSAKey = field(default_factory=lambda: new_key("k1"))
    bent: Bent = field(default_factory=Bent)
    asked: Counter[str] = field(default_factory=Counter[str])
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    subject: str = ""
    sid: str = "sid-1"
    refusals: list[str] = field(default_factory=list[str])
    """Why it refused a code: what the relying party did wrong."""

    @classmethod
    @contextmanager
    def serving(cls, *, redirect_uri: str) -> Iterator["ForeignIssuer"]:
        """The issuer while the block runs."""
        port = free_ports(1)[0]
        issuer = cls(f"http://127.0.0.1:{port}", redirect_uri)
        app = Litestar(
            [discovery, jwks, authorize, token],
            state=State({"issuer": issuer}),
            logging_config=None,
            openapi_config=None,
        )
        config = uvicorn.Config(app, port=port, log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_until(lambda: server.started, "the foreign issuer")
        try:
            yield issuer
        finally:
            server.should_exit = True
            thread.join()

    def rotate(self, kid: str) -> None:
        """Sign with another key from now on; the old one is withdrawn."""
        self.key = new_key(kid)

    def id_token(self, *, nonce: str, access_token: str) -> str:
        """An ID token, right or bent."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": self.subject,
            "aud": self.client_id,
            "azp": self.client_id,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": nonce,
            "sid": self.sid,
            "amr": ["pwd", "otp"],
            "at_hash": half_hash(access_token),
            **self.bent.claims,
            **{name: now + shift for name, shift in self.bent.moments.items()},
        }
        return self.sign(claims)

    def logout_token(self, **changed: Any) -> str:  # noqa: ANN401 - claims of any kind
        """A logout token, right or changed; None leaves a claim out."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_hex(8),
            "events": {LOGOUT_EVENT: {}},
            "sub": self.subject,
            "sid": self.sid,
            **changed,
        }
        return self.sign(claims, typ="logout+jwt")

    def sign(self, claims: dict[str, Any], *, typ: str = "JWT") -> str:
        """A token in the way that is asked for."""
        kept = {name: value for name, value in claims.items() if value is not None}
        header = {"typ": typ, "kid": self.key.kid, **self.bent.header}
        if self.bent.how == "none":
            return f"{_part({**header, 'alg': 'none'})}.{_part(kept)}."
        if self.bent.how == "hs256":
            signed = f"{_part({**header, 'alg': 'HS256'})}.{_part(kept)}"
            public = self.key.as_pem(private=False)
            return f"{signed}.{_bytes(hmac.new(public, signed.encode(), 'sha256').digest())}"
        key = new_key(str(self.key.kid)) if self.bent.how == "stranger" else self.key
        return jwt.encode({**header, "alg": "RS256"}, kept, key, algorithms=["RS256"])


def _part(value: dict[str, Any]) -> str:
    return _bytes(json.dumps(value).encode())


def _bytes(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _of(request: AnyRequest, what: str) -> ForeignIssuer:
    issuer: ForeignIssuer = request.app.state["issuer"]
    issuer.asked[what] += 1
    return issuer


@get("/.well-known/openid-configuration")
async def discovery(request: AnyRequest) -> Response[Any]:
    """Where everything is."""
    issuer = _of(request, "discovery")
    if issuer.bent.is_down:
        return Response({}, status_code=503)
    names = ("authorize", "token", "jwks", "logout")
    at = {name: f"{issuer.url}/{name}" for name in names}
    return Response(
        {
            "issuer": issuer.url,
            "authorization_endpoint": at["authorize"],
            "token_endpoint": at["token"],
            "jwks_uri": at["jwks"],
            "end_session_endpoint": at["logout"],
            "authorization_response_iss_parameter_supported": True,
        }
    )


@get("/jwks")
async def jwks(request: AnyRequest) -> dict[str, Any]:
    """The public half of today's key."""
    issuer = _of(request, "jwks")
    return {"keys": [issuer.key.as_dict(private=False)]}


@get("/authorize")
async def authorize(request: AnyRequest) -> Redirect:
    """The person is known here already: back at once, with a code."""
    issuer = _of(request, "authorize")
    asked = dict(request.query_params)
    code = secrets.token_hex(16)
    issuer.codes[code] = asked
    answer: dict[str, str] = {"state": asked["state"], "code": code, "iss": issuer.url}
    if issuer.bent.error:
        answer = {"state": asked["state"], "error": issuer.bent.error, "iss": issuer.url}
    if issuer.bent.answer_iss is not None:
        answer["iss"] = issuer.bent.answer_iss
    kept = {name: value for name, value in answer.items() if value}
    return Redirect(f"{issuer.redirect_uri}?{urlencode(kept)}", status_code=303)


@post("/token", status_code=200)
async def token(request: AnyRequest) -> Response[Any]:
    """A code for tokens, once, from the client that proves itself and the challenge."""
    issuer = _of(request, "token")
    form = dict(parse_qsl((await request.body()).decode()))
    asked = issuer.codes.pop(form.get("code", ""), None)
    wanted = f"{issuer.client_id}:{issuer.client_secret}".encode()
    expected = f"Basic {base64.b64encode(wanted).decode()}"
    checks = {
        "client": request.headers.get("authorization") == expected,
        "code": asked is not None,
        "redirect_uri": form.get("redirect_uri") == issuer.redirect_uri,
        "pkce": asked is not None
        and asked.get("code_challenge_method") == "S256"
        and asked.get("code_challenge") == _bytes(hashlib.sha256(form.get("code_verifier", "").encode()).digest()),
    }  # fmt: skip
    wrong = [name for name, is_right in checks.items() if not is_right]
    if wrong or asked is None:
        issuer.refusals += wrong
        return Response({"error": "invalid_grant"}, status_code=400)
    access = secrets.token_hex(16)
    return Response(
        {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 600,
            "id_token": issuer.id_token(nonce=asked["nonce"], access_token=access),
        }
    )
