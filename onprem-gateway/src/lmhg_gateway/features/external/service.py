"""Signing in by another issuer: out with a question, back with an answer that names an account."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.accounts.public import Account, has_second_factor, put_account
from lmhg_gateway.features.decisions.public import POWERS
from lmhg_gateway.features.external import repository, rules
from lmhg_gateway.features.external.repository import Begun
from lmhg_gateway.features.sessions.public import end_sessions
from lmhg_gateway.features.sign_in.public import Door, Onward
from lmhg_kit.errors import Forbidden
from lmhg_kit.http.openid import Answer, Issuer, Question, bound
from lmhg_kit.http.openid_rules import Vouched
from lmhg_kit.http.state import Key
from lmhg_kit.persistence import Actor

SCOPE = "openid profile email"
CALLBACK = "/external/callback"


@dataclass(frozen=True)
class Arrived:
    """A colleague for whom the issuer vouches, and where they wanted to go."""

    account: Account
    methods: frozenset[str]
    at: datetime
    onward: Onward


@dataclass(frozen=True)
class Broker:
    """Our half of the sign-in elsewhere."""

    issuer: Issuer
    public_url: str
    claim: str
    """Where the ID token has the roles."""
    roles: Mapping[str, str]
    """Role over there to role here."""

    @property
    def redirect_uri(self) -> str:
        """Where the issuer sends the browser back to."""
        return f"{self.public_url.rstrip('/')}{CALLBACK}"

    async def begin(self, door: Door, onward: Onward, *, browser: str) -> str:
        """The issuer's address for a new sign-in of this browser. Raises: Unavailable."""
        question = Question()
        again = {"prompt": "login", "max_age": "0"} if onward.fresh else {}
        address = await self.issuer.ask(
            question, redirect_uri=self.redirect_uri, scope=SCOPE, **again
        )
        begun = Begun(question, onward.state, onward.next, onward.fresh)
        await repository.put_request(
            door.db, bound(question.state, browser), begun, at=door.clock()
        )
        return address

    async def finish(self, door: Door, answer: Answer, *, browser: str, request_id: str) -> Arrived:
        """Who came back, with today's roles. Raises: Forbidden, Unavailable."""
        now = door.clock()
        begun = await repository.take_request(
            door.db, bound(answer.state, browser), state=answer.state, at=now
        )
        if begun is None:
            raise Forbidden("token_refused", phase="state")
        vouched, _ = await self.issuer.settle(
            answer, asked=begun.question, redirect_uri=self.redirect_uri, now=now
        )
        at = rules.proven_at(vouched.claims, vouched.authenticated_at, now=now)
        if begun.fresh:
            rules.check_fresh(at, now=now)
        account = await self._account(door, vouched, request_id=request_id)
        methods = vouched.methods & rules.METHODS
        needs_more = account.rule is not None and account.rule <= now
        if needs_more and not has_second_factor(methods):
            raise Forbidden("external_factor")
        onward = Onward(begun.handoff_state, begun.next_path)
        return Arrived(account, methods, at, onward)

    async def _account(self, door: Door, vouched: Vouched, *, request_id: str) -> Account:
        """The active account of the verified address, its roles as the claim has them.

        The claim takes admin and compliance away, and gives neither: two people here do that.
        """
        account = await door.accounts.by_email(rules.verified_email(vouched.claims))
        if account is None or not account.active:
            raise Forbidden("external_account")
        claimed = rules.granted(vouched.claims, path=self.claim, roles=self.roles)
        roles = rules.without_new(claimed, powers=POWERS, has=account.roles)
        if roles and roles == account.roles:
            return account
        actor = Actor(str(account.id))
        async with door.db.uow(actor, "sign_in", request_id=request_id) as tx:
            if roles:
                await put_account(
                    tx,
                    user_id=account.id,
                    email=account.email,
                    display_name=account.display_name,
                    roles=sorted(roles),
                )
            else:
                await end_sessions(tx, user_id=account.id)
            await tx.audit("roles.claim", kind="account", ids=[account.id])
        if not roles:
            raise Forbidden("external_roles")
        return await _again(door, account.id)


BROKER: Key[Broker] = Key("broker")


async def _again(door: Door, user_id: uuid.UUID) -> Account:
    """The account with its new roles and the rule that they bring."""
    account = await door.accounts.by_id(user_id)
    if account is None:
        raise Forbidden("external_account")
    return account
