"""Heartbeats and matches by someone who is not the peer; and the operator's commands for both."""

import asyncio
import json
import subprocess
import uuid
from typing import Any

import asyncpg
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts import wire
from lmhg_relay.match import Matcher
from lmhg_relay.store import connect
from lmhg_stack.process import base_env, script

STRANGER = Ed25519PrivateKey.generate()
BEAT = wire.Heartbeat(
    site="s1", plane="cloud", epoch=1, restores=0, known_restores=0, restoring=False,
    at="", nonce=bytes(16), echo=None,
    sender=wire.SenderState("up", 0, 1, bytes(32), 0, 0),
    receiver=wire.ReceiverState("down", 0, 0, bytes(32), None),
    notes=(), cosigned=(),
)  # fmt: skip
QUESTION = wire.MatchQuestion("s1", "down", str(uuid.UUID(int=1)), ())


FORGED = {
    "a stranger's": (BEAT, STRANGER, "heartbeat_signature_wrong"),
    "another site's": (msgspec.structs.replace(BEAT, site="s2"), None, "heartbeat_site_wrong"),
    "our own": (msgspec.structs.replace(BEAT, plane="onprem"), None, "heartbeat_site_wrong"),
}


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_heartbeat_is_not_heard(rig: Any, name: str) -> None:
    """It is an alarm and no sign of life; the peer itself is heard afterwards."""
    peer_key = rig.settings("cloud").identity.key
    beat, key, code = FORGED[name]
    rig.start("onprem")
    sample = rig.metrics["onprem"].registry.get_sample_value

    async def is_alarmed() -> bool:
        await publish(rig, wire.seal(beat, key or peer_key)[0])
        return code in await rig.alarms("onprem")

    async def is_heard() -> bool:
        return bool(sample("lmhg_relay_last_heard_timestamp_s"))

    await rig.until(is_alarmed)
    assert not await is_heard()
    rig.start("cloud")
    await rig.until(is_heard)


async def publish(rig: Any, raw: bytes) -> None:
    """Send something where the cloud's heartbeats go."""
    client = await rig.client("cloud")
    await client.publish("lmhg.s1.up.beat", raw)
    await client.flush()
    await client.close()


def matcher(rig: Any, plane: str, answer: bytes | None = None) -> Matcher:
    """A plane's matcher, whose peer always gives the same answer."""

    async def ask(_: bytes) -> bytes | None:
        return answer

    return Matcher(
        rig.settings(plane).identity, lambda: connect(rig.databases[plane].url("relay")), ask
    )


async def test_only_the_peer_of_this_site_is_answered(rig: Any) -> None:
    """Counts and digests of records are for the other half alone."""
    asked = matcher(rig, "cloud")
    key = rig.settings("onprem").identity.key
    other_site = msgspec.structs.replace(QUESTION, site="s2")
    for raw in (b"noise", wire.seal(QUESTION, STRANGER)[0], wire.seal(other_site, key)[0]):
        assert await asked.answer(raw) is None
    raw = await asked.answer(wire.seal(QUESTION, key)[0])
    assert raw is not None
    answer, _ = wire.unseal(raw, wire.MatchAnswer, rig.settings("cloud").identity.key.public_key())
    assert {side.name for side in answer.sides} == {"arrived", "held"}


async def test_without_its_database_a_plane_does_not_answer(rig: Any) -> None:
    """The peer hears nothing, rather than half an account."""

    async def fail() -> asyncpg.Connection:
        raise ConnectionRefusedError

    async def ask(_: bytes) -> bytes | None:
        return None

    asked = Matcher(rig.settings("cloud").identity, fail, ask)
    assert await asked.answer(wire.seal(QUESTION, rig.settings("onprem").identity.key)[0]) is None


EMPTY = tuple(wire.MatchSide(name, 0, (), ()) for name in ("arrived", "held"))
ANSWERS = {
    "silence": None,
    "noise": b"noise",
    "another request's": wire.MatchAnswer("s1", "down", "other", EMPTY, ()),
    "half an account": wire.MatchAnswer("s1", "down", "asked", EMPTY[:1], ()),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_match_without_a_good_answer_is_not_clean(rig: Any, name: str) -> None:
    """No answer, a forged one, an old one, an incomplete one: the result names the peer."""
    asked = (await rig.onprem(
        "INSERT INTO relay.match_request (requested_by) VALUES ('test') RETURNING id"
    ))[0]["id"]  # fmt: skip
    answer = ANSWERS[name]
    if isinstance(answer, wire.MatchAnswer):
        request = str(asked) if answer.request_id == "asked" else str(uuid.UUID(int=2))
        whole = msgspec.structs.replace(answer, request_id=request)
        answer = wire.seal(whole, rig.settings("cloud").identity.key)[0]
    await matcher(rig, "onprem", answer).serve()
    (row,) = await rig.onprem("SELECT clean, differences FROM relay.match_result")
    assert row["clean"] is False
    assert [found["what"] for found in json.loads(str(row["differences"]))] == ["peer_silent"]


async def command(rig: Any, *words: str) -> subprocess.CompletedProcess[str]:
    """An operator's command on the on-prem half."""
    env = {**base_env(), **rig.environment("onprem")}
    argv = (script("lmhg-relay"), *words)
    return await asyncio.to_thread(
        subprocess.run, argv, env=env, capture_output=True, text=True, check=False
    )


async def test_the_match_command_prints_clean_or_what_differs(rig: Any) -> None:
    """Exit status 0 for clean alone."""
    rig.start()
    name = await rig.put()
    await rig.until(rig.is_settled)
    done = await command(rig, "match")
    assert (done.returncode, done.stdout) == (0, "clean\n")
    await rig.cloud("UPDATE replica.record SET body = '{}' WHERE record_id = $1", name)
    done = await command(rig, "match")
    assert done.returncode == 1
    assert [found["record_id"] for found in json.loads(done.stdout)] == [str(name)]


async def test_the_restored_command_declares_a_restore_once_there_is_a_half(rig: Any) -> None:
    """Before the first run there is nothing to declare; afterwards the old sender is fenced."""
    assert (await command(rig, "restored")).returncode == 1
    rig.start("onprem")
    half = "SELECT epoch, restore_declared FROM relay.half"
    await rig.until(lambda: rig.onprem(f"{half} WHERE epoch > 0"), "a half")
    await rig.stop()
    (before,) = await rig.onprem(half)
    assert (await command(rig, "restored")).returncode == 0
    (after,) = await rig.onprem(half)
    assert (before["restore_declared"], after["restore_declared"]) == (False, True)
    assert after["epoch"] == before["epoch"] + 1
