"""Two people give a power: as the application's own roles, in SQL, past every page."""

import uuid
from dataclasses import dataclass

import asyncpg
import pytest

from lmhg_stack.proof import acting, prove, refused
from lmhg_stack.testing import PlaneDatabase

TWO, NEW, LEFT, ADDRESS = "LM012", "LM021", "LM022", "LM023"
GIVE = "update identity.user_account set roles = '{{admin}}' where id = '{}'"
UNPROVED = "LM031"


@dataclass(frozen=True)
class Ground:
    """Three administrators, an officer and a clinician in a database of their own."""

    db: PlaneDatabase
    ana: str
    ben: str
    cem: str
    officer: str
    clinician: str

    async def act(self, actor: str, *statements: str, role: str = "gw_workspace") -> str:
        """Run statements as a role in someone's name; the SQLSTATE, or `accepted`."""
        return await refused(self.db, role, f"select {acting(actor)}", *statements)

    async def add(self, roles: str, *, by: str = "test", role: str = "postgres") -> str:
        """A new account."""
        person = str(uuid.uuid4())
        done = await self.act(
            by,
            "insert into identity.user_account (id, email, display_name, roles, active)"
            f" values ('{person}', '{person}@lmhg.test', 'P', '{{{roles}}}', true)",
            role=role,
        )
        assert done == "accepted"
        await prove(self.db, person)
        return person

    async def roles(self, person: str) -> list[str]:
        """The roles that someone has."""
        rows = await self.db.run(
            "select roles from identity.user_account where id::text = $1", person
        )
        return list(rows[0]["roles"])

    async def ask(self, asker: str, person: str, roles: str = "admin") -> str:
        """Ask for roles; the SQLSTATE, or `accepted`."""
        return await self.act(
            asker,
            "insert into compliance.decision (id, kind, user_id, roles, requested_by)"
            f" values (gen_random_uuid(), 'roles', '{person}', '{{{roles}}}', '{asker}')",
        )

    async def decide(self, actor: str, person: str, outcome: str = "approved") -> str:
        """Decide what waits about someone."""
        return await self.act(
            actor,
            f"update compliance.decision set outcome = '{outcome}', decided_by = '{actor}',"
            f" decided_at = now() where user_id = '{person}' and outcome = 'open'",
        )

    async def notices(self, person: str) -> list[str]:
        """What the officers are told about someone."""
        rows = await self.db.run(
            "select code from compliance.officer_notice where subject::text = $1 order by at",
            person,
        )
        return [row["code"] for row in rows]


@pytest.fixture
async def ground(onprem: PlaneDatabase) -> Ground:
    """Fresh people."""
    made = Ground(onprem, "", "", "", "", "")
    ana, ben, cem = [await made.add("admin") for _ in range(3)]
    officer, clinician = await made.add("compliance"), await made.add("clinician")
    return Ground(onprem, ana, ben, cem, officer, clinician)


@pytest.mark.found(
    "W2", "no login of ours gives an account admin or compliance by writing the roles"
)
@pytest.mark.parametrize("login", ["gw_workspace", "gw_identity", "lmhg_migrator"])
async def test_bare_update_gives_no_power(ground: Ground, login: str) -> None:
    """Nor an insert, nor a leaver who comes back, nor another address for one who has it."""
    as_owner = ("set role lmhg_owner",) if login == "lmhg_migrator" else ()
    leaver, fresh = await ground.add("admin"), uuid.uuid4()
    assert (
        await ground.act("process: test", *as_owner, GIVE.format(ground.clinician), role=login)
        == TWO
    )
    for power in ("admin", "compliance"):
        insert = (
            "insert into identity.user_account (id, email, display_name, roles, active)"
            f" values ('{fresh}', '{fresh}@lmhg.test', 'P', '{{{power}}}', true)"
        )
        assert await ground.act("process: test", *as_owner, insert, role=login) == TWO
    end = f"update identity.user_account set active = false where id = '{leaver}'"
    back = f"update identity.user_account set active = true where id = '{leaver}'"
    who = ground.ana if login == "gw_workspace" else "process: test"
    assert await ground.act(who, *as_owner, end, role=login) == "accepted"
    assert await ground.act("process: test", *as_owner, back, role=login) == TWO
    move = f"update identity.user_account set email = 'mine@lmhg.test' where id = '{ground.ana}'"
    assert await ground.act("process: test", *as_owner, move, role=login) == ADDRESS
    assert await ground.roles(ground.clinician) == ["clinician"]
    lesser = (
        f"update identity.user_account set roles = '{{trainer}}' where id = '{ground.clinician}'"
    )
    if login == "gw_workspace":
        assert await ground.act("process: test", end, role=login) == UNPROVED
        assert await ground.act("process: test", lesser, role=login) == UNPROVED
    assert await ground.act(who, *as_owner, lesser, role=login) == "accepted"


async def test_without_its_trigger_the_bare_update_would_pass(ground: Ground) -> None:
    """The control: it is the trigger that refuses, and no missing grant."""
    link = await asyncpg.connect(ground.db.url("postgres"))
    undone = link.transaction()
    await undone.start()
    try:
        for name in ("wall_power", "wall_stands"):
            await link.execute(f"alter table identity.user_account disable trigger {name}")
        await link.execute("set local session authorization gw_workspace")
        await link.execute(
            "select set_config('app.actor', 'process: test', true), set_config('app.purpose', 'test', true)"
        )
        assert await link.execute(GIVE.format(ground.clinician)) == "UPDATE 1"
    finally:
        await undone.rollback()
        await link.close()
    assert await ground.roles(ground.clinician) == ["clinician"]


@pytest.mark.found(
    "W2", "one administrator asks and another person decides; the wall carries it out"
)
async def test_a_power_is_asked_by_one_and_given_by_another(ground: Ground) -> None:
    """The asker, the person concerned, someone without a power and a stranger cannot."""
    person = ground.clinician
    assert await ground.ask(ground.clinician, ground.officer) == TWO
    assert await ground.ask(ground.officer, person) == TWO
    assert await ground.ask(ground.ana, ground.ana) != "accepted"
    assert await ground.ask(ground.ana, person, "trainer") == "23514"
    assert await ground.ask(ground.ana, person) == "accepted"
    assert await ground.ask(ground.ben, person) == "23505"
    for wrong in (ground.ana, person, await ground.add("trainer")):
        assert await ground.decide(wrong, person) == TWO
    assert await ground.decide(str(uuid.uuid4()), person) == UNPROVED
    in_anothers_name = (
        f"update compliance.decision set outcome = 'approved', decided_by = '{ground.ben}',"
        f" decided_at = now() where user_id = '{person}'"
    )
    assert await ground.act(ground.ana, in_anothers_name) == TWO
    assert await ground.roles(person) == ["clinician"]
    assert await ground.decide(ground.officer, person) == "accepted"
    assert await ground.roles(person) == ["admin", "clinician"]
    assert await ground.notices(person) == ["roles_open", "roles_approved"]


async def test_an_approval_gives_what_was_asked_and_once(ground: Ground) -> None:
    """No other role, no other person, no second time, and no row is changed or deleted."""
    person, other = ground.clinician, await ground.add("trainer")
    assert await ground.ask(ground.ana, person) == "accepted"
    approve = (
        f"update compliance.decision set outcome = 'approved', decided_by = '{ground.ben}',"
        f" decided_at = now() where user_id = '{person}'"
    )
    for widened in (
        "update compliance.decision set roles = '{admin,compliance}'",
        f"update compliance.decision set user_id = '{other}'",
        "delete from compliance.decision",
    ):
        assert await ground.act(ground.ben, f"{widened} where user_id = '{person}'") != "accepted"
    more = "update identity.user_account set roles = '{compliance}' where id = "
    assert await ground.act(ground.ben, approve, f"{more}'{person}'") == TWO
    assert await ground.act(ground.ben, approve, GIVE.format(other)) == TWO
    assert await ground.decide(ground.ben, person) == "accepted"
    take = f"update identity.user_account set roles = '{{trainer}}' where id = '{person}'"
    assert await ground.act(ground.ana, take) == "accepted"
    assert await ground.act(ground.ana, GIVE.format(person)) == TWO


@pytest.mark.found("W2", "a new holder and the one who brought them are no two persons for 30 days")
async def test_new_holder_is_no_second_person_for_who_brought_them(ground: Ground) -> None:
    """Neither way round, neither for who asked nor for who invited; after 30 days it is over."""
    mailbox = await ground.add("staff", by=ground.ana, role="gw_workspace")
    assert await ground.ask(ground.ben, mailbox) == "accepted"
    assert await ground.decide(ground.cem, mailbox) == "accepted"
    for asker, second in (
        (ground.ana, mailbox), (ground.ben, mailbox), (mailbox, ground.ana), (mailbox, ground.ben),
    ):  # fmt: skip
        person = await ground.add("staff")
        assert await ground.ask(asker, person) == "accepted"
        assert await ground.decide(second, person) == NEW
        assert await ground.decide(ground.cem, person) == "accepted"
    await ground.db.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " alter table compliance.decision disable trigger wall_decision;"
        " update compliance.decision set decided_at = now() - interval '31 days'"
        f" where user_id = '{mailbox}';"
        " alter table compliance.decision enable always trigger wall_decision; end $$"
    )
    person = await ground.add("staff")
    assert await ground.ask(ground.ana, person) == "accepted"
    assert await ground.decide(mailbox, person) == "accepted"


@pytest.mark.found(
    "W2",
    "nor for shared records, app scopes, lost devices, emergency access, holds and allowed words",
)
async def test_new_holder_seconds_nothing_else_either(ground: Ground) -> None:
    """Every pair that the database knows asks the same question; another officer is a second."""
    fresh = await ground.add("staff")
    assert await ground.ask(ground.ana, fresh, "admin,compliance") == "accepted"
    assert await ground.decide(ground.cem, fresh) == "accepted"
    for name, (asks, approves) in pairs(ground.ana).items():
        assert await ground.act(ground.ana, *asks) == "accepted", name
        for second, said in ((fresh, NEW), (ground.officer, "accepted")):
            by = second if name != "scopes" or second == fresh else ground.ben
            done = await ground.act(by, *(sql.format(by=by) for sql in approves))
            assert done == said, (name, second)


def pairs(asker: str) -> dict[str, tuple[list[str], list[str]]]:
    """Every act of two persons: what the first one writes, and what the second one does."""
    record, client, glass, lost = (uuid.uuid4() for _ in range(4))
    return {
        "exemption": (
            [(f"insert into compliance.exemption_request (id, kind, record_id, requested_by)"
             f" values (gen_random_uuid(), 'announcement', '{record}', '{asker}')")],
            [(f"insert into relay.exemption (id, kind, record_id, requested_by, approved_by)"
             f" values (gen_random_uuid(), 'announcement', '{record}', '{asker}', '{{by}}')")],
        ),
        "scopes": (
            [(f"insert into identity.oauth_client (id, client_id, name, kind)"
             f" values ('{client}', '{client}', 'Program', 'service')"),
             (f"insert into identity.scope_request (id, client, scopes, requested_by) values"
             f" (gen_random_uuid(), '{client}', '{{clients:read}}', '{asker}')")],
            [f"update identity.oauth_client set scopes = '{{{{clients:read}}}}' where id = '{client}'"],
        ),
        "device": (
            [(f"insert into identity.user_account (id, email, display_name, roles, active)"
             f" values ('{lost}', '{lost}@lmhg.test', 'L', '{{staff}}', true)"),
             (f"insert into identity.device_reset (id, user_id, asked_by)"
             f" values (gen_random_uuid(), '{lost}', '{asker}')")],
            [(f"update identity.device_reset set approved_by = '{{by}}', approved_at = now()"
             f" where user_id = '{lost}'")],
        ),
        "glass": (
            [(f"insert into compliance.break_glass (id, user_id, opened_at, ends_at) values"
             f" ('{glass}', '{asker}', now(), now() + interval '10 minutes')")],
            [(f"update compliance.break_glass set reviewed_by = '{{by}}', reviewed_at = now(),"
             f" outcome = 'justified' where id = '{glass}'")],
        ),
    }  # fmt: skip


@pytest.mark.found("W5", "what a leaver asked for is approved by nobody")
async def test_requests_end_with_who_made_them(ground: Ground) -> None:
    """The request is canceled with the account, in the same transaction; another one decides on."""
    person, leaver = ground.clinician, ground.ana
    assert await ground.ask(leaver, person) == "accepted"
    end = f"update identity.user_account set active = false where id = '{leaver}'"
    assert await ground.act(ground.ben, end) == "accepted"
    rows = await ground.db.run(
        "select outcome from compliance.decision where user_id::text = $1", person
    )
    assert [row["outcome"] for row in rows] == ["dropped"]
    assert await ground.notices(person) == ["roles_open", "roles_dropped"]
    assert await ground.ask(ground.ben, person) == "accepted"
    assert await ground.decide(ground.cem, person) == "accepted"


@pytest.mark.found(
    "A8",
    "a role's day for two-step sign-in is postponed or lifted by two people only, past every page",
)
async def test_a_rule_is_made_weaker_by_two_people_only(ground: Ground) -> None:
    """An earlier day takes one; a later day, none, or another role's row takes a decision."""
    await ground.db.run("delete from identity.mfa_rule where role = 'trainer'")
    ask = (
        "insert into compliance.decision (id, kind, roles, required_from, requested_by) values"
        f" (gen_random_uuid(), 'factor_rule', '{{trainer}}', $day, '{ground.ana}')"
    )
    put = "insert into identity.mfa_rule (role, required_from) values ('trainer', '2027-01-01Z')"
    later = "update identity.mfa_rule set required_from = '2028-01-01Z' where role = 'trainer'"
    other = "update identity.mfa_rule set role = 'gone' where role = 'trainer'"
    lift = "delete from identity.mfa_rule where role = 'trainer'"
    assert await ground.act(ground.ana, put) == "accepted"
    assert await ground.act(ground.ana, later) == TWO
    owner = ("set role lmhg_owner",)
    for weaker in (later, other, lift):
        assert await ground.act("operator", *owner, weaker, role="lmhg_migrator") == TWO
    assert await ground.act(ground.ana, later.replace("2028", "2026")) == "accepted"
    for day, kept in (("'2028-01-01Z'", 1), ("null", 0)):
        assert await ground.act(ground.ana, ask.replace("$day", day)) == "accepted"
        approve = (
            "update compliance.decision set outcome = 'approved', decided_by = '{0}',"
            " decided_at = now() where kind = 'factor_rule' and outcome = 'open'"
        )
        assert await ground.act(ground.ana, approve.format(ground.ana)) == TWO
        assert await ground.act(ground.officer, approve.format(ground.officer)) == "accepted"
        rows = await ground.db.run("select 1 from identity.mfa_rule where role = 'trainer'")
        assert len(rows) == kept
    told = await ground.db.run(
        "select code from compliance.officer_notice where 'trainer' = any (roles) order by at"
    )
    assert [row["code"] for row in told] == [
        "rule_set", "rule_set", "factor_rule_open", "factor_rule_approved",
        "factor_rule_open", "factor_rule_approved",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "insert into compliance.officer_notice (id, code, actor, roles) values (gen_random_uuid(), 'x', 'y', '{}')",
        "delete from compliance.officer_notice",
        "update compliance.officer_notice set code = 'x'",
        "insert into compliance.founding (id, first_id, second_id) values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid())",
        "delete from identity.mfa_rule",
    ],
)
async def test_application_writes_no_notice_and_no_first_people(ground: Ground, sql: str) -> None:
    """Permission is missing, as it is for each process."""
    for login in ("gw_workspace", "gw_worker", "gw_identity"):
        assert await ground.act(ground.ana, sql, role=login) == "42501"
