"""A part of IntakeQ's answer that cannot be used never blocks its record; a needed one is held."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmhg_gateway.adapters.intakeq import IntakeQ, retry_after_s
from lmhg_gateway.adapters.intakeq_shapes import (
    Unusable,
    parse_form,
    parse_note,
    parse_person,
    parse_visit,
)
from lmhg_gateway.features.clients.models import Client
from lmhg_kit.persistence import Actor
from lmhg_quality.intake_lab import (
    START,
    Clock,
    Lab,
    Reply,
    StandIn,
    appointment,
    hook_of,
    intake,
    note,
    path_of,
    profile,
)

LONG = "x" * 5_000
NOTE_MAX = 40
"""Characters of a note in ingress.delivery.left_out."""
YEAR_12000_MS = 316_522_080_000_000
PROFILE_PARTS: dict[str, tuple[object, str]] = {
    "DateOfBirth": ("05/23/1988", "birth_date:not_a_date"),
    "DateOfBirth ": ("0000-00-00", "birth_date:not_a_date"),
    "DateOfBirth  ": (1e20, "birth_date:not_a_date"),
    "DateOfBirth   ": (YEAR_12000_MS, "birth_date:not_a_date"),
    "DateOfBirth    ": (True, "birth_date:not_a_date"),
    "DateOfBirth     ": ("2999-01-01", "birth_date:not_a_date"),
    "Email": (LONG, "email:too_long"),
    "Email ": ({"a": 1}, "email:not_text"),
    "Phone": (LONG, "phone:too_long"),
    "MobilePhone": ("55\u0000", "mobile:not_text"),
    "Address": (["a"], "address:not_text"),
    "PrimaryInsuranceCompany": (42, "payer:not_text"),
}
VISIT_PARTS: dict[str, tuple[object, str]] = {
    "LastModified": ("soon", "changed_at:not_a_date"),
    "LastModified ": (YEAR_12000_MS, "changed_at:not_a_date"),
    "LastModified  ": (1e300, "changed_at:not_a_date"),
    "ServiceName": (LONG, "service:too_long"),
    "LocationName": (7.5, "place:not_text"),
    "Status": (LONG, "status:too_long"),
    "Status ": (None, ""),
    "PractitionerEmail": ("dr\u0000", "clinician:not_text"),
}
FORM_PARTS: dict[str, tuple[object, str]] = {
    "DateSubmitted": ("yesterday", "submitted_at:not_a_date"),
    "QuestionnaireName": (LONG, "form_name:too_long"),
    "Questions": (["x" * 1_200_000], "answers:too_long"),
    "Status": ("x\u0007", "status:not_text"),
}


async def stored(
    lab: Lab, found: dict[str, object], person: dict[str, object]
) -> tuple[str, list[str]]:
    """Result and notes of an object's delivery, with this profile."""
    lab.intakeq.objects[path_of(found)] = Reply.of(found)
    lab.intakeq.objects[f"/clients/profile/{found['ClientId']}"] = Reply.of(person)
    (made,) = await lab.deliver(hook_of(found))
    await lab.work()
    (row,) = await lab.database.run(
        "select result, left_out from ingress.delivery where id = $1", made
    )
    return row["result"], row["left_out"] or []


@pytest.mark.found("I2", "a bad optional part is left out with a note, and never blocks its record")
@pytest.mark.found("c6", "a birth date that is no date is left out, and the appointment is kept")
@pytest.mark.parametrize("name", PROFILE_PARTS)
async def test_bad_part_of_a_profile_is_left_out_with_a_note(lab: Lab, name: str) -> None:
    """The appointment is kept; the note names the field and a code, and no value."""
    value, expected = PROFILE_PARTS[name]
    person = profile(800, **{name.strip(): value})
    assert await stored(lab, appointment("v-800", 800), person) == ("done", [expected])


@pytest.mark.found("I2", "names that are numbers are left out; one usable name is enough")
@pytest.mark.parametrize(
    ("parts", "name", "notes"),
    [
        ({"FirstName": 42}, "Tavishel Ormandine 801", []),
        ({"Name": 42}, "Tavishel Ormandine 801", []),
        ({"Name": None, "FirstName": 42}, "Ormandine 801", []),
        ({"Name": 4, "FirstName": 4, "LastName": [1]}, "", ["name:not_text"]),
        ({"Name": LONG, "FirstName": "a" * 150, "LastName": "b" * 150}, "", ["name:too_long"]),
    ],
)
def test_name_comes_from_whichever_part_is_usable(
    parts: dict[str, object], name: str, notes: list[str]
) -> None:
    """Nothing is cut or made up."""
    person = parse_person(profile(801, **parts))
    assert (person.name, list(person.left_out)) == (name, notes)


@pytest.mark.found("I2", "what is left out of a later profile stays as it was")
async def test_part_that_is_left_out_keeps_what_we_had(lab: Lab) -> None:
    """A good birth date and name do not vanish because a later answer spoils them."""
    assert (await stored(lab, appointment("v-802", 802), profile(802)))[0] == "done"
    spoilt = profile(802, DateOfBirth="05/23/1988", Name=1, FirstName=2, LastName=3, Phone="5")
    later = appointment("v-803", 802)
    assert (await stored(lab, later, spoilt))[0] == "done"
    async with lab.deliveries.calls.db.read(Actor("process: test"), "look") as tx:
        found = (await lab.database.run("select id from practice.client order by updated_at desc"))[
            0
        ]["id"]
        client = await tx.get(Client, found)
        assert client is not None
        kept = (client.legal_name, client.birth_date, client.phone)
    assert kept == ("Tavishel Ormandine 802", "1988-05-23", "5")


@pytest.mark.found(
    "I2", "odd text, times and types of an appointment or form are left out with a note"
)
@pytest.mark.parametrize("name", [*VISIT_PARTS, *(f"form {name}" for name in FORM_PARTS)])
async def test_bad_part_of_an_object_is_left_out_with_a_note(lab: Lab, name: str) -> None:
    """One test for each field that a record can do without."""
    plain = name.removeprefix("form ").strip()
    value, expected = (VISIT_PARTS | {f"form {n}": v for n, v in FORM_PARTS.items()})[name]
    found = intake("f-804", 804) if name.startswith("form") else appointment("v-804", 804)
    assert await stored(lab, {**found, plain: value}, profile(804)) == (
        "done",
        [expected] if expected else [],
    )


@pytest.mark.found("I2", "an ISO LastModified is read as the moment it is")
def test_iso_last_modified_orders_like_milliseconds() -> None:
    """Both encodings of one moment give one order."""
    ms = int(START.timestamp() * 1000)
    iso, number = (
        parse_visit(appointment("a", 1, LastModified=value), visit_id="a")
        for value in ("2026-03-02T14:00:00.0000000Z", ms)
    )
    assert iso.changed_ms == number.changed_ms == ms
    assert not iso.left_out


@pytest.mark.found("I2", "a change from the future does not hide every later one")
async def test_change_dated_in_the_future_does_not_freeze_an_appointment(lab: Lab) -> None:
    """LastModified of the year 2100, then a true one: the true one counts."""
    future = int((datetime.now(UTC) + timedelta(days=9_000)).timestamp() * 1000)
    first = appointment("v-805", 805, LastModified=future)
    assert (await stored(lab, first, profile(805)))[0] == "done"
    moved = appointment("v-805", 805, Status="Canceled")
    assert (await stored(lab, moved, profile(805)))[0] == "done"
    (row,) = await lab.database.run(
        "select status from practice.appointment order by updated_at desc limit 1"
    )
    assert row["status"] == "canceled"


HELD: dict[str, tuple[dict[str, object], str]] = {
    "ends before it starts": (
        appointment("h-1", 806, EndDate=int(START.timestamp() * 1000) - 3_600_000),
        "ends_before_start",
    ),
    "lasts a year": (
        appointment("h-2", 806, EndDate=int(START.timestamp() * 1000) + 31_536_000_000),
        "lasts_too_long",
    ),
    "no start": (appointment("h-3", 806, StartDate=None), "time_missing"),
    "year 12000": (appointment("h-4", 806, EndDate=YEAR_12000_MS), "time_missing"),
    "no client": ({**appointment("h-5", 806), "ClientId": "a guid"}, "client_missing"),
    "another object": ({**appointment("h-6", 806), "Id": "h-7"}, "other_object"),
}


@pytest.mark.found(
    "f1", "an appointment that ends before it starts is set aside and does not cross"
)
@pytest.mark.found("I2", "a part that a record needs is held with a reason, without another call")
@pytest.mark.parametrize("name", HELD)
async def test_bad_needed_part_is_held_with_its_reason(lab: Lab, name: str) -> None:
    """Held at once, with every delivery about the object; no record and no block is written."""
    found, code = HELD[name]
    path = f"/appointments/{found['Id'] if name != 'another object' else 'h-6'}"
    lab.intakeq.objects[path] = Reply.of(found)
    lab.intakeq.objects["/clients/profile/806"] = Reply.of(profile(806))
    before = await lab.database.run(
        "select (select count(*) from practice.appointment), (select count(*) from relay.outbox)"
    )
    hook = hook_of({**found, "Id": path.rpartition("/")[2]})
    made = await lab.deliver(hook, {**hook, "EventType": "AppointmentConfirmed"})
    await lab.work()
    assert {await lab.result(each) for each in made} == {("held", code)}
    assert [path for _, path in lab.intakeq.calls] == [path]
    after = await lab.database.run(
        "select (select count(*) from practice.appointment), (select count(*) from relay.outbox)"
    )
    assert [tuple(row) for row in after] == [tuple(row) for row in before]


@pytest.mark.found("I3", "ids are checked by shape and encoded into paths")
@pytest.mark.parametrize("key", ["../clients/profile/4711", "a/b", "a?b", "a#b", "%2e%2e", "é"])
async def test_id_cannot_leave_its_place_in_the_path(key: str) -> None:
    """The adapter encodes by itself, whatever its caller checked."""
    asked: list[str] = []
    intakeq = StandIn(Clock(), ask=asked.append)
    api = IntakeQ(url="http://intakeq.test/api/v1", api_key="k", transport=intakeq)
    with pytest.raises(Exception, match="gone"):
        await api.form(key)
    await api.close()
    (path,) = asked
    assert path.startswith("/intakes/")
    assert not set(path.removeprefix("/intakes/")) & set("/?#")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7), (" 90 ", 90), ("", 60), ("soon", 60), ("9" * 400, 60), ("²", 60)],
)
def test_retry_after_is_read_in_every_form(text: str, seconds: int) -> None:
    """A number is taken; nonsense is the default."""
    assert retry_after_s(text) == seconds


def test_retry_after_as_a_date_is_a_wait() -> None:
    """RFC 9110 allows a date; one that is past means now."""
    ahead = datetime.now(UTC) + timedelta(seconds=300)
    assert 290 < retry_after_s(f"{ahead:%a, %d %b %Y %H:%M:%S GMT}") <= 300
    assert retry_after_s("Wed, 21 Oct 2015 07:28:00 GMT") == 1


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=60),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3)
    ),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data(), which=st.sampled_from(["person", "visit", "form", "note"]))
def test_no_answer_raises_anything_but_unusable(data: st.DataObject, which: str) -> None:
    """Any part of any object may be anything."""
    whole = {"person": profile(1), "visit": appointment("a", 1), "form": intake("a", 1)}
    raw = dict(whole.get(which, note("a", 1)))
    for name in data.draw(st.lists(st.sampled_from(sorted(raw)), unique=True)):
        raw[name] = data.draw(ODD)
    read = {
        "person": lambda: parse_person(raw),
        "visit": lambda: parse_visit(raw, visit_id="a"),
        "form": lambda: parse_form(raw, form_id="a"),
        "note": lambda: parse_note(raw, note_id="a"),
    }[which]
    with suppress(Unusable):
        found = read()
        assert all(":" in note and len(note) <= NOTE_MAX for note in found.left_out)
