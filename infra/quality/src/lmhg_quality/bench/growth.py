"""The workspace as a practice grows: the same pages at 1,000 and at 100,000 clients, beside the specification's stack.

Three appointments a client lie in the past years and half a referral each, a tenth of them open; today and
this week are equally full at both sizes, so a page shows as many rows. Both stacks are asked by turns in
one run, theirs over as many clients as ours.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import msgspec

from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.persistence import Keyring, sealing
from lmhg_quality.bench import practice, theirs
from lmhg_quality.bench.ground import percentile, plane_database
from lmhg_quality.bench.load import Beside, Target, beside, drive
from lmhg_quality.bench.pages import served
from lmhg_quality.bench.search import client_of, fill_rows
from lmhg_quality.texts.clients import Known, clients
from lmhg_stack.keys import new_keyring
from lmhg_stack.ports import LOOPBACK
from lmhg_stack.testing import PlaneDatabase

SIZES = (1_000, 100_000)
SECONDS, ROUNDS = 3.0, 3
ACTS = 200
GOAL_MS, GOAL_GROWTH = 100, 1.5
_ROWS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
"""What lies around the clients: 50 appointments today, 200 on the other days of this week."""
_MORE = (
    "insert into client select gen_random_uuid(), 'Quillon Testperson-' || n, '1984-03-11',"
    " '502 555 0' || n, localtimestamp - n * interval '1 second' from generate_series(201, $1::int) n"
)


@dataclass(frozen=True)
class Size:
    """What was measured at one size."""

    clients: int
    pages: dict[str, Beside]
    acts_ms: list[float]


async def _fill(database: PlaneDatabase, known: list[Known]) -> None:
    await fill_rows(database, [client_of(each) for each in known])
    await practice.put_people(database)
    await database.run(_ROWS)
    await database.run("vacuum analyze")


def _targets(port: int, token: str, known: list[Known], client_id: str) -> dict[str, Target]:
    def asked(verb: str, path: str, body: bytes = b"") -> bytes:
        more = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
        head = (
            f"{verb} {path} HTTP/1.1\r\nhost: {LOOPBACK}:{port}\r\n{more}"
            f"x-csrf-token: {csrf_token(token)}\r\ncookie: lmhg_workspace_session={token}\r\n\r\n"
        )
        return head.encode() + body

    searched = msgspec.json.encode({"q": f"{known[7].given} {known[7].surname}"})
    return {
        "work list": Target("work list", port, asked("GET", "/work")),
        "search": Target("search", port, asked("POST", "/api/v1/clients/search", searched)),
        "clients": Target("clients", port, asked("GET", "/clients")),
        "client": Target("client", port, asked("GET", f"/clients/{client_id}")),
        "day list": Target("day list", port, asked("GET", "/appointments")),
        "day board": Target("day board", port, asked("GET", "/appointments/board")),
        "week": Target("week", port, asked("GET", "/appointments/week")),
        "nothing booked": Target("nothing booked", port, asked("GET", "/recalls")),
    }


def _acts(port: int, token: str, referrals: list[str]) -> list[float]:
    """How long one press and the list after it take, one person alone."""
    taken: list[float] = []
    cookies = {"lmhg_workspace_session": token}
    sent = {"csrf_token": csrf_token(token), "channel": "phone", "result": "no_answer"}
    headers = {"referer": f"http://{LOOPBACK}:{port}/work"}
    with httpx.Client(
        base_url=f"http://{LOOPBACK}:{port}", cookies=cookies, headers=headers
    ) as desk:
        for each in referrals:
            began = time.perf_counter()
            answer = desk.post(f"/referrals/{each}/attempts", data=sent)
            desk.get(answer.headers["location"]).raise_for_status()
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def _at(count: int) -> Size:
    known = clients(count, seed="growth")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lmhg-bench-")))
        ring = folder / "keyring.json"
        ring.write_text(new_keyring())
        sealing.install(Keyring.from_file(ring))
        database = stack.enter_context(plane_database("onprem"))
        asyncio.run(_fill(database, known))
        env = {
            "LMHG_DATABASE_URL": database.url("gw_workspace"),
            "LMHG_IDENTITY_URL": f"http://{LOOPBACK}:1",
            "LMHG_KEYRING_FILE": str(ring),
            "LMHG_APPROVED_NETWORKS": "127.0.0.0/8",
        }
        port = stack.enter_context(served("workspace", "lmhg-gateway", folder, env))
        token = asyncio.run(practice.workspace_token(database, "front_desk"))
        rows = asyncio.run(database.run("select id from practice.client limit 1"))
        targets = _targets(port, token, known, str(rows[0]["id"]))
        url = asyncio.run(theirs.prepare(database.server))
        asyncio.run(_their_clients(url, count))
        their_port = stack.enter_context(theirs.running("pages:app", url))
        request = f"GET /clients HTTP/1.1\r\nhost: {LOOPBACK}:{their_port}\r\n\r\n"
        their = Target("theirs", their_port, request.encode())
        for each in targets.values():
            drive(each, seconds=0.5)
        found = beside(their, targets.values(), seconds=SECONDS, rounds=ROUNDS)
        open_ones = asyncio.run(
            database.run("select id from practice.referral where state = 'received' limit $1", ACTS)
        )
        acts = _acts(port, token, [str(each["id"]) for each in open_ones])
    return Size(count, {each.name: each for each in found}, acts)


async def _their_clients(url: str, count: int) -> None:
    link = await asyncpg.connect(url.replace("+asyncpg", ""))
    await link.execute("select 1")
    await link.fetch(_MORE, count)
    await link.execute("vacuum analyze")
    await link.close()


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows: each page at both sizes, how it grew, and one press with the list after it."""
    wanted = [int(each) for each in os.environ.get("LMHG_SIZES", "").split()] or list(SIZES)
    sizes = [_at(count) for count in wanted]
    for size in sizes:
        for name, page in size.pages.items():
            yield f"{name}, {size.clients:,} clients, 16 users", page.line
        span = " / ".join(f"{percentile(size.acts_ms, share):.1f}" for share in (0.5, 0.99))
        what = f"one press on the work list and the list after it, {size.clients:,} clients"
        yield f"{what}, p50 / p99 (goal p99 {GOAL_MS} ms)", f"{span} ms"
    first, last = sizes[0], sizes[-1]
    for name, page in last.pages.items():
        before = first.pages[name].ours
        yield (
            f"{name}: growth of p50 and p99 from {first.clients:,} (goal {GOAL_GROWTH})",
            f"{page.ours.p50_ms / before.p50_ms:.2f}, {page.ours.p99_ms / before.p99_ms:.2f}",
        )
