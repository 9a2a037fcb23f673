"""What goes wrong outside: broker, processes, forgers, backups."""

import asyncio
import signal
import uuid
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts import wire
from lmhg_relay.core import events as e
from lmhg_relay.core.half import Half
from lmhg_relay.executor import Executor, now
from lmhg_relay.objects import Ferry, Shelf
from lmhg_relay.observe import Metrics
from lmhg_relay.store import Fenced, Store, connect

STRANGER = Ed25519PrivateKey.generate()


class Dark(Exception):
    """The power goes."""


class Carrier:
    """A broker's place: loses what it is told to lose, keeps the rest."""

    def __init__(self, *, dies: bool = False) -> None:
        self.dies = dies
        self.published: list[bytes] = []

    async def publish_batch(self, number: int, blob: bytes) -> None:
        """Lose it, or die."""
        del number
        if self.dies:
            raise Dark
        self.published.append(blob)

    async def send_receipt(self, raw: bytes) -> None:
        """Lose it."""

    async def send_beat(self, raw: bytes) -> None:
        """Lose it."""

    async def purge(self, upto: int) -> bool:
        """Never confirms."""
        return upto < 0


async def _half(rig: Any, plane: wire.PlaneName, carrier: Carrier) -> tuple[Executor, Any]:
    connection = await connect(rig.databases[plane].url("relay"))
    store = Store(connection, plane=plane)
    half = Half(rig.settings(plane).identity, await store.load("s1"))

    async def no_files() -> tuple[dict[Any, Any], int]:
        return {}, 0

    shelf = Shelf(None, no_files, wake=lambda: None)
    await shelf.sweep()
    shelf.is_settled = True
    ferry = Ferry(None, None, wake=lambda: None)
    return Executor(half, store, carrier, Metrics(), ferry=ferry, shelf=shelf), connection


async def _blob(rig: Any) -> bytes:
    """The next batch of the on-prem half, which the broker never saw."""
    carrier = Carrier()
    executor, connection = await _half(rig, "onprem", carrier)
    await executor.run(e.Woken(**now()))
    await connection.close()
    return carrier.published[0]


async def _publish(rig: Any, plane: str, subject: str, *raws: bytes) -> None:
    client = await rig.client(plane)
    for raw in raws:
        await client.publish(subject, raw)
    await client.flush()
    await client.close()


async def test_a_crash_between_commit_and_publish_loses_nothing(rig: Any) -> None:
    """The batch is in the database; the next process publishes it."""
    name = await rig.put()
    executor, connection = await _half(rig, "onprem", Carrier(dies=True))
    with pytest.raises(Dark):
        await executor.run(e.Woken(**now()))
    await connection.close()
    assert len(await rig.onprem("SELECT 1 FROM relay.batch WHERE closed_at IS NULL")) == 1
    rig.start()
    await rig.until(rig.is_settled)
    assert name in await rig.held()
    assert [entry["decision"] for entry in await rig.decisions()].count("ship") == 1


async def test_a_killed_and_wiped_broker_loses_and_doubles_nothing(rig: Any) -> None:
    """Records put before, while and after the broker is gone arrive once each."""
    rig.start()
    names = [await rig.put() for _ in range(5)]
    await asyncio.to_thread(rig.broker.kill, wipe=True)
    names += [await rig.put() for _ in range(5)]
    await asyncio.to_thread(rig.broker.start)
    await rig.broker.provision()
    names += [await rig.put() for _ in range(5)]
    await rig.until(rig.is_settled)
    assert set(await rig.held()) == set(names)
    applied = [entry for entry in await rig.decisions("cloud") if entry["decision"] == "applied"]
    assert len(applied) == len(names)


async def test_a_batch_the_broker_lost_is_asked_for(rig: Any) -> None:
    """The first publish is lost; the receiver sees the second, and asks."""
    rig.start("cloud")
    first = await rig.put()
    await _blob(rig)
    rig.start("onprem", RECEIPT_TIMEOUT_MS="60000")
    second = await rig.put()
    await rig.until(rig.is_settled)
    assert set(await rig.held()) == {first, second}


async def test_a_forged_receipt_closes_nothing(rig: Any) -> None:
    """By a stranger's key, or by the peer's about something else: quarantined, with an alarm."""
    await rig.put()
    blob = await _blob(rig)
    batch, digest = wire.unseal(blob, wire.Batch, rig.settings("cloud").identity.peer_key)
    good = wire.Receipt("s1", "down", 0, batch.number, digest, 0, 1, "", b"\x00", ())
    wrong = [
        msgspec.structs.replace(good, **change)
        for change in (
            {"batch_hash": bytes(32)},
            {"site": "s2"},
            {"direction": "up"},
            {"number": batch.number + 1},
            {"results": b""},
            {"results": b"\x09"},
        )
    ]
    peer_key = rig.settings("cloud").identity.key
    rig.start("onprem")
    forged = [wire.seal(good, STRANGER)[0], b"noise"]
    forged += [wire.seal(receipt, peer_key)[0] for receipt in wrong]

    wanted = {
        "receipt_signature_wrong",
        "receipt_not_sealed",
        "receipt_hash_wrong",
        "receipt_site_wrong",
        "receipt_direction_wrong",
        "receipt_number_unknown",
        "receipt_results_wrong",
    }

    async def is_quarantined() -> bool:
        await _publish(rig, "cloud", "lmhg.s1.down.receipt", *forged)
        kept = await rig.onprem("SELECT 1 FROM relay.quarantine")
        return len(kept) == len(forged) and await rig.alarms("onprem") >= wanted

    await rig.until(is_quarantined)
    assert len(await rig.onprem("SELECT 1 FROM relay.outbox")) == 1
    assert not await rig.is_settled()


async def test_a_tampered_batch_is_never_applied(rig: Any) -> None:
    """A flipped byte, a stranger's signature, a broken chain: refused, each with its code."""
    await rig.put()
    blob = await _blob(rig)
    flipped = bytearray(blob)
    flipped[len(blob) // 2] ^= 1
    own = rig.settings("onprem").identity.key
    batch = wire.unseal_own(blob)
    chain = msgspec.structs.replace(batch, previous=bytes([1] * 32))
    site = msgspec.structs.replace(batch, site="s2")
    way = msgspec.structs.replace(batch, direction="up")
    rig.start("cloud")
    await _publish(
        rig,
        "onprem",
        "lmhg.s1.down.batch",
        bytes(flipped),
        wire.seal(batch, STRANGER)[0],
        wire.seal(chain, own)[0],
        wire.seal(site, own)[0],
        wire.seal(way, own)[0],
    )
    wanted = {
        "batch_signature_wrong",
        "batch_chain_broken",
        "batch_site_wrong",
        "batch_direction_wrong",
    }

    async def are_alarmed() -> bool:
        return await rig.alarms("cloud") >= wanted

    await rig.until(are_alarmed)
    assert await rig.held() == {}


async def test_a_batch_of_an_older_epoch_is_refused(rig: Any) -> None:
    """A sender that lost its lock signs well and continues the chain: its epoch gives it away."""
    await rig.put()
    blob = await _blob(rig)
    rig.start("cloud")
    await _publish(rig, "onprem", "lmhg.s1.down.batch", blob)
    await rig.until(rig.held)
    first = wire.unseal_own(blob)
    digest = wire.unseal(blob, wire.Batch, rig.settings("cloud").identity.peer_key)[1]
    after = {"number": first.number + 1, "previous": digest}
    old, same = (
        msgspec.structs.replace(first, epoch=epoch, **after)
        for epoch in (first.epoch - 1, first.epoch)
    )
    own = rig.settings("onprem").identity.key
    await _publish(rig, "onprem", "lmhg.s1.down.batch", wire.seal(old, own)[0])

    async def is_alarmed() -> bool:
        return "batch_epoch_old" in await rig.alarms("cloud")

    await rig.until(is_alarmed)
    applied = "SELECT applied_number FROM relay.receiver"
    assert (await rig.cloud(applied))[0]["applied_number"] == first.number
    await _publish(rig, "onprem", "lmhg.s1.down.batch", wire.seal(same, own)[0])
    await rig.until(
        lambda: rig.cloud(f"{applied} WHERE applied_number = $1", first.number + 1), "the same"
    )


async def test_a_replayed_batch_is_applied_once(rig: Any) -> None:
    """An old number gets its stored receipt again, and nothing else."""
    name = await rig.put()
    blob = await _blob(rig)
    rig.start()
    await rig.until(rig.is_settled)
    before = await rig.decisions("cloud")
    await rig.put(record_id=name, version=2)
    await _publish(rig, "onprem", "lmhg.s1.down.batch", blob, blob)
    await rig.until(rig.is_settled)
    assert (await rig.held())[name]["version"] == 2
    assert len(await rig.decisions("cloud")) == len(before) + 1


async def test_a_zombie_commits_nothing(rig: Any) -> None:
    """A half that has lost its lock without knowing is fenced by the epoch."""
    await rig.put()
    zombie, connection = await _half(rig, "onprem", Carrier())
    rig.start()
    await rig.until(rig.is_settled)
    await rig.stop("onprem")
    await rig.put()
    with pytest.raises(Fenced):
        await zombie.run(e.Woken(**now()))
    await connection.close()
    rig.start("onprem")
    await rig.until(rig.is_settled)
    shipped = [entry for entry in await rig.decisions() if entry["decision"] == "ship"]
    assert len(shipped) == 2


async def test_a_stopped_process_wakes_up_fenced(rig: Any) -> None:
    """Two processes: one is frozen, its lock ends with its connection, the other takes over."""
    first = rig.spawn("onprem")
    rig.start("cloud")
    try:
        await rig.put()
        await rig.until(rig.is_settled)
        first.send_signal(signal.SIGSTOP)
        await rig.onprem(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'lmhg-relay' AND datname = current_database()"
        )
        rig.start("onprem")
        await rig.put()
        await rig.until(rig.is_settled)
        first.send_signal(signal.SIGCONT)
        await rig.put()
        await rig.until(rig.is_settled)
    finally:
        first.kill()
        first.wait()
    entries = await rig.decisions()
    assert [entry["n"] for entry in entries] == list(range(len(entries)))
    assert [entry["decision"] for entry in entries].count("ship") == 3


@pytest.mark.parametrize("is_known", [True, False])
async def test_after_a_restore_a_tombstone_yields_to_a_home_that_knows_it(
    rig: Any, *, is_known: bool
) -> None:
    """Recalled, then allowed again: it arrives. Recalled after the backup: it stays away."""
    rig.start()
    name = await rig.put()
    await rig.until(rig.is_settled)
    await rig.recall(name)
    await rig.until(rig.is_settled)
    await rig.stop()
    if not is_known:
        await rig.onprem("DELETE FROM relay.recall_status")
    await rig.cloud("UPDATE relay.half SET restore_declared = true, epoch = epoch + 1")
    rig.start()

    async def is_resumed() -> bool:
        return any(entry["decision"] == "restored" for entry in await rig.decisions())

    await rig.until(is_resumed)
    await rig.put(record_id=name, version=3)
    await rig.until(rig.is_settled)
    held = (await rig.held())[name]
    assert (held["version"], held["purged"]) == ((3, False) if is_known else (2, True))
    reasons = {
        entry["reason"] for entry in await rig.decisions() if entry["decision"] == "returned"
    }
    assert reasons == (set() if is_known else {"recalled_before_restore"})


async def _lose_last_batch(rig: Any) -> None:
    """What an older backup of the cloud looks like."""
    await rig.cloud(
        "UPDATE relay.receiver SET applied_number = 1, applied_hash = (SELECT batch_hash FROM relay.receipt WHERE number = 1)"
    )
    await rig.cloud("SET session_replication_role = replica")
    for table in ("replica.record", "relay.receipt"):
        await rig.cloud(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    await rig.cloud(
        "DELETE FROM replica.record WHERE received_at = (SELECT max(received_at) FROM replica.record)"
    )
    await rig.cloud("DELETE FROM relay.receipt WHERE number > 1")
    for table in ("replica.record", "relay.receipt"):
        await rig.cloud(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


RELEASE = """
CREATE SCHEMA IF NOT EXISTS relay_release;
GRANT USAGE ON SCHEMA relay_release TO relay;
CREATE OR REPLACE FUNCTION relay_release.release_all() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    INSERT INTO relay.outbox (kind, record_id, version, op, body, exemption_id)
    SELECT 'calendar_block', v.record_id, v.version, 'put',
        '{"busy":"busy","clinician_id":"6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670001","ends_at":"2026-01-02T04:04:05Z","kind":"calendar_block","starts_at":"2026-01-02T03:04:05Z"}',
        e.id FROM relay.verdict v, relay.exemption e $$;
GRANT EXECUTE ON FUNCTION relay_release.release_all() TO relay;
"""


async def test_an_undeclared_rollback_stops_and_a_declared_one_heals(rig: Any) -> None:
    """The sender names why it stops; after the declaration everything is there again."""
    for statement in RELEASE.strip().split(";\n"):
        await rig.onprem(statement)
    rig.start()
    names: list[uuid.UUID] = []
    for _ in range(2):
        names.append(await rig.put())
        await rig.until(rig.is_settled)
    await rig.stop()
    await _lose_last_batch(rig)
    rig.start()

    async def is_stopped() -> bool:
        return "peer_is_behind_its_receipts" in await rig.alarms("onprem")

    await rig.until(is_stopped)
    assert set(await rig.held()) == {names[0]}
    await rig.cloud("UPDATE relay.half SET restore_declared = true, epoch = epoch + 1")

    async def is_whole() -> bool:
        held = await rig.held()
        return set(held) == set(names) and all(row["generation"] == 1 for row in held.values())

    await rig.until(is_whole)
    await rig.until(rig.is_settled)
    assert "restored" in [entry["decision"] for entry in await rig.decisions()]
