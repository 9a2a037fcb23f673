"""Offboarding: one act, everything at once, and a page that says after how many seconds."""

import uuid

import pytest
from markupsafe import escape

from lmhg_gateway.features.people.credentials import CREDENTIALS
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.proof import acting, prove
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures
from .test_people import (  # noqa: TID252 - the same helpers
    account,
    count,
    invited,
    profile,
    put_active,
    use_portal,
)

PERSON = PEOPLE["clinician"]
PATH = f"/people/{PERSON}"


async def own_program(onprem: PlaneDatabase, person: uuid.UUID) -> uuid.UUID:
    """A program for the API that someone registered."""
    program = uuid.uuid4()
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " insert into identity.oauth_client (id, client_id, name, kind)"
        f" values ('{program}', 'p-{program}', 'Export', 'service');"
        " insert into identity.client_change (id, client, by, what, diff)"
        f" values (gen_random_uuid(), '{program}', '{person}', 'registered', '{{}}'); end $$"
    )
    return program


async def test_confirmation_asks_once_and_changes_nothing(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The page says what will end."""
    admin = await as_role("admin")
    page = await admin.get(f"{PATH}/offboard")
    assert (page.status_code, "This cannot be undone" in page.text) == (200, True)
    assert (await account(onprem, PERSON))["active"]
    assert (await admin.get(f"{PATH}/offboarding")).status_code == 404


async def test_offboarding_ends_everything_in_one_act(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Account, sessions, tokens, letters, programs, profile; and the portal is told."""
    admin = await as_role("admin")
    browsers = [await as_role("clinician") for _ in range(3)]
    client, program = await use_portal(onprem, PERSON), await own_program(onprem, PERSON)
    await onprem.run(
        "insert into identity.letter (id, user_id, purpose) values (gen_random_uuid(), $1, 'reset')",
        PERSON,
    )
    page = await admin.follow(f"{PATH}/offboard")
    gone = await account(onprem, PERSON)
    assert (gone["active"], gone["ended_at"] is not None) == (False, True)
    assert not (await profile(onprem, PERSON))["active"]
    for table in ("identity.session", "identity.letter"):
        assert await count(onprem, table, PERSON) == 0, table
    assert await count(onprem, "identity.refresh_token", PERSON, "and revoked_at is null") == 0
    rows = await onprem.run("select active from identity.oauth_client where id = $1", program)
    assert [row["active"] for row in rows] == [False]
    assert await count(onprem, "identity.logout_notice", PERSON, f"and client = '{client}'") >= 1
    assert [(await each.get("/")).status_code for each in browsers] == [303] * 3
    assert "Everything here has ended" in page.text
    assert "at the latest" in page.text
    assert page.headers["refresh"] == "1"
    await _check_told(onprem, admin)


async def _check_told(onprem: PlaneDatabase, admin: object) -> None:
    """Once every notice is answered the page says so, with the seconds, and rests."""
    await onprem.run(
        "update identity.logout_notice set sent_at = made_at + interval '700 milliseconds'"
        " where user_id = $1",
        PERSON,
    )
    page = await admin.get(f"{PATH}/offboarding")  # type: ignore[attr-defined]
    assert "within 0.7 seconds" in page.text
    assert "refresh" not in page.headers


async def test_who_has_left_cannot_be_changed(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """Nothing about them is offered, and nothing is done."""
    admin = await as_role("admin")
    person = await invited(admin, "left@lmhg.test")
    await admin.follow(f"/people/{person}/offboard")
    page = (await admin.get(f"/people/{person}")).text
    assert "What ended when" in page
    assert "End all access" not in page
    for act in ("offboard", "invitation", "device", "delay/lift"):
        assert (await admin.post(f"/people/{person}/{act}")).status_code == 409, act
    again = await admin.post(f"/people/{person}/roles", roles="staff")
    assert (again.status_code, await account(onprem, person)) != (303, {})
    assert f"/people/{person}" not in (await admin.get("/people?q=left@")).text
    assert f"/people/{person}" in (await admin.get("/people?q=left@&who=all")).text


async def test_nobody_offboards_themselves_or_a_stranger(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The own account stays; an unknown one is not found."""
    admin = await as_role("admin")
    assert (await admin.post(f"/people/{PEOPLE['admin']}/offboard")).status_code == 409
    assert (await account(onprem, PEOPLE["admin"]))["active"]
    assert (await admin.post(f"/people/{uuid.uuid4()}/offboard")).status_code == 404


async def program(admin: Signed, name: str) -> str:
    """A program that someone registers, who sees its secret; its address."""
    answer = await admin.post("/oauth-clients", client_id=name, name=name.title(), kind="service")
    found = await admin.get("/oauth-clients")
    assert answer.status_code == 200, answer.text
    part = found.text.partition(f">{name.title()}<")[0].rpartition('href="/oauth-clients/')[2]
    return f"/oauth-clients/{part.partition(chr(34))[0]}"


async def live(onprem: PlaneDatabase, path: str) -> tuple[bool, list[str]]:
    """Whether a program is active, and who has seen the secrets that work."""
    rows = await onprem.run(
        "select c.active, s.shown_to from identity.oauth_client c"
        " left join identity.client_secret s on s.client = c.id"
        " and (s.ends_at is null or s.ends_at > now()) where c.id::text = $1",
        path.rsplit("/", 1)[1],
    )
    return rows[0]["active"], [row["shown_to"] for row in rows if row["shown_to"]]


@pytest.mark.found(
    "W5", "a secret that a leaver has seen ends with them, and a program without another one stops"
)
async def test_secrets_that_a_leaver_has_seen_end_with_them(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The page says it before the act, for each program; one that others rotated goes on."""
    admin, deputy = await as_role("admin"), await as_role("deputy")
    stops, goes_on = await program(admin, "stops"), await program(admin, "goes-on")
    untouched = await program(admin, "untouched")
    leaver, me = str(PEOPLE["deputy"]), str(PEOPLE["admin"])
    await deputy.post(f"{stops}/secret", keep_h="0")
    await deputy.post(f"{goes_on}/secret", keep_h="0")
    await admin.post(f"{goes_on}/secret", keep_h="24")
    assert sorted((await live(onprem, goes_on))[1]) == sorted([leaver, me])
    page = (await admin.get(f"/people/{leaver}/offboard")).text
    assert page.count("Stops at once") == 1
    assert page.count("Goes on with its other secret") == 1
    assert all(str(escape(each.title)) in page for each in CREDENTIALS)
    await admin.follow(f"/people/{leaver}/offboard")
    assert await live(onprem, stops) == (False, [])
    assert await live(onprem, goes_on) == (True, [me])
    assert await live(onprem, untouched) == (True, [me])
    made = await onprem.run(
        "select secrets from practice.offboarding where user_id::text = $1", leaver
    )
    assert made[0]["secrets"] == 2


@pytest.mark.found(
    "W5", "what a person could sign in with is gone when the account ends, whatever closes it"
)
async def test_nothing_to_sign_in_with_is_left(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """Also for a bare update as the workspace's role, which skips every page."""
    admin = await as_role("admin")
    person = await invited(admin, "bare@lmhg.test")
    for sql in (
        "update identity.user_account set password_hash = 'x' where id = '{}'",
        "insert into identity.totp (id, user_id, name, secret_sealed) values (gen_random_uuid(), '{}', 'P', 'x')",
        "insert into identity.recovery_code (id, user_id, code_hash) values (gen_random_uuid(), '{}', 'x')",
        (
            "insert into identity.session (id_hash, user_id, started_at, last_used_at, ends_at)"
            " values ('y', '{}', now(), now(), now() + interval '1 hour')"
        ),
        (
            "insert into identity.passkey (id, user_id, name, credential_id, public_key, sign_count)"
            " values (gen_random_uuid(), '{}', 'P', 'x', 'x', 0)"
        ),
    ):
        await as_actor(onprem, sql.format(person), role="postgres")
    await as_actor(onprem, f"update identity.user_account set active = false where id = '{person}'")
    gone = await account(onprem, person)
    assert (gone["password_hash"], gone["ended_at"] is not None) == (None, True)
    for table in ("totp", "recovery_code", "session", "passkey", "letter"):
        assert await count(onprem, f"identity.{table}", person) == 0, table


async def test_the_page_warns_before_one_holder_is_left_alone(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Two are needed to give admin or compliance; with enough others it says nothing."""
    admin = await as_role("admin")
    path, warning = (
        f"/people/{PEOPLE['second']}/offboard",
        "only one person has the admin or compliance role",
    )
    await put_active(onprem, PEOPLE["deputy"], active=False)
    assert warning not in (await admin.get(path)).text
    await put_active(onprem, PEOPLE["compliance"], active=False)
    assert warning in (await admin.get(path)).text
    await put_active(onprem, PEOPLE["compliance"], active=True)


async def as_actor(onprem: PlaneDatabase, sql: str, *, role: str = "gw_workspace") -> None:
    """One statement in the administrator's name."""
    await prove(onprem, PEOPLE["admin"])
    await onprem.run(
        f"do $$ begin perform {acting(PEOPLE['admin'])}; {sql}; end $$",
        role=role,
    )
