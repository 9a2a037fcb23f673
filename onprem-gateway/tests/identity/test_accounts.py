"""Accounts: control 1 (one person each), lost devices by two people, and unlocking."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from lmhg_gateway.features.accounts.attempts import ACCOUNT_FREE, account_subject
from lmhg_gateway.features.accounts.service import invite, put_account, unlock
from lmhg_gateway.features.factors.service import mfa_rules, mfa_status, set_mfa_rule
from lmhg_gateway.features.sessions.open_sessions import end_account
from lmhg_gateway.features.sign_in.device_resets import approve_device_reset, ask_device_reset
from lmhg_kit.errors import Conflict
from lmhg_kit.http.testing import Hands
from lmhg_kit.persistence import Database
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the fixtures of this folder
    NewPerson,
    NewVisitor,
    Person,
    as_actor,
)

ADMIN = uuid.UUID(int=0xAD)


@pytest.fixture
async def workspace(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the workspace reaches it."""
    database = Database(onprem.url("gw_workspace"), pool_size=2)
    yield database
    await database.close()


async def test_1_an_address_belongs_to_one_account(
    workspace: Database, new_person: NewPerson, onprem: PlaneDatabase
) -> None:
    """The database refuses a second account with the same address; another is fine."""
    person = await new_person()
    for email, fits in ((person.email, False), (f"x{person.email}", True)):
        sql = (
            "insert into identity.user_account (id, email, display_name, roles)"
            f" values (gen_random_uuid(), '{email}', 'Twin', '{{staff}}')"
        )
        if fits:
            await onprem.run(as_actor(sql))
        else:
            with pytest.raises(asyncpg.UniqueViolationError):
                await onprem.run(as_actor(sql))


async def test_1_every_sign_in_is_on_record_with_its_person(
    new_person: NewPerson, new_visitor: NewVisitor, onprem: PlaneDatabase
) -> None:
    """The access record names the account that signed in, never nobody."""
    person = await new_person()
    await new_visitor().sign_in(person)
    rows = await onprem.run("select actor from audit.event where actor = $1", str(person.id))
    assert rows
    assert not await onprem.run("select 1 from audit.event where actor is null or actor = ''")


async def test_workspace_role_reads_no_secret_of_an_account(onprem: PlaneDatabase) -> None:
    """No password, no seal and no hash is within the workspace's reach; names are."""
    for column in (
        "password_hash from identity.user_account",
        "secret_sealed from identity.totp",
        "public_key from identity.passkey",
        "code_hash from identity.recovery_code",
        "token_hash from identity.letter",
        "challenge_hash from identity.challenge",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await onprem.run(f"select {column}", role="gw_workspace")
    await onprem.run("select display_name from identity.user_account", role="gw_workspace")


async def lose_device(
    database: PlaneDatabase, db: Database, person: Person, asker: Person, second: Person
) -> None:
    """The two steps, as the people pages take them."""
    await prove(database, asker.id, second.id)
    async with db.uow(person_of(asker.id), "device lost") as tx:
        reset = await ask_device_reset(tx, user_id=person.id, asked_by=asker.id)
    async with db.uow(person_of(second.id), "device lost") as tx:
        await approve_device_reset(tx, reset_id=reset, approved_by=second.id)


async def test_lost_device_removes_factors_and_kills_every_session(
    workspace: Database,
    new_person: NewPerson,
    new_visitor: NewVisitor,
    clock: Hands,
    onprem: PlaneDatabase,
) -> None:
    """With the second person's word the factors are gone and every session is over."""
    person, visitor = await new_person(), new_visitor()
    asker, second = await new_person("ben", "admin"), await new_person("cem", "compliance")
    await visitor.sign_in(person)
    await visitor.enrol_app(clock)
    assert (await visitor.get("/security")).status_code == 200
    await lose_device(onprem, workspace, person, asker, second)
    assert (await visitor.get("/security")).status_code == 303
    again = new_visitor()
    assert (await again.sign_in(person)).headers["location"] == "/security"


@pytest.mark.parametrize("who", ["asker", "owner"])
async def test_lost_device_needs_two_other_people(
    workspace: Database, new_person: NewPerson, onprem: PlaneDatabase, who: str
) -> None:
    """Neither the asker nor the person can be the second, by our function or by plain SQL."""
    person, asker = await new_person(), await new_person("ben", "admin")
    approver = asker if who == "asker" else person
    with pytest.raises(Conflict):
        await lose_device(onprem, workspace, person, asker, approver)
    change = (
        f"update identity.device_reset set approved_by = '{approver.id}', approved_at = now()"
        f" where user_id = '{person.id}'"
    )
    with pytest.raises(asyncpg.PostgresError):
        await onprem.run(as_actor(change, str(approver.id)))
    open_ones = "select approved_at from identity.device_reset where user_id = $1"
    rows = await onprem.run(open_ones, person.id)
    assert [row["approved_at"] for row in rows] == [None]


async def test_nobody_approves_in_another_ones_name(
    workspace: Database, new_person: NewPerson, onprem: PlaneDatabase
) -> None:
    """The database compares the approver with who acts; the true second person passes."""
    person, asker, second = [await new_person(name) for name in ("ana", "ben", "cem")]
    await prove(onprem, asker.id)
    async with workspace.uow(person_of(asker.id), "device lost") as tx:
        await ask_device_reset(tx, user_id=person.id, asked_by=asker.id)
    change = (
        f"update identity.device_reset set approved_by = '{second.id}', approved_at = now()"
        f" where user_id = '{person.id}'"
    )
    with pytest.raises(asyncpg.PostgresError):
        await onprem.run(as_actor(change, str(asker.id)))
    await onprem.run(as_actor(change, str(second.id)))


async def test_unlock_takes_the_wait_off_and_is_on_record(
    workspace: Database, new_person: NewPerson, new_visitor: NewVisitor, onprem: PlaneDatabase
) -> None:
    """After too many attempts an administrator unlocks; who did is in the access record."""
    person, admin = await new_person(), await new_person("ben", "admin")
    visitor = new_visitor()
    for _ in range(ACCOUNT_FREE):
        await visitor.sign_in(person, "wrong password here")
    # The first wait is one second, which a busy machine may use up: the test makes it last.
    await onprem.run(
        "update identity.sign_in_failures set not_before = now() + interval '1 minute'"
        " where subject_hash = $1",
        account_subject(person.email).digest,
    )
    assert (await visitor.sign_in(person)).status_code == 429
    await prove(onprem, admin.id)
    async with workspace.uow(person_of(admin.id), "unlock") as tx:
        status = await mfa_status(tx, [person.id])
        assert status[person.id].delayed_until is not None
        assert await unlock(tx, user_id=person.id)
    assert (await visitor.sign_in(person)).status_code == 303
    rows = await onprem.run(
        "select 1 from audit.event where act = 'account.unlock' and actor = $1", str(admin.id)
    )
    assert rows
    assert "Unlocked by administrator" in (await visitor.get("/security")).text


async def test_ended_account_is_out_at_once(
    workspace: Database, onprem: PlaneDatabase, new_person: NewPerson, new_visitor: NewVisitor
) -> None:
    """Closing an account ends its sessions, and its password opens nothing."""
    person, visitor = await new_person(), new_visitor()
    await visitor.sign_in(person)
    await prove(onprem, ADMIN, roles="admin")
    async with workspace.uow(person_of(ADMIN), "offboard") as tx:
        assert await end_account(tx, user_id=person.id) == 1
    assert (await visitor.get("/security")).status_code == 303
    assert (await new_visitor().sign_in(person)).status_code == 401


async def test_rules_and_accounts_are_put_by_their_functions(
    workspace: Database, onprem: PlaneDatabase
) -> None:
    """What the people pages and the operator use, as the workspace's role."""
    user_id, day = uuid.uuid4(), datetime(2027, 1, 1, tzinfo=UTC)
    await prove(onprem, ADMIN, roles="admin")
    async with workspace.uow(person_of(ADMIN), "people") as tx:
        for name in ("First", "Second"):
            await put_account(
                tx,
                user_id=user_id,
                email=f"{user_id}@lmhg.test",
                display_name=name,
                roles=["staff"],
            )
        await invite(tx, user_id)
        await set_mfa_rule(tx, "staff", day)
        assert (await mfa_rules(tx))["staff"] == day
        status = (await mfa_status(tx, [user_id]))[user_id]
        assert status.required_from == day
        assert status.invited_at
        assert not status.is_enrolled
        earlier = day - timedelta(days=1)
        await set_mfa_rule(tx, "staff", earlier)
        assert (await mfa_rules(tx))["staff"] == earlier
