"""Intake from webhook to record in one process, over a real database, on a clock that is set.

The ingress and the worker are the product's own; only IntakeQ is a stand-in, which answers what it
is told to, counts each call by the clock and keeps to IntakeQ's limits. For tests, fuzz and storm.
"""

import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import asyncpg
import httpx
import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from lmhg_gateway.adapters.delivery_store import DeliveryStore
from lmhg_gateway.adapters.intakeq import IntakeQ
from lmhg_gateway.features.deliveries.calls import Calls
from lmhg_gateway.features.deliveries.endpoint import WebhookEndpoint
from lmhg_gateway.features.deliveries.pull import Fetcher
from lmhg_gateway.features.deliveries.rules import CALLS_PER_EVENT
from lmhg_gateway.features.deliveries.service import Deliveries
from lmhg_gateway.kernel.sealed_box import OpeningBox, SealingBox
from lmhg_kit.http.edge import Edge, EdgePolicy
from lmhg_kit.http.metrics import HttpMetrics
from lmhg_kit.http.zones import Zones
from lmhg_kit.logs import configure
from lmhg_kit.persistence import Database, ReadSession
from lmhg_stack.intakeq.limits import DAY_S, MINUTE_S, CallLimits
from lmhg_stack.testing import PlaneDatabase

SECRET = "lab"  # noqa: S105 - of an ingress in this process
PATH = f"/hooks/intakeq/{SECRET}"
PER_MINUTE, PER_DAY = 10, 500
START = datetime(2026, 3, 2, 14, tzinfo=UTC)
SENDER = "192.0.2.7"
POOL = 4
_STORE = (
    "insert into ingress.delivery (id, received_at, source, peer, outcome, size, body_sealed)"
    " values ($1, $2, 'intakeq', '192.0.2.7', 'stored', $3, $4)"
)
_OPEN = "select count(*) from ingress.delivery where result is null"
_NEXT = "select min(due_at) from ingress.delivery where result is null and turn_at is not null"


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    at: datetime = START

    async def __call__(self, _: ReadSession) -> datetime:
        """Now."""
        return self.at

    def seconds(self) -> float:
        """Seconds since the beginning."""
        return (self.at - START).total_seconds()

    def forward(self, **span: float) -> None:
        """Go on by a span, such as `minutes=5`."""
        self.at += timedelta(**span)


@dataclass(frozen=True)
class Reply:
    """What IntakeQ answers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, value: object) -> "Reply":
        """An object as JSON."""
        return cls(msgspec.json.encode(value))


@dataclass
class StandIn(httpx.AsyncBaseTransport):
    """IntakeQ as the worker meets it: objects by path, or whatever `ask` says; limits as its own."""

    clock: Clock
    per_minute: int = PER_MINUTE
    per_day: int = PER_DAY
    objects: dict[str, Reply] = field(default_factory=dict[str, Reply])
    ask: Callable[[str], Reply | None] = lambda _: None
    calls: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    refused: int = 0

    def __post_init__(self) -> None:
        self.limits = CallLimits(self.per_minute, self.per_day, clock=self.clock.seconds)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one call."""
        path = request.url.raw_path.decode().removeprefix("/api/v1")
        if not self.limits.take():
            self.refused += 1
            return httpx.Response(429, headers={"Retry-After": "60"})
        self.calls.append((self.clock.seconds(), path))
        reply = self.ask(path) or self.objects.get(path) or Reply(status=404)
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    def most_in(self, span_s: float) -> int:
        """The most calls in any stretch of this length."""
        recent: deque[float] = deque()
        most = 0
        for at, _ in self.calls:
            recent.append(at)
            while recent[0] <= at - span_s:
                recent.popleft()
            most = max(most, len(recent))
        return most

    @property
    def kept_its_limits(self) -> bool:
        """Whether no sliding minute and no 24 hours saw too many calls, and none was refused."""
        within = self.most_in(MINUTE_S) <= self.per_minute and self.most_in(DAY_S) <= self.per_day
        return within and not self.refused


@dataclass
class Lab:
    """Everything between a sender and a record."""

    database: PlaneDatabase
    clock: Clock
    intakeq: StandIn
    sealing: SealingBox
    deliveries: Deliveries
    edge: Edge
    sender: httpx.AsyncClient

    async def post(self, body: bytes, **headers: str) -> httpx.Response:
        """One webhook through the door, stamped by the real clock."""
        sent = {"content-type": "application/json", **headers}
        return await self.sender.post(PATH, content=body, headers=sent)

    async def store(self, bodies: Iterable[bytes], *, every_s: float = 0.0) -> list[uuid.UUID]:
        """Webhooks that came at this clock's time, one each `every_s`, written as the ingress does."""
        rows: list[tuple[Any, ...]] = []
        for number, body in enumerate(bodies):
            made = uuid.uuid4()
            at = self.clock.at + timedelta(seconds=number * every_s)
            rows.append((made, at, len(body), self.sealing.seal(body, bound_to=made.bytes)))
        settings = {"app.actor": "process: ingress", "app.purpose": "webhook received"}
        link = await asyncpg.connect(self.database.url("gw_ingress"), server_settings=settings)
        try:
            await link.executemany(_STORE, rows)
        finally:
            await link.close()
        return [row[0] for row in rows]

    async def deliver(self, *bodies: object) -> list[uuid.UUID]:
        """Objects as webhooks of this moment, a second before the worker looks."""
        made = await self.store(
            body if isinstance(body, bytes) else msgspec.json.encode(body) for body in bodies
        )
        self.clock.forward(seconds=1)
        return made

    async def sort(self) -> None:
        """Read everything that has arrived."""
        while await self.deliveries.sort():
            pass

    async def work(self) -> int:
        """Work on all that can be worked on at this moment; how many deliveries were taken up."""
        await self.sort()
        done = 0
        while await self.deliveries.pull():
            done += 1
        return done

    async def drain(self, *, days: float) -> None:
        """Let time pass, from call to call, until nothing waits or the days are over."""
        end = self.clock.at + timedelta(days=days)
        await self.work()
        while self.clock.at < end and await self.database.run(_OPEN + " having count(*) > 0"):
            _, free, _ = await self.deliveries.calls.free_at(CALLS_PER_EVENT)
            ((due,),) = await self.database.run(_NEXT)
            self.clock.at = max(self.clock.at, free, due or free)
            await self.work()
            await self.deliveries.tidy()

    async def result(self, delivery_id: uuid.UUID) -> tuple[str | None, str | None]:
        """Result and code of a delivery."""
        found = await self.database.run(
            "select result, result_code from ingress.delivery where id = $1", delivery_id
        )
        return found[0]["result"], found[0]["result_code"]

    async def change(self, sql: str, *values: object) -> None:
        """Change a delivery by hand, as a named actor."""
        settings = {"app.actor": "lab", "app.purpose": "lab"}
        link = await asyncpg.connect(self.database.url("postgres"), server_settings=settings)
        try:
            await link.execute(sql, *values)
        finally:
            await link.close()

    async def counts(self) -> dict[str, int]:
        """How many deliveries have which result."""
        found = await self.database.run(
            "select coalesce(result, 'waiting') as result, count(*) from ingress.delivery group by 1"
        )
        return {row["result"]: row["count"] for row in found}

    async def empty(self) -> None:
        """Forget every delivery, call and pause; records stay."""
        await self.database.run(
            "truncate ingress.delivery, ingress.api_call, ingress.seen_event, ingress.profile_fetch"
        )
        await self.database.run(
            "update ingress.intake_state set failures = 0, paused_until = null, pause_code = null"
        )
        self.intakeq.calls.clear()
        self.intakeq.limits.reset()
        self.intakeq.objects.clear()
        self.intakeq.ask = lambda _: None


@asynccontextmanager
async def intake_lab(
    database: PlaneDatabase, *, per_minute: int = PER_MINUTE, per_day: int = PER_DAY
) -> AsyncIterator[Lab]:
    """A lab over a migrated on-prem database; the process's keyring has to be installed.

    Logs are the product's own JSON lines, from `error` on: the failures of a storm are its weather.
    """
    configure(process="lab", level="error")
    # What runs after the lab in this process, such as another test, may log as it likes.
    structlog.configure(cache_logger_on_first_use=False)
    clock, private = Clock(), X25519PrivateKey.generate()
    db = Database(database.url("gw_worker"), pool_size=POOL)
    intakeq = StandIn(clock, per_minute, per_day)
    api = IntakeQ(url="http://intakeq.test/api/v1", api_key="k", transport=intakeq)
    calls = Calls(db=db, per_minute=per_minute, per_day=per_day, now=clock)
    sealing = SealingBox(private.public_key())
    store = DeliveryStore(database.url("gw_ingress"))
    await store.open()
    edge = _edge(store, sealing)
    transport = httpx.ASGITransport(app=edge, client=(SENDER, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://in.test") as sender:
        yield Lab(
            database=database,
            clock=clock,
            intakeq=intakeq,
            sealing=sealing,
            deliveries=Deliveries(box=OpeningBox(private), fetcher=Fetcher(api, calls)),
            edge=edge,
            sender=sender,
        )
    await api.close()
    await store.close()
    await db.close()


def _edge(store: DeliveryStore, box: SealingBox) -> Edge:
    endpoint = WebhookEndpoint(store, box, secret=SECRET, max_body_bytes=262_144)
    policy = EdgePolicy(
        zones=Zones(approved=(ip_network("192.0.2.0/24"),)),
        public_url="http://in.test",
        production=True,
    )
    return Edge(endpoint, policy=policy, metrics=HttpMetrics())


def profile(number: int, **parts: object) -> dict[str, object]:
    """A client's profile as IntakeQ shows it."""
    return {
        "ClientId": number,
        "Name": f"Tavishel Ormandine {number}",
        "FirstName": "Tavishel",
        "LastName": f"Ormandine {number}",
        "Email": f"c{number}@example.test",
        "Phone": "(555) 010-2000",
        "DateOfBirth": 580348800000,
        "Address": "1 Test Way",
        **parts,
    }


def appointment(key: str, number: int, *, at: datetime = START, **parts: object) -> dict[str, Any]:
    """An appointment as IntakeQ shows it."""
    start_ms = int(at.timestamp() * 1000)
    return {
        "Id": key,
        "ClientId": number,
        "Status": "Confirmed",
        "StartDate": start_ms,
        "EndDate": start_ms + 3_600_000,
        "ServiceName": "Follow-up",
        "LocationName": "Main",
        "PractitionerEmail": "dr@example.test",
        "LastModified": start_ms,
        **parts,
    }


def intake(key: str, number: int, **parts: object) -> dict[str, Any]:
    """A submitted form as IntakeQ shows it."""
    return {
        "Id": key,
        "ClientId": number,
        "Status": "Completed",
        "DateSubmitted": 1760003600000,
        "QuestionnaireName": "Adult Intake",
        "Questions": [{"Id": "q-1", "Text": "Concern?", "Answer": "sleep"}],
        "ConsentForms": [],
        **parts,
    }


def note(key: str, number: int, **parts: object) -> dict[str, Any]:
    """A locked note as IntakeQ shows it."""
    body = {"Id": key, "ClientId": number, "Date": 1760003600000, "NoteName": "Progress note"}
    return {**body, "Questions": [{"Text": "Plan", "Answer": "rest"}], **parts}


def hook_of(found: Mapping[str, Any], *, event: str = "AppointmentCreated") -> dict[str, Any]:
    """The webhook that IntakeQ sends about an object of one of the three shapes."""
    number = found.get("ClientId")
    if "StartDate" in found:
        return {"EventType": event, "ClientId": number, "Appointment": dict(found)}
    if "QuestionnaireName" in found:
        return {"IntakeId": found["Id"], "Type": "Intake Submitted", "ClientId": number}
    return {"NoteId": found["Id"], "Type": "Note Locked", "ClientId": number}


def path_of(found: Mapping[str, Any]) -> str:
    """Where IntakeQ shows an object."""
    kind = "appointments" if "StartDate" in found else "notes"
    kind = "intakes" if "QuestionnaireName" in found else kind
    return f"/{kind}/{found['Id']}"
