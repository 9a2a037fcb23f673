"""Calls to IntakeQ: never over ten in any minute nor 500 in any day, and waiting costs nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.deliveries.calls import Later
from lmhg_gateway.features.deliveries.priorities import Priority
from lmhg_gateway.features.deliveries.pull import Fetcher
from lmhg_gateway.features.deliveries.rules import DAY, MINUTE, call_times, free_at
from lmhg_gateway.features.deliveries.service import Deliveries
from lmhg_quality.intake_lab import (
    PER_MINUTE,
    START,
    Lab,
    Reply,
    appointment,
    hook_of,
    intake,
    note,
    path_of,
    profile,
)


async def events(lab: Lab) -> int:
    """Audit events so far, of any kind."""
    return (await lab.database.run("select count(*) from audit.event"))[0][0]


def show(lab: Lab, found: Mapping[str, object]) -> dict[str, object]:
    """IntakeQ shows an object and its client's profile; the webhook about it."""
    number = found["ClientId"]
    assert isinstance(number, int)
    lab.intakeq.objects[path_of(found)] = Reply.of(found)
    lab.intakeq.objects[f"/clients/profile/{number}"] = Reply.of(profile(number))
    return hook_of(found)


@pytest.mark.found(
    "I4", "the limit is a sliding minute, kept in the database, and IntakeQ refuses no call"
)
async def test_minute_is_a_sliding_one(lab: Lab) -> None:
    """Calls begin ten seconds before a minute's border; the next ones wait for the sliding minute."""
    lab.clock.at = START + timedelta(seconds=50)
    hooks = [show(lab, intake(f"m-{number}", 900 + number)) for number in range(30)]
    await lab.deliver(*hooks)
    await lab.work()
    assert len(lab.intakeq.calls) == PER_MINUTE
    await lab.drain(days=1)
    assert lab.intakeq.kept_its_limits
    assert len(lab.intakeq.calls) == 60
    assert await lab.counts() == {"done": 30}


@pytest.mark.found("I4", "a call counts from its end, so slow calls cannot crowd the other side")
async def test_slow_call_counts_until_a_minute_after_its_answer(lab: Lab) -> None:
    """A call that is in progress counts; one that took 15 s counts 15 s longer."""
    calls = lab.deliveries.calls
    taken = [await calls.take(Priority.RISK) for _ in range(PER_MINUTE)]
    with pytest.raises(Later):
        await calls.take(Priority.RISK)
    lab.clock.forward(seconds=15)
    for each in taken:
        await calls.ended(each)
    lab.clock.forward(seconds=59)
    with pytest.raises(Later) as later:
        await calls.take(Priority.RISK)
    assert (later.value.at - lab.clock.at, later.value.reason) == (timedelta(seconds=1), "minute")
    lab.clock.forward(seconds=1)
    await calls.take(Priority.RISK)


@pytest.mark.found("I4", "a restart forgets no call")
async def test_budget_survives_a_restart(lab: Lab) -> None:
    """A second worker over the same database finds the budget used."""
    for _ in range(PER_MINUTE):
        await lab.deliveries.calls.take(Priority.RISK)
    other = replace(lab.deliveries.calls)
    with pytest.raises(Later):
        await other.take(Priority.RISK)


async def test_day_is_any_24_hours(lab: Lab) -> None:
    """With four calls a day, the third delivery waits until the first call is a day old."""
    tight = replace(lab.deliveries.calls, per_day=4)
    small = Deliveries(
        box=lab.deliveries.box,
        fetcher=Fetcher(lab.deliveries.fetcher.api, tight),
        practice=lab.deliveries.practice,
    )
    made = await lab.deliver(*(show(lab, intake(f"d-{n}", 940 + n)) for n in range(3)))
    await lab.sort()
    began = lab.clock.at
    assert [await small.pull() for _ in range(3)] == [1, 1, 0]
    now, at, reason = await tight.free_at(2, Priority.RISK)
    assert (at - now, reason) == (timedelta(hours=24), "day")
    lab.clock.at = at
    assert await small.pull() == 1
    assert {await lab.result(each) for each in made} == {("done", "intake_created")}
    assert lab.clock.at - began == timedelta(hours=24)


@pytest.mark.found(
    "I4", "IntakeQ's own 429 and Retry-After stop every call until then, and count as no attempt"
)
async def test_429_stops_every_call_until_intakeq_allows(lab: Lab) -> None:
    """Another program used the limit up: one call hears it, the others are not made."""
    lab.intakeq.ask = lambda _: Reply(status=429, headers={"Retry-After": "300"})
    made = await lab.deliver(*(show(lab, intake(f"r-{n}", 950 + n)) for n in range(3)))
    began = lab.clock.at
    await lab.work()
    assert len(lab.intakeq.calls) == 1
    rows = await lab.database.run("select attempts, result from ingress.delivery")
    assert {tuple(row) for row in rows} == {(0, None)}
    lab.intakeq.ask = lambda _: None
    await lab.drain(days=1)
    assert lab.clock.at - began >= timedelta(seconds=300)
    assert {(await lab.result(each))[0] for each in made} == {"done"}


@pytest.mark.found("I5", "waiting for a call writes nothing: no ledger entry, no attempt")
async def test_waiting_costs_nothing(lab: Lab) -> None:
    """Two hundred deliveries wait an hour without budget: not one event, not one row."""
    await lab.deliver(*(show(lab, intake(f"w-{n}", 1_000 + n)) for n in range(200)))
    await lab.sort()
    await lab.deliveries.calls.refused(3_600)
    before = await events(lab)
    for _ in range(60):
        assert await lab.deliveries.pull() == 0
        assert await lab.deliveries.sort() == 0
        await lab.deliveries.tidy()
        lab.clock.forward(seconds=59)
    assert await events(lab) == before
    rows = await lab.database.run("select sum(attempts) from ingress.delivery")
    assert rows[0][0] == 0


@pytest.mark.found(
    "I5", "several deliveries about one object need one fetch, about one client one profile"
)
async def test_calls_are_coalesced_by_object_and_client(lab: Lab) -> None:
    """Twenty webhooks about two objects of one client: three calls, twenty results."""
    visit, form = appointment("co-1", 990), intake("co-2", 990)
    hooks = [show(lab, visit), show(lab, form)]
    changes = [{**hooks[0], "EventType": f"Appointment{name}"} for name in ("Confirmed", "Missed")]
    made = await lab.deliver(*(hooks * 8), *changes, *changes)
    await lab.work()
    paths = [path for _, path in lab.intakeq.calls]
    assert sorted(paths) == ["/appointments/co-1", "/clients/profile/990", "/intakes/co-2"]
    assert {(await lab.result(each))[0] for each in made} <= {"done", "duplicate"}


async def test_what_arrives_after_the_call_needs_another(lab: Lab) -> None:
    """An answer is never older than the webhook it is for."""
    visit = appointment("co-3", 991)
    hook = show(lab, visit)
    await lab.deliver(hook)
    await lab.work()
    assert len(lab.intakeq.calls) == 2
    moved = {**visit, "Status": "Canceled", "LastModified": visit["LastModified"] + 5_000}
    (second,) = await lab.deliver(show(lab, moved) | {"EventType": "AppointmentCanceled"})
    await lab.work()
    assert await lab.result(second) == ("done", "appointment_updated")
    assert len(lab.intakeq.calls) == 4


async def test_duplicate_of_a_held_delivery_is_worked_on(lab: Lab) -> None:
    """Only what is done makes its repetition a duplicate."""
    bad = {**intake("dup-1", 992), "ClientId": None}
    lab.intakeq.objects[path_of(bad)] = Reply.of(bad)
    (first,) = await lab.deliver({"Type": "Intake Submitted", "IntakeId": "dup-1"})
    await lab.work()
    assert (await lab.result(first))[0] == "held"
    (again,) = await lab.deliver(show(lab, intake("dup-1", 992)))
    await lab.work()
    assert await lab.result(again) == ("done", "intake_created")


async def test_urgent_goes_first_and_nothing_starves(lab: Lab) -> None:
    """An appointment goes before a note of the same hour; a note of yesterday before both."""
    old = show(lab, note("turn-1", 993))
    await lab.deliver(old)
    lab.clock.forward(hours=7)
    later = [show(lab, note("turn-2", 993)), show(lab, appointment("turn-3", 993))]
    await lab.deliver(*later)
    await lab.work()
    asked = [path for _, path in lab.intakeq.calls if "profile" not in path]
    assert asked == ["/notes/turn-1", "/appointments/turn-3", "/notes/turn-2"]


async def test_tables_of_calls_are_purged(lab: Lab) -> None:
    """Two days later no call is left; ninety days later no key of an event."""
    await lab.deliver(show(lab, appointment("p-1", 994)))
    await lab.work()
    sql = (
        "select (select count(*) from ingress.api_call), (select count(*) from ingress.profile_fetch),"
        " (select count(*) from ingress.seen_event)"
    )
    for days, expected in ((0, (2, 1, 1)), (3, (0, 1, 1)), (31, (0, 0, 1)), (91, (0, 0, 0))):
        lab.clock.at = START + timedelta(days=days, hours=1)
        await lab.deliveries.tidy()
        assert tuple((await lab.database.run(sql))[0]) == expected


HISTORY = st.lists(st.floats(0, 86_400), max_size=40).map(sorted)


@given(past=HISTORY, per_minute=st.integers(1, 12), per_day=st.integers(1, 30))
def test_forecast_keeps_both_limits(past: Sequence[float], per_minute: int, per_day: int) -> None:
    """Whatever was called before, the calls ahead are in order and over no limit of their own."""
    known = [START + timedelta(seconds=at) for at in past]
    now = known[-1] if known else START
    times = call_times(known, now=now, per_minute=per_minute, per_day=per_day)
    ahead: list[datetime] = [next(times) for _ in range(60)]
    assert ahead == sorted(ahead)
    assert ahead[0] >= now
    for count, span in ((per_minute, MINUTE), (per_day, DAY)):
        every = [*known, *ahead]
        for index in range(max(len(known), count), len(every)):
            assert every[index] - every[index - count] >= span


def test_the_limit_that_ends_last_is_named() -> None:
    """A day outlasts a minute; without either the call is free."""
    at = START
    assert free_at(now=at, minute_call=None, day_call=None) == (at, "")
    assert free_at(now=at, minute_call=at, day_call=None) == (at + MINUTE, "minute")
    assert free_at(now=at, minute_call=at, day_call=at) == (at + DAY, "day")
    assert free_at(now=at + DAY, minute_call=at, day_call=at) == (at + DAY, "")
