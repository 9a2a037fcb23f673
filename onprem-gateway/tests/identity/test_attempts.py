"""Whose failures slow whom down: control 18, that the owner gets in whatever a stranger does."""

import asyncio
import time
import uuid

import pytest

from lmhg_gateway.features.accounts import attempts
from lmhg_gateway.features.accounts.attempts import ADDRESS_FREE, BROWSERS_MAX, OWN_FREE, Attempts
from lmhg_gateway.features.sessions.session_store import SessionStore
from lmhg_gateway.features.sign_in.door import Door
from lmhg_kit.http.session import hash_token
from lmhg_kit.http.testing import Hands
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the fixtures of this folder
    PASSWORD,
    NewPerson,
    NewVisitor,
    Person,
    Visitor,
    code_at,
    many,
)

CLINIC = "198.51.100.10"
BROWSER = "lmhg_identity_browser"
WRONG = "not the password of anybody"
OWNER_WAITS_MAX_S = 2.0
SLOWER_MAX = 6
"""On a machine that is busy otherwise: so many times a sign-in in quiet, when that is more."""


async def enrolled(new_person: NewPerson, visitor: Visitor, clock: Hands) -> tuple[Person, str]:
    """Someone with a second factor, known in the browser that they enrolled in; and its secret."""
    person = await new_person(role="compliance")
    await visitor.sign_in(person)
    secret = await visitor.enrol_app(clock)
    clock.turn(seconds=60)
    return person, secret


async def seconds_in_quiet(new_person: NewPerson, new_visitor: NewVisitor) -> float:
    """The longest that an owner may wait: two seconds, or more where even quiet sign-ins take long."""
    began = time.perf_counter()
    assert (await new_visitor().sign_in(await new_person())).status_code == 303
    return max(OWNER_WAITS_MAX_S, SLOWER_MAX * (time.perf_counter() - began))


async def whole_sign_in(visitor: Visitor, person: Person, code: str) -> list[int]:
    """Both steps; the statuses."""
    first = await visitor.sign_in(person)
    second = await visitor.post("/second-factor", code=code)
    return [first.status_code, second.status_code]


@pytest.mark.found(
    "A1", "320 good two-factor sign-ins from one address are all let in: failures count"
)
async def test_18_good_sign_ins_of_a_whole_clinic_are_never_slowed(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """One address, each time a browser that nobody knows: first 29, then 290 more, none refused."""
    person, secret = await enrolled(new_person, new_visitor(CLINIC), clock)
    for number in range(29 + 290):
        clock.turn(seconds=30)
        visitor = new_visitor(CLINIC)
        seen = await whole_sign_in(visitor, person, code_at(secret, clock.at))
        assert seen == [303, 303], number
        assert visitor.session


@pytest.mark.found(
    "A1", "a right password is no failure, even where the second step is left undone"
)
async def test_18_right_password_without_the_second_step_is_no_failure(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """Someone whose phone is in the other room begins again and again, in browsers nobody knows."""
    person, secret = await enrolled(new_person, new_visitor(), clock)
    for _ in range(3 * attempts.ACCOUNT_FREE):
        assert (await new_visitor().sign_in(person)).status_code == 303
    assert await whole_sign_in(new_visitor(), person, code_at(secret, clock.at)) == [303, 303]


async def test_18_failures_from_one_address_still_slow_strangers_there(
    new_person: NewPerson, new_visitor: NewVisitor
) -> None:
    """The control of the test above: as many failures do count, for a browser that nobody knows."""
    person = await new_person()
    for number in range(ADDRESS_FREE):
        await new_visitor(CLINIC + "1").sign_in(Person(f"ghost{number}"), WRONG)
    assert (await new_visitor(CLINIC + "1").sign_in(person)).status_code == 429
    assert (await new_visitor().sign_in(person)).status_code == 303


async def attacked(
    new_visitor: NewVisitor, person: Person, clock: Hands, *, minutes: int
) -> list[int]:
    """Twenty wrong passwords a minute from elsewhere; the statuses."""
    stranger, seen = new_visitor(), list[int]()
    for _ in range(minutes * 20):
        clock.turn(seconds=3)
        seen.append((await stranger.sign_in(person, WRONG)).status_code)
    return seen


@pytest.mark.found(
    "A2", "an officer's own browser signs in at once while a stranger guesses for an hour"
)
@pytest.mark.found(
    "t18", "the test asserts that the owner gets in, with a control that shows the wall"
)
async def test_18_owner_gets_in_while_a_stranger_tries_for_an_hour(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """Both steps within two seconds, every ten minutes; from a browser nobody knows it is a wait."""
    own = new_visitor()
    person, secret = await enrolled(new_person, own, clock)
    for _ in range(6):
        seen = await attacked(new_visitor, person, clock, minutes=10)
        assert 429 in seen
        assert set(seen) <= {401, 429}
        limit_s = await seconds_in_quiet(new_person, new_visitor)
        began = time.perf_counter()
        assert await whole_sign_in(own, person, code_at(secret, clock.at)) == [303, 303]
        assert time.perf_counter() - began < limit_s
    # The control: without the cookie the same person is a stranger, and waits.
    assert (await new_visitor().sign_in(person)).status_code == 429


@pytest.mark.found(
    "A2", "no stranger slows the step-up of a live session, nor break-glass behind it"
)
async def test_18_stranger_never_slows_a_step_up(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """A live session proves itself again though its browser's cookie is gone and its account waits."""
    own = new_visitor()
    person, secret = await enrolled(new_person, own, clock)
    del own.browser.cookies[BROWSER]
    await attacked(new_visitor, person, clock, minutes=5)
    answer = await own.post("/confirm", password=PASSWORD, code=code_at(secret, clock.at))
    assert answer.status_code == 303
    # The control: the session's own wrong answers do count, and slow nobody else down.
    for _ in range(OWN_FREE):
        await own.post("/confirm", password=WRONG, code="000000")
    assert (await own.post("/confirm", password=PASSWORD, code="000000")).status_code == 429


async def test_18_thief_of_the_password_does_not_slow_the_owner(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """Wrong codes behind a right password count against strangers, not against the owner's browser."""
    own, thief = new_visitor(), new_visitor()
    person, secret = await enrolled(new_person, own, clock)
    await thief.sign_in(person)
    for _ in range(12):
        clock.turn(seconds=20)
        await thief.post("/second-factor", code="000000")
    last = await thief.post("/second-factor", code="000000")
    assert last.status_code == 429
    assert await whole_sign_in(own, person, code_at(secret, clock.at)) == [303, 303]


async def test_18_known_browser_has_its_own_count(
    new_person: NewPerson, new_visitor: NewVisitor
) -> None:
    """A stolen cookie gets no more tries than a stranger does, and opens nothing."""
    person, own, thief = await new_person(), new_visitor(), new_visitor()
    await own.sign_in(person)
    thief.browser.cookies.set(BROWSER, own.browser.cookies[BROWSER])
    seen = [(await thief.sign_in(person, WRONG)).status_code for _ in range(OWN_FREE + 2)]
    assert seen == [401] * OWN_FREE + [429] * 2
    assert thief.session is None


async def test_18_cookie_of_somebody_else_is_a_stranger_s(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """The cookie is bound to its person: at another account it changes nothing, and tells nothing."""
    ana, ben, browser = await new_person("ana"), await new_person("ben"), new_visitor()
    await browser.sign_in(ana)
    await attacked(new_visitor, ben, clock, minutes=1)
    assert (await browser.sign_in(ben)).status_code == 429
    ghost = Person("ghost")
    await attacked(new_visitor, ghost, clock, minutes=1)
    assert (await browser.sign_in(ghost)).status_code == 429


async def test_18_two_people_share_a_browser(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """The computer at the front desk is known to be both of theirs."""
    ana, ben, desk = await new_person("ana"), await new_person("ben"), new_visitor()
    for person in (ana, ben):
        assert (await desk.sign_in(person)).status_code == 303
        await desk.post("/sign-out")
    for person in (ana, ben):
        await attacked(new_visitor, person, clock, minutes=1)
        assert (await desk.sign_in(person)).status_code == 303
        await desk.post("/sign-out")


@pytest.mark.parametrize("how", ["password", "letter"])
async def test_18_changed_password_makes_browsers_strangers(
    new_person: NewPerson, new_visitor: NewVisitor, onprem: PlaneDatabase, how: str
) -> None:
    """Only the browser in which it was changed stays known."""
    person, own, other = await new_person(), new_visitor(), new_visitor()
    await own.sign_in(person)
    await other.sign_in(person)
    query = "select count(*) as n from identity.known_browser where user_id = $1"
    assert (await onprem.run(query, person.id))[0]["n"] == 2
    fresh = "harbour violin quartz tundra"
    if how == "password":
        await own.post("/security/password", password=fresh)
    else:
        token = "t" * 43
        await onprem.run(
            "insert into identity.letter (id, user_id, purpose, token_hash, ends_at)"
            " values (gen_random_uuid(), $1, 'reset', sha256($2), now() + interval '1 hour')",
            person.id,
            token.encode(),
        )
        answer = await own.post("/letter", token=token, password=fresh)
        assert answer.status_code == 303, answer.text
    left = (await onprem.run(query, person.id))[0]["n"]
    assert left == (1 if how == "password" else 0)


async def test_18_cookie_of_the_browser_changes_and_is_stored_hashed(
    new_person: NewPerson, new_visitor: NewVisitor, onprem: PlaneDatabase
) -> None:
    """A copy is worthless after the next sign-in; the database holds no cookie."""
    person, own = await new_person(), new_visitor()
    seen: list[str] = []
    for _ in range(2):
        answer = await own.sign_in(person)
        line = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(BROWSER))
        assert "HttpOnly" in line
        assert "Path=/" in line
        seen.append(own.browser.cookies[BROWSER])
    rows = await onprem.run(
        "select browser_hash as h from identity.known_browser where user_id = $1", person.id
    )
    assert len(set(seen)) == 2
    assert len(rows) == 1
    assert all(cookie.encode() not in rows[0]["h"] for cookie in seen)


async def test_18_no_more_than_so_many_browsers_are_known(
    new_person: NewPerson, db: Database, clock: Hands
) -> None:
    """The one seen longest ago is a stranger's again."""
    person, store, made = await new_person(), Attempts(db), list[str]()
    for _ in range(BROWSERS_MAX + 1):
        clock.turn(seconds=1)
        made.append(await store.remember(person.id, replaces="", at=clock.at))
    known = [await store.known_as(each, email=person.email, at=clock.at) for each in made]
    assert [bool(each) for each in known] == [False] + [True] * BROWSERS_MAX


async def test_18_old_counts_and_browsers_are_forgotten(
    new_person: NewPerson, new_visitor: NewVisitor, db: Database, clock: Hands
) -> None:
    """What tells nothing any more leaves the tables."""
    person, own = await new_person(), new_visitor()
    await own.sign_in(person)
    await new_visitor().sign_in(person, WRONG)
    async with db.uow(Actor("process: test"), "prune") as tx:
        await attempts.prune(tx, at=clock.at + attempts.BROWSER_LIFE + attempts.FORGET_AFTER)
        assert await attempts.prune(tx, at=clock.at) == 0
    store = Attempts(db)
    assert not await store.known_as(own.browser.cookies[BROWSER], email=person.email, at=clock.at)
    assert not await store.waits(attempts.account_subject(person.email), at=clock.at)


HARD = "4@8({[<369!1|7$50+%2" * 4
"""What keeps zxcvbn busy: every sign may stand for a letter."""


@pytest.mark.found("A3", "sign-in answers while somebody posts passwords that are long to judge")
async def test_18_hard_passwords_do_not_keep_others_from_signing_in(
    new_person: NewPerson, new_visitor: NewVisitor, door: Door
) -> None:
    """Eighteen at once: those that are judged are judged apart, the rest are told to come back."""
    attacker, own = await new_person("eve"), new_visitor()
    await own.sign_in(attacker)
    limit_s = await seconds_in_quiet(new_person, new_visitor)
    attack = asyncio.create_task(
        many(lambda: own.post("/security/password", password=HARD[:72], check="1"), 18)
    )
    person, took = await new_person(), list[float]()
    while not attack.done() or not took:
        began = time.perf_counter()
        assert (await new_visitor().sign_in(person)).status_code == 303
        took.append(time.perf_counter() - began)
    assert max(took) < limit_s
    statuses = {answer.status_code for answer in attack.result()}
    assert statuses <= {200, 429}
    assert 429 in statuses
    assert door.judging


async def test_18_judging_is_slowed_for_whoever_asks_too_often(
    new_person: NewPerson, new_visitor: NewVisitor
) -> None:
    """One person's looks are counted; another's are not touched."""
    eve, ana = new_visitor(), new_visitor()
    await eve.sign_in(await new_person("eve"))
    await ana.sign_in(await new_person("ana"))
    looks = [
        (await eve.post("/security/password", password="short", check="1")).status_code
        for _ in range(attempts.JUDGED_FREE + 1)
    ]
    assert looks == [200] * attempts.JUDGED_FREE + [429]
    assert (await ana.post("/security/password", password="short", check="1")).status_code == 200


@pytest.mark.found("A4", "finishing enrolment ends every other session, a half sign-in too")
@pytest.mark.parametrize("where", ["waits", "typing"])
async def test_14_thief_who_waits_at_enrolment_adds_nothing(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, where: str
) -> None:
    """Anyone who knows the password and waits is out once the owner has a second factor."""
    person, owner, thief = await new_person(), new_visitor(), new_visitor()
    elsewhere = new_visitor()
    for visitor in (owner, thief, elsewhere):
        await visitor.sign_in(person)
    page = ""
    if where == "typing":
        begun = await thief.post("/enrol/app", name="Thief")
        page = begun.headers["location"]
    await owner.enrol_app(clock)
    answer = await thief.post(page or "/enrol/app", name="Thief", code="123456")
    assert answer.headers.get("location") == "/sign-in"
    for visitor in (thief, elsewhere):
        assert (await visitor.get("/security")).status_code == 303
    assert (await owner.get("/security")).status_code == 200


@pytest.mark.found(
    "A4", "an enrolled person never enrols by password alone, whatever the session says"
)
async def test_14_enrolled_person_never_enrols_by_password_alone(
    new_person: NewPerson,
    new_visitor: NewVisitor,
    clock: Hands,
    onprem: PlaneDatabase,
) -> None:
    """Past every check of the session, the second factor of a stranger is refused where it is kept."""
    person, owner, thief = await new_person(), new_visitor(), new_visitor()
    await owner.sign_in(person)
    await thief.sign_in(person)
    held = await onprem.run(
        "select * from identity.session where id_hash = $1", hash_token(thief.session or "")
    )
    await owner.enrol_app(clock)
    columns = ", ".join(held[0].keys())
    places = ", ".join(f"${number}" for number in range(1, len(held[0]) + 1))
    await onprem.run(
        f"insert into identity.session ({columns}) values ({places})", *held[0].values()
    )
    refused = await thief.post("/enrol/app", name="Thief")
    assert refused.headers["location"] == "/sign-in"
    count = "select count(*) as n from identity.totp where user_id = $1"
    assert (await onprem.run(count, person.id))[0]["n"] == 1


@pytest.mark.found("A9", "sessions that know of the password alone end with enrolment")
async def test_7_session_in_the_workspace_that_knows_a_password_only_ends(
    new_person: NewPerson,
    new_visitor: NewVisitor,
    clock: Hands,
    db: Database,
    onprem: PlaneDatabase,
) -> None:
    """The child of the exact session that enrols is over too; it starts again with both factors."""
    person, owner = await new_person(), new_visitor()
    await owner.sign_in(person)
    parent = await onprem.run("select id from identity.session where user_id = $1", person.id)
    child = b"c" * 32
    await onprem.run(
        "insert into identity.session (id_hash, user_id, application, stage, parent, started_at,"
        " last_used_at, ends_at, authenticated_at, methods) values ($1, $2, 'workspace', 'full', $3,"
        " now(), now(), now() + interval '1 hour', now(), '{pwd}')",
        child,
        person.id,
        parent[0]["id"],
    )
    store = SessionStore(db, "workspace", clock)
    assert await store.find_session(child) is not None
    await owner.enrol_app(clock)
    assert await store.find_session(child) is None
    assert uuid.UUID(str(parent[0]["id"]))
