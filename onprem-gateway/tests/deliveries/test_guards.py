"""One delivery never stops another, and nothing is tried for ever."""

import uuid

import httpx
import pytest

from lmhg_gateway.features.deliveries.public import set_held_aside, try_held_again
from lmhg_gateway.features.deliveries.rules import RETRY
from lmhg_gateway.features.deliveries.views import HELD_WORDS
from lmhg_kit.persistence import Actor
from lmhg_quality.intake_lab import (
    Lab,
    Reply,
    appointment,
    hook_of,
    intake,
    note,
    path_of,
    profile,
)

GOOD = intake("good-1", 4711)
HOSTILE: dict[str, tuple[bytes, tuple[str, str]]] = {
    "no UTF-8": (b'{"Type":"\xff"}', ("held", "not_utf8")),
    "Latin-1": ('{"Type":"Intake Submitted","X":"\xe9"}'.encode("latin-1"), ("held", "not_utf8")),
    "UTF-16": ('{"Type":"Intake Submitted"}'.encode("utf-16"), ("held", "not_json")),
    "5,000 deep": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, ("held", "too_deep")),
    "60,000 deep": (b'{"a":' + b"[" * 60_000 + b"]" * 60_000 + b"}", ("held", "too_deep")),
    "no JSON": (b"hello", ("held", "not_json")),
    "no object": (b"[1]", ("held", "not_json")),
    "endless number": (b'{"a":' + b"9" * 5_000 + b"}", ("held", "not_json")),
    "lone surrogate": (b'{"Type":"Intake Submitted","IntakeId":"\\ud800"}', ("held", "not_json")),
    "NUL in the id": (b'{"Type":"Intake Submitted","IntakeId":"a\\u0000b"}', ("held", "object_id_odd")),
    "newline in the id": (b'{"Type":"Note Locked","NoteId":"a\\nb"}', ("held", "object_id_odd")),
    "path in the id": (
        b'{"Type":"Intake Submitted","IntakeId":"../clients/profile/4711"}',
        ("held", "object_id_odd"),
    ),
    "encoded path in the id": (
        b'{"Type":"Intake Submitted","IntakeId":"%2e%2e%2fclients"}',
        ("held", "object_id_odd"),
    ),
    "query in the id": (b'{"Type":"Note Locked","NoteId":"a?b=c#d"}', ("held", "object_id_odd")),
    "list as id": (b'{"Type":"Intake Submitted","IntakeId":["a"]}', ("held", "object_id_odd")),
    "long id": (
        b'{"Type":"Intake Submitted","IntakeId":"' + b"a" * 5_000 + b'"}',
        ("held", "object_id_odd"),
    ),
    "no id": (b'{"Type":"Intake Submitted"}', ("held", "object_id_missing")),
    "appointment without id": (
        b'{"EventType":"AppointmentCreated","Appointment":{}}',
        ("held", "object_id_missing"),
    ),
    "nothing we follow": (b'{"EventType":"InvoicePaid","Invoice":{}}', ("refused", "unknown_event")),
    "an empty object": (b"{}", ("refused", "unknown_event")),
    "odd types": (b'{"Type":{"a":1},"EventType":[2],"Appointment":{}}', ("refused", "unknown_event")),
}  # fmt: skip


def offer(lab: Lab, *objects: dict[str, object]) -> None:
    """IntakeQ shows these, and the profiles of their clients."""
    for found in objects:
        lab.intakeq.objects[path_of(found)] = Reply.of(found)
        number = found["ClientId"]
        assert isinstance(number, int)
        lab.intakeq.objects.setdefault(f"/clients/profile/{number}", Reply.of(profile(number)))


@pytest.mark.found(
    "I1", "each delivery is read in its own guard; what cannot be read is held with a reason"
)
@pytest.mark.found(
    "c3", "a body that cannot be read is held, kept, and counted on the morning page"
)
@pytest.mark.parametrize("name", HOSTILE)
async def test_what_cannot_be_read_is_set_aside_and_the_next_delivery_is_done(
    lab: Lab, name: str
) -> None:
    """In one batch with the hostile body, before and after it, good deliveries are worked on."""
    body, expected = HOSTILE[name]
    offer(lab, GOOD, note("n-1", 4711))
    before, hostile, after = await lab.deliver(hook_of(GOOD), body, hook_of(note("n-1", 4711)))
    await lab.work()
    assert await lab.result(hostile) == expected
    assert (await lab.result(before))[0] == "done"
    assert (await lab.result(after))[0] == "done"
    (kept,) = await lab.database.run(
        "select body_sealed from ingress.delivery where id = $1", hostile
    )
    assert kept["body_sealed"]
    assert len(lab.intakeq.calls) == 3


@pytest.mark.found("I1", "a body that does not open is held and stops nothing")
@pytest.mark.parametrize(
    "blob",
    [b"", b"1", b"x" * 200, b"1" + bytes(32) + b"n" * 12 + b"t" * 40],
    ids=["empty", "cut", "foreign", "weak key"],
)
async def test_what_does_not_open_is_held(lab: Lab, blob: bytes) -> None:
    """A cut, a foreign and a weak-key body: three ways not to open."""
    offer(lab, GOOD)
    (damaged,) = await lab.deliver(hook_of(note("n-2", 4711)))
    await lab.change("update ingress.delivery set body_sealed = $2 where id = $1", damaged, blob)
    (good,) = await lab.deliver(hook_of(GOOD))
    await lab.work()
    assert (await lab.result(damaged))[0] == "held"
    assert (await lab.result(good))[0] == "done"


@pytest.mark.found("c3", "a byte order mark in front of a body is read over")
async def test_byte_order_mark_is_read_over(lab: Lab) -> None:
    """Windows tools write one."""
    offer(lab, GOOD)
    (made,) = await lab.deliver(b"\xef\xbb\xbf" + str(hook_of(GOOD)).replace("'", '"').encode())
    await lab.work()
    assert (await lab.result(made))[0] == "done"


class Odd(Exception):
    """A failure of a class that nobody foresaw."""


@pytest.mark.found("c5", "every failure counts, whatever its class, and twelve are held")
@pytest.mark.found(
    "I2", "a failure of any class is an attempt; each wait is longer; twelve are held"
)
@pytest.mark.parametrize("failure", [Odd(), ValueError("x"), RecursionError(), MemoryError()])
async def test_any_failure_counts_and_the_last_one_is_held(lab: Lab, failure: Exception) -> None:
    """Twelve attempts with growing waits, then a person; a good one beside it is done at once."""

    def ask(path: str) -> Reply | None:
        if "bad" in path:
            raise failure
        return None

    lab.intakeq.ask = ask
    offer(lab, GOOD)
    bad, good = await lab.deliver(hook_of(intake("bad-1", 4711)), hook_of(GOOD))
    await lab.work()
    assert (await lab.result(good))[0] == "done"
    waits: list[float] = []
    while await lab.result(bad) == (None, None):
        ((due, attempts),) = await lab.database.run(
            "select due_at, attempts from ingress.delivery where id = $1", bad
        )
        waits.append((due - lab.clock.at).total_seconds())
        assert attempts == len(waits)
        lab.clock.at = due
        await lab.work()
    assert waits == sorted(waits)
    assert (len(waits), waits[0], waits[-1]) == (RETRY.attempts_max - 1, 60, RETRY.most_s)
    assert await lab.result(bad) == ("held", f"attempts_{type(failure).__name__}")


@pytest.mark.found("I1", "an attempt counts before the work begins, so a crash counts too")
async def test_what_ends_the_process_each_time_is_held(lab: Lab) -> None:
    """Twelve claims without an end: nobody tries a thirteenth time."""
    (deadly,) = await lab.deliver(hook_of(GOOD))
    await lab.sort()
    await lab.change(
        "update ingress.delivery set attempts = $2 where id = $1", deadly, RETRY.attempts_max
    )
    assert await lab.work() == 0
    await lab.deliveries.tidy()
    assert await lab.result(deadly) == ("held", "attempts_ended")


@pytest.mark.found("I1", "an outage of IntakeQ pauses all calls and holds nothing within a night")
async def test_outage_of_a_night_holds_nothing(lab: Lab) -> None:
    """Ten hours of 503: few calls are made, and everything is done within hours of its end."""
    lab.intakeq.ask = lambda _: Reply(status=503)
    objects = [intake(f"night-{number}", 4711) for number in range(8)]
    made = await lab.deliver(*(hook_of(found) for found in objects))
    began = lab.clock.at
    await lab.drain(days=10 / 24)
    assert len(lab.intakeq.calls) <= 60
    lab.intakeq.ask = lambda _: None
    offer(lab, *objects)
    await lab.drain(days=1)
    assert {(await lab.result(each))[0] for each in made} == {"done"}
    assert (lab.clock.at - began).total_seconds() < 16 * 3600


@pytest.mark.found("I6", "only a 404 for the appointment itself deletes it")
async def test_missing_profile_does_not_delete_an_appointment(lab: Lab) -> None:
    """The appointment is there, the profile is not: it stays confirmed, under the client we have."""
    visit = appointment("visit-6", 4716)
    offer(lab, visit)
    (first,) = await lab.deliver(hook_of(visit))
    await lab.work()
    assert await lab.result(first) == ("done", "appointment_created")
    del lab.intakeq.objects["/clients/profile/4716"]
    lab.clock.forward(hours=1)
    moved = {**visit, "Status": "WaitingConfirmation", "LastModified": visit["LastModified"] + 1}
    lab.intakeq.objects[path_of(visit)] = Reply.of(moved)
    (second,) = await lab.deliver(hook_of(moved, event="AppointmentRescheduled"))
    await lab.work()
    assert await lab.result(second) == ("done", "appointment_updated")
    assert await _newest_status(lab) == "waitingconfirmation"
    del lab.intakeq.objects[path_of(visit)]
    (third,) = await lab.deliver(hook_of(visit, event="AppointmentDeleted"))
    lab.clock.forward(hours=1)
    await lab.work()
    assert await lab.result(third) == ("done", "appointment_deleted")
    assert await _newest_status(lab) == "deleted"


@pytest.mark.found(
    "I6", "an appointment whose client has no profile yet is tried again, not dropped"
)
async def test_unknown_client_without_a_profile_is_tried_again(lab: Lab) -> None:
    """A profile that comes a minute later is in time; a resend is no duplicate of what is not done."""
    visit = appointment("visit-7", 4717)
    lab.intakeq.objects[path_of(visit)] = Reply.of(visit)
    (made,) = await lab.deliver(hook_of(visit))
    await lab.work()
    assert await lab.result(made) == (None, None)
    (again,) = await lab.deliver(hook_of(visit))
    offer(lab, visit)
    await lab.drain(days=1)
    results = {(await lab.result(each))[1] for each in (made, again)}
    assert results == {"appointment_created", "with_another"}


async def _newest_status(lab: Lab) -> str:
    (row,) = await lab.database.run(
        "select status from practice.appointment order by updated_at desc limit 1"
    )
    return row["status"]


@pytest.mark.found("I7", "media types are case-insensitive; gzip and empty are refused at the door")
@pytest.mark.found("c1", "Application/JSON is stored")
@pytest.mark.found("c4", "gzip is 415 and an empty body 400 at the door, with a trace")
@pytest.mark.parametrize(
    ("body", "headers", "status", "outcome"),
    [
        (b"{}", {"content-type": "Application/JSON"}, 204, "stored"),
        (b"{}", {"content-type": "APPLICATION/json ; charset=utf-8"}, 204, "stored"),
        (b"{}", {"content-encoding": "identity"}, 204, "stored"),
        (b"{}", {"content-type": "application/jsonp"}, 415, "content_type"),
        (b"\x1f\x8b", {"content-encoding": "gzip"}, 415, "content_encoding"),
        (b"x", {"content-encoding": "BR"}, 415, "content_encoding"),
        (b"", {}, 400, "empty"),
        (b" \r\n\t", {}, 400, "empty"),
        (b"\xef\xbb\xbf", {}, 400, "empty"),
    ],
)
async def test_the_door_says_what_it_takes(
    lab: Lab, body: bytes, headers: dict[str, str], status: int, outcome: str
) -> None:
    """What can never be worked on is refused to the sender's face; each attempt leaves a trace."""
    answer = await lab.post(body, **headers)
    assert answer.status_code == status
    (row,) = await lab.database.run("select outcome from ingress.delivery")
    assert row["outcome"] == outcome


@pytest.mark.found("c7", "405 at the webhook address carries Allow")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_405_at_the_door_says_what_is_allowed(lab: Lab, method: str) -> None:
    """RFC 9110: a 405 names the methods that work."""
    answer: httpx.Response = await lab.sender.request(method, "/hooks/intakeq/lab")
    assert (answer.status_code, answer.headers.get("allow")) == (405, "POST")


def test_every_hostile_body_is_held_for_a_reason_that_has_words() -> None:
    """No code of this file would read as a guess on the morning page."""
    held = {code for _, (result, code) in HOSTILE.values() if result == "held"}
    assert held <= set(HELD_WORDS)


async def test_unknown_delivery_has_no_result(lab: Lab) -> None:
    """The helper of this file does not invent results."""
    with pytest.raises(IndexError):
        await lab.result(uuid.uuid4())


@pytest.mark.found(
    "I1", "what is held can be tried again from the beginning, or set aside, by code"
)
async def test_held_deliveries_are_tried_again_or_set_aside_by_a_person(lab: Lab) -> None:
    """After a mend a retry is worked on as if it were new; what is set aside keeps code and body."""
    bad = {**GOOD, "ClientId": None}
    lab.intakeq.objects[path_of(bad)] = Reply.of(bad)
    mended, damaged = await lab.deliver(hook_of(GOOD), b"no json")
    await lab.work()
    assert [await lab.result(each) for each in (mended, damaged)] == [
        ("held", "client_missing"),
        ("held", "not_json"),
    ]
    offer(lab, GOOD)
    async with lab.deliveries.calls.db.uow(Actor("process: test"), "again") as tx:
        assert await try_held_again(tx, codes=["client_missing"]) == 1
        assert await set_held_aside(tx) == 1
    await lab.work()
    assert (await lab.result(mended))[0] == "done"
    assert await lab.result(damaged) == ("set_aside", "not_json")
    (kept,) = await lab.database.run(
        "select body_sealed from ingress.delivery where id = $1", damaged
    )
    assert kept["body_sealed"]
