"""What holds records up is named, on both planes; and what is missing on the broker is made again."""

import asyncio
import uuid
from typing import Any

import asyncpg
import nats
import pytest

from lmhg_relay import loop, watch
from lmhg_relay.core import limits
from lmhg_relay.store import LOCK_KEY
from lmhg_relay.transport import Transport
from lmhg_stack.ports import free_ports

STANDING = "SELECT plane, code, who, rows FROM relay.standing_delay"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits in short, so that a test takes seconds."""
    monkeypatch.setattr(watch, "WATCH_EVERY_S", 0.2)
    for name, value in (
        ("DELAY_S", 1.0),
        ("HEARTBEAT_S", 0.5),
        ("SILENCE_S", 3.0),
        ("UNHEARD_S", 3.0),
        ("RECEIPT_LATE_S", 2.0),
    ):
        monkeypatch.setattr(limits, name, value)


async def standing(rig: Any, plane: str) -> dict[tuple[str, str], str]:
    """What a plane's pages say: whose cause it is, which one, who."""
    rows = await rig.databases[plane].run(STANDING)
    return {(row["plane"], row["code"]): row["who"] for row in rows}


async def named(rig: Any, plane: str, *, of: str, code: str) -> str:
    """Wait until a plane names a cause; who it names."""

    async def is_named() -> bool:
        return (of, code) in await standing(rig, plane)

    await rig.until(is_named, f"{plane} naming {code} of {of}")
    return (await standing(rig, plane))[of, code]


async def none_stands(rig: Any) -> None:
    """Wait until neither plane names anything."""

    async def is_clear() -> bool:
        return not await standing(rig, "onprem") and not await standing(rig, "cloud")

    await rig.until(is_clear, "nothing standing any more")


async def _heard(rig: Any) -> None:
    """Both halves have heard each other."""

    async def is_heard() -> bool:
        return bool(
            await rig.onprem("SELECT 1 FROM relay.peer WHERE last_heard_at IS NOT NULL")
        ) and bool(await rig.cloud("SELECT 1 FROM relay.peer WHERE last_heard_at IS NOT NULL"))

    await rig.until(is_heard, "hearing each other")


async def _administer(rig: Any, act: str, *names: str) -> None:
    client = await nats.connect(rig.broker.server.url, user="provision", password="word")
    await getattr(client.jetstream(), act)(*names)
    await client.close()


@pytest.mark.found("AR1", "who locks the relay's tables is named on both planes, and since when")
async def test_a_lock_is_named_with_its_holder_on_both_planes(rig: Any) -> None:
    """Role, database and program; and the other plane learns it by the next sign of life."""
    rig.start()
    await _heard(rig)
    url = rig.databases["onprem"].url("lmhg_migrator")
    link = await asyncpg.connect(url, server_settings={"application_name": "forgotten psql"})
    await link.execute("SET ROLE lmhg_owner")
    await link.execute("BEGIN; LOCK TABLE relay.outbox IN ACCESS EXCLUSIVE MODE")
    assert "lmhg_migrator" in await named(rig, "onprem", of="onprem", code="lock_wait")
    who = await named(rig, "onprem", of="onprem", code="lock_wait")
    assert "forgotten psql" in who
    await link.execute("COMMIT")
    await link.close()
    await rig.put()
    await rig.until(rig.is_settled)
    await none_stands(rig)


@pytest.mark.found(
    "AR2", "a deleted consumer or stream is made again by the half that may, and records cross"
)
@pytest.mark.found("h4", "with the consumer or the stream deleted, the next record crosses")
@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("delete_consumer", ("LMHG_s1_down", "relay")),
        ("delete_consumer", ("LMHG_s1_up", "relay")),
        ("delete_stream", ("LMHG_s1_down",)),
        ("delete_stream", ("LMHG_s1_up",)),
    ],
)
async def test_what_is_missing_on_the_broker_is_made_again(
    rig: Any, act: str, names: tuple[str, ...]
) -> None:
    """By the half's own credential; nothing is lost, and the signs of life come back."""
    rig.start()
    await _heard(rig)
    await _administer(rig, act, *names)
    before = await rig.onprem("SELECT now() AS at")
    record = await rig.put()

    async def is_through() -> bool:
        heard = await rig.cloud(
            "SELECT 1 FROM relay.peer WHERE last_heard_at > $1", before[0]["at"]
        )
        back = await rig.onprem(
            "SELECT 1 FROM relay.peer WHERE last_heard_at > $1", before[0]["at"]
        )
        return bool(heard) and bool(back) and record in await rig.held()

    await rig.until(is_through, "crossing after a deletion")
    await none_stands(rig)


async def test_a_client_that_gave_up_is_opened_again(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker's client closes for good on an error it does not know; the half does not."""
    kept: list[Transport] = []

    def keep(*values: Any) -> Transport:
        kept.append(Transport(*values))
        return kept[-1]

    monkeypatch.setattr(loop, "Transport", keep)
    rig.start()
    await _heard(rig)
    for transport in kept:
        await transport.close()
    record = await rig.put()
    await rig.until(rig.is_settled)
    assert record in await rig.held()


@pytest.mark.found("AR2", "a dead road is a missing sign of life, named by both planes; not ready")
async def test_a_missing_consumer_that_stays_missing_is_named_on_both_planes(
    rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the half may not make it again: who reads says what is missing, who writes that it is not heard."""
    monkeypatch.setattr(loop, "PROVISION_EVERY_S", 1e9)
    (port,) = free_ports(1)
    rig.start("onprem")
    rig.start("cloud", METRICS_LISTEN=f"127.0.0.1:{port}")
    await _heard(rig)
    await rig.until(lambda: _says(port, "200"), "ready before")
    await _administer(rig, "delete_consumer", "LMHG_s1_down", "relay")
    await named(rig, "cloud", of="cloud", code="consumer_missing")
    await named(rig, "cloud", of="cloud", code="peer_silent")
    await named(rig, "onprem", of="cloud", code="consumer_missing")
    await named(rig, "onprem", of="onprem", code="peer_does_not_hear")
    assert await _says(port, "503", "consumer_missing")


async def _says(port: int, *words: str) -> bool:
    """Whether the readiness page answers with all of these."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.write(b"GET /health/ready HTTP/1.1\r\n\r\n")
    said = (await reader.read()).decode()
    writer.close()
    return all(word in said for word in words)


@pytest.mark.found("AR2", "what the broker refuses is named, and the half is not ready")
async def test_a_credential_without_rights_is_named(rig: Any) -> None:
    """As after a wrong change of the broker's permissions; the other plane names the silence."""
    (port,) = free_ports(1)
    rig.start("cloud")
    rig.start("onprem", NATS_USER="provision", METRICS_LISTEN=f"127.0.0.1:{port}")
    await named(rig, "onprem", of="onprem", code="broker_refuses")
    await named(rig, "cloud", of="cloud", code="peer_silent")
    assert await _says(port, "503", "broker_refuses")


@pytest.mark.found("AR1", "a record that waits for screening, for receipts or for the peer says so")
async def test_a_record_that_waits_says_for_what(rig: Any) -> None:
    """First for its verdict, then for a peer that is not there."""
    rig.start("onprem", VERDICT_LIMIT_S="600")
    name = await rig.put(verdict=None)
    await named(rig, "onprem", of="onprem", code="screening_waits")
    stages = await rig.onprem("SELECT stage FROM relay.waiting WHERE record_id = $1", name)
    assert [row["stage"] for row in stages] == ["unscreened"]
    await rig.onprem(
        "INSERT INTO relay.verdict (kind, record_id, version, outcome)"
        " VALUES ('calendar_block', $1, 1, 'clear')",
        name,
    )
    await named(rig, "onprem", of="onprem", code="receipts_missing")
    stages = await rig.onprem("SELECT stage FROM relay.waiting WHERE record_id = $1", name)
    assert [row["stage"] for row in stages] == ["sent"]
    await named(rig, "onprem", of="onprem", code="peer_silent")
    rig.start("cloud")
    await rig.until(rig.is_settled)
    await none_stands(rig)


@pytest.mark.found("AR1", "who took the relay's lock is named by role and program")
async def test_a_stolen_lock_is_named(rig: Any) -> None:
    """By a session that is no relay; a second relay that waits its turn is no delay."""
    url = rig.databases["onprem"].url("postgres")
    link = await asyncpg.connect(url, server_settings={"application_name": "somebody"})
    await link.execute("SELECT pg_advisory_lock($1)", LOCK_KEY["onprem"])
    rig.start()
    assert "somebody" in await named(rig, "onprem", of="onprem", code="lock_taken")
    await link.close()
    await _heard(rig)
    await none_stands(rig)


@pytest.mark.found(
    "AR3", "the relay does not serve a schema behind or ahead of its code, and says both"
)
@pytest.mark.found(
    "i1", "a schema that the code was not written for: not ready, with both revisions"
)
@pytest.mark.parametrize("revision", ["0000", "9999"])
async def test_another_schema_is_not_served(rig: Any, revision: str) -> None:
    """Behind and ahead: not ready, with the two revisions and the command to run."""
    wanted = (await rig.onprem("SELECT version_num FROM relay.alembic_version"))[0]["version_num"]
    await rig.onprem("UPDATE relay.alembic_version SET version_num = $1", revision)
    (port,) = free_ports(1)
    rig.start("onprem", METRICS_LISTEN=f"127.0.0.1:{port}")
    who = await named(rig, "onprem", of="onprem", code="schema_differs")
    assert who == f"{revision} {wanted}"
    assert await _says(port, "503", revision, wanted, "run lmhg-relay migrate")
    assert await rig.onprem("SELECT 1 FROM relay.half WHERE alive_at IS NOT NULL") == []
    await rig.onprem("UPDATE relay.alembic_version SET version_num = $1", wanted)
    await rig.until(lambda: _says(port, "200"), "serving the right schema")


async def test_a_relay_that_does_not_run_is_named_by_its_silence(rig: Any) -> None:
    """The pages need nobody to write it down."""
    rig.start("onprem")
    await rig.until(lambda: rig.onprem("SELECT 1 FROM relay.half WHERE alive_at IS NOT NULL"))
    await rig.stop("onprem")
    await rig.onprem("UPDATE relay.half SET alive_at = now() - interval '40 seconds'")
    await rig.onprem("UPDATE relay.delay SET seen_at = now() - interval '40 seconds'")
    assert ("onprem", "relay_not_running") in await standing(rig, "onprem")


async def test_no_page_reads_a_body_from_what_waits(rig: Any) -> None:
    """The view of what waits has no column with a text of a record."""
    await rig.put(record_id=uuid.uuid4(), verdict=None)
    assert set((await rig.onprem("SELECT * FROM relay.waiting"))[0]) == {
        "xid", "seq", "kind", "record_id", "version", "op", "created_at", "stage"
    }  # fmt: skip


@pytest.mark.found("AR4", "whether the calendar is shared reaches the portal with the sign of life")
async def test_what_is_shared_is_told_with_the_sign_of_life(rig: Any) -> None:
    """The kinds under a standing approval; and the withdrawal of one."""

    async def told() -> object:
        rows = await rig.cloud("SELECT sharing FROM relay.peer")
        return rows[0]["sharing"] if rows else None

    async def is_shared() -> bool:
        return await told() == ["calendar_block"]

    async def is_not() -> bool:
        return await told() == []

    rig.start()
    await rig.until(is_shared, "sharing told")
    await rig.onprem("UPDATE relay.exemption SET withdrawn_at = now(), withdrawn_by = 'a'")
    await rig.until(is_not, "the withdrawal told")
