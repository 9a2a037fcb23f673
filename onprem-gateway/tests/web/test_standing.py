"""A standing approval that was taken back, and given again by two people."""

import uuid

import pytest

from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

ACT = "perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);"


@pytest.fixture
async def officer(as_role: AsRole) -> Signed:
    """The compliance officer."""
    return await as_role("compliance")


async def as_owner(onprem: PlaneDatabase, sql: str) -> None:
    """Statements in the name of someone, past the application."""
    await onprem.run(f"do $$ begin {ACT} {sql}; end $$")


async def state_of(onprem: PlaneDatabase, block_id: str) -> tuple[bool, list[str]]:
    """Whether a block is exempt, and what it put in the outbox."""
    row = await onprem.run(
        "select hipaa_exempt from practice.calendar_block where id = $1::uuid", block_id
    )
    ops = await onprem.run("select op from relay.outbox where record_id = $1::uuid", block_id)
    return row[0]["hipaa_exempt"], [each["op"] for each in ops]


@pytest.mark.found(
    "AR4", "a standing approval that was taken back is given again by two people on the page"
)
async def test_two_people_share_the_calendar_again(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """One asks, another approves, and what may leave does; who asked cannot approve."""
    await as_owner(
        onprem,
        "update relay.exemption set withdrawn_at = now(), withdrawn_by = 'x'"
        " where kind = 'calendar_block' and record_id is null and withdrawn_at is null",
    )
    await as_owner(
        onprem,
        "update compliance.exemption_request set outcome = 'declined', decided_by = 'test'"
        " where record_id is null and outcome = 'open'",
    )
    made, visit = uuid.uuid4(), uuid.uuid4()
    await as_owner(
        onprem,
        f"insert into practice.client (id) values ('{visit}');"
        " insert into practice.appointment (id, client_id, starts_at, ends_at, status)"
        f" values ('{visit}', '{visit}', now(), now(), 'confirmed')",
    )
    await as_owner(
        onprem,
        "insert into practice.calendar_block (id, appointment_id, clinician_id, starts_at, ends_at, busy)"
        f" values ('{made}', '{visit}', '{uuid.UUID(int=2)}', '2026-11-23T15:00Z',"
        " '2026-11-23T15:50Z', 'busy')",
    )
    assert "Calendar busy times: why" in (await officer.get("/compliance/exemptions")).text
    asked = {"kind": "calendar_block", "reason": "The portal is back."}
    assert "Request sent." in (await officer.follow("/compliance/standing", **asked)).text
    assert (await officer.post("/compliance/standing", **asked)).status_code == 409
    wrong = {"kind": "redaction_order", "reason": "The portal is back."}
    assert (await officer.post("/compliance/standing", **wrong)).status_code == 404
    [row] = await onprem.run(
        "select id from compliance.exemption_request where record_id is null and outcome = 'open'"
    )
    own, answer = (
        f"/compliance/requests/{row['id']}",
        {"outcome": "approved", "version": "0", "reason": "Yes."},
    )
    assert "every record of this type" in (await officer.get(own)).text
    assert (await officer.post(own, **answer)).status_code == 403
    assert await state_of(onprem, str(made)) == (False, [])
    other = await as_role("admin")
    await other.follow(own, **answer)
    assert await state_of(onprem, str(made)) == (True, ["put"])
    assert "Calendar busy times: why" not in (await officer.get("/compliance/exemptions")).text
