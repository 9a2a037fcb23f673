"""People: invited, given roles, helped after a loss, and let go in one act."""

import re
import uuid
from typing import Any

import asyncpg
import pytest

from lmhg_contracts.roles import ROLES
from lmhg_gateway.features.accounts.attempts import account_subject
from lmhg_gateway.features.people.forms import Role
from lmhg_kit.http.testing import AsRole, Browsers, Signed
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures

NEW = {"display_name": "Noa Lind", "roles": "clinician"}
ONE = f"/people/{PEOPLE['trainer']}"
PATHS = {
    "GET": (
        "/people",
        "/people/new",
        "/people/factors",
        ONE,
        f"{ONE}/offboard",
        f"{ONE}/offboarding",
    ),
    "POST": (
        "/people",
        "/people/factors",
        f"{ONE}/roles",
        f"{ONE}/invitation",
        f"{ONE}/delay/lift",
        f"{ONE}/device",
        f"{ONE}/device/approve",
        f"{ONE}/offboard",
    ),
}


async def account(onprem: PlaneDatabase, person: str | uuid.UUID) -> dict[str, Any]:
    """An account as it is stored, or nothing."""
    rows = await onprem.run(
        "select * from identity.user_account where id::text = $1 or email = $1", str(person)
    )
    return dict(rows[0]) if rows else {}


async def profile(onprem: PlaneDatabase, person: uuid.UUID) -> dict[str, Any]:
    """A profile as it is stored."""
    rows = await onprem.run("select * from practice.staff_profile where id = $1", person)
    return dict(rows[0])


async def invited(admin: Signed, email: str, **changes: str) -> uuid.UUID:
    """Invite someone; who that is."""
    answer = await admin.post("/people", **{**NEW, "email": email, **changes})
    assert answer.status_code == 303, answer.text
    return uuid.UUID(answer.headers["location"].rsplit("/", 1)[1])


async def count(onprem: PlaneDatabase, table: str, person: uuid.UUID, more: str = "") -> int:
    """How many rows of a table are about someone."""
    rows = await onprem.run(f"select 1 from {table} where user_id = $1 {more}", person)
    return len(rows)


async def put_active(onprem: PlaneDatabase, person: uuid.UUID, *, active: bool) -> None:
    """Close an account, or open it again, past every page."""
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        f" update identity.user_account set active = {active} where id = '{person}'; end $$"
    )


async def grow_stale(onprem: PlaneDatabase) -> None:
    """Everybody signed in longer ago than a sensitive step allows."""
    await onprem.run("update identity.session set authenticated_at = now() - interval '11 minutes'")


async def enrol(onprem: PlaneDatabase, person: uuid.UUID) -> None:
    """Give someone an authenticator app."""
    await onprem.run(
        "insert into identity.totp (id, user_id, name, secret_sealed, confirmed_at)"
        " values (gen_random_uuid(), $1, 'Phone', 'x', now())",
        person,
    )


async def use_portal(onprem: PlaneDatabase, person: uuid.UUID) -> uuid.UUID:
    """What the issuer keeps of someone who signed in to a client by it; the client."""
    client = uuid.uuid4()
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " insert into identity.oauth_client (id, client_id, name, kind, backchannel_uri)"
        f" values ('{client}', 'c-{client}', 'Portal {client}', 'web', 'https://p.example/out');"
        " end $$"
    )
    session = uuid.uuid4()
    await onprem.run(
        "insert into identity.session (id_hash, id, user_id, application, started_at,"
        " last_used_at, ends_at) values ($1, $2, $3, 'identity', now(), now(),"
        " now() + interval '8 hours')",
        session.bytes * 2,
        session,
        person,
    )
    await onprem.run(
        "insert into identity.session_client (session_id, client, user_id, at)"
        " values ($1, $2, $3, now())",
        session,
        client,
        person,
    )
    await onprem.run(
        "insert into identity.refresh_token (token_hash, family, client, user_id, session_id,"
        " scopes, auth_time, methods, made_at, ends_at, jti) values ($1, $2, $3, $4, $5, '{openid}',"
        " now(), '{pwd}', now(), now() + interval '8 hours', 'j')",
        uuid.uuid4().bytes * 2,
        uuid.uuid4(),
        client,
        person,
        session,
    )
    return client


def test_the_form_offers_every_role() -> None:
    """A role that is added to the table is added to the form."""
    assert {str(role) for role in Role} == set(ROLES)


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, paths in PATHS.items() for p in paths])
async def test_only_an_administrator_inside_gets_here(
    as_role: AsRole, browsers: Browsers, onprem: PlaneDatabase, method: str, path: str
) -> None:
    """Anonymous is told to sign in, another role is refused, another zone sees nothing."""
    before = await account(onprem, PEOPLE["trainer"])
    stranger = await browsers().request(method, path)
    expected = (303, "/sign-in") if method == "GET" else (401, None)
    assert (stranger.status_code, stranger.headers.get("location")) == expected
    for name in ("staff", "compliance", "it_support"):
        other = await as_role(name)
        answer = await (other.get(path) if method == "GET" else other.post(path))
        assert answer.status_code == 403, name
    outside = await as_role("admin", "203.0.113.7")
    answer = await (outside.get(path) if method == "GET" else outside.post(path))
    assert answer.status_code == 404
    assert await account(onprem, PEOPLE["trainer"]) == before


@pytest.mark.parametrize("path", PATHS["POST"])
async def test_a_change_needs_a_fresh_sign_in(
    as_role: AsRole, onprem: PlaneDatabase, path: str
) -> None:
    """After ten minutes nothing is done, and the page says how to confirm."""
    admin = await as_role("admin")
    await grow_stale(onprem)
    before = await account(onprem, PEOPLE["trainer"])
    answer = await admin.post(path, **NEW, email="stale@lmhg.test")
    assert (answer.status_code, "/sign-in?fresh=1" in answer.text) == (403, True)
    assert await account(onprem, PEOPLE["trainer"]) == before
    assert await account(onprem, "stale@lmhg.test") == {}
    assert (await admin.get("/people")).status_code == 200


async def test_invitation_makes_account_profile_and_letter(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """One act: no password yet, the same roles in both tables, a letter that waits."""
    admin = await as_role("admin")
    person = await invited(admin, "noa@lmhg.test", roles="clinician")
    made, shown = await account(onprem, person), await profile(onprem, person)
    assert (made["email"], made["password_hash"], made["active"]) == ("noa@lmhg.test", None, True)
    assert made["roles"] == shown["roles"] == ["clinician"]
    assert await count(onprem, "identity.letter", person, "and purpose = 'invite'") == 1
    page = (await admin.get(f"/people/{person}")).text
    assert "Invited" in page
    assert "Waiting to be sent" in page
    assert "Noa Lind" in (await admin.get("/people?q=noa@")).text


@pytest.mark.parametrize(
    ("field", "value"),
    [("display_name", ""), ("email", "nobody"), ("roles", ""), ("roles", "king")],
)
async def test_wrong_invitation_keeps_what_was_typed(
    as_role: AsRole, onprem: PlaneDatabase, field: str, value: str
) -> None:
    """The field is named; nobody was added."""
    admin = await as_role("admin")
    form = {**NEW, "email": "wrong@lmhg.test", field: value}
    answer = await admin.post("/people", **form)
    assert (answer.status_code, "Please check 1 field" in answer.text) == (422, True)
    assert await account(onprem, "wrong@lmhg.test") == {}


async def test_address_is_somebodys_once(as_role: AsRole) -> None:
    """A second account with the address is refused, in the form."""
    admin = await as_role("admin")
    answer = await admin.post("/people", **NEW, email="TRAINER@lmhg.test")
    assert (answer.status_code, "already has this address" in answer.text) == (409, True)


async def test_roles_change_in_both_tables(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """One list: what the workspace asks and what the portal is told never differ."""
    admin = await as_role("admin")
    person = await invited(admin, "two@lmhg.test")
    page = await admin.follow(f"/people/{person}/roles", roles="trainer")
    assert "Roles changed" in page.text
    assert (await account(onprem, person))["roles"] == ["trainer"]
    assert (await profile(onprem, person))["roles"] == ["trainer"]
    assert (await admin.post(f"/people/{person}/roles")).status_code == 422
    own = await admin.post(f"/people/{PEOPLE['admin']}/roles", roles="staff")
    assert (own.status_code, "your own account" in own.text) == (409, True)
    assert (await admin.post(f"/people/{uuid.uuid4()}/roles", roles="staff")).status_code == 404


async def test_somebody_can_always_administer(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """The last administrator keeps the role and the account."""
    admin = await as_role("admin")
    await put_active(onprem, PEOPLE["admin"], active=False)
    try:
        deputy = await as_role("deputy")
        assert (await admin.get("/people")).status_code == 303
        own = f"/people/{PEOPLE['deputy']}"
        assert (await deputy.post(f"{own}/offboard")).status_code == 409
        assert (await deputy.post(f"{own}/roles", roles="staff")).status_code == 409
    finally:
        await put_active(onprem, PEOPLE["admin"], active=True)


async def test_invitation_is_sent_again_until_it_was_used(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The old letter opens nothing; anyone who has signed in gets none."""
    admin = await as_role("admin")
    person = await invited(admin, "again@lmhg.test")
    first = await onprem.run("select id from identity.letter where user_id = $1", person)
    await admin.follow(f"/people/{person}/invitation")
    second = await onprem.run("select id from identity.letter where user_id = $1", person)
    assert len(second) == 1
    assert first != second
    await onprem.run(
        "insert into identity.activity (id, user_id, act) values ($1, $2, 'sign_in')",
        uuid.uuid4(),
        person,
    )
    assert (await admin.post(f"/people/{person}/invitation")).status_code == 409


async def test_lifting_a_delay_is_on_record(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """The page shows the wait; anyone who lifts it is in the access record."""
    admin = await as_role("admin")
    await onprem.run(
        "insert into identity.sign_in_failures values ($1, 9, now() + interval '5 minutes')",
        account_subject("trainer@lmhg.test").digest,
    )
    assert "Unlock sign-in" in (await admin.get(ONE)).text
    assert "Sign-in locked" in (await admin.get("/people")).text
    assert "Unlock sign-in" not in (await admin.follow(f"{ONE}/delay/lift")).text
    rows = await onprem.run(
        "select actor from audit.event where act = 'account.unlock' and $1 = any (subject_ids)",
        PEOPLE["trainer"],
    )
    assert [row["actor"] for row in rows] == [str(PEOPLE["admin"])]


async def test_lost_device_takes_two_people(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """Asked by one, approved by another; then factors and sessions are gone."""
    admin, deputy = await as_role("admin"), await as_role("deputy")
    person = PEOPLE["it_support"]
    path, victim = f"/people/{person}", await as_role("it_support")
    await enrol(onprem, person)
    client = await use_portal(onprem, person)
    assert (await deputy.post(f"{path}/device/approve")).status_code == 404
    assert "Another administrator must approve" in (await admin.follow(f"{path}/device")).text
    assert (await admin.post(f"{path}/device")).status_code == 409
    assert (await admin.post(f"{path}/device/approve")).status_code == 409
    assert await count(onprem, "identity.totp", person) == 1
    assert "Device lost" in (await deputy.get("/people")).text
    await deputy.follow(f"{path}/device/approve")
    assert await count(onprem, "identity.totp", person) == 0
    assert await count(onprem, "identity.session", person) == 0
    assert await count(onprem, "identity.logout_notice", person, f"and client = '{client}'") == 1
    assert (await victim.get("/")).status_code == 303


async def test_database_refuses_one_person_for_a_lost_device(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Past every page: the asker cannot approve, nor someone in another's name."""
    person, asker, other = PEOPLE["clinician"], PEOPLE["admin"], PEOPLE["deputy"]
    await enrol(onprem, person)
    admin = await as_role("admin")
    await admin.follow(f"/people/{person}/device")
    for actor, approver in ((asker, asker), (asker, other), (person, person)):
        with pytest.raises(asyncpg.PostgresError):
            await onprem.run(
                f"do $$ begin perform set_config('app.actor', '{actor}', true),"
                " set_config('app.purpose', 'test', true);"
                f" update identity.device_reset set approved_by = '{approver}',"
                f" approved_at = now() where user_id = '{person}'; end $$",
                role="gw_workspace",
            )
    assert await count(onprem, "identity.totp", person) == 1


async def test_nobody_resets_their_own_device(as_role: AsRole) -> None:
    """Neither asks for themselves nor approves it."""
    admin = await as_role("admin")
    own = f"/people/{PEOPLE['admin']}"
    assert (await admin.post(f"{own}/device")).status_code == 409
    assert "Report lost device" not in (await admin.get(own)).text


async def test_rule_of_second_factors_has_a_day_by_role(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Set, shown in the practice's zone, lifted again; a strange role or day is refused."""
    admin = await as_role("admin")
    page = await admin.follow("/people/factors", role="trainer", required_from="2027-03-01")
    assert "Mar 1, 2027, 12:00 AM" in page.text
    listed = (await admin.get("/people?q=trainer")).text
    assert re.search(r'data-label="Needed from">\s*<time[^>]*>\s*Mar 1, 2027', listed)
    for field, value in (("role", "king"), ("required_from", "soon")):
        form = {"role": "trainer", "required_from": "2027-03-01", field: value}
        assert (await admin.post("/people/factors", **form)).status_code == 422
    again = await admin.post("/people/factors", role="trainer", required_from="")
    assert (again.status_code, "Say why" in again.text) == (422, True)


@pytest.mark.found(
    "A8", "one administrator alone neither lifts nor postpones the rule; a second person decides"
)
@pytest.mark.parametrize("day", ["", "2029-01-01"])
async def test_a_weaker_rule_waits_for_a_second_person(
    as_role: AsRole, onprem: PlaneDatabase, day: str
) -> None:
    """Nothing changes until an officer approves; an earlier day counts at once."""
    admin, officer = await as_role("admin"), await as_role("compliance")
    await onprem.run("delete from identity.mfa_rule")
    await admin.follow("/people/factors", role="staff", required_from="2028-01-01")
    await admin.follow("/people/factors", role="staff", required_from="2027-01-01")
    query = "select required_from::date::text as day from identity.mfa_rule where role = 'staff'"
    page = await admin.follow(
        "/people/factors", role="staff", required_from=day, reason="The new keys come later."
    )
    assert "until a second person approves" in page.text
    assert [row["day"] for row in await onprem.run(query)] == ["2027-01-01"]
    asked = await onprem.run("select id from compliance.decision where outcome = 'open'")
    path = f"/decisions/{asked[0]['id']}"
    assert (await admin.post(path, verdict="approve")).status_code == 403
    assert [row["day"] for row in await onprem.run(query)] == ["2027-01-01"]
    assert "The new keys come later." in (await officer.get("/decisions")).text
    await officer.follow(path, verdict="approve")
    assert [row["day"] for row in await onprem.run(query)] == ([day] if day else [])
    await onprem.run("delete from identity.mfa_rule")


async def test_invitation_says_that_staff_comes_with_the_roles(as_role: AsRole) -> None:
    """Nobody gets a role that the form did not name; on a person's own page nothing is checked for them."""
    admin = await as_role("admin")
    form = (await admin.get("/people/new")).text
    assert 'value="staff" checked' in " ".join(form.split())
    assert "Uncheck it to give only the other roles." in form
    page = await admin.follow(
        "/people", display_name="Nell Harrowby", email="nell@lmhg.test", roles="trainer"
    )
    assert re.search(r"<dd>\s*Trainer\s*</dd>", page.text)
    assert "Uncheck it to give only the other roles" not in page.text


async def test_line_of_an_invitation_has_no_stray_space(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """When it was sent and until when it opens, in one sentence."""
    admin = await as_role("admin")
    page = await admin.follow(
        "/people", display_name="Ned Harrowby", email="ned@lmhg.test", roles="trainer"
    )
    await onprem.run(
        "update identity.letter set sent_at = now(), ends_at = now() + interval '7 days'"
        " where user_id = $1::uuid",
        page.url.path.rsplit("/", 1)[1],
    )
    page = await admin.get(page.url.path)
    assert re.search(r"Sent [^<]*\S, opens until \w", page.text)
