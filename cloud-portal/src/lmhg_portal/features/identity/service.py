"""Signing in by the practice's issuer: out with a question, back with an answer that is checked."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import Forbidden
from lmhg_kit.http.page import safe_path
from lmhg_kit.http.session import hash_token, new_token
from lmhg_kit.persistence import Actor, Database
from lmhg_portal.adapters.issuer import Issuer
from lmhg_portal.features.identity import repository
from lmhg_portal.features.identity.rules import (
    Ended,
    SignedIn,
    check_answer_issuer,
    check_id_token,
    check_logout_token,
)

REQUEST_LIFE = timedelta(minutes=10)
SCOPE = "openid"
"""Name and roles come from the replica: the token need not carry them."""
BACK_CHANNEL = Actor("process:back_channel")


@dataclass(frozen=True)
class Arrived:
    """A person whom the issuer vouches for, and where they wanted to go."""

    who: SignedIn
    profile: repository.Profile
    id_token: str
    next_path: str


@dataclass(frozen=True)
class Answer:
    """What came back with the browser."""

    state: str
    code: str = ""
    iss: str = ""
    error: str = ""


@dataclass(frozen=True)
class RelyingParty:
    """The portal's half of OpenID Connect."""

    db: Database
    issuer: Issuer
    public_url: str
    clock: Clock = utc_now

    @property
    def redirect_uri(self) -> str:
        """Where the issuer sends the browser back to."""
        return f"{self.public_url}/sign-in/callback"

    async def begin(self, *, browser: str, next_path: str) -> str:
        """The issuer's address for a new sign-in of this browser. Raises: Unavailable."""
        endpoints = await self.issuer.endpoints()
        state, nonce, verifier = new_token(), new_token(), new_token()
        at = self.clock()
        path = safe_path(next_path)
        await repository.put_request(
            self.db,
            {
                "state_hash": _bound(state, browser),
                "nonce": nonce,
                "verifier": verifier,
                "next_path": path if len(path) <= repository.PATH_MAX else "/",
                "ends_at": at + REQUEST_LIFE,
            },
            at=at,
        )
        address: str = prepare_grant_uri(
            endpoints.authorization_endpoint,
            self.issuer.client.id,
            "code",
            redirect_uri=self.redirect_uri,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return address

    async def finish(self, answer: Answer, *, browser: str) -> Arrived:
        """Who came back. Raises: Forbidden with the phase that failed, Unavailable."""
        begun = await repository.take_request(
            self.db, _bound(answer.state, browser), at=self.clock()
        )
        if begun is None:
            raise Forbidden("token_refused", phase="state")
        endpoints = await self.issuer.endpoints()
        check_answer_issuer(
            answer.iss,
            issuer=self.issuer.client.issuer,
            is_promised=endpoints.authorization_response_iss_parameter_supported,
        )
        if answer.error or not answer.code:
            raise Forbidden("token_refused", phase="answer")
        tokens = await self.issuer.exchange(
            answer.code, verifier=begun.verifier, redirect_uri=self.redirect_uri
        )
        opened = await self.issuer.open(tokens.id_token)
        who = check_id_token(
            opened.header,
            opened.claims,
            issuer=self.issuer.client.issuer,
            client_id=self.issuer.client.id,
            nonce=begun.nonce,
            access_token=tokens.access_token,
            now=self.clock(),
        )
        profile = await repository.profile(self.db, who.user_id)
        if profile is None:
            raise Forbidden("profile_missing")
        return Arrived(who, profile, tokens.id_token, begun.next_path)

    async def end_at_issuer(self, id_token: str) -> str:
        """The address that ends the person's session at the issuer too. Raises: Unavailable."""
        endpoints = await self.issuer.endpoints()
        if not endpoints.end_session_endpoint:
            return ""
        query = {
            "client_id": self.issuer.client.id,
            "post_logout_redirect_uri": f"{self.public_url}/signed-out",
        }
        if id_token:
            query["id_token_hint"] = id_token
        return f"{endpoints.end_session_endpoint}?{urlencode(query)}"

    async def end_by_token(self, logout_token: str, *, request_id: str) -> int:
        """End what a logout token names; how many sessions that was.

        Raises: Forbidden when the token is not acceptable or was here before, Unavailable.
        """
        opened = await self.issuer.open(logout_token)
        at = self.clock()
        ended: Ended = check_logout_token(
            opened.header,
            opened.claims,
            issuer=self.issuer.client.issuer,
            client_id=self.issuer.client.id,
            now=at,
        )
        async with self.db.uow(BACK_CHANNEL, "sign_out", request_id=request_id) as tx:
            if not await repository.see_logout_token(
                tx, ended.jti, at=at, forget_at=ended.forget_at
            ):
                raise Forbidden("token_refused", phase="replay")
            count = await repository.end_sessions(tx, user_id=ended.user_id, sid=ended.sid)
            ids = [ended.user_id] if ended.user_id else []
            await tx.note("sign_out", kind="account", ids=ids)
        return count


def _bound(state: str, browser: str) -> bytes:
    """What is stored of a sign-in: state and browser together, so that either alone is nothing."""
    return hash_token(f"{state}.{browser}")


def party_of(state: Any) -> RelyingParty:  # noqa: ANN401 - Litestar's open state
    """The relying party of this application."""
    found: RelyingParty = state["relying_party"]
    return found
