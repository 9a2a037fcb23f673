"""Anyone who has only the login of a process acts as no person: as each role, in plain SQL."""

import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest

from lmhg_stack.proof import acting, outcome, prove, token_of
from lmhg_stack.testing import PlaneDatabase

OFFICER, GONE, GHOST, DEPUTY = (uuid.UUID(int=0xF0 + n) for n in range(4))
ROLES = ("gw_workspace", "gw_worker", "gw_ingress")
NOTE = "select audit.note('read', 'client', array[gen_random_uuid()], null, 'done')"


@pytest.fixture(autouse=True)
async def people(onprem: PlaneDatabase) -> None:
    """An officer who is signed in, and someone who was."""
    await prove(onprem, OFFICER, GONE, DEPUTY, roles="compliance,admin")
    await onprem.run(
        "update identity.session set ends_at = now() - interval '1 second' where user_id = $1", GONE
    )


@pytest.fixture
async def logins(onprem: PlaneDatabase) -> AsyncIterator[dict[str, asyncpg.Connection]]:
    """A connection as each role that asks for a proof."""
    made = {role: await asyncpg.connect(onprem.url(role)) for role in ROLES}
    yield made
    for link in made.values():
        await link.close()


def claiming(person: object, token: str = "") -> str:
    """Settings that name someone, with whatever proof there is."""
    return (
        f"select set_config('app.actor', '{person}', true), set_config('app.token', '{token}', true),"
        " set_config('app.purpose', 'test', true)"
    )


FALSE_PROOFS = {
    "none": (OFFICER, ""),
    "a made-up one": (OFFICER, "x" * 43),
    "the hash that the database holds": (
        OFFICER, "encode(sha256(convert_to('proof', 'UTF8')), 'hex')",
    ),
    "of somebody else": (GHOST, token_of(OFFICER)),
    "of a session that is over": (GONE, token_of(GONE)),
    "for a program": ("client: robot", token_of(OFFICER)),
}  # fmt: skip


@pytest.mark.found("P8", "no process writes an event in the name of a person who has not proved it")
@pytest.mark.parametrize("case", FALSE_PROOFS)
@pytest.mark.parametrize("role", ROLES)
async def test_a_name_without_its_proof_is_refused(
    logins: dict[str, asyncpg.Connection], role: str, case: str
) -> None:
    """Neither an event nor a change; a process names itself, and that is the control."""
    person, token = FALSE_PROOFS[case]
    safe = token.replace("'", "''")
    assert await outcome(logins[role], claiming(person, safe), NOTE) == "LM031"
    assert await outcome(logins[role], claiming("process: test"), NOTE) == "accepted"


@pytest.mark.found(
    "W1", "a person acts by the secret of a live session, and is who the session says"
)
async def test_the_secret_of_a_live_session_proves_its_person(
    logins: dict[str, asyncpg.Connection], onprem: PlaneDatabase
) -> None:
    """In the event the name is the session's; without the session it is nobody's."""
    link = logins["gw_workspace"]
    begun = f"select {acting(OFFICER)}"
    assert await outcome(link, begun, NOTE) == "accepted"
    await onprem.run("delete from identity.session where user_id = $1", OFFICER)
    assert await outcome(link, begun, NOTE) == "LM031"


@pytest.mark.found("W1", "an approval by people who do not exist or have not proved it is refused")
@pytest.mark.parametrize("role", ["gw_workspace", "gw_worker"])
async def test_ghosts_approve_nothing(logins: dict[str, asyncpg.Connection], role: str) -> None:
    """Asked by one ghost and approved by another, for one record and for a whole kind."""
    for record in ("gen_random_uuid()", "null"):
        ask = (
            "insert into compliance.exemption_request (id, kind, record_id, requested_by)"
            f" values (gen_random_uuid(), 'announcement', {record}, 'ghost-a')"
        )
        approve = (
            "insert into relay.exemption (id, kind, record_id, requested_by, approved_by)"
            f" values (gen_random_uuid(), 'announcement', {record}, 'ghost-a', 'ghost-b')"
        )
        for person, sql in (("ghost-a", ask), ("ghost-b", approve), ("process: test", approve)):
            assert await outcome(logins[role], claiming(person), sql) in {"LM031", "LM012"}


@pytest.mark.found("W1", "nobody takes an approval back in somebody else's name")
async def test_a_withdrawal_bears_the_name_of_who_makes_it(
    logins: dict[str, asyncpg.Connection], onprem: PlaneDatabase
) -> None:
    """A forged name is refused; one's own is taken, as the control, and so is what expires."""
    approval = uuid.uuid4()
    await _approval(onprem, approval, "now()")
    take = f"update relay.exemption set withdrawn_at = now(), withdrawn_by = '{{}}' where id = '{approval}'"
    mine = f"select {acting(OFFICER)}"
    link = logins["gw_workspace"]
    assert await outcome(link, mine, take.format(GHOST)) == "LM031"
    assert await outcome(link, mine, take.format("expiry")) == "LM031"
    assert await outcome(link, mine, take.format(OFFICER)) == "accepted"
    worker = claiming("process: worker")
    assert await outcome(logins["gw_worker"], worker, take.format("expiry")) == "accepted"
    assert await outcome(logins["gw_worker"], worker, take.format(OFFICER)) == "LM031"


async def _approval(onprem: PlaneDatabase, approval: uuid.UUID, ends: str = "null") -> None:
    """A standing approval by two people, as the administrator's own words."""
    await onprem.run(
        f"do $$ begin perform set_config('app.actor', '{OFFICER}', true),"
        " set_config('app.purpose', 't', true);"
        " insert into compliance.exemption_request (id, kind, requested_by)"
        f" values (gen_random_uuid(), 'announcement', '{OFFICER}');"
        f" perform set_config('app.actor', '{DEPUTY}', true);"
        " insert into relay.exemption (id, kind, requested_by, approved_by, expires_at)"
        f" values ('{approval}', 'announcement', '{OFFICER}', '{DEPUTY}', {ends}); end $$"
    )


@pytest.mark.found(
    "W1", "what an active person asked for honestly is approved by a person with power alone"
)
@pytest.mark.parametrize("role", ["gw_workspace", "gw_worker"])
@pytest.mark.parametrize("record", ["gen_random_uuid()", "null"])
async def test_a_process_or_a_colleague_without_power_approves_nothing(
    logins: dict[str, asyncpg.Connection], role: str, record: str
) -> None:
    """The asker is real and proved; who approves is not: a process by its own name, and staff."""
    ask = (
        "insert into compliance.exemption_request (id, kind, record_id, requested_by)"
        f" values (gen_random_uuid(), 'announcement', {record}, '{OFFICER}')"
    )
    approve = (
        "insert into relay.exemption (id, kind, record_id, requested_by, approved_by)"
        " select gen_random_uuid(), kind, record_id, requested_by, '{}'"
        f" from compliance.exemption_request where requested_by = '{OFFICER}' and outcome = 'open'"
        " returning 1"
    )
    mine = f"select {acting(OFFICER)}"
    bare = claiming("process: test")
    found = await outcome(logins[role], mine, ask, bare, approve.format("process: test"))
    assert found == "LM012"
    if record == "null":
        deputy = f"select {acting(DEPUTY)}"
        control = await outcome(logins[role], mine, ask, deputy, approve.format(DEPUTY))
        assert control == "accepted"


@pytest.mark.found("W1", "the workspace makes and changes accounts for a person with power alone")
async def test_a_bare_login_makes_no_second_person(logins: dict[str, asyncpg.Connection]) -> None:
    """Neither an account nor a letter, nor another address for a colleague; the control is an officer."""
    link, made = logins["gw_workspace"], uuid.uuid4()
    account = (
        "insert into identity.user_account (id, email, display_name, roles, active)"
        f" values ('{made}', 'second@lmhg.test', 'Second', '{{staff}}', true)"
    )
    letter = (
        "insert into identity.letter (id, user_id, purpose, attempts)"
        f" values (gen_random_uuid(), '{OFFICER}', 'reset', 0)"
    )
    moved = f"update identity.user_account set display_name = 'Other' where id = '{OFFICER}'"
    for act in (account, letter, moved):
        assert await outcome(link, claiming("process: x"), act) == "LM031"
        assert await outcome(link, f"select {acting(OFFICER)}", act) == "accepted"


@pytest.mark.found("W1", "nobody ticks off the officers' warnings in another's name")
async def test_a_warning_is_seen_by_who_saw_it(
    logins: dict[str, asyncpg.Connection], onprem: PlaneDatabase
) -> None:
    """Not by a process in an officer's name; the control is the officer."""
    await onprem.run(
        "insert into compliance.officer_notice (id, code, actor, roles)"
        " values (gen_random_uuid(), 'role_asked', 'test', '{}')"
    )
    seen = f"update compliance.officer_notice set seen_at = now(), seen_by = '{OFFICER}'"
    link = logins["gw_workspace"]
    assert await outcome(link, claiming("process: x"), seen) == "LM001"
    assert await outcome(link, f"select {acting(OFFICER)}", seen) == "accepted"


@pytest.mark.found("P8", "who seals a reason again does not take it away")
async def test_a_sealed_reason_is_sealed_again_and_never_emptied(
    logins: dict[str, asyncpg.Connection],
) -> None:
    """By the worker, which holds the newer key: other bytes are taken, no bytes are not."""
    ask = (
        "insert into compliance.exemption_request (id, kind, record_id, requested_by, reason_sealed)"
        f" values (gen_random_uuid(), 'announcement', gen_random_uuid(), '{OFFICER}', '\\x31')"
    )
    async with logins["gw_workspace"].transaction():
        await logins["gw_workspace"].execute(f"select {acting(OFFICER)}")
        await logins["gw_workspace"].execute(ask)
    worker, bare = logins["gw_worker"], claiming("process: worker")
    change = (
        "update compliance.exemption_request set reason_sealed = {} where reason_sealed is not null"
    )
    assert await outcome(worker, bare, change.format("'\\x32'")) == "accepted"
    assert await outcome(worker, bare, change.format("null")) == "LM012"


@pytest.mark.found("W1", "a decision or its record is changed by a person with power alone")
async def test_evidence_is_closed_and_opened_by_a_person_with_power(
    logins: dict[str, asyncpg.Connection],
) -> None:
    """An incident is closed by one person, reopened by another; a request is decided by no process."""
    link, bare, mine = logins["gw_workspace"], claiming("process: x"), f"select {acting(OFFICER)}"
    opened = (
        "insert into compliance.incident (id, code, subject_kind)"
        " values (gen_random_uuid(), 'sweep_late', 'client')"
    )
    ask = (
        "insert into compliance.exemption_request (id, kind, record_id, requested_by)"
        f" values (gen_random_uuid(), 'announcement', gen_random_uuid(), '{OFFICER}')"
    )
    where = "where code = 'sweep_late'"
    close = f"update compliance.incident set closed_at = now(), closed_by = '{OFFICER}' {where}"
    nobody = f"update compliance.incident set closed_at = now() {where}"
    again = f"update compliance.incident set closed_at = null, closed_by = null {where}"
    decide = (
        "update compliance.exemption_request set outcome = 'declined', decided_by = '{}',"
        f" decided_at = now() where requested_by = '{OFFICER}' and outcome = 'open'"
    )
    for sql in (nobody, close):
        assert await outcome(link, mine, opened, bare, sql) == "LM001"
    assert await outcome(link, mine, opened, nobody) == "LM001"
    assert await outcome(link, mine, opened, close, bare, again) == "LM001"
    assert await outcome(link, mine, opened, close, again) == "accepted"
    for login in ("gw_workspace", "gw_worker"):
        stolen = outcome(logins[login], mine, ask, bare, decide.format("process: x"))
        assert await stolen == "LM012"
    assert await outcome(link, mine, ask, decide.format(OFFICER)) == "accepted"


@pytest.mark.found("W1", "an approval that has no end does not end by itself")
async def test_an_approval_expires_on_its_day_and_by_the_worker_alone(
    logins: dict[str, asyncpg.Connection], onprem: PlaneDatabase
) -> None:
    """Not without a day, not before it, and not from the workspace."""
    bare = claiming("process: worker")
    for ends, seen in (
        ("null", "LM031"),
        ("now() + interval '1 day'", "LM031"),
        ("now()", "accepted"),
    ):
        approval = uuid.uuid4()
        await _approval(onprem, approval, ends)
        take = (
            "update relay.exemption set withdrawn_at = now(), withdrawn_by = 'expiry'"
            f" where id = '{approval}'"
        )
        assert await outcome(logins["gw_worker"], bare, take) == seen
        assert await outcome(logins["gw_workspace"], bare, take) == "LM031"
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'process: test', true),"
            f" set_config('app.purpose', 't', true); {take}; end $$"
        )


@pytest.mark.found("W1", "the workspace registers an app for a person with power alone")
async def test_a_bare_login_registers_no_app(logins: dict[str, asyncpg.Connection]) -> None:
    """Neither an app nor a secret; the control is an administrator."""
    link, app = logins["gw_workspace"], uuid.uuid4()
    register = (
        "insert into identity.oauth_client (id, client_id, kind, name, redirect_uris, scopes)"
        f" values ('{app}', 'other-app', 'web', 'Other', '{{https://other.test/cb}}', '{{openid}}')"
    )
    assert await outcome(link, claiming("process: x"), register) == "LM031"
    assert await outcome(link, f"select {acting(OFFICER)}", register) == "accepted"
