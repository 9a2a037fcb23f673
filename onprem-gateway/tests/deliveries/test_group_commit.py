"""Deliveries that arrive together share a transaction: none is lost, and a bad one fails alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lmhg_gateway.adapters.delivery_store import DeliveryStore
from lmhg_gateway.features.deliveries.group_commit import (
    GROUP_MAX,
    WAITING_MAX,
    WRITERS,
    GroupCommit,
)
from lmhg_gateway.kernel.sealed_box import OpeningBox, SealingBox
from lmhg_kit.errors import Unavailable
from lmhg_quality.bench.theirs import answers
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import Command, script, spawn, stop, wait_until
from lmhg_stack.testing import PlaneDatabase

from .conftest import PATH, PRIVATE, SECRET  # noqa: TID252 - the settings of this folder's fixtures

JSON = {"content-type": "application/json"}
TOO_LONG_PEER = "x" * 46


@pytest.fixture(autouse=True)
async def emptied(onprem: PlaneDatabase) -> None:
    """No deliveries yet."""
    await onprem.run("truncate ingress.delivery cascade")


@pytest.fixture
async def groups(onprem: PlaneDatabase) -> AsyncIterator[GroupCommit]:
    """What the endpoint keeps deliveries with."""
    store = DeliveryStore(onprem.url("gw_ingress"))
    await store.open()
    yield GroupCommit(store, SealingBox(PRIVATE.public_key()))
    await store.close()


async def kept(groups: GroupCommit, *bodies: bytes, peer: str = "192.0.2.7") -> list[object]:
    """What each of these deliveries heard, sent at the same moment."""
    asked = [groups.keep(peer=peer, outcome="stored", body=body) for body in bodies]
    return await asyncio.gather(*asked, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for it while the loop goes on. Raises: StackError."""
    await asyncio.to_thread(wait_until, holds, "what the test waits for")


async def transactions(onprem: PlaneDatabase) -> tuple[int, int]:
    """How many deliveries are stored, in how many transactions."""
    [row] = await onprem.run(
        "select count(*) as rows, count(distinct xmin::text) as made from ingress.delivery"
    )
    return row["rows"], row["made"]


async def test_those_that_wait_together_share_a_transaction(
    groups: GroupCommit, onprem: PlaneDatabase
) -> None:
    """A hundred at once take few transactions; one after the other, one each, which is the control."""
    heard = await kept(groups, *(b"{%d}" % n for n in range(100)))
    assert not [each for each in heard if isinstance(each, BaseException)]
    rows, made = await transactions(onprem)
    assert rows == 100
    assert made <= 4
    await onprem.run("truncate ingress.delivery cascade")
    for number in range(5):
        await kept(groups, b"{%d}" % number)
    assert await transactions(onprem) == (5, 5)


async def test_each_of_a_group_opens_for_its_own_row_alone(
    groups: GroupCommit, onprem: PlaneDatabase
) -> None:
    """One key for a group, and still no body opens in another's place."""
    await kept(groups, b'"a"', b'"b"', b'"c"')
    rows = await onprem.run("select id, body_sealed from ingress.delivery")
    box = OpeningBox(PRIVATE)
    opened = {box.open(row["body_sealed"], bound_to=row["id"].bytes) for row in rows}
    assert opened == {b'"a"', b'"b"', b'"c"'}
    assert len({row["body_sealed"][33:45] for row in rows}) == 3


async def test_a_bad_delivery_fails_alone(groups: GroupCommit, onprem: PlaneDatabase) -> None:
    """The table refuses one of a group for what it says; the others are stored."""
    good, bad = await asyncio.gather(
        kept(groups, *(b"{%d}" % n for n in range(20))), kept(groups, b"{}", peer=TOO_LONG_PEER)
    )
    assert not [each for each in good if isinstance(each, BaseException)]
    assert isinstance(bad[0], Unavailable)
    assert (await transactions(onprem))[0] == 20


async def test_more_than_can_wait_are_turned_away_at_once(
    groups: GroupCommit, onprem: PlaneDatabase
) -> None:
    """While the database does not move a bounded number waits; all of them are stored when it goes on."""
    most = WAITING_MAX + WRITERS * GROUP_MAX
    link = await asyncpg.connect(onprem.url("postgres"))
    async with link.transaction():
        await link.execute("lock table ingress.delivery in access exclusive mode")
        first = asyncio.gather(
            *(kept(groups, b"{}") for _ in range(WRITERS * GROUP_MAX)), return_exceptions=True
        )
        await until(lambda: groups.writing == WRITERS and not groups.waiting)
        waiting = [asyncio.ensure_future(kept(groups, b"{}")) for _ in range(WAITING_MAX)]
        await until(lambda: groups.waiting == WAITING_MAX)
        [turned_away] = await kept(groups, b"{}")
        assert isinstance(turned_away, Unavailable)
        assert turned_away.phase == "queue"
    await link.close()
    await first
    for [heard] in await asyncio.gather(*waiting):
        assert not isinstance(heard, BaseException)
    assert (await transactions(onprem))[0] == most


def _command(folder: Path, onprem: PlaneDatabase, address: str, metrics: str) -> Command:
    pem = folder / "ingress.pem"
    pem.write_bytes(
        PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    env = {
        "LMHG_ENVIRONMENT": "development",
        "LMHG_SITE": "s1",
        "LMHG_DATABASE_URL": onprem.url("gw_ingress"),
        "LMHG_LISTEN": address,
        "LMHG_METRICS_LISTEN": metrics,
        "LMHG_PUBLIC_URL": f"http://{address}",
        "LMHG_INGRESS_PATH_SECRET": SECRET,
        "LMHG_INGRESS_SOURCES": "127.0.0.0/8",
        "LMHG_INGRESS_PUBLIC_KEY_FILE": str(pem),
    }
    return Command(name="ingress", argv=(script("lmhg-gateway"), "ingress"), env=env)


async def _send(address: str, acknowledged: set[int], numbers: range) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        for number in numbers:
            try:
                answer = await client.post(PATH, content=json.dumps([number]), headers=JSON)
            except httpx.TransportError:
                return
            if answer.status_code == 204:
                acknowledged.add(number)


async def test_killed_in_the_middle_it_loses_nothing_that_it_acknowledged(
    onprem: PlaneDatabase, tmp_path: Path
) -> None:
    """Kill -9 while sixteen senders send: each that heard 2xx finds its delivery stored."""
    address, metrics = (f"{LOOPBACK}:{port}" for port in free_ports(2))
    process = spawn(_command(tmp_path, onprem, address, metrics), tmp_path / "log")
    acknowledged: set[int] = set()
    try:
        await until(lambda: answers(f"http://{metrics}/health/ready"))
        starts = (sender * 10_000 for sender in range(16))
        sending = asyncio.gather(
            *(_send(address, acknowledged, range(start, start + 10_000)) for start in starts)
        )
        await until(lambda: len(acknowledged) >= 200)
        process.kill()
        await sending
    finally:
        stop(process)
    rows = await onprem.run("select id, body_sealed from ingress.delivery")
    box = OpeningBox(PRIVATE)
    stored = {json.loads(box.open(row["body_sealed"], bound_to=row["id"].bytes))[0] for row in rows}
    assert len(acknowledged) >= 200
    assert acknowledged <= stored
