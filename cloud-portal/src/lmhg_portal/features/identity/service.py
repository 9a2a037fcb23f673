"""Signing in by the practice's issuer: out with a question, back with an answer that is checked."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import Forbidden
from lmhg_kit.http.openid import Answer, Issuer, Question, bound
from lmhg_kit.http.openid_rules import Vouched, check_logout_token
from lmhg_kit.http.page import safe_path
from lmhg_kit.http.session_limits import SessionLimits
from lmhg_kit.http.state import Key
from lmhg_kit.persistence import Actor, Database
from lmhg_portal.features.identity import repository
from lmhg_portal.features.identity.subject import account_of

REQUEST_LIFE = timedelta(minutes=10)
SCOPE = "openid"
"""Name and roles come from the replica: the token need not carry them."""
BACK_CHANNEL = Actor("process:back_channel")


@dataclass(frozen=True)
class Arrived:
    """A person whom the issuer vouches for, and where they wanted to go."""

    user_id: uuid.UUID
    who: Vouched
    profile: repository.Profile
    id_token: str
    next_path: str


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
        question, at = Question(), self.clock()
        address = await self.issuer.ask(question, redirect_uri=self.redirect_uri, scope=SCOPE)
        path = safe_path(next_path)
        await repository.put_request(
            self.db,
            {
                "state_hash": bound(question.state, browser),
                "nonce": question.nonce,
                "verifier": question.verifier,
                "next_path": path if len(path) <= repository.PATH_MAX else "/",
                "ends_at": at + REQUEST_LIFE,
            },
            at=at,
        )
        return address

    async def finish(self, answer: Answer, *, browser: str) -> Arrived:
        """Who came back. Raises: Forbidden with the phase that failed, Unavailable."""
        begun = await repository.take_request(
            self.db, bound(answer.state, browser), at=self.clock()
        )
        if begun is None:
            raise Forbidden("token_refused", phase="state")
        who, id_token = await self.issuer.settle(
            answer,
            asked=Question(answer.state, begun.nonce, begun.verifier),
            redirect_uri=self.redirect_uri,
            now=self.clock(),
        )
        user_id = account_of(who.subject)
        profile = await repository.profile(self.db, user_id)
        if profile is None:
            raise Forbidden("profile_missing")
        return Arrived(user_id, who, profile, id_token, begun.next_path)

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
        ended = check_logout_token(
            opened.header,
            opened.claims,
            issuer=self.issuer.client.issuer,
            client_id=self.issuer.client.id,
            now=at,
        )
        user_id = account_of(ended.subject) if ended.subject else None
        async with self.db.uow(BACK_CHANNEL, "sign_out", request_id=request_id) as tx:
            if not await repository.see_logout_token(
                tx, ended.jti, at=at, forget_at=ended.forget_at
            ):
                raise Forbidden("token_refused", phase="replay")
            count = await repository.end_sessions(tx, user_id=user_id, sid=ended.sid)
            ids = [user_id] if user_id else []
            await tx.audit("sign_out", kind="account", ids=ids)
        return count


RELYING_PARTY: Key[RelyingParty] = Key("relying_party")
SESSION_LIMITS: Key[SessionLimits] = Key("session_limits")
