"""Sign-in: one form, one code, one browser, one minute; and waits that grow."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from lmhg_gateway.features.accounts.attempts import (
    ACCOUNT_FREE,
    DELAY_MAX_S,
    Attempts,
    account_subject,
)
from lmhg_gateway.features.accounts.browsers import Browsers as KnownBrowsers
from lmhg_gateway.features.accounts.passwords import PasswordCheck
from lmhg_gateway.features.factors.account_store import AccountStore
from lmhg_gateway.features.sessions import service
from lmhg_gateway.features.sessions.handoff_repository import Handed
from lmhg_gateway.features.sessions.session_store import IDENTITY as IDENTITY_APP
from lmhg_gateway.features.sessions.session_store import SessionStore
from lmhg_gateway.features.sign_in.signin import Place, SignIn, SignInForm
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotSignedIn, TooMany
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.session import Sessions, hash_token
from lmhg_kit.http.session_limits import SessionLimits
from lmhg_kit.http.testing import Browsers, Hands, browser_at
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

WORKSPACE, IDENTITY = "http://work.test", "http://id.test"
PASSWORD = "practice-makes-calm"


@pytest.fixture
async def door(identity_edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the identity process, from anywhere."""
    async with browser_at(identity_edge, "203.0.113.5", base_url=IDENTITY) as browser:
        yield browser


async def hop(workspace: httpx.AsyncClient) -> str:
    """The state with which the workspace sends a browser to sign in."""
    answer = await workspace.get("/sign-in")
    location = answer.headers["location"]
    assert location.startswith(f"{IDENTITY}/sign-in?state=")
    return parse_qs(urlsplit(location).query)["state"][0]


async def submit(
    door: httpx.AsyncClient, state: str, email: str, password: str = PASSWORD
) -> httpx.Response:
    """Fill the form in and send it."""
    form = await door.get("/sign-in", params={"state": state})
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', form.text)
    assert found
    fields = {"csrf_token": found[1], "state": state, "email": email, "password": password}
    return await door.post("/sign-in", data=fields)


async def test_whole_way_in_and_out(browsers: Browsers, door: httpx.AsyncClient) -> None:
    """Asked for a page, signed in, back on that page, signed out, and out."""
    workspace = browsers()
    await workspace.get("/referrals")
    answer = await submit(door, await hop(workspace), "FRONT_DESK@lmhg.test")
    code = answer.headers["location"]
    assert code.startswith(f"{WORKSPACE}/session/start?code=")
    assert (await workspace.get(code)).headers["location"] == "/referrals"
    page = await workspace.get("/referrals")
    assert "Front_Desk Person" in page.text
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.text)
    assert token
    out = await workspace.post("/sign-out", data={"csrf_token": token[1]})
    assert out.headers["location"] == "/signed-out"
    assert (await workspace.get("/referrals")).status_code == 303


async def locked(workspace: httpx.AsyncClient, place: str) -> httpx.Response:
    """Lock the computer on this page."""
    page = await workspace.get("/help")
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.text)
    assert token
    return await workspace.post("/lock", data={"csrf_token": token[1], "place": place})


async def test_locked_computer_gives_a_page_back_to_its_person_alone(
    browsers: Browsers, door: httpx.AsyncClient, onprem: PlaneDatabase
) -> None:
    """Nothing opens after the lock; who left comes back to their page, and someone else to the first one."""
    workspace = browsers()
    answer = await submit(door, await hop(workspace), "front_desk@lmhg.test")
    await workspace.get(answer.headers["location"])
    out = await locked(workspace, "/referrals?page=2")
    assert out.headers["location"] == "/locked"
    said = await workspace.get("/locked")
    assert said.headers["refresh"] == "0; url=/sign-in?locked=1"
    assert (await workspace.get("/referrals")).status_code == 303
    to = (await workspace.get("/sign-in?locked=1")).headers["location"]
    assert to.startswith(f"{IDENTITY}/sign-in?state=")
    assert to.endswith("&locked=1")
    shown = await door.get(to)
    assert "<h1>Locked</h1>" in shown.text
    assert "Front_Desk Person" in shown.text
    for email, lands in (("clinician@lmhg.test", "/"), ("front_desk@lmhg.test", "/referrals")):
        state = await hop(workspace)
        code = (await submit(door, state, email)).headers["location"]
        assert (await workspace.get(code)).headers["location"].partition("?")[0] == lands
        await locked(workspace, "/referrals?page=2")
        door.cookies.delete("lmhg_identity_session")
    noted = await onprem.run("select act from audit.event where act = 'lock'")
    assert len(noted) == 3


async def test_code_opens_once_and_only_in_the_browser_that_asked(
    browsers: Browsers, door: httpx.AsyncClient
) -> None:
    """A code that someone read or planted opens nothing."""
    workspace, stranger = browsers(), browsers()
    answer = await submit(door, await hop(workspace), "clinician@lmhg.test")
    code = answer.headers["location"]
    await hop(stranger)
    assert (await stranger.get(code)).headers["location"] == "/sign-in"
    assert (await workspace.get(code)).headers["location"] == "/"
    await hop(stranger)
    assert (await stranger.get(code)).headers["location"] == "/sign-in"


async def test_code_lives_a_minute(
    identity_db: Database, workspace_db: Database, people: dict[str, uuid.UUID]
) -> None:
    """After sixty seconds it is nothing, and it works once within them."""
    state, clock = "s" * 43, Hands()
    sessions = Sessions(SessionStore(identity_db, IDENTITY_APP), limits=SessionLimits())
    token = await sessions.begin(
        str(people["admin"]),
        display_name="Admin",
        roles=frozenset({"stage:full"}),
        replaces=None,
    )
    issue = partial(
        service.issue_code, identity_db, session_hash=hash_token(token), state=state, clock=clock
    )
    ends_by = utc_now() + timedelta(hours=1)

    async def redeem(code: str) -> str:
        handed = Handed(code, state, "a test", "10.8.0.7")
        return await service.redeem_code(workspace_db, handed, ends_by=ends_by)

    clock.at = utc_now() - timedelta(seconds=61)
    late = await issue()
    with pytest.raises(NotSignedIn):
        await redeem(late)
    clock.at = utc_now()
    fresh = await issue()
    assert service.is_token(await redeem(fresh))
    with pytest.raises(NotSignedIn):
        await redeem(fresh)


@pytest.mark.found("W1", "a workspace session begins with a code of the identity process alone")
async def test_the_workspaces_login_alone_begins_no_session(onprem: PlaneDatabase) -> None:
    """Not by a row, nor by a code that nobody was given, nor by marking one as used."""
    for sql in (
        (
            "insert into identity.session (id_hash, user_id, started_at, last_used_at, ends_at)"
            " select sha256('x'), id, now(), now(), now() from identity.user_account limit 1"
        ),
        "update identity.handoff set used_at = now()",
        "select code_hash from identity.handoff",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await onprem.run(sql, role="gw_workspace")
    made = await onprem.run(
        "select parent from identity.redeem('x', 'y', sha256('z'), gen_random_uuid(),"
        " now() + interval '1 hour', '', '')",
        role="gw_workspace",
    )
    assert made == []


@pytest.mark.parametrize(
    ("email", "password"),
    [("admin@lmhg.test", "wrong password here"), ("nobody@lmhg.test", PASSWORD)],
)
async def test_wrong_credentials_all_look_alike(
    browsers: Browsers, door: httpx.AsyncClient, email: str, password: str
) -> None:
    """A wrong password and an unknown account get the same page, which repeats no password."""
    answer = await submit(door, await hop(browsers()), email, password)
    assert answer.status_code == 401
    assert "do not match an account" in answer.text
    assert password not in answer.text


async def test_form_without_a_workspace_behind_it_goes_back(door: httpx.AsyncClient) -> None:
    """A state that no workspace made is not carried on."""
    answer = await door.get("/sign-in", params={"state": "made-up"})
    assert answer.headers["location"] == f"{WORKSPACE}/sign-in"
    assert (await door.post("/sign-in", data={"state": "x"})).status_code == 403


async def test_missing_fields_are_named(browsers: Browsers, door: httpx.AsyncClient) -> None:
    """An empty form says what to fill in."""
    answer = await submit(door, await hop(browsers()), "", "")
    assert answer.status_code == 422
    assert "Fill this in." in answer.text


@pytest.fixture
def sign_in(identity_db: Database, people: dict[str, uuid.UUID]) -> SignIn:
    """The decision itself, with time in the test's hands."""
    clock = Hands()
    clock.at = utc_now()
    browsers = KnownBrowsers(identity_db)
    return SignIn(
        AccountStore(identity_db), Attempts(identity_db), PasswordCheck(), browsers, clock
    )


async def attempt(sign_in: SignIn, email: str, password: str) -> str | int:
    """`in`, `wrong`, or the seconds to wait."""
    try:
        form = SignInForm(email, password)
        await sign_in.check(form, place=Place(f"of {email}"))
    except NotSignedIn:
        return "wrong"
    except TooMany as wait:
        return wait.retry_after_s
    return "in"


async def test_wait_grows_and_is_never_for_ever(sign_in: SignIn) -> None:
    """Free attempts, then doubling waits up to a quarter hour; the right password still opens."""
    email, clock = "staff@lmhg.test", sign_in.clock
    assert isinstance(clock, Hands)
    outcomes = [await attempt(sign_in, email, "wrong") for _ in range(ACCOUNT_FREE)]
    assert outcomes == ["wrong"] * ACCOUNT_FREE
    waits: list[int] = []
    for _ in range(12):
        refused = await attempt(sign_in, email, "wrong")
        assert isinstance(refused, int)
        waits.append(refused)
        clock.turn(seconds=refused)
        assert await attempt(sign_in, email, "wrong") == "wrong"
    assert waits == sorted(waits)
    assert waits[-1] <= DELAY_MAX_S + 1
    clock.turn(seconds=DELAY_MAX_S)
    assert await attempt(sign_in, email, PASSWORD) == "in"
    assert await attempt(sign_in, email, "wrong") == "wrong"


async def test_unknown_account_waits_like_a_known_one(sign_in: SignIn) -> None:
    """The delay does not tell which accounts exist."""
    outcomes = [await attempt(sign_in, "ghost@lmhg.test", "x") for _ in range(ACCOUNT_FREE + 1)]
    assert outcomes[:-1] == ["wrong"] * ACCOUNT_FREE
    assert isinstance(outcomes[-1], int)


async def test_fifty_attempts_at_once_count_one_by_one(sign_in: SignIn) -> None:
    """A burst cannot slip past the count."""
    subject, at = account_subject("burst@lmhg.test"), sign_in.clock()
    answers = await asyncio.gather(*(sign_in.attempts.admit(subject, at=at) for _ in range(50)))
    assert answers.count(None) == ACCOUNT_FREE


async def test_disabled_account_loses_its_sessions_at_once(
    browsers: Browsers, door: httpx.AsyncClient, onprem: PlaneDatabase
) -> None:
    """Switching an account off ends what it had open, and no password opens it."""
    workspace = browsers()
    answer = await submit(door, await hop(workspace), "trainer@lmhg.test")
    await workspace.get(answer.headers["location"])
    assert (await workspace.get("/")).status_code == 200
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 't', true), set_config('app.purpose', 't', true);"
        " update identity.user_account set active = false where email = 'trainer@lmhg.test'; end $$"
    )
    assert (await workspace.get("/")).status_code == 303
    assert (await submit(door, await hop(browsers()), "trainer@lmhg.test")).status_code == 401


async def test_database_holds_no_secret_that_opens_anything(
    browsers: Browsers, door: httpx.AsyncClient, onprem: PlaneDatabase
) -> None:
    """Session ids and codes are stored as hashes alone."""
    workspace = browsers()
    answer = await submit(door, await hop(workspace), "admin@lmhg.test")
    await workspace.get(answer.headers["location"])
    token = workspace.cookies["lmhg_workspace_session"].encode()
    rows = await onprem.run(
        "select id_hash as h from identity.session union select code_hash from identity.handoff"
    )
    assert rows
    assert all(len(row["h"]) == 32 and row["h"] not in token for row in rows)


def test_code_life_is_a_minute() -> None:
    """As the design says."""
    assert timedelta(seconds=60) == service.CODE_LIFE
