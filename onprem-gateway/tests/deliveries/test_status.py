"""What waits, what is held, what was refused and what IntakeQ still allows is told in three places."""

import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from lmhg_gateway.features.deliveries import service, status, views
from lmhg_gateway.features.deliveries.morning_page import red_lines
from lmhg_gateway.features.deliveries.status import WAITS_LONG, StatusReport, intake_status
from lmhg_kit import logs
from lmhg_kit.persistence import Actor
from lmhg_quality.intake_lab import Lab, Reply, hook_of, intake, path_of, profile

DAMAGED = b'{"Type":"\xff"}'
SOURCE = Path(service.__file__).parents[2]


async def busy(lab: Lab) -> None:
    """Three held, one refused, nine waiting for calls that are used up."""
    for number in range(14):
        found = intake(f"s-{number}", 700 + number)
        lab.intakeq.objects[path_of(found)] = Reply.of(found)
        lab.intakeq.objects[f"/clients/profile/{700 + number}"] = Reply.of(profile(700 + number))
    await lab.deliver(
        DAMAGED, b"x", b"{", b"{}", *(hook_of(intake(f"s-{n}", 700 + n)) for n in range(14))
    )
    await lab.work()


@pytest.mark.found("I5", "waiting, held and refused deliveries and the budget are in metrics")
async def test_metrics_tell_how_intake_is(lab: Lab) -> None:
    """Counts and codes only; what is no longer held is no longer shown."""
    await busy(lab)
    lab.clock.forward(seconds=20)
    registry = CollectorRegistry()
    report = StatusReport(lab.deliveries.calls, registry)
    await report.step()
    said = generate_latest(registry).decode()
    for line in (
        "lmhg_intake_waiting 9.0",
        "lmhg_intake_oldest_seconds 21.0",
        'lmhg_intake_held{code="not_json"} 2.0',
        'lmhg_intake_held{code="not_utf8"} 1.0',
        'lmhg_intake_refused_day{code="unknown_event"} 1.0',
        'lmhg_intake_calls_left{span="minute"} 0.0',
        'lmhg_intake_calls_left{span="day"} 490.0',
        "lmhg_intake_next_call_seconds 40.0",
    ):
        assert line in said
    await lab.empty()
    await report.step()
    assert "not_utf8" not in generate_latest(registry).decode()


@pytest.mark.found("I5", "one log line a minute says what waits and why")
async def test_log_line_tells_how_intake_is(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with every figure, and none of them is dropped by the redactor."""
    await busy(lab)
    lab.intakeq.ask = lambda _: Reply(status=429, headers={"Retry-After": "120"})
    lab.clock.forward(minutes=2)
    await lab.work()
    stderr = io.StringIO()
    monkeypatch.setattr("sys.stderr", stderr)
    logs.configure(process="worker")
    monkeypatch.setattr(status, "_log", logs.get_logger())
    await StatusReport(lab.deliveries.calls, CollectorRegistry()).step()
    (line,) = [json.loads(one) for one in stderr.getvalue().splitlines() if "intake.status" in one]
    assert "dropped" not in line
    figures = {name: line[name] for name in ("waiting", "age_s", "held", "refused", "reason")}
    assert figures == {
        "waiting": 9,
        "age_s": 121,
        "held": "not_json=2 not_utf8=1",
        "refused": "unknown_event=1",
        "reason": "server_limit",
    }
    assert (line["calls_left"], line["calls_left_minute"], line["retry_after_s"]) == (489, 9, 120)


async def test_forecast_is_what_comes_true(lab: Lab) -> None:
    """The hour that is promised is not passed, and not far from it."""
    await busy(lab)
    async with lab.deliveries.calls.db.read(Actor("process: test"), "look") as tx:
        told = await intake_status(tx, at=lab.clock.at)
    await lab.drain(days=1)
    assert told.done_by is not None
    assert lab.clock.at <= told.done_by <= lab.clock.at + timedelta(minutes=2)
    assert lab.intakeq.kept_its_limits


@pytest.mark.found(
    "I5", "the officer's morning page is red when something is held or waits too long"
)
async def test_held_and_late_are_red_and_nothing_else(lab: Lab) -> None:
    """Waiting within the bound is no alarm; a held message and a late one are."""
    found = intake("late-1", 760)
    lab.intakeq.ask = lambda _: Reply(status=429, headers={"Retry-After": "90000"})
    await lab.deliver(hook_of(found))
    await lab.work()

    async def red() -> list[str]:
        async with lab.deliveries.calls.db.read(Actor("process: test"), "look") as tx:
            red = red_lines(await intake_status(tx, at=lab.clock.at))
            return [each.sentence for each in red]

    assert await red() == []
    lab.clock.at += WAITS_LONG
    assert await red() == ["A message from IntakeQ has waited for more than an hour."]
    lab.clock.forward(hours=5)
    await lab.deliver(DAMAGED)
    await lab.sort()
    said = await red()
    assert said == [
        "1 message from IntakeQ is held for review.",
        "A message from IntakeQ has waited for 6 hours.",
    ]
    lab.clock.forward(days=3)
    await lab.deliver(DAMAGED)
    await lab.sort()
    assert (await red())[0] == "2 messages from IntakeQ are held for review."
    assert (await red())[1] == "A message from IntakeQ has waited for 3 days."


def test_every_code_that_refuses_has_words() -> None:
    """Read from the source too: what the door does not take, and what the worker does not follow."""
    door = (SOURCE / "features/deliveries/endpoint.py").read_text()
    worker = (SOURCE / "features/deliveries/events.py").read_text()
    raised = set(re.findall(r'_trace\("(\w+)"|return "(\w+)", "', door))
    codes = {first or second for first, second in raised}
    codes |= set(re.findall(r'EventRefused\("(\w+)"\)', worker))
    assert len(codes) == 5
    assert codes == set(views.REFUSED_WORDS)


def test_every_code_that_holds_has_words() -> None:
    """The codes are read from the source, so a new one cannot be forgotten."""
    raised: set[str] = set()
    for path in (
        "adapters/intakeq_shapes.py",
        "features/deliveries/events.py",
        "kernel/outside_json.py",
        "kernel/sealed_box.py",
        "adapters/intakeq.py",
    ):
        text = (SOURCE / path).read_text()
        raised |= set(re.findall(r'(?:Unusable|EventHeld|Unreadable|SealBroken)\("(\w+)"\)', text))
    assert len(raised) > 10
    key_type = {"key_type"}
    """Of a key file at the start of the process, never of a delivery."""
    assert raised - key_type <= set(views.HELD_WORDS)
    assert views.held_words("attempts_connect") == views.TRIED
