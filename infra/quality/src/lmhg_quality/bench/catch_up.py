"""Seven days without a word from IntakeQ and 4,000 changed objects, caught up under its real limits.

The simulator itself answers, in this process and on a clock that is set; the worker's parts and the
database are the product's own. While the office catches up, forms keep coming by webhook.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from lmhg_gateway.adapters.intakeq import IntakeQ
from lmhg_gateway.features.deliveries.priorities import Priority
from lmhg_gateway.features.deliveries.pull import Fetcher
from lmhg_gateway.features.reconcile.lists import Lists
from lmhg_gateway.features.reconcile.objects import Objects
from lmhg_gateway.features.reconcile.status import sync_status
from lmhg_kit.persistence import Actor, Keyring, sealing
from lmhg_kit.practice import Practice
from lmhg_quality.bench.ground import onprem_database
from lmhg_quality.intake_lab import PER_DAY, PER_MINUTE, START, Lab, intake_lab
from lmhg_stack.intakeq.app import build
from lmhg_stack.intakeq.limits import DAY_S, MINUTE_S, CallLimits
from lmhg_stack.intakeq.practice import Practice as Simulated
from lmhg_stack.intakeq.settings import SimulatorSettings
from lmhg_stack.testing import PlaneDatabase

CLIENTS, VISITS = 700, 1_600
MOVED, CANCELED, BOOKED, EDITED, FORMS, NOTES = 1_500, 100, 800, 700, 600, 300
CHANGED = MOVED + CANCELED + BOOKED + EDITED + FORMS + NOTES
LIVE_A_DAY = 24
OUTAGE_DAYS = 7
PATIENCE_DAYS = 20
ACTOR = Actor("process: worker")
MANY = 10_000_000


@dataclass
class Recorder(httpx.AsyncBaseTransport):
    """The simulator in this process; each call by the clock that is set."""

    lab: Lab
    inner: httpx.ASGITransport
    calls: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    refused: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one call on."""
        answer = await self.inner.handle_async_request(request)
        self.calls.append((self.lab.clock.seconds(), request.url.path))
        self.refused += answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
        return answer


@dataclass(frozen=True, kw_only=True)
class CatchUp:
    """What a catch-up took."""

    a_day: list[int]
    """Calls in each 24 hours from its beginning."""
    most: tuple[int, int]
    refused: int
    days: float
    hours_to: dict[str, float]
    """Hours until the last of each was fresh."""
    promised_days: float
    doubles: int
    missing: int
    out_of_order: int
    live_minutes: float
    """The longest that a form waited which came by webhook meanwhile."""


def _fill(practice: Simulated, count: int) -> None:
    for _ in range(CLIENTS):
        practice.new_client()
    clients = [each["ClientId"] for each in practice.all("client")]
    for number in range(count):
        practice.book(clients[number % CLIENTS])


def _change(practice: Simulated) -> None:
    """What happened in seven days of which no message came."""
    clients = [each["ClientId"] for each in practice.all("client")]
    visits = [each["Id"] for each in practice.all("appointment")]
    for key in visits[:MOVED]:
        practice.reschedule(key)
    for key in visits[MOVED : MOVED + CANCELED]:
        practice.cancel(key)
    for number in range(BOOKED):
        practice.book(clients[number % CLIENTS])
    for number in range(EDITED):
        practice.change_client(clients[number], Phone=f"(555) 011-{number:04d}")
    for number in range(FORMS):
        practice.submit_intake(clients[number % CLIENTS])
    for number in range(NOTES):
        practice.lock_note(clients[number % CLIENTS])


@dataclass
class Run:
    """One catch-up on a clock that is set."""

    lab: Lab
    practice: Simulated
    recorder: Recorder
    lists: Lists
    objects: Objects
    began: datetime = START
    fresh: dict[str, float] = field(default_factory=dict[str, float])
    live: dict[str, float] = field(default_factory=dict[str, float])
    waits: list[float] = field(default_factory=list[float])

    async def state(self) -> Any:  # noqa: ANN401 - a row
        """How far the check is."""
        return (await self.lab.database.run("select * from ingress.sync_state"))[0]

    async def want(self) -> None:
        """A check begins now."""
        at = self.lab.clock.at
        await self.lab.change("update ingress.sync_state set wanted_at = $1", at)

    async def until_done(self, *, days: float, live: bool) -> None:
        """Let time pass, from call to call, until nothing waits."""
        began = self.lab.clock.at
        due = began
        while self.lab.clock.at < began + timedelta(days=days):
            if live and self.lab.clock.at >= due:
                due += timedelta(days=1) / LIVE_A_DAY
                await self._form_comes()
            if any(since >= 0 for since in self.live.values()):
                await self.lab.work()
                await self._measure_live()
            done = await self.lists.step() + await self.objects.step()
            if done:
                await self._measure()
                continue
            state = await self.state()
            if state["asks_since"] is None and not await self._waiting():
                return
            calls = self.objects.fetcher.calls
            _, free, _ = await calls.free_at(2, Priority.CATCH_UP)
            after = max(free, self.lab.clock.at + timedelta(seconds=1))
            self.lab.clock.at = min(after, due) if live and due > self.lab.clock.at else after

    async def _form_comes(self) -> None:
        clients = self.practice.all("client")
        hook = self.practice.submit_intake(clients[len(self.live) % CLIENTS]["ClientId"])
        (made,) = await self.lab.deliver(hook.body)
        self.live[str(made)] = self.lab.clock.seconds()

    async def _measure_live(self) -> None:
        """How long each form waited that came by webhook."""
        for key, since in list(self.live.items()):
            rows = await self.lab.database.run(
                "select result from ingress.delivery where id = $1::uuid", key
            )
            if rows[0]["result"] == "done" and since >= 0:
                self.waits.append(self.lab.clock.seconds() - since)
                self.live[key] = -1.0

    async def _measure(self) -> None:
        state, passed = await self.state(), self.lab.clock.at - self.began
        hours = passed.total_seconds() / 3_600
        for step, what in ((2, "clients"), (3, "appointments of 7 days"), (6, "all appointments")):
            if what not in self.fresh and (state["step"] >= step or state["asks_since"] is None):
                self.fresh[what] = hours
        if state["asks_since"] is None:
            for kind, what in (("intake", "forms"), ("note", "notes")):
                if what not in self.fresh and not await self._waiting(kind):
                    self.fresh[what] = hours

    async def _waiting(self, kind: str = "%") -> int:
        rows = await self.lab.database.run(
            "select count(*) from practice.intakeq_object where kind like $1", kind
        )
        return rows[0][0]


async def _catch_up(lab: Lab, folder: Path) -> CatchUp:
    (folder / "key").write_text("k")
    settings = SimulatorSettings(
        listen="127.0.0.1:1",
        sim_journal=folder / "none.jsonl",
        sim_webhook_url="http://127.0.0.1:9/",
        intakeq_api_key_file=folder / "key",
        sim_play=False,
    )
    app: Any = build(_without_past(settings))
    practice: Simulated = app.state.practice
    lab.clock.at = datetime.now(UTC)
    limits = CallLimits(MANY, MANY, clock=lab.clock.seconds)
    app.state.limits = limits
    recorder = Recorder(lab, httpx.ASGITransport(app=app))
    api = IntakeQ(url="http://intakeq.test/api/v1", api_key="k", transport=recorder)
    free = replace(lab.deliveries.calls, per_minute=MANY, per_day=MANY)
    practice_zone = Practice("America/Kentucky/Louisville", clock=lambda: lab.clock.at)
    run = Run(
        lab,
        practice,
        recorder,
        Lists(Fetcher(api, free), practice_zone),
        Objects(Fetcher(api, free), practice_zone),
    )
    _fill(practice, VISITS)
    await run.want()
    await run.until_done(days=1, live=False)
    await lab.database.run("truncate ingress.api_call")
    recorder.calls.clear()
    run.fresh.clear()
    limits.per_minute, limits.per_day = PER_MINUTE, PER_DAY
    limits.reset()
    lab.clock.at += timedelta(days=OUTAGE_DAYS)
    _change(practice)
    calls = lab.deliveries.calls
    run.lists, run.objects = (
        Lists(Fetcher(api, calls), practice_zone),
        Objects(Fetcher(api, calls), practice_zone),
    )
    run.lab = replace(lab, deliveries=replace(lab.deliveries, fetcher=Fetcher(api, calls)))
    began, promised = lab.clock.at, 0.0
    run.began = began
    await run.want()
    while (await run.state())["asks_since"] is not None or not promised:
        await run.until_done(days=0.02, live=True)
        async with calls.db.read(ACTOR, "bench") as tx:
            status = await sync_status(tx, at=lab.clock.at)
        if status.done_by is not None:
            promised = (status.done_by - began) / timedelta(days=1)
    await run.until_done(days=PATIENCE_DAYS, live=True)
    return await _seen(run, began=began, promised=promised)


def _without_past(settings: SimulatorSettings) -> SimulatorSettings:
    """The simulator without what it kept before."""
    settings.sim_journal.unlink(missing_ok=True)
    return settings


async def _seen(run: Run, *, began: datetime, promised: float) -> CatchUp:
    start = (began - START).total_seconds()
    times = [at for at, _ in run.recorder.calls]
    a_day = Counter(int((at - start) // DAY_S) for at in times)
    most = tuple(_most(times, span) for span in (MINUTE_S, DAY_S))
    tables = {"client": "client", "appointment": "appointment", "intake": "intake", "note": "note"}
    doubles = missing = 0
    for table, kind in tables.items():
        rows = await run.lab.database.run(f"select count(*) from practice.{table}")  # noqa: S608 - our tables
        ours, theirs = rows[0][0], len(run.practice.all(kind))
        doubles += max(0, ours - theirs)
        missing += max(0, theirs - ours)
    singles = [path for _, path in run.recorder.calls]
    first_note = next((n for n, path in enumerate(singles) if path.startswith("/api/v1/notes/")
                       and not path.endswith("summary")), len(singles))  # fmt: skip
    listed_forms = {each["Id"] for each in run.practice.all("intake")[:FORMS]}
    late = sum(1 for path in singles[first_note:] if path.rsplit("/", 1)[1] in listed_forms)
    return CatchUp(
        a_day=[a_day.get(day, 0) for day in range(max(a_day, default=0) + 1)],
        most=(most[0], most[1]),
        refused=run.recorder.refused,
        days=max(run.fresh.values(), default=0.0) / 24,
        hours_to=run.fresh,
        promised_days=promised,
        doubles=doubles,
        missing=missing,
        out_of_order=late,
        live_minutes=max(run.waits, default=0.0) / 60,
    )


def _most(times: list[float], span: float) -> int:
    most, first = 0, 0
    for at, moment in enumerate(times):
        while times[first] <= moment - span:
            first += 1
        most = max(most, at - first + 1)
    return most


async def _run(database: PlaneDatabase) -> CatchUp:
    with tempfile.TemporaryDirectory() as folder:
        async with intake_lab(database) as lab:
            return await _catch_up(lab, Path(folder))


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    keys = {"b1": bytes(range(32))}
    sealing.install(Keyring(current="b1", keys=keys, index_key=bytes(range(32))))
    with onprem_database() as database:
        seen = asyncio.run(_run(database))
    what = f"{OUTAGE_DAYS} days of outage, {CHANGED:,} changed objects: "
    yield f"{what}calls in each 24 hours", ", ".join(map(str, seen.a_day))
    yield (
        f"{what}most in any minute / any 24 hours; refused",
        f"{seen.most[0]} / {seen.most[1]}; {seen.refused}",
    )
    for part, hours in seen.hours_to.items():
        yield f"{what}hours until fresh: {part}", f"{hours:.1f}"
    yield (
        f"{what}days until all is fresh; promised once listed",
        f"{seen.days:.1f}; {seen.promised_days:.1f}",
    )
    yield f"{what}records twice / missing", f"{seen.doubles} / {seen.missing}"
    yield f"{what}forms asked for after the first note", f"{seen.out_of_order}"
    yield f"{what}longest wait of a form that came meanwhile, minutes", f"{seen.live_minutes:.1f}"
