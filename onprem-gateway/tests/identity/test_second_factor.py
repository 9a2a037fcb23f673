"""Second factors: controls 14 (demanded where PHI is), 16 (codes once), 17 (recovery codes once)."""

import hashlib
import re
from datetime import timedelta

import pytest

from lmhg_gateway.features.accounts.passwords import hash_password
from lmhg_gateway.features.factors.codes import DRIFT, STEP_S, hash_recovery_code, matching_step
from lmhg_gateway.features.sign_in.door import Door
from lmhg_kit.http.access import guarded_routes
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Hands
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the fixtures of this folder
    NewPerson,
    NewVisitor,
    Person,
    Rule,
    Visitor,
    code_at,
    many,
)


async def enrolled(visitor: Visitor, person: Person, clock: Hands) -> str:
    """Sign in, add an app, and wait until its first code is over; the secret."""
    await visitor.sign_in(person)
    secret = await visitor.enrol_app(clock)
    clock.turn(seconds=2 * STEP_S)
    return secret


async def test_password_then_code_opens(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """The password alone opens the second step only; the code opens the rest."""
    person = await new_person()
    secret = await enrolled(new_visitor(), person, clock)
    visitor = new_visitor()
    first = await visitor.sign_in(person)
    assert first.headers["location"] == "/second-factor"
    assert (await visitor.get("/security")).status_code == 403
    second = await visitor.post("/second-factor", code=code_at(secret, clock.at))
    assert second.headers["location"] == "/security"
    assert (await visitor.get("/security")).status_code == 200


async def test_16_fifty_parallel_posts_of_one_code_give_one_success(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, onprem: PlaneDatabase
) -> None:
    """Fifty browsers that know the password post one code: one gets in."""
    person = await new_person()
    secret = await enrolled(new_visitor(), person, clock)
    visitors = [new_visitor() for _ in range(50)]
    for visitor in visitors:
        await onprem.run("delete from identity.sign_in_failures")
        assert (await visitor.sign_in(person)).headers["location"] == "/second-factor"
    waiting = iter(visitors)
    code = code_at(secret, clock.at)
    answers = await many(lambda: next(waiting).post("/second-factor", code=code))
    assert [answer.status_code for answer in answers].count(303) == 1
    assert {answer.status_code for answer in answers} <= {303, 401, 429}


async def test_16_one_step_opens_once_even_without_the_throttle(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, door: Door
) -> None:
    """Fifty checks at once, none slowed down: the database lets one through."""
    person = await new_person()
    secret = await enrolled(new_visitor(), person, clock)
    code = code_at(secret, clock.at)
    answers = await many(lambda: door.codes.check_code(person.id, code))
    assert answers.count(True) == 1


async def test_16_without_the_condition_on_the_step_a_code_opens_again(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, door: Door, onprem: PlaneDatabase
) -> None:
    """The negative control: when the last step is forgotten, the same code opens twice."""
    person = await new_person()
    secret = await enrolled(new_visitor(), person, clock)
    code = code_at(secret, clock.at)
    assert await door.codes.check_code(person.id, code)
    assert not await door.codes.check_code(person.id, code)
    await onprem.run("update identity.totp set last_step = 0 where user_id = $1", person.id)
    assert await door.codes.check_code(person.id, code)


async def test_16_earlier_step_after_a_later_one_is_refused(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, door: Door
) -> None:
    """A code from before the last one used opens nothing, though it is within the drift."""
    person = await new_person()
    secret = await enrolled(new_visitor(), person, clock)
    assert await door.codes.check_code(person.id, code_at(secret, clock.at, steps=1))
    assert not await door.codes.check_code(person.id, code_at(secret, clock.at))


def test_drift_is_one_step_on_either_side() -> None:
    """A clock half a minute off is understood, one of a minute is not."""
    secret, at = "JBSWY3DPEHPK3PXP" * 2, Hands().at
    for steps in (-2, -1, 0, 1, 2):
        found = matching_step(secret, code_at(secret, at, steps=steps), at=at)
        assert (found is not None) == (abs(steps) <= DRIFT)


async def test_totp_secret_is_sealed_and_bound_to_its_row(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, onprem: PlaneDatabase
) -> None:
    """The database holds no secret that an app could use."""
    person = await new_person()
    secret = await enrolled(new_visitor(), person, clock)
    rows = await onprem.run("select secret_sealed from identity.totp where user_id = $1", person.id)
    assert secret.encode() not in rows[0]["secret_sealed"]


async def make_codes(visitor: Visitor) -> list[str]:
    """Ten fresh recovery codes, as the page shows them this once."""
    page = await visitor.post("/security/codes")
    return re.findall(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>", page.text)


async def test_17_recovery_code_opens_once_of_fifty(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, door: Door, onprem: PlaneDatabase
) -> None:
    """Ten codes, kept as hashes, shown once; fifty at the same time with one: one gets in."""
    person, visitor = await new_person(), new_visitor()
    await enrolled(visitor, person, clock)
    codes = await make_codes(visitor)
    assert len(set(codes)) == 10
    assert not re.findall("|".join(codes), (await visitor.get("/security/codes")).text)
    rows = await onprem.run(
        "select code_hash from identity.recovery_code where user_id = $1", person.id
    )
    assert {row["code_hash"] for row in rows} == {
        hash_recovery_code(person.id, code) for code in codes
    }
    answers = await many(lambda: door.codes.use_recovery_code(person.id, codes[0]))
    assert answers.count(True) == 1
    other = new_visitor()
    await other.sign_in(person)
    assert (await other.post("/second-factor", code=codes[0])).status_code == 401
    lower = codes[1].lower().replace("-", " ")
    assert (await other.post("/second-factor", code=lower)).status_code == 303


async def test_17_a_code_of_somebody_else_opens_nothing(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, door: Door
) -> None:
    """Codes belong to their person; the hash says so."""
    ana, ben = await new_person("ana"), await new_person("ben")
    visitor = new_visitor()
    await enrolled(visitor, ana, clock)
    codes = await make_codes(visitor)
    assert not await door.codes.use_recovery_code(ben.id, codes[0])
    assert hash_recovery_code(ana.id, codes[0]) != hashlib.sha256(codes[0].encode()).digest()


@pytest.mark.found(
    "t14", "the rule of second factors is walked over every form of sign-in, not its pages alone"
)
async def test_14_after_the_date_nothing_but_enrolment_is_reachable(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, edge: Edge, rule: Rule
) -> None:
    """Every guarded route of the process, by enumeration; then enrolment opens the rest."""
    person, visitor = await new_person(role="clinician"), new_visitor()
    await rule("clinician", clock.at - timedelta(days=1))
    first = await visitor.sign_in(person)
    assert first.headers["location"] == "/enrol"
    reached = set[str]()
    for path, method, access in guarded_routes(edge.inner):
        if access is None or access.permission is None:
            continue
        filled = re.sub(r"\{\w+:uuid\}", str(person.id), path)
        answer = await (visitor.get(filled) if method == "GET" else visitor.post(filled))
        if answer.status_code != 403:
            reached.add(f"{method} {path.partition('{')[0].rstrip('/')}")
    assert reached == {
        "GET /enrol",
        "GET /enrol/app",
        "GET /enrol/key",
        "POST /enrol/app",
        "POST /enrol/key",
    }
    handed = await visitor.get(f"/sign-in?state={'s' * 43}")
    assert handed.headers["location"].startswith("/enrol")
    await visitor.enrol_app(clock)
    assert (await visitor.get("/security")).status_code == 200


async def test_14_open_session_is_held_to_the_rule_from_its_hour(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, rule: Rule
) -> None:
    """A session that began before the date falls back to enrolment when it comes."""
    person, visitor = await new_person(role="trainer"), new_visitor()
    await rule("trainer", clock.at + timedelta(minutes=10))
    assert (await visitor.sign_in(person)).headers["location"] == "/reminder"
    assert (await visitor.get("/security")).status_code == 200
    clock.turn(minutes=11)
    assert (await visitor.get("/security")).status_code == 403
    assert (await visitor.get("/enrol")).status_code == 200


async def test_14_reminder_says_the_days_left(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, rule: Rule
) -> None:
    """Before the date it is said on My security, and near it after each sign-in."""
    person, visitor = await new_person(role="it_support"), new_visitor()
    await rule("it_support", clock.at + timedelta(days=40))
    assert (await visitor.sign_in(person)).headers["location"] == "/security"
    assert "40 days left" in (await visitor.get("/security")).text
    await rule("it_support", clock.at + timedelta(days=3))
    again = new_visitor()
    assert (await again.sign_in(person)).headers["location"] == "/reminder"
    assert "3 days" in (await again.get("/reminder")).text


async def test_last_factor_stays_where_the_rule_is_in_force(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands, rule: Rule, onprem: PlaneDatabase
) -> None:
    """It cannot be removed then; without the rule it can."""
    person, visitor = await new_person(role="admin"), new_visitor()
    await visitor.sign_in(person)
    await visitor.enrol_app(clock)
    rows = await onprem.run("select id from identity.totp where user_id = $1", person.id)
    path = f"/security/factors/{rows[0]['id']}/remove"
    await rule("admin", clock.at - timedelta(days=1))
    refused = await visitor.post(path)
    assert refused.status_code == 409
    assert "last two-step sign-in method" in refused.text
    await rule("admin", clock.at + timedelta(days=30))
    assert (await visitor.post(path)).status_code == 303


async def test_short_password_without_a_factor_opens_enrolment_only(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """Twelve characters are enough beside a second factor, not alone."""
    person = await new_person(password_hash=hash_password("stork lamp 7"))
    visitor = new_visitor()
    assert (await visitor.sign_in(person, "stork lamp 7")).headers["location"] == "/enrol"
    assert (await visitor.get("/security")).status_code == 403
    await visitor.enrol_app(clock)
    assert (await visitor.get("/security")).status_code == 200
