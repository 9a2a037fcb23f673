"""A record crosses, is refused or recalled, over the real database and broker."""

import asyncio
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest

from lmhg_contracts.ledger.checkpoint import NoteVerifier, open_note
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_stack.process import base_env, script
from lmhg_stack.testing import PlaneDatabase


async def test_a_record_crosses_and_both_sides_can_prove_it(rig: Any) -> None:
    """Replica, receipts on both sides, and ledgers whose signed root is that of their entries."""
    rig.start()
    name = await rig.put()
    await rig.until(rig.is_settled)
    held = (await rig.held())[name]
    assert (held["version"], held["purged"]) == (1, False)
    for plane in ("onprem", "cloud"):
        database: PlaneDatabase = rig.databases[plane]
        receipts = await database.run("SELECT * FROM relay.receipt WHERE direction = 'down'")
        assert len(receipts) == 1
        head = (await database.run("SELECT * FROM relay.ledger_head"))[0]
        rows = await database.run("SELECT entry FROM relay.ledger ORDER BY n")
        frontier = Frontier()
        frontier.append_many([leaf_hash(row["entry"]) for row in rows])
        verifier = NoteVerifier.from_vkey((rig.keys / f"{plane}.vkey").read_text())
        checkpoint = open_note(head["checkpoint"], [verifier])
        assert (checkpoint.size, checkpoint.root) == (len(rows), frontier.root())
    assert [entry["decision"] for entry in await rig.decisions()] == ["ship", "receipted"]
    assert [entry["decision"] for entry in await rig.decisions("cloud")] == ["applied"]


async def test_a_newer_version_replaces_and_an_older_one_does_not(rig: Any) -> None:
    """Versions decide, not arrival."""
    rig.start()
    name = await rig.put(version=2)
    await rig.until(rig.is_settled)
    await rig.put(record_id=name, version=1)
    await rig.put(record_id=name, version=3)
    await rig.until(rig.is_settled)
    assert (await rig.held())[name]["version"] == 3


async def test_a_recall_leaves_a_tombstone_and_an_empty_broker(rig: Any) -> None:
    """Body gone from replica and stream, the officer's line complete, the ledger says so."""
    rig.start()
    name = await rig.put()
    await rig.until(rig.is_settled)
    await rig.recall(name)

    async def is_purged() -> bool:
        rows = await rig.onprem("SELECT * FROM relay.recall_status")
        return bool(rows and rows[0]["broker_purged_at"])

    await rig.until(is_purged)
    line = (await rig.onprem("SELECT * FROM relay.recall_status"))[0]
    assert line["withdrawn_at"] <= line["unreadable_at"] <= line["broker_purged_at"]
    held = (await rig.held())[name]
    assert (held["purged"], held["body"], held["version"]) == (True, None, 2)
    blobs = await rig.onprem("SELECT count(*) AS n FROM relay.batch WHERE blob IS NOT NULL")
    assert blobs[0]["n"] == 0
    assert "broker_purged" in [entry["decision"] for entry in await rig.decisions()]
    await rig.put(record_id=name, version=1)
    await rig.until(rig.is_settled)
    assert (await rig.held())[name]["purged"] is True


REFUSALS = {
    "kind_unknown": {"kind": "client", "body": "{}"},
    "not_home": {"kind": "ticket", "body": "{}"},
    "exemption_missing": {"exemption": uuid.UUID(int=1)},
    "body_not_contract": {"body": '{"kind":"calendar_block","name":"x"}'},
    "body_not_json": {"body": "{"},
    "held": {"verdict": "hold"},
}


@pytest.mark.parametrize("reason", REFUSALS)
async def test_a_refused_row_stays_and_is_named(rig: Any, reason: str) -> None:
    """One refusal in the ledger, with its gate and reason; nothing in a batch."""
    rig.start()
    await rig.put(**REFUSALS[reason])
    await rig.until(rig.is_settled)
    entries = await rig.decisions()
    assert [(entry["decision"], entry["reason"]) for entry in entries] == [("refuse", reason)]
    assert entries[0]["digest"] is None
    assert await rig.onprem("SELECT 1 FROM relay.batch") == []
    assert await rig.held() == {}


async def test_a_withdrawn_exemption_refuses(rig: Any) -> None:
    """What was approved is not approved any more."""
    await rig.onprem("UPDATE relay.exemption SET withdrawn_at = now(), withdrawn_by = 'c'")
    rig.start()
    await rig.put()
    await rig.until(rig.is_settled)
    assert [entry["reason"] for entry in await rig.decisions()] == ["exemption_over"]


async def test_a_row_without_verdict_waits_and_holds_up_those_behind(rig: Any) -> None:
    """Order is total: the second row leaves after the first one's verdict."""
    rig.start()
    first = await rig.put(verdict=None)
    second = await rig.put()
    assert await rig.decisions() == []
    await rig.onprem(
        "INSERT INTO relay.verdict (kind, record_id, version, outcome) "
        "VALUES ('calendar_block', $1, 1, 'clear')",
        first,
    )
    await rig.until(rig.is_settled)
    shipped = [entry["record_id"] for entry in await rig.decisions() if entry["decision"] == "ship"]
    assert shipped == [str(first), str(second)]


async def test_a_late_verdict_is_a_refusal(rig: Any) -> None:
    """The wait has a limit, and its end is not a clearance."""
    rig.start(VERDICT_LIMIT_S="0")
    await rig.put(verdict=None)
    await rig.until(rig.is_settled)
    assert [entry["reason"] for entry in await rig.decisions()] == ["verdict_late"]


async def test_the_match_is_clean_and_names_what_was_changed(rig: Any) -> None:
    """Two accounts by ledger, one by replica; a changed body and a lost row are named."""
    rig.start()
    names = [await rig.put() for _ in range(5)]
    await rig.until(rig.is_settled)
    assert await _match(rig) == []
    await rig.cloud("UPDATE replica.record SET body = '{}' WHERE record_id = $1", names[0])
    await rig.cloud("UPDATE replica.record SET version = 9 WHERE record_id = $1", names[1])
    found = {row["record_id"]: row["what"] for row in await _match(rig)}
    assert found == {str(names[0]): "body_changed", str(names[1]): "version_differs"}


async def _match(rig: Any) -> list[dict[str, Any]]:
    import json

    asked = await rig.onprem(
        "INSERT INTO relay.match_request (requested_by) VALUES ('test') RETURNING id"
    )
    answer = "SELECT clean, differences FROM relay.match_result WHERE id = $1"
    await rig.until(lambda: rig.onprem(answer, asked[0]["id"]), "a match")
    row = (await rig.onprem(answer, asked[0]["id"]))[0]
    differences = json.loads(str(row["differences"]))
    assert row["clean"] is (not differences)
    return differences


async def test_an_exported_ledger_is_accepted_by_the_verifier(rig: Any, tmp_path: Path) -> None:
    """The command line writes what `lmhg-verify` calls sound; a changed byte is found."""
    rig.start("onprem")
    for _ in range(3):
        await rig.put()
    await rig.until(lambda: rig.onprem("SELECT 1 FROM relay.batch"))
    file = tmp_path / "ledger"
    env = {**base_env(), **rig.environment("onprem")}
    argv = (script("lmhg-relay"), "ledger", "export", str(file))
    done = await asyncio.to_thread(subprocess.run, argv, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr
    verify = (script("lmhg-verify"), str(file), "--keys", str(rig.keys / "onprem.vkey"))
    sound = await asyncio.to_thread(subprocess.run, verify, capture_output=True)
    assert sound.returncode == 0, sound.stdout
    file.write_bytes(file.read_bytes().replace(b'"ship"', b'"shop"', 1))
    edited = await asyncio.to_thread(subprocess.run, verify, capture_output=True)
    assert edited.returncode == 1
