"""`make fuzz`: mutated webhooks and mutated answers through the whole of intake, HTTP to record.

Every webhook that the door took has to end: done, a duplicate, refused or held. None may stop the
others (one good delivery rides in every batch and has to be done with it), none may be tried for
ever, none may be lost. Payloads are those of IntakeQ's documentation, bent by one random source,
so a seed plays again.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import msgspec

from lmhg_gateway.features.deliveries.rules import RETRY
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Keyring, sealing
from lmhg_quality.bench.ground import machine, onprem_database
from lmhg_quality.intake_lab import (
    Lab,
    Reply,
    appointment,
    hook_of,
    intake,
    intake_lab,
    note,
    path_of,
    profile,
)
from lmhg_stack.testing import PlaneDatabase

BATCH = 200
CLIENTS = 40
OBJECTS = 400
PATIENCE_DAYS = 3.0
MANY = 1_000_000
ENDS = frozenset({"done", "duplicate", "refused", "held"})
Objects = dict[str, Any]

ODD: tuple[object, ...] = (
    None, True, 0, -1, 2**63, 10**18, 1e300, -1e300, 0.5, "", " ", "0", "null", "x" * 5_000, "\u0000",
    "a\nb", "../../etc", "%2e%2e%2f", "?a=b", "05/23/1988", "0000-00-00", "9999-12-31T23:59:59Z",
    "12000-01-01", "é́", "\u202e", "🙂" * 50, [], {}, [[[[]]]], {"a": {"b": []}},
    316_522_080_000_000, -62_135_596_800_001, "2026-03-02T14:00:00.0000000Z",
)  # fmt: skip


def bent(raw: Objects, random: Random) -> Objects:
    """An object with a few parts replaced, removed or added."""
    made = dict(raw)
    for _ in range(random.choice((0, 1, 1, 2, 5))):
        name = random.choice((*made, "Extra"))
        turn = random.random()
        if turn < 0.15:
            made.pop(name, None)
        elif turn < 0.3 and isinstance(made.get(name), dict):
            made[name] = bent(made[name], random)
        else:
            made[name] = random.choice(ODD)
    return made


def broken(body: bytes, random: Random) -> bytes:
    """Bytes that may no longer be JSON."""
    breaks: tuple[Callable[[], bytes], ...] = (
        lambda: body,
        lambda: body[: random.randrange(len(body) + 1)],
        lambda: b"\xef\xbb\xbf" + body,
        lambda: bytes(each ^ (random.random() < 0.02) for each in body),
        lambda: body.decode().encode("utf-16"),
        lambda: b'{"a":' * random.choice((10, 900, 5_000)) + body,
        lambda: b"[" * 3_000 + body + b"]" * 3_000,
        lambda: random.randbytes(random.randrange(1, 200)),
        lambda: body.replace(b"a", b"\xff", 1),
        lambda: body + body,
    )
    return random.choice(breaks)()


def object_of(number: int) -> Objects:
    """One of the practice's objects."""
    client = 100 + number % CLIENTS
    shapes = (appointment, intake, appointment, note)
    return shapes[number % len(shapes)](f"fuzz-{number}", client)


def webhook(random: Random) -> bytes:
    """A webhook that is right, bent or broken."""
    found = object_of(random.randrange(OBJECTS))
    event = random.choice(("Created", "Confirmed", "Canceled", "Deleted", "Rescheduled"))
    hook = hook_of(found, event=f"Appointment{event}")
    turn = random.random()
    body = msgspec.json.encode(hook if turn < 0.3 else bent(hook, random))
    return broken(body, random) if turn > 0.6 else body


def answer(path: str, random: Random) -> Reply | None:
    """What IntakeQ says about a path: mostly the object, bent or not; sometimes nonsense."""
    kind, _, key = path.strip("/").rpartition("/")
    turn = random.random()
    if turn < 0.04:
        return Reply(status=random.choice((404, 500, 502, 301, 204, 418)))
    if turn < 0.05:
        raise random.choice((httpx.ReadTimeout, httpx.ConnectError, OSError, ValueError))("fuzz")
    if kind == "clients/profile":
        found: Objects = profile(int(key)) if key.isdigit() else {}
    elif key.startswith("fuzz-") and key.removeprefix("fuzz-").isdigit():
        found = object_of(int(key.removeprefix("fuzz-")))
    else:
        return Reply(status=404)
    body = msgspec.json.encode(bent(found, random) if turn < 0.5 else found)
    return Reply(broken(body, random) if turn < 0.1 else body)


@dataclass
class Outcome:
    """What became of the bodies."""

    posted: int = 0
    answers: Counter[int] = field(default_factory=Counter[int])
    results: Counter[str] = field(default_factory=Counter[str])
    jams: int = 0
    endless: int = 0
    lost: int = 0

    @property
    def is_good(self) -> bool:
        """Whether nothing jammed, went on for ever or was lost."""
        return not (self.jams or self.endless or self.lost)

    def text(self) -> str:
        """The outcome in one line."""
        ends = ", ".join(f"{name} {count:,}" for name, count in sorted(self.results.items()))
        said = ", ".join(f"{status}: {count:,}" for status, count in sorted(self.answers.items()))
        return (
            f"{self.posted:,} bodies (answered {said}): {self.jams} jams, {self.endless} endless"
            f" retries, {self.lost} lost; {ends}"
        )


async def fuzz(
    lab: Lab,
    *,
    bodies: int,
    random: Random,
    say: Callable[[Outcome], None] = lambda _: None,
    minutes: float = MANY,
) -> Outcome:
    """Post so many bodies in batches, work on each batch, and look at how each delivery ended."""
    outcome = Outcome()
    end = utc_now() + timedelta(minutes=minutes)
    while outcome.posted < bodies and utc_now() < end:
        lab.intakeq.ask = lambda path: answer(path, random)
        await _batch(lab, outcome, size=min(BATCH, bodies - outcome.posted), random=random)
        say(outcome)
    return outcome


async def _batch(lab: Lab, outcome: Outcome, *, size: int, random: Random) -> None:
    stored = 0
    for _ in range(size):
        status = (await lab.post(webhook(random))).status_code
        outcome.answers[status] += 1
        stored += status == 204
    outcome.posted += size
    good = intake(f"good-{outcome.posted}", 7)
    lab.clock.at = max(lab.clock.at, utc_now() + timedelta(seconds=1))
    outcome.jams += await _stops(lab.work())
    (rider,) = await lab.deliver(hook_of(good))
    lab.intakeq.ask = lambda _: None
    lab.intakeq.objects = {
        path_of(good): Reply.of(good),
        "/clients/profile/7": Reply.of(profile(7)),
    }
    await lab.database.run("update ingress.intake_state set failures = 0, paused_until = null")
    outcome.jams += await _stops(lab.work())
    outcome.jams += (await lab.result(rider))[0] != "done"
    lab.intakeq.ask = lambda path: answer(path, random)
    outcome.jams += await _stops(lab.drain(days=PATIENCE_DAYS))
    rows = await lab.database.run(
        "select result, attempts from ingress.delivery where outcome = 'stored' and id <> $1", rider
    )
    outcome.lost += abs(stored - len(rows))
    outcome.endless += sum(row["result"] not in ENDS for row in rows)
    outcome.endless += sum(row["attempts"] > RETRY.attempts_max for row in rows)
    outcome.results.update(row["result"] or "waiting" for row in rows)
    await lab.empty()


async def _stops(work: Awaitable[object]) -> bool:
    """Whether a pass over the deliveries failed as a whole, and with it every one behind."""
    try:
        await work
    except Exception as failure:  # noqa: BLE001 - any class of it is what is looked for
        print(f"a pass failed: {type(failure).__name__}", file=sys.stderr)
        return True
    return False


async def _run(database: PlaneDatabase, *, bodies: int, seed: int, minutes: float) -> Outcome:
    async with intake_lab(database, per_minute=MANY, per_day=MANY) as lab:
        return await fuzz(
            lab,
            bodies=bodies,
            random=Random(seed),
            say=lambda outcome: print(outcome.text(), flush=True),
            minutes=minutes,
        )


def main() -> int:
    """Fuzz until the bodies or the minutes are used up; 0 when nothing was found."""
    top = argparse.ArgumentParser(prog="lmhg_quality.intake_fuzz", description=__doc__)
    top.add_argument("--bodies", type=int, default=100_000)
    top.add_argument("--seed", type=int, default=1)
    top.add_argument("--minutes", type=float, default=MANY, help="stop after so long")
    asked = top.parse_args()
    sealing.install(
        Keyring(current="f1", keys={"f1": bytes(range(32))}, index_key=bytes(range(32)))
    )
    print(f"machine: {machine()}")
    with onprem_database() as database:
        run = _run(database, bodies=asked.bodies, seed=asked.seed, minutes=asked.minutes)
        outcome = asyncio.run(run)
    return 0 if outcome.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
