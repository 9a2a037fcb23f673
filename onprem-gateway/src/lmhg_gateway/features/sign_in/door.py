"""What the pages of the identity process work with, made once, found on the application."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode

from litestar import Request, Response

from lmhg_gateway.features.accounts.public import (
    BROWSER_LIFE,
    FULL,
    RC,
    Account,
    Attempts,
    Browsers,
    Judging,
    PasswordCheck,
    Step,
    UsedHere,
    stage_of,
    stage_role,
)
from lmhg_gateway.features.factors.public import (
    AccountStore,
    Codes,
    FactorStore,
    Keys,
    RelyingParty,
)
from lmhg_gateway.features.sessions.public import (
    IDENTITY,
    Promotion,
    SessionStore,
    is_token,
    issue_code,
)
from lmhg_gateway.features.sign_in.signin import Place, SignIn
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.http.access import SESSION_COOKIE, gate_of
from lmhg_kit.http.device import device_of
from lmhg_kit.http.page import go, safe_path
from lmhg_kit.http.session import Session, SessionOrigin, Sessions, hash_token, new_token
from lmhg_kit.http.session_limits import LIMITS_BY_ROLE, SessionLimits
from lmhg_kit.http.state import Key
from lmhg_kit.http.visit import visit_of
from lmhg_kit.persistence import Database, Keyring

AnyRequest = Request[Any, Any, Any]
ACCOUNTS_ELSEWHERE: Key[bool] = Key("accounts_elsewhere")
WORKSPACE_URL: Key[str] = Key("workspace_url")
HOME = "/security"
AGAIN = "again"
BROWSER_COOKIE = "browser"
"""Tells a browser that its person has used before from a stranger's; opens nothing."""


@dataclass(frozen=True)
class Door:
    """Everything that sign-in is made of."""

    db: Database
    accounts: AccountStore
    sign_in: SignIn
    store: SessionStore
    limits: SessionLimits
    sessions: Sessions
    factors: FactorStore
    codes: Codes
    keys: Keys
    judging: Judging
    browsers: Browsers
    practice: str
    clock: Clock
    remembers: timedelta = timedelta()
    """How long a browser may remember someone's second step; nothing means never."""

    @classmethod
    def build(
        cls,
        db: Database,
        *,
        keyring: Keyring,
        public_url: str,
        practice: str,
        limits: SessionLimits | None = None,
        remembers: timedelta = timedelta(),
        clock: Clock = utc_now,
    ) -> "Door":
        """The parts, put together over one database."""
        accounts, factors, browsers = AccountStore(db), FactorStore(db), Browsers(db)
        store = SessionStore(db, IDENTITY, clock)
        limits = limits or SessionLimits(by_role=LIMITS_BY_ROLE)
        party = RelyingParty.at(public_url, name=practice)
        return cls(
            db=db,
            accounts=accounts,
            sign_in=SignIn(accounts, Attempts(db), PasswordCheck(), browsers, clock),
            store=store,
            limits=limits,
            sessions=Sessions(store, limits=limits, clock=clock),
            factors=factors,
            codes=Codes(factors, keyring, practice, clock),
            keys=Keys(factors, party, clock),
            judging=Judging(),
            browsers=browsers,
            practice=practice,
            clock=clock,
            remembers=remembers,
        )


DOOR: Key[Door] = Key("door")


def door_of(request: AnyRequest) -> Door:
    """The parts of this application."""
    return DOOR.of(request)


class Onward(NamedTuple):
    """Where someone goes after sign-in: to the workspace that asked, or to an own path."""

    state: str = ""
    next: str = ""
    fresh: bool = False
    """The sign-in has to be recent."""
    again: bool = False
    """It has to be a new one."""

    def is_due(self, *, is_fresh: bool) -> bool:
        """Whether someone who is signed in has to prove first, once more, who they are."""
        return self.again or (self.fresh and not is_fresh)

    @property
    def query(self) -> str:
        """The same as the end of an address, with its question mark."""
        facts = {"state": self.state, "next": self.next}
        text = urlencode({name: value for name, value in facts.items() if value})
        return f"?{text}" if text else ""


def onward_of(fields: Mapping[str, str]) -> Onward:
    """Where to go, as far as it is a token of ours or a path of our own."""
    state, path = fields.get("state", ""), fields.get("next", "")
    return Onward(
        state=state if is_token(state) else "",
        next=safe_path(path, otherwise=""),
        fresh=fields.get("fresh", "") in {"1", AGAIN},
        again=fields.get("fresh", "") == AGAIN,
    )


def place_of_visit(request: AnyRequest) -> Place:
    """Where this request comes from."""
    visit = visit_of(request)
    return Place(
        address=visit.address,
        device=device_of(request.headers.get("user-agent", "")),
        request_id=visit.request_id,
        browser=_browser_of(request),
    )


def place_of_session(request: AnyRequest) -> Place:
    """The same for the person of this request's session, who proves something more about themselves.

    Their live session has a count of its own. Anyone who tries another account from it is a stranger.
    """
    session = session_of(request)
    live = session.id if stage_of(session.roles) == FULL else ""
    return place_of_visit(request)._replace(session=live)


async def people_here(request: AnyRequest) -> list[UsedHere]:
    """Who signed in completely in this browser today, the newest first."""
    browser, door = _browser_of(request), door_of(request)
    return await door.browsers.people(browser, at=door.clock()) if browser else []


async def step_here(request: AnyRequest, account: Account) -> Step | None:
    """The second step that this browser remembers of the person, while it may."""
    browser, door = _browser_of(request), door_of(request)
    if not browser or not door.remembers:
        return None
    at = door.clock()
    return await door.browsers.step_of(browser, account.id, since=at - door.remembers, at=at)


async def forget_browser(request: AnyRequest) -> None:
    """Nobody's second step is remembered in this browser any more."""
    if browser := _browser_of(request):
        await door_of(request).browsers.forget_all(browser)


def _browser_of(request: AnyRequest) -> str:
    """The cookie by which this browser is known, as far as it has the shape of one."""
    kept = gate_of(request).jar.read(request.headers.get("cookie", ""), BROWSER_COOKIE)
    return kept if kept and is_token(kept) else ""


async def remember_browser(request: AnyRequest, account: Account) -> str:
    """Know this browser from now on: the person has signed in completely in it. Its new cookie."""
    door, gate = door_of(request), gate_of(request)
    token = await door.sign_in.attempts.remember(
        account.id, replaces=_browser_of(request), at=door.clock()
    )
    life_s = int(BROWSER_LIFE.total_seconds())
    visit_of(request).set_cookies.append(gate.jar.put(BROWSER_COOKIE, token, max_age_s=life_s))
    return token


def session_of(request: AnyRequest) -> Session:
    """The session of this request. Raises: NotSignedIn."""
    session = visit_of(request).session
    if session is None:
        raise NotSignedIn
    return session


async def account_of(request: AnyRequest) -> Account:
    """The account of this request's session. Raises: NotSignedIn."""
    account = await door_of(request).accounts.by_id(uuid.UUID(session_of(request).account_id))
    if account is None or not account.active:
        raise NotSignedIn
    return account


async def open_session(
    request: AnyRequest,
    account: Account,
    *,
    stage: str,
    methods: frozenset[str],
    at: datetime | None = None,
) -> str:
    """The secret, ours, of a new session for this browser; what it had before is over.

    `at` is when the person proved who they are, if that was not just now.
    """
    place, gate = place_of_visit(request), gate_of(request)
    roles = account.roles if stage == FULL else frozenset[str]()
    token = await door_of(request).sessions.begin(
        str(account.id),
        display_name=account.display_name,
        roles=roles | {stage_role(stage)},
        replaces=gate.jar.read(request.headers.get("cookie", ""), SESSION_COOKIE),
        origin=SessionOrigin(
            authenticated_at=at, methods=methods, device=place.device, address=place.address
        ),
    )
    visit_of(request).set_cookies.append(gate.jar.put(SESSION_COOKIE, token))
    return token


async def raise_session(
    request: AnyRequest, account: Account, *, method: str, keep: bool | None = None
) -> str:
    """The new secret of a session whose person proved one thing more. Raises: NotSignedIn.

    `keep` says whether this browser remembers the step for some hours; None leaves it as it is.
    """
    door = door_of(request)
    at = door.clock()
    token = await renew_session(request, account, methods=frozenset({method}), at=at)
    browser = await remember_browser(request, account)
    if keep is not None:
        step = Step(at, method) if keep and door.remembers and method != RC else None
        await door.browsers.keep_step(browser, account.id, step)
    return token


async def renew_session(
    request: AnyRequest, account: Account, *, methods: frozenset[str], at: datetime
) -> str:
    """The new secret of a session that is full now, or fresh again. Raises: NotSignedIn.

    Its end stays where its beginning puts it: proving oneself again prolongs nothing. Of several requests that prove it at once, one wins; the others find the old secret gone.
    """
    door, session, gate = door_of(request), session_of(request), gate_of(request)
    token = new_token()
    limit = door.limits.of(account.roles | {stage_role(FULL)})
    promotion = Promotion(
        new_hash=hash_token(token),
        methods=session.methods | methods,
        at=at,
        ends_at=session.created_at + limit.absolute,
    )
    if not await door.store.promote(session.token_hash, promotion):
        raise NotSignedIn
    visit_of(request).set_cookies.append(gate.jar.put(SESSION_COOKIE, token))
    return token


async def leave(request: AnyRequest, onward: Onward, *, token: str) -> Response[Any]:
    """On to where a fully signed-in person was going: the workspace, a page of ours, or home."""
    if onward.state:
        code = await issue_code(
            door_of(request).db,
            session_hash=hash_token(token),
            state=onward.state,
            clock=door_of(request).clock,
        )
        return go(request, f"{workspace_of(request)}/session/start?code={code}")
    visit, jar = visit_of(request), gate_of(request).jar
    kept = jar.read(request.headers.get("cookie", ""), "next")
    if kept and not onward.next:
        visit.set_cookies.append(jar.drop("next"))
    path = onward.next or safe_path(unquote(kept) if kept else None, otherwise=HOME)
    return go(request, path)


def workspace_of(request: AnyRequest) -> str:
    """The address of the workspace, without a slash at its end."""
    return WORKSPACE_URL.of(request).rstrip("/")
