"""Who may call IntakeQ when calls are few: forms first, and each class leaves calls to those before it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.deliveries.calls import ACTOR, Later
from lmhg_gateway.features.deliveries.priorities import KEPT, Kept, Priority, kept_free, limits_of
from lmhg_gateway.features.deliveries.rules import DAY, MINUTE
from lmhg_gateway.features.deliveries.status import class_use, intake_status
from lmhg_gateway.features.deliveries.views import CLASS_WORDS
from lmhg_quality.intake_lab import (
    START,
    Lab,
    Reply,
    appointment,
    hook_of,
    intake,
    path_of,
    profile,
)

CLASSES = st.sampled_from(list(Priority))
PER_MINUTE, PER_DAY = 10, 500


def test_every_class_keeps_something_and_has_words() -> None:
    """A class that is added says what it leaves to the others, and what people call it."""
    assert set(KEPT) == set(Priority) == set(CLASS_WORDS)
    assert KEPT[Priority.WEBHOOK] == Kept(2, 50)


@given(per_minute=st.integers(1, 200), per_day=st.integers(1, 20_000))
def test_what_is_kept_is_nested_and_leaves_something(per_minute: int, per_day: int) -> None:
    """Whatever the plan allows, who is less urgent leaves more, and no class is shut out for ever."""
    kept = [kept_free(each, per_minute=per_minute, per_day=per_day) for each in Priority]
    assert kept == sorted(kept)
    assert all(
        limits_of(each, per_minute=per_minute, per_day=per_day) >= (1, 1) for each in Priority
    )


@given(calls=st.lists(st.tuples(st.floats(0, 40), CLASSES), min_size=1, max_size=150))
def test_no_order_of_calls_uses_up_what_forms_keep(
    calls: Sequence[tuple[float, Priority]],
) -> None:
    """In any sliding minute and day: never over the limit, and what is not a form never over its share."""
    now, made = START, list[tuple[datetime, Priority]]()
    for after_s, wants in calls:
        now += timedelta(seconds=after_s)
        most = limits_of(wants, per_minute=PER_MINUTE, per_day=PER_DAY)
        if _in(made, now, MINUTE) < most.minute and _in(made, now, DAY) < most.day:
            for before in Priority:
                if before < wants:
                    more = limits_of(before, per_minute=PER_MINUTE, per_day=PER_DAY)
                    assert _in(made, now, MINUTE) < more.minute
            made.append((now, wants))
    for at, _ in made:
        assert _in(made, at, MINUTE) <= PER_MINUTE
        plain = [each for each in made if each[1] is not Priority.RISK]
        assert _in(plain, at, MINUTE) <= PER_MINUTE - 2


def _in(made: Sequence[tuple[datetime, Priority]], now: datetime, span: timedelta) -> int:
    return sum(1 for at, _ in made if now - span < at <= now)


@given(
    used=st.dictionaries(CLASSES, st.tuples(st.integers(0, 3), st.integers(3, 120))),
)
def test_gauge_says_what_is_left_for_each(used: dict[Priority, tuple[int, int]]) -> None:
    """What is left shrinks from class to class, and no class is said to have more than the one before."""
    found = class_use(used, per_minute=PER_MINUTE, per_day=PER_DAY)
    assert [each.priority for each in found] == list(Priority)
    left = [each.left_day for each in found]
    assert left == sorted(left, reverse=True)
    assert sum(each.used_day for each in found) == sum(day for _, day in used.values())


async def test_two_calls_a_minute_are_kept_for_forms(lab: Lab) -> None:
    """Appointments use eight calls of a minute; the form that comes then is asked for at once."""
    for number in range(6):
        lab.intakeq.objects[f"/clients/profile/{600 + number}"] = Reply.of(profile(600 + number))
        found = appointment(f"k-{number}", 600 + number)
        lab.intakeq.objects[path_of(found)] = Reply.of(found)
        await lab.deliver(hook_of(found))
    await lab.work()
    assert len(lab.intakeq.calls) == 8
    form = intake("k-form", 650)
    lab.intakeq.objects[path_of(form)] = Reply.of(form)
    lab.intakeq.objects["/clients/profile/650"] = Reply.of(profile(650))
    (sent,) = await lab.deliver(hook_of(form))
    await lab.work()
    assert await lab.result(sent) == ("done", "intake_created")
    assert len(lab.intakeq.calls) == 10
    assert lab.intakeq.kept_its_limits


async def test_form_goes_before_older_appointments(lab: Lab) -> None:
    """What may hold a risk answer is asked for first, however long others wait."""
    older = appointment("f-1", 660, LastModified=5)
    form = intake("f-2", 661)
    for found in (older, form):
        lab.intakeq.objects[path_of(found)] = Reply.of(found)
        lab.intakeq.objects[f"/clients/profile/{found['ClientId']}"] = Reply.of(
            profile(found["ClientId"])
        )
    await lab.deliver(hook_of(older))
    lab.clock.forward(hours=5)
    await lab.deliver(hook_of(form))
    await lab.work()
    asked = [path for _, path in lab.intakeq.calls if "profile" not in path]
    assert asked == ["/intakes/f-2", "/appointments/f-1"]


async def test_fifty_calls_a_day_are_kept_for_forms(lab: Lab) -> None:
    """What is less urgent waits for tomorrow at its own limit; a form still gets through."""
    calls = replace(lab.deliveries.calls, per_minute=10_000)
    for _ in range(350):
        await calls.ended(await calls.take(Priority.CATCH_UP))
    with pytest.raises(Later) as later:
        await calls.take(Priority.CATCH_UP)
    assert later.value.reason == "day"
    for priority, more in ((Priority.NIGHTLY, 25), (Priority.PERSON, 25), (Priority.WEBHOOK, 50)):
        for _ in range(more):
            await calls.ended(await calls.take(priority))
        with pytest.raises(Later):
            await calls.take(priority)
    for _ in range(50):
        await calls.ended(await calls.take(Priority.RISK))
    with pytest.raises(Later):
        await calls.take(Priority.RISK)


async def test_page_and_metrics_know_who_used_calls(lab: Lab) -> None:
    """Each call is counted with its reason."""
    await lab.deliveries.calls.take(Priority.NIGHTLY)
    await lab.deliveries.calls.take(Priority.RISK)
    async with lab.deliveries.calls.db.read(ACTOR, "test") as tx:
        status = await intake_status(tx, at=lab.clock.at)
    used = {each.priority: each.used_day for each in status.classes}
    assert used[Priority.NIGHTLY] == used[Priority.RISK] == 1
    assert status.classes[0].left_minute == PER_MINUTE - 2
