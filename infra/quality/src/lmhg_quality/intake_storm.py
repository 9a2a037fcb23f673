"""A storm of webhooks on a clock that is set: who is done, who waits until when, and at what cost.

An hour of webhooks, minute by minute, for a practice of so many clients; a tenth of them hostile.
The worker keeps to IntakeQ's limits, and time passes from call to call until nothing waits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import msgspec

from lmhg_gateway.features.deliveries.calls import ACTOR
from lmhg_gateway.features.deliveries.status import IntakeStatus, intake_status
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
from lmhg_stack.intakeq.limits import DAY_S, MINUTE_S

STORM_MINUTES = 60
HOSTILE_SHARE = 10
PATIENCE_DAYS = 30.0
EVENTS = ("Created", "Confirmed", "Rescheduled")
HOSTILE = (
    b"\xff\xfe", b"", b"[" * 9_000, b'{"Type":"Intake Submitted","IntakeId":"../x"}', b"{}",
    b'{"Type":"Note Locked","NoteId":"a\\u0000b"}', b'{"Type":"Intake Submitted","IntakeId":"none"}',
    b'{"EventType":"AppointmentCreated","Appointment":{"Id":"backwards"}}',
)  # fmt: skip
_TABLES = (
    "select (select count(*) from ingress.api_call) + (select count(*) from ingress.profile_fetch)"
    " + (select count(*) from ingress.seen_event)"
)
_EVENTS = (
    "select count(*), (select max(n) from (select count(*) as n from audit.event e,"
    " unnest(e.subject_ids) as id where e.subject_kind = 'delivery' group by id) each)"
    " from audit.event where subject_kind = 'delivery'"
)


@dataclass(frozen=True, kw_only=True)
class Storm:
    """What a storm left behind."""

    hooks: int
    good_done: int
    good_open: int
    hostile_open: int
    calls: int
    most_a_minute: int
    most_a_day: int
    refused_calls: int
    days: float
    promised: IntakeStatus
    """Intake as it was told when the storm was over and most of it waited."""
    promise_kept: bool
    events: int
    """Ledger entries about deliveries, and the most about any one."""
    events_of_one: int
    rows: int
    """Rows of every queue and budget table."""


async def storm(lab: Lab, *, hooks: int, clients: int, seed: int = 1) -> Storm:
    """Let it come, and wait until it is over."""
    random, began = Random(seed), lab.clock.at
    objects = _practice(lab, clients)
    bodies = list(_bodies(hooks, objects, random))
    good: list[bytes] = []
    each = -(-len(bodies) // STORM_MINUTES)
    for first in range(0, len(bodies), each):
        part = bodies[first : first + each]
        ids = await lab.store([body for _, body in part])
        good += [made.bytes for made, (is_good, _) in zip(ids, part, strict=True) if is_good]
        lab.clock.forward(minutes=1)
        await lab.work()
    async with lab.deliveries.calls.db.read(ACTOR, "storm") as tx:
        promised = await intake_status(tx, at=lab.clock.at)
    await lab.drain(days=PATIENCE_DAYS)
    return await _told(lab, good, hooks=hooks, promised=promised, took=lab.clock.at - began)


def _practice(lab: Lab, clients: int) -> list[dict[str, object]]:
    """Clients with a form, four appointments and a note each; IntakeQ shows them all."""
    found: list[dict[str, object]] = []
    for number in range(clients):
        client = 10_000 + number
        lab.intakeq.objects[f"/clients/profile/{client}"] = Reply.of(profile(client))
        found += [appointment(f"st-{number}-{visit}", client) for visit in range(4)]
        found += [intake(f"st-{number}-f", client), note(f"st-{number}-n", client)]
    for one in found:
        lab.intakeq.objects[path_of(one)] = Reply.of(one)
    start = appointment("backwards", 10_000)
    backwards = {**start, "EndDate": start["StartDate"] - 1}
    lab.intakeq.objects["/appointments/backwards"] = Reply.of(backwards)
    return found


def _bodies(
    hooks: int, objects: list[dict[str, object]], random: Random
) -> Iterator[tuple[bool, bytes]]:
    """Whether a webhook is good, and its body."""
    for number in range(hooks):
        if number % HOSTILE_SHARE == 0:
            yield False, random.choice(HOSTILE)
        else:
            hook = hook_of(random.choice(objects), event=f"Appointment{random.choice(EVENTS)}")
            yield True, msgspec.json.encode(hook)


async def _told(
    lab: Lab, good: list[bytes], *, hooks: int, promised: IntakeStatus, took: timedelta
) -> Storm:
    rows = await lab.database.run("select id, result from ingress.delivery")
    wanted = set(good)
    mine = [row["result"] for row in rows if row["id"].bytes in wanted]
    others = [row["result"] for row in rows if row["id"].bytes not in wanted]
    ((events, of_one),) = await lab.database.run(_EVENTS)
    ((size,),) = await lab.database.run(_TABLES)
    return Storm(
        hooks=hooks,
        good_done=sum(result in {"done", "duplicate"} for result in mine),
        good_open=sum(result not in {"done", "duplicate"} for result in mine),
        hostile_open=sum(result is None for result in others),
        calls=len(lab.intakeq.calls),
        most_a_minute=lab.intakeq.most_in(MINUTE_S),
        most_a_day=lab.intakeq.most_in(DAY_S),
        refused_calls=lab.intakeq.refused,
        days=took / timedelta(days=1),
        promised=promised,
        promise_kept=promised.done_by is not None and lab.clock.at <= promised.done_by,
        events=events,
        events_of_one=of_one or 0,
        rows=size,
    )
