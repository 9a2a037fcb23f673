"""The handoff: what the last shift did is on it, a note stays, and who read it is known."""

import re

from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

from .records import referral_of  # noqa: TID252 - beside this file


async def test_shift_is_handed_over(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """Tries, steps, promised and urgent people, and a note that the next one marks as read."""
    desk, clinician = await as_role("front_desk"), await as_role("clinician")
    path = await referral_of(desk, "Hollis Handed", urgency="urgent")
    await desk.follow(f"{path}/attempts", channel="phone", result="no_answer")
    left = await desk.follow("/handoff", note="Hollis prefers mornings.")
    assert "Note saved" in left.text
    assert "Mark as read" not in left.text
    page = (await clinician.get("/handoff")).text
    for part in ("Hollis Handed", "No answer", "New referral", "Hollis prefers mornings."):
        assert part in page
    urgent, promised = page.split('id="h-urgent"')[1].split('id="h-promised"')
    assert "Hollis Handed" in urgent
    assert "Hollis Handed" in promised
    mark = re.search(r'action="(/handoff/[0-9a-f-]{36}/read)"', page)
    assert mark
    read = (await clinician.follow(mark[1])).text
    assert "Read by Clinician Person" in read
    assert mark[1] not in read
    await clinician.follow(mark[1])
    assert len(await onprem.run("select 1 from practice.shift_read")) == 1
    sealed = await onprem.run("select note_sealed from practice.shift_note")
    assert b"mornings" not in sealed[0]["note_sealed"]


async def test_day_before_is_empty_and_takes_no_note(as_role: AsRole) -> None:
    """Notes are left on their day; a day ahead is today."""
    desk = await as_role("front_desk")
    page = (await desk.get("/handoff", day="2026-01-05")).text
    assert "Nothing noted on this day" in page
    assert "Leave note" not in page
    assert "Leave note" in (await desk.get("/handoff", day="2030-01-01")).text
    assert (await desk.post("/handoff", note="")).status_code == 422
    trainer = await as_role("trainer")
    assert (await trainer.get("/handoff")).status_code == 403


async def test_program_hands_over(as_role: AsRole) -> None:
    """The same by the API."""
    desk = await as_role("front_desk")
    desk.browser.headers["x-csrf-token"] = desk.token
    made = await desk.browser.post("/api/v1/handoff", json={"note": "Keys are at the desk."})
    assert (made.status_code, made.json()["notes"][0]["note"]) == (201, "Keys are at the desk.")
    own = made.json()["notes"][0]["id"]
    read = await desk.browser.post(f"/api/v1/handoff/{own}/read")
    assert read.json()["notes"][0]["read_by"] == ["Front_Desk Person"]
    unknown = await desk.browser.post(f"/api/v1/handoff/{'0' * 8}-0000-4000-8000-000000000000/read")
    assert unknown.status_code == 404
    again = await desk.browser.get("/api/v1/handoff")
    assert again.json()["notes"] == read.json()["notes"]


async def test_what_programs_did_is_apart(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """A step of the worker is no one's: it is under "By the system", and crowds no person's out."""
    desk = await as_role("front_desk")
    path = await referral_of(desk, "Ignace Byprogram")
    own = await referral_of(desk, "Ilse Bydesk")
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'process: worker', true),"
        " set_config('app.purpose', 'test', true);"
        " insert into practice.referral_move (id, referral_id, from_state, to_state, moved_by)"
        f" select gen_random_uuid(), '{path.rsplit('/', 1)[1]}', 'received', 'contacted',"
        " 'process: worker' from generate_series(1, 250); end $$"
    )
    page = (await desk.get("/handoff")).text
    touched, by_system = page.split('id="h-touched"')[1].split('id="h-system"')
    assert "Ilse Bydesk" in touched
    assert ("Ignace Byprogram" in touched, touched.count("Background program")) == (True, 0)
    assert "New referral" in touched
    assert "Ignace Byprogram" in by_system
    assert "Moved to contacted" in by_system
    assert "Ilse Bydesk" not in by_system.split('id="h-urgent"')[0]
    told = (await desk.get("/api/v1/handoff")).json()
    assert {each["who"] for each in told["by_system"]} == {"Background program (worker)"}
    assert "Background program (worker)" not in {each["who"] for each in told["touched"]}
    assert own
