"""Differences with IntakeQ: one side's change is followed, both sides' waits, and a decision can be undone."""

import re
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_contracts.roles import ROLES
from lmhg_gateway.features.differences.rules import Owner, judge
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_quality.intake_lab import START, Lab, Reply, appointment, hook_of, path_of, profile

INBOX = "/intake/differences"
TEXT = st.sampled_from([None, "one", "two", "three"])
OWNERS = st.sampled_from(["theirs", "ours", "both"])


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """Someone at the front desk."""
    return await as_role("front_desk")


@given(owner=OWNERS, agreed=TEXT, ours=TEXT, theirs=TEXT, is_first=st.booleans())
def test_rule_never_loses_what_one_side_wrote(
    owner: Owner,
    agreed: str | None,
    ours: str | None,
    theirs: str | None,
    is_first: bool,  # noqa: FBT001 - as Hypothesis gives it
) -> None:
    """Taken is only what the office did not change; where both changed a person decides."""
    found = judge(owner, agreed=agreed, ours=ours, theirs=theirs, is_first=is_first)
    if found.take:
        assert ours != theirs
        assert is_first or ours == agreed
        assert owner != "ours"
    if found.changed:
        assert not found.take
        assert not found.agree
        assert ours != theirs
    if theirs == ours:
        assert found.agree
    if owner == "theirs" and found.changed:
        assert found.suggests == "theirs"
    if owner == "ours":
        assert found.suggests == "ours" or not found.changed


@given(owner=st.sampled_from(["theirs", "both"]), first=TEXT, ours=TEXT, theirs=TEXT)
def test_where_both_changed_nothing_is_decided_by_itself(
    owner: Owner, first: str | None, ours: str | None, theirs: str | None
) -> None:
    """Three texts that all differ are a difference, no matter who owns the field."""
    if len({first, ours, theirs}) == 3:
        assert judge(owner, agreed=first, ours=ours, theirs=theirs).changed == "both"


class Practice:
    """One client in IntakeQ with an appointment, as it is now and as it becomes."""

    def __init__(self, lab: Lab, number: int) -> None:
        self.lab, self.number, self.step = lab, number, 0

    async def says(self, *, visit: Mapping[str, Any] | None = None, **parts: object) -> None:
        """IntakeQ has this from now on, and a message about the appointment comes."""
        self.step += 1
        name = f"Perrin Oxwillow {self.number}"
        fields = {"Phone": "(555) 010-1000", "DateOfBirth": None, "Name": name, "Address": None}
        shown = profile(self.number, **{**fields, **parts})
        ms = int(START.timestamp() * 1000) + self.step
        found = appointment(f"d-{self.number}", self.number, LastModified=ms, **(visit or {}))
        self.lab.intakeq.objects[path_of(found)] = Reply.of(found)
        self.lab.intakeq.objects[f"/clients/profile/{self.number}"] = Reply.of(shown)
        await self.lab.deliver(hook_of(found, event=f"AppointmentChanged{self.step}"))
        await self.lab.drain(days=1)

    async def client(self) -> str:
        """The client's id here."""
        rows = await self.lab.database.run(
            "select a.client_id from practice.appointment a order by a.created_at desc limit 1"
        )
        return str(rows[0][0])


async def phone_is(desk: Signed, client: str, phone: str) -> bool:
    """Whether the form of a client has this phone."""
    page = (await desk.get(f"/clients/{client}/edit")).text
    return f'value="{phone}"' in page


async def edit_phone(desk: Signed, client: str, phone: str) -> None:
    """Someone here changes the other phone."""
    page = (await desk.get(f"/clients/{client}/edit")).text
    fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page))
    fields = {name: text for name, text in fields.items() if name not in {"csrf_token", "q"}}
    fields = {name: text for name, text in fields.items() if not name.startswith("may_")}
    fields.pop("part2", None)
    await desk.follow(f"/clients/{client}", **{**fields, "phone": phone})


async def open_ids(desk: Signed) -> list[str]:
    """The differences that wait, by the API's own route for people."""
    page = (await desk.get(INBOX)).text
    return list(dict.fromkeys(re.findall(rf'href="{INBOX}/([0-9a-f-]{{36}})"', page)))


async def clear(lab: Lab) -> None:
    """Nothing waits from other tests."""
    await lab.change("update practice.intakeq_difference set state = 'gone' where state = 'open'")


async def test_change_in_intakeq_alone_is_followed(desk: Signed, lab: Lab) -> None:
    """No one changed it here: the office has the new number, and nothing waits."""
    await clear(lab)
    there = Practice(lab, 8101)
    await there.says()
    await there.says(Phone="(555) 010-2222")
    assert await phone_is(desk, await there.client(), "(555) 010-2222")
    assert await open_ids(desk) == []


async def test_edit_here_is_not_overwritten_and_waits(desk: Signed, lab: Lab) -> None:
    """The next message of IntakeQ's used to replace it silently; now someone decides, and can undo."""
    await clear(lab)
    there = Practice(lab, 8102)
    await there.says()
    client = await there.client()
    await edit_phone(desk, client, "502 555 7001")
    await there.says()
    assert await phone_is(desk, client, "502 555 7001")
    (one,) = await open_ids(desk)
    page = (await desk.get(f"{INBOX}/{one}")).text
    for words in ("IntakeQ now", "Last agreed", "Changed here, not in IntakeQ", "Suggested"):
        assert words in page
    after = await desk.follow(f"{INBOX}/{one}/theirs")
    assert "Saved. We use what IntakeQ has." in after.text
    assert await phone_is(desk, client, "(555) 010-1000")
    await desk.follow(f"{INBOX}/{one}/undo")
    assert await phone_is(desk, client, "502 555 7001")
    assert await open_ids(desk) == [one]


async def test_ours_is_kept_until_a_side_changes(desk: Signed, lab: Lab) -> None:
    """A decision holds while both stay; a new number in IntakeQ asks again; the same on both ends it."""
    await clear(lab)
    there = Practice(lab, 8103)
    await there.says()
    client = await there.client()
    await edit_phone(desk, client, "502 555 7002")
    await there.says()
    (one,) = await open_ids(desk)
    await desk.follow(f"{INBOX}/{one}/ours")
    await there.says()
    assert await open_ids(desk) == []
    await there.says(Phone="(555) 010-3333")
    (two,) = await open_ids(desk)
    assert two != one
    assert "Changed here and in IntakeQ" in (await desk.get(f"{INBOX}/{two}")).text
    await there.says(Phone="502 555 7002")
    assert await open_ids(desk) == []


async def shown(desk: Signed) -> dict[str, str]:
    """What the form for all phones that were changed here carries."""
    page = (await desk.get(INBOX)).text
    (form,) = re.findall(rf'action="{INBOX}/all".*?</form>', page, re.DOTALL)
    return {
        name: re.findall(rf'name="{name}" value="([^"]*)"', form)[0]
        for name in ("kind", "field", "suggests", "count", "newest")
    }


async def test_all_alike_with_one_press_and_back(desk: Signed, lab: Lab) -> None:
    """Two phones that were changed here are decided together, and undone together."""
    await clear(lab)
    clients: list[str] = []
    for number in (8104, 8105):
        there = Practice(lab, number)
        await there.says()
        clients.append(await there.client())
        await edit_phone(desk, clients[-1], f"502 555 {number}")
        await there.says()
    assert len(await open_ids(desk)) == 2
    seen = await shown(desk)
    assert seen["count"] == "2"
    third = Practice(lab, 8120)
    await third.says()
    await edit_phone(desk, await third.client(), "502 555 8120")
    await third.says()
    newer = await shown(desk)
    assert newer["count"] == "3"
    wrong = await desk.post(f"{INBOX}/all", **{**newer, "count": "2"})
    assert (wrong.status_code, "Nothing was saved" in wrong.text) == (409, True)
    assert len(await open_ids(desk)) == 3
    answer = await desk.post(f"{INBOX}/all", **seen)
    assert answer.status_code == 303
    assert len(await open_ids(desk)) == 1
    late = await desk.post(f"{INBOX}/all", **newer)
    assert late.status_code == 409
    await desk.follow(f"{INBOX}/all", **await shown(desk))
    assert await open_ids(desk) == []
    ((batch,),) = await lab.database.run(
        "select batch from practice.intakeq_difference where batch is not null"
        " group by batch having count(*) = 2"
    )
    await desk.follow(f"{INBOX}/batches/{batch}/undo")
    assert len(await open_ids(desk)) == 2


async def test_time_of_an_appointment_is_intakeqs(desk: Signed, lab: Lab) -> None:
    """A moved appointment is followed; a status that someone set here is not lost without a word."""
    await clear(lab)
    there = Practice(lab, 8106)
    await there.says()
    client = await there.client()
    later = int((START + timedelta(days=1)).timestamp() * 1000)
    await there.says(visit={"StartDate": later, "EndDate": later + 3_600_000})
    rows = await lab.database.run(
        "select starts_at from practice.appointment where client_id = $1", uuid.UUID(client)
    )
    assert rows[0][0] == START + timedelta(days=1)
    await lab.change(
        "update practice.appointment set status = 'attended' where client_id = $1",
        uuid.UUID(client),
    )
    moved = {"StartDate": later, "EndDate": later + 3_600_000, "Status": "Missed"}
    await there.says(visit=moved)
    (one,) = await open_ids(desk)
    page = (await desk.get(f"{INBOX}/{one}")).text
    assert "Attended" in page
    assert "Missed" in page


async def test_record_that_changed_since_is_not_touched(desk: Signed, lab: Lab) -> None:
    """Someone edits the number again before the decision: nothing is overwritten."""
    await clear(lab)
    there = Practice(lab, 8107)
    await there.says()
    client = await there.client()
    await edit_phone(desk, client, "502 555 7007")
    await there.says()
    (one,) = await open_ids(desk)
    await edit_phone(desk, client, "502 555 7008")
    answer = await desk.post(f"{INBOX}/{one}/theirs")
    assert answer.status_code == 409
    assert await phone_is(desk, client, "502 555 7008")


@pytest.mark.parametrize("role", ROLES)
async def test_who_may_decide(as_role: AsRole, role: str) -> None:
    """Front desk and administrators; nobody else sees a value."""
    person = await as_role(role)
    may = role in {"front_desk", "admin"}
    assert (await person.get(INBOX)).status_code == (200 if may else 403)
    unknown = uuid.uuid4()
    assert (await person.get(f"{INBOX}/{unknown}")).status_code == (404 if may else 403)
    for step in ("theirs", "ours", "undo"):
        answer = await person.post(f"{INBOX}/{unknown}/{step}")
        assert answer.status_code == (404 if may else 403)


async def test_api_says_the_same(desk: Signed, lab: Lab) -> None:
    """List, decide and undo by the JSON API."""
    await clear(lab)
    there = Practice(lab, 8108)
    await there.says()
    client = await there.client()
    await edit_phone(desk, client, "502 555 7010")
    await there.says()
    found = (await desk.get("/api/v1/intake/differences")).json()
    assert found["total"] == 1
    (each,) = found["differences"]
    assert (each["theirs"], each["ours"]) == ("(555) 010-1000", "502 555 7010")
    done = await desk.ask("POST", f"/api/v1/intake/differences/{each['id']}/theirs")
    assert done.json()["state"] == "theirs"
    undone = await desk.ask("POST", f"/api/v1/intake/differences/{each['id']}/undo")
    assert undone.json()["state"] == "open"
