"""Changes sent to IntakeQ, on the pages: asked for, listed, taken back; off where the setting says so."""

import uuid
from datetime import timedelta

import pytest

from lmhg_contracts.roles import ROLES
from lmhg_kit.clock import utc_now
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_quality.intake_lab import Lab, Reply, appointment, hook_of, path_of, profile

PATH = "/intake/changes"


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """Someone at the front desk."""
    return await as_role("front_desk")


async def visit_of(lab: Lab, number: int) -> tuple[str, str]:
    """An appointment of next week from IntakeQ: its client's id and its own."""
    found = appointment(f"wb-{number}", number, at=utc_now() + timedelta(days=7))
    lab.intakeq.objects[path_of(found)] = Reply.of(found)
    lab.intakeq.objects[f"/clients/profile/{number}"] = Reply.of(
        profile(number, Name=f"Aurelio Stackpoole {number}", Phone=None, DateOfBirth=None)
    )
    await lab.deliver(hook_of(found))
    await lab.drain(days=1)
    rows = await lab.database.run(
        "select client_id, id from practice.appointment order by created_at desc limit 1"
    )
    return str(rows[0][0]), str(rows[0][1])


async def test_client_page_leads_to_what_can_be_changed(desk: Signed, lab: Lab) -> None:
    """Send, book, move and cancel; each is in the log with who asked; a wrong form keeps what was typed."""
    client, visit = await visit_of(lab, 8301)
    assert f"{PATH}/clients/{client}" in (await desk.get(f"/clients/{client}")).text
    page = (await desk.get(f"{PATH}/clients/{client}")).text
    assert f"{PATH}/appointments/{visit}" in page
    sent = await desk.follow(f"{PATH}/clients/{client}/send")
    assert "We send it to IntakeQ now." in sent.text
    assert "Take back" in sent.text
    refused = await desk.post(f"{PATH}/clients/{client}/book", on="2027-01-05", at="25:00")
    assert refused.status_code == 422
    assert 'value="2027-01-05"' in refused.text
    await desk.follow(f"{PATH}/appointments/{visit}/move", on="2027-01-05", at="09:30")
    await desk.follow(f"{PATH}/appointments/{visit}/cancel", reason="Office closed")
    log = (await desk.get(PATH)).text
    for words in ("Move an appointment", "Cancel an appointment", "details", "Waiting"):
        assert words in log


async def test_change_is_taken_back_before_it_is_sent(desk: Signed, lab: Lab) -> None:
    """And not a second time; the API says the same."""
    client, _ = await visit_of(lab, 8302)
    asked = await desk.browser.post(
        "/api/v1/intake/changes",
        json={"act": "client", "subject_id": client},
        headers={"x-csrf-token": desk.token},
    )
    assert asked.status_code == 201
    change = asked.json()["id"]
    back = await desk.ask("POST", f"/api/v1/intake/changes/{change}/take-back")
    assert back.json()["state"] == "taken_back"
    assert (await desk.post(f"{PATH}/{change}/take-back")).status_code == 409
    assert (await desk.post(f"{PATH}/{change}/again")).status_code == 409
    listed = (await desk.get("/api/v1/intake/changes")).json()
    assert listed["is_on"] is True
    assert change in {each["id"] for each in listed["changes"]}


@pytest.mark.parametrize("is_program", [True, False])
@pytest.mark.parametrize("was_tried", [True, False])
async def test_visit_that_takes_place_after_all_says_what_intakeq_may_have(
    desk: Signed,
    lab: Lab,
    was_tried: bool,  # noqa: FBT001 - as parametrized
    is_program: bool,  # noqa: FBT001 - as parametrized
) -> None:
    """A cancellation of which a try was made is stopped; the page and the API say where to look."""
    _, visit = await visit_of(lab, 8360 + was_tried + 2 * is_program)
    await desk.follow(f"/appointments/{visit}/cancel", reason="client")
    await desk.follow(f"{PATH}/appointments/{visit}/cancel", reason="")
    if was_tried:
        await lab.database.run(
            "do $$ begin perform set_config('app.actor', 'process: worker', true),"
            " set_config('app.purpose', 'test', true);"
            " update practice.intakeq_change set was_called = true, attempts = 1,"
            f" due_at = now() + interval '1 day' where subject_id = '{visit}'; end $$"
        )
    if is_program:
        told = await desk.ask("DELETE", f"/api/v1/appointments/{visit}/cancel")
        assert told.json()["is_maybe_canceled_there"] is was_tried
    else:
        page = (await desk.follow(f"/appointments/{visit}/cancel/undo")).text
        assert ("IntakeQ may have canceled it already. Look there." in page) is was_tried
    rows = await lab.database.run(
        "select state, unwanted_at is not null from practice.intakeq_change where subject_id = $1",
        uuid.UUID(visit),
    )
    assert tuple(rows[0]) == (("waiting", True) if was_tried else ("taken_back", False))


@pytest.mark.parametrize("role", ROLES)
async def test_who_may_ask(as_role: AsRole, role: str) -> None:
    """Front desk and administrators."""
    person = await as_role(role)
    may = role in {"front_desk", "admin"}
    assert (await person.get(PATH)).status_code == (200 if may else 403)
    unknown = uuid.uuid4()
    for path in (f"{unknown}", f"clients/{unknown}", f"appointments/{unknown}"):
        assert (await person.get(f"{PATH}/{path}")).status_code == (404 if may else 403)
    for path in (f"{unknown}/again", f"clients/{unknown}/send", f"appointments/{unknown}/cancel"):
        assert (await person.post(f"{PATH}/{path}")).status_code == (404 if may else 403)
