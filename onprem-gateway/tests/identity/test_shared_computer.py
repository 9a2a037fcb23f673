"""A computer that several people use: their names, and a second step that is remembered, and for how long."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.features.accounts.passwords import hash_password
from lmhg_gateway.features.sign_in.door import Door
from lmhg_kit.http.testing import Hands
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the fixtures of this folder
    NewPerson,
    NewVisitor,
    Person,
    Visitor,
    as_actor,
    code_at,
)
from .test_second_factor import make_codes  # noqa: TID252 - beside this file

HOURS = 12


class Desk:
    """One browser in which a person with an app signed in and ticked the box."""

    def __init__(self, visitor: Visitor, person: Person, secret: str) -> None:
        self.visitor = visitor
        self.person = person
        self.secret = secret

    async def ends(self) -> None:
        """The session ends, as by a lock: not by signing out."""
        self.visitor.browser.cookies.delete("lmhg_identity_session")

    async def leads_to(self, **more: str) -> str:
        """Where the password alone leads."""
        return (await self.visitor.sign_in(self.person, **more)).headers["location"]


NewDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
def new_desk(new_person: NewPerson, new_visitor: NewVisitor, clock: Hands) -> NewDesk:
    """Makes browsers that remember someone's second step, or do not."""

    async def make(*, keep: bool = True, name: str = "ana") -> Desk:
        person, visitor = await new_person(name), new_visitor()
        await visitor.sign_in(person)
        secret = await visitor.enrol_app(clock)
        clock.turn(seconds=60)
        visitor.browser.cookies.delete("lmhg_identity_session")
        await visitor.sign_in(person)
        more = {"keep": "1"} if keep else {}
        done = await visitor.post("/second-factor", code=code_at(secret, clock.at), **more)
        assert done.headers["location"] == "/security"
        desk = Desk(visitor, person, secret)
        await desk.ends()
        return desk

    return make


async def test_password_alone_opens_where_the_step_is_remembered(
    new_desk: NewDesk, new_visitor: NewVisitor, clock: Hands
) -> None:
    """In that browser, for those hours, for that person; the second step stays as old as it is."""
    desk = await new_desk()
    clock.turn(minutes=30)
    assert await desk.leads_to() == "/security"
    assert (await desk.visitor.get("/security")).status_code == 200
    asked = await desk.visitor.get("/sign-in?next=/enrol/app&fresh=1")
    assert asked.headers["location"].startswith("/confirm")
    other = new_visitor()
    assert (await other.sign_in(desk.person)).headers["location"] == "/second-factor"
    await desk.ends()
    clock.turn(hours=HOURS)
    assert await desk.leads_to() == "/second-factor"


async def test_without_the_tick_the_step_is_asked_for(new_desk: NewDesk) -> None:
    """Nobody's second step is remembered unless they want it."""
    desk = await new_desk(keep=False)
    assert await desk.leads_to() == "/second-factor"


async def test_where_the_practice_forbids_it_nothing_is_remembered(
    new_desk: NewDesk, door: Door
) -> None:
    """Zero hours: no box on the page, and what was remembered before counts no more."""
    desk = await new_desk()
    object.__setattr__(door, "remembers", timedelta())
    assert await desk.leads_to() == "/second-factor"
    assert 'name="keep"' not in (await desk.visitor.get("/second-factor")).text


async def test_remembered_step_is_nobody_elses(
    new_desk: NewDesk, new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """Another person at the same computer proves their own; so does the first one after them."""
    desk = await new_desk()
    other = await new_person("bo")
    elsewhere = new_visitor()
    await elsewhere.sign_in(other)
    await elsewhere.enrol_app(clock)
    assert (await desk.visitor.sign_in(other)).headers["location"] == "/second-factor"
    await desk.ends()
    assert await desk.leads_to() == "/security"


async def test_signing_out_ends_it(new_desk: NewDesk) -> None:
    """Who signs out leaves nothing behind."""
    desk = await new_desk()
    await desk.leads_to()
    await desk.visitor.post("/sign-out")
    await desk.ends()
    assert await desk.leads_to() == "/second-factor"


@pytest.mark.parametrize(
    "change",
    [
        "update identity.user_account set password_hash = '{hash}' where id = '{id}'",
        "delete from identity.totp where user_id = '{id}'",
    ],
)
async def test_new_password_or_lost_device_ends_it(
    new_desk: NewDesk, onprem: PlaneDatabase, change: str
) -> None:
    """The database forgets it, whichever way the change is made."""
    desk = await new_desk()
    assert await desk.leads_to() == "/security"
    await desk.ends()
    hashed = hash_password("a quite other long password 7")
    await onprem.run(as_actor(change.format(id=desk.person.id, hash=hashed)))
    kept = await onprem.run(
        "select step_at from identity.known_browser where user_id = $1", desk.person.id
    )
    assert [row["step_at"] for row in kept] == [None]


async def test_recovery_code_is_never_remembered(new_desk: NewDesk) -> None:
    """A code from paper replaces a lost device once, not for a day."""
    desk = await new_desk()
    await desk.leads_to()
    codes = await make_codes(desk.visitor)
    await desk.visitor.post("/sign-out")
    await desk.ends()
    await desk.leads_to()
    done = await desk.visitor.post("/second-factor", code=codes[0], keep="1")
    assert done.headers["location"] == "/security"
    await desk.ends()
    assert await desk.leads_to() == "/second-factor"


async def test_people_of_this_computer_are_offered_by_name(
    new_desk: NewDesk, new_visitor: NewVisitor, new_person: NewPerson, clock: Hands
) -> None:
    """Who signed in here today, nobody else, and nowhere else; the choice leaves the password to type."""
    desk = await new_desk(name="anashared")
    other = await new_person("boshared")
    page = (await desk.visitor.get("/sign-in")).text
    assert desk.person.name in page
    assert other.name not in page
    assert "Who are you?" in page
    assert desk.person.name not in (await new_visitor().get("/sign-in")).text
    chosen = (await desk.visitor.get(f"/sign-in?who={desk.person.id}")).text
    assert f'value="{desk.person.email}"' in chosen
    assert "autofocus" in chosen
    assert 'type="email"' not in chosen
    assert other.email not in (await desk.visitor.get(f"/sign-in?who={other.id}")).text
    wrong = await desk.visitor.sign_in(desk.person, password="not this one at all")
    assert wrong.status_code == 401
    assert desk.person.name in wrong.text
    clock.turn(hours=HOURS + 1)
    assert desk.person.name not in (await desk.visitor.get("/sign-in")).text


async def test_guesses_count_however_often_the_cookie_changes(
    new_desk: NewDesk, new_person: NewPerson
) -> None:
    """A colleague who signs in between their guesses is slowed down, and the step is forgotten."""
    desk, colleague = await new_desk(), await new_person("bo")
    answers: list[int] = []
    for _ in range(3):
        for _ in range(4):
            tried = await desk.visitor.sign_in(desk.person, password="a wrong guess at it 1")
            answers.append(tried.status_code)
        await desk.visitor.sign_in(colleague)
        await desk.ends()
    assert 429 in answers
    assert answers[:4] == [401] * 4


async def test_only_the_process_that_saw_the_step_writes_it(
    new_desk: NewDesk, onprem: PlaneDatabase, clock: Hands
) -> None:
    """The workspace's login may clear a remembered step, and neither make one nor move it."""
    desk = await new_desk()
    clock.turn(hours=HOURS + 1)
    workspace = Database(onprem.url("gw_workspace"), pool_size=1)
    forge = "update identity.known_browser set step_at = {} where user_id = :person"
    for moment in ("now()", "now() + interval '1 year'"):
        with pytest.raises(DBAPIError, match="append_only"):
            await _as(workspace, forge.format(moment), desk.person)
    assert await desk.leads_to() == "/second-factor"
    await _as(workspace, forge.format("null"), desk.person)
    await workspace.close()
    with pytest.raises(Exception, match="step_was_seen"):
        await onprem.run(
            "update identity.known_browser set step_at = seen_at + interval '1 second',"
            " step_method = 'otp' where user_id = $1",
            desk.person.id,
        )


async def _as(db: Database, sql: str, person: Person) -> None:
    async with db.engine.begin() as link:
        await link.execute(text(sql), {"person": person.id})


@pytest.mark.parametrize("path", ["/security/sessions/end-all", "/security/sessions/end-others"])
async def test_ending_sessions_ends_it(new_desk: NewDesk, path: str) -> None:
    """Who lost a laptop and ends all sessions leaves no browser behind that needs the password alone."""
    desk = await new_desk()
    await desk.leads_to()
    assert (await desk.visitor.post(path)).status_code == 303
    await desk.ends()
    assert await desk.leads_to() == "/second-factor"


async def test_signing_out_after_the_session_ended_is_no_dead_end(
    new_desk: NewDesk, clock: Hands
) -> None:
    """The form of a session that is over still leads out, and the browser remembers nobody's step."""
    desk = await new_desk()
    await desk.leads_to()
    clock.turn(hours=3)
    out = await desk.visitor.post("/sign-out")
    assert out.headers["location"] == "/signed-out"
    await desk.ends()
    assert await desk.leads_to() == "/second-factor"
