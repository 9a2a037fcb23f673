"""Sign-in figures: how many a second, in how much memory, and what a page's session check costs.

The identity process is real; every person signs in from a network of their own, so that no
growing delay is measured.
"""

import asyncio
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from lmhg_gateway.features.accounts.passwords import hash_password
from lmhg_gateway.features.accounts.rules import FULL, stage_role
from lmhg_gateway.features.sessions.session_store import IDENTITY, SessionStore
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.session_limits import LIMITS_BY_ROLE, SessionLimits
from lmhg_kit.persistence import Database
from lmhg_quality.bench.ground import onprem_database, percentile
from lmhg_stack.keys import new_keyring
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import Command, script, spawn, stop, wait_until
from lmhg_stack.testing import PlaneDatabase

PEOPLE = 200
AT_ONCE = 16
SECONDS = 20
CHECKS = 4_000
PASSWORD = "practice-makes-calm"  # noqa: S105 - of invented people in a throw-away cluster


def _command(folder: Path, database: PlaneDatabase, address: str, metrics: str) -> Command:
    ring = folder / "keyring.json"
    ring.write_text(new_keyring())
    env = {
        "LMHG_ENVIRONMENT": "development",
        "LMHG_SITE": "s1",
        "LMHG_DATABASE_URL": database.url("gw_identity"),
        "LMHG_LISTEN": address,
        "LMHG_METRICS_LISTEN": metrics,
        "LMHG_PUBLIC_URL": f"http://{address}",
        "LMHG_WORKSPACE_URL": f"http://{address}",
        "LMHG_IDENTITY_KEYRING_FILE": str(ring),
        "LMHG_TRUSTED_PROXIES": "127.0.0.0/8",
        "LMHG_LOG_LEVEL": "warning",
    }
    return Command(name="identity", argv=(script("lmhg-gateway"), "identity"), env=env)


async def _people(database: PlaneDatabase) -> list[uuid.UUID]:
    """Accounts that one factor opens."""
    people, stored = [uuid.uuid4() for _ in range(PEOPLE)], hash_password(PASSWORD)
    values = ", ".join(
        f"('{each}', 'p{number}@lmhg.test', 'Person {number}', '{{staff}}', '{stored}')"
        for number, each in enumerate(people)
    )
    columns = "id, email, display_name, roles, password_hash"
    act = "perform set_config('app.actor', 'bench', true), set_config('app.purpose', 'bench', true)"
    statement = f"insert into identity.user_account ({columns}) values {values}"  # noqa: S608 - invented people, made above
    await database.run(f"do $$ begin {act}; {statement}; end $$")
    return people


async def _sign_in(address: str, number: int) -> float:
    """One browser, from the form to its session; seconds of the password step."""
    peer = {"x-forwarded-for": f"10.{number // 62500}.{number // 250 % 250}.{number % 250}"}
    async with httpx.AsyncClient(base_url=f"http://{address}", headers=peer, timeout=60) as one:
        await one.get("/sign-in")
        form = {
            "csrf_token": csrf_token(one.cookies["lmhg_identity_pre"]),
            "email": f"p{number % PEOPLE}@lmhg.test",
            "password": PASSWORD,
        }
        began = time.perf_counter()
        answer = await one.post("/sign-in", data=form)
        taken = time.perf_counter() - began
    if answer.status_code != 303:
        raise RuntimeError("sign_in_refused")
    return taken


async def _load(address: str) -> tuple[list[float], float]:
    """Seconds of each sign-in, and of all of them together."""
    taken: list[float] = []
    began = time.perf_counter()
    numbers = iter(range(1_000_000))

    async def visitor() -> None:
        while time.perf_counter() - began < SECONDS:
            taken.append(await _sign_in(address, next(numbers)))

    await asyncio.gather(*(visitor() for _ in range(AT_ONCE)))
    return taken, time.perf_counter() - began


async def _checks(database: PlaneDatabase, person: uuid.UUID) -> list[float]:
    """CPU seconds of this process for each session check, the database's own not included."""
    db = Database(database.url("gw_identity"), pool_size=1)
    sessions = Sessions(SessionStore(db, IDENTITY), limits=SessionLimits(by_role=LIMITS_BY_ROLE))
    token = await sessions.begin(
        str(person),
        display_name="Person",
        roles=frozenset({"staff", stage_role(FULL)}),
        replaces=None,
    )
    spent: list[float] = []
    for _ in range(CHECKS):
        began = time.process_time()
        if await sessions.resume(token) is None:
            raise RuntimeError("session_lost")
        spent.append(time.process_time() - began)
    await db.close()
    return spent


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    with onprem_database() as database, tempfile.TemporaryDirectory() as name:
        people = asyncio.run(_people(database))
        address, metrics = (f"{LOOPBACK}:{port}" for port in free_ports(2))
        process = spawn(_command(Path(name), database, address, metrics), Path(name) / "log")
        try:
            wait_until(lambda: _is_ready(metrics), "the identity process")
            watched = psutil.Process(process.pid)
            before = watched.memory_info().rss
            taken, seconds = asyncio.run(_load(address))
            after = watched.memory_full_info().rss
        finally:
            stop(process)
        spent = asyncio.run(_checks(database, people[0]))
    yield f"sign-ins a second, {AT_ONCE} browsers at once", f"{len(taken) / seconds:.1f}"
    for share in (0.5, 0.99):
        yield (
            f"the password step of them, p{share * 100:.0f}",
            f"{percentile(taken, share) * 1000:.0f} ms",
        )
    yield "memory of the identity process, before / after", f"{before >> 20} / {after >> 20} MB"
    for share in (0.5, 0.99):
        figure = f"{percentile(spent, share) * 1000:.2f} ms"
        yield f"CPU of a page's session check, p{share * 100:.0f}", figure


def _is_ready(metrics: str) -> bool:
    try:
        return httpx.get(f"http://{metrics}/health/ready", timeout=2).is_success
    except httpx.HTTPError:
        return False
