"""What is held for review is decided by officers, whatever a page allows: as the application's roles, in SQL."""

import uuid

import pytest

from lmhg_stack.proof import acting, prove, refused
from lmhg_stack.testing import PlaneDatabase

ANA_ID, BEN_ID = (str(uuid.UUID(int=n)) for n in (0xA, 0xB))
WORK = "select set_config('app.actor', 'process: worker', true), set_config('app.purpose', 'test', true)"
ACT = f"select {acting(ANA_ID)}"


@pytest.fixture(autouse=True)
async def colleagues(onprem: PlaneDatabase) -> None:
    """The people of these tests are proved to the database."""
    await prove(onprem, ANA_ID, BEN_ID)


async def test_only_an_officer_clears_a_hold_and_only_once(onprem: PlaneDatabase) -> None:
    """Whatever a page allows: the database looks up who it is."""
    officer, clerk = uuid.uuid4(), uuid.uuid4()
    held = uuid.uuid4()
    people = (
        "insert into identity.user_account (id, email, display_name, roles, password_hash) values"
        f" ('{officer}', 'o@lmhg.test', 'O', '{{compliance}}', 'x'),"
        f" ('{clerk}', 'c@lmhg.test', 'C', '{{admin,front_desk}}', 'x')"
    )
    insert = (
        "insert into compliance.held_record (id, kind, record_id, version, rule)"
        f" values ('{held}', 'announcement', gen_random_uuid(), 1, 'ssn')"
    )
    clear = "update compliance.held_record set outcome = 'cleared', decided_by = '{}'"
    assert await refused(onprem, "postgres", ACT, people) == "accepted"
    await prove(onprem, officer, clerk)
    assert await refused(onprem, "gw_worker", WORK, insert) == "accepted"
    for by in (clerk, officer):
        decided = clear.format(officer)
        expected = "LM014" if by == clerk else "accepted"
        assert await refused(onprem, "gw_workspace", f"select {acting(by)}", decided) == expected
    for by in (clerk, officer):
        again = clear.format(by)
        assert await refused(onprem, "gw_workspace", f"select {acting(by)}", again) == "LM014"


async def test_hold_that_names_a_client_takes_two_officers(onprem: PlaneDatabase) -> None:
    """One alone is refused, also as both; an unknown rule is as strict; keeping takes one."""
    ana, ben = uuid.uuid4(), uuid.uuid4()
    held = {rule: uuid.uuid4() for rule in ("client_name", "client_new_rule", "client_email")}
    people = (
        "insert into identity.user_account (id, email, display_name, roles, password_hash) values"
        + ",".join(
            f" ('{each}', '{each}@lmhg.test', 'O', '{{compliance}}', 'x')" for each in (ana, ben)
        )
    )
    assert await refused(onprem, "postgres", ACT, people) == "accepted"
    await prove(onprem, ana, ben)
    for rule, held_id in held.items():
        insert = (
            "insert into compliance.held_record (id, kind, record_id, version, rule)"
            f" values ('{held_id}', 'announcement', gen_random_uuid(), 1, '{rule}')"
        )
        assert await refused(onprem, "gw_worker", WORK, insert) == "accepted"
    decide = "update compliance.held_record set outcome = '{}', decided_by = '{}' where id = '{}'"
    propose = (
        "update compliance.held_record set proposed_by = '{}', proposed_at = now() where id = '{}'"
    )
    for rule in ("client_name", "client_new_rule"):
        held_id = held[rule]
        steps = [
            (ana, decide.format("cleared", ana, held_id), "LM019"),
            (ana, propose.format(ben, held_id), "LM014"),
            (ana, propose.format(ana, held_id), "accepted"),
            (ben, propose.format(ben, held_id), "LM014"),
            (ana, decide.format("cleared", ana, held_id), "LM019"),
            (ben, decide.format("cleared", ana, held_id), "LM014"),
            (ben, decide.format("cleared", ben, held_id), "accepted"),
            (ben, decide.format("kept", ben, held_id), "LM014"),
        ]
        for by, step, expected in steps:
            found = await refused(onprem, "gw_workspace", f"select {acting(by)}", step)
            assert found == expected, (rule, step)
    kept = decide.format("kept", ana, held["client_email"])
    assert await refused(onprem, "gw_workspace", f"select {acting(ana)}", kept) == "accepted"


@pytest.mark.parametrize("change", ["active = false", "roles = '{staff}'"])
async def test_proposal_of_somebody_who_is_no_officer_any_more_does_not_count(
    onprem: PlaneDatabase, change: str
) -> None:
    """Left or without the role at the second act: refused, and the next officer is the first of two."""
    ana, ben, cem, held_id = (uuid.uuid4() for _ in range(4))
    people = (
        "insert into identity.user_account (id, email, display_name, roles, password_hash) values"
        + ",".join(
            f" ('{each}', '{each}@lmhg.test', 'O', '{{compliance}}', 'x')"
            for each in (ana, ben, cem)
        )
    )
    hold = (
        "insert into compliance.held_record (id, kind, record_id, version, rule)"
        f" values ('{held_id}', 'announcement', gen_random_uuid(), 1, 'client_name')"
    )
    assert await refused(onprem, "postgres", ACT, people) == "accepted"
    await prove(onprem, ana, ben, cem)
    assert await refused(onprem, "gw_worker", WORK, hold) == "accepted"
    clear = (
        "update compliance.held_record set outcome = 'cleared', decided_by = '{}'"
        f" where id = '{held_id}'"
    )
    propose = (
        "update compliance.held_record set proposed_by = '{}', proposed_at = now()"
        f" where id = '{held_id}'"
    )
    leave = f"update identity.user_account set {change} where id = '{ana}'"
    steps = [
        ("gw_workspace", ana, propose.format(ana), "accepted"),
        ("gw_workspace", ben, propose.format(ben), "LM014"),
        ("postgres", ben, leave, "accepted"),
        ("gw_workspace", ben, clear.format(ben), "LM022"),
        ("gw_workspace", ben, propose.format(ben), "accepted"),
        ("gw_workspace", ben, clear.format(ben), "LM019"),
        ("gw_workspace", cem, clear.format(cem), "accepted"),
    ]
    for role, by, step, expected in steps:
        assert await refused(onprem, role, f"select {acting(by)}", step) == expected, step
