"""Messages of the relay: golden bytes, round trips, hostile bytes."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lmhg_contracts import wire

GOLDEN = Path(__file__).parent / "golden"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
ID = bytes(range(16))
BODY = b'{"busy":"busy","kind":"calendar_block"}'
MATCH_ROW = wire.MatchRow("ticket", ID, 3, bytes(32))

EXAMPLES: dict[str, wire.Message] = {
    "batch": wire.Batch(
        "s1", "down", 1, 7, 42, bytes(32), "2026-03-08T01:30:00.000000Z", False, "note",  # noqa: FBT003 - positional by design
        (
            wire.Entry(5, "calendar_block", ID, 3, "put", BODY),
            wire.Entry(6, "calendar_block", ID, 4, "recall", None),
        ),
        ((0, 1, 2),),
    ),
    "receipt": wire.Receipt(
        "s1", "down", 1, 42, bytes(32), 9, 2, "2026-03-08T01:30:01.000000Z",
        bytes([wire.Result.APPLIED, wire.Result.QUARANTINED]), ((1, "not_home"),),
    ),
    "heartbeat": wire.Heartbeat(
        "s1", "onprem", 7, 0, 0, False, "2026-03-08T01:30:02.000000Z", bytes(16), None,  # noqa: FBT003 - positional by design
        wire.SenderState("down", 1, 43, bytes(32), 41, 0),
        wire.ReceiverState("up", 1, 8, bytes(32), None),
        (wire.LedgerNote("note", 3, (bytes(32),)),), ("cosigned",),
        (wire.OpenDelay("lock_wait", "lmhg_migrator in lmhg", "2026-03-08T01:29:00.000000Z", 2),),
        ("calendar_block",), 1,
    ),
    "match-ask": wire.MatchQuestion("s1", "down", "r1", (1, 255)),
    "match-answer": wire.MatchAnswer(
        "s1", "down", "r1", (wire.MatchSide("held", 1, ((0, bytes(32)),), (MATCH_ROW,)),), (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("tag", EXAMPLES)
def test_golden_bytes_decode_for_ever(tag: str) -> None:
    """What was once written is read as it was meant, and is still written so."""
    raw = (GOLDEN / f"{tag}.bin").read_bytes()
    message: Any = EXAMPLES[tag]
    assert wire.unseal(raw, type(message), KEY.public_key())[0] == message
    assert wire.seal(message, KEY)[0] == raw


def test_a_batch_from_before_known_recalls_is_still_read() -> None:
    """A batch that an older sender left in its database says nothing of recalls."""
    raw = (GOLDEN / "batch-before-recalls.bin").read_bytes()
    batch = wire.unseal(raw, wire.Batch, KEY.public_key())[0]
    assert (batch.number, len(batch.entries), batch.recalled) == (42, 2, ())


def test_a_heartbeat_from_before_delays_is_still_read() -> None:
    """A half of the version before says nothing of what holds it up, nor of what it shares."""
    raw = (GOLDEN / "heartbeat-before-delays.bin").read_bytes()
    beat = wire.unseal(raw, wire.Heartbeat, KEY.public_key())[0]
    assert (beat.plane, beat.delays, beat.sharing) == ("onprem", (), None)


def test_a_heartbeat_from_before_joined_restores_is_still_read() -> None:
    """A half of the version before says nothing of the restores that it has joined."""
    raw = (GOLDEN / "heartbeat-before-joining.bin").read_bytes()
    beat = wire.unseal(raw, wire.Heartbeat, KEY.public_key())[0]
    assert (beat.plane, beat.joined_restores) == ("onprem", 0)


def test_every_message_has_golden_bytes() -> None:
    """A new message cannot be forgotten here."""
    assert {wire.TAGS[type(message)] for message in EXAMPLES.values()} == set(wire.TAGS.values())
    assert {path.stem for path in GOLDEN.glob("*.bin")} >= set(EXAMPLES)


entries = st.builds(
    wire.Entry,
    st.integers(0, 2**62),
    st.text(min_size=1, max_size=64),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**62),
    st.sampled_from(["put", "recall"]),
    st.none() | st.binary(max_size=200),
)


@given(st.lists(entries, max_size=8), st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_a_batch_comes_back_as_it_was(
    found: list[wire.Entry], number: int, previous: bytes
) -> None:
    """Any entries within the bounds survive the road, and the hash is of the same bytes."""
    batch = wire.Batch("s1", "up", 0, 1, number, previous, "", True, "", tuple(found))  # noqa: FBT003 - positional by design
    raw, digest = wire.seal(batch, KEY)
    assert wire.unseal(raw, wire.Batch, KEY.public_key()) == (batch, digest)
    assert wire.unseal_own(raw) == batch


@given(st.integers(0, 400), st.integers(0, 7))
def test_one_flipped_bit_refuses(place: int, bit: int) -> None:
    """No bit of a sealed message may change."""
    raw, _ = wire.seal(EXAMPLES["batch"], KEY)
    flipped = bytearray(raw)
    flipped[place % len(raw)] ^= 1 << bit
    with pytest.raises(wire.WireRefused):
        wire.unseal(bytes(flipped), wire.Batch, KEY.public_key())


@given(st.binary(max_size=600))
def test_noise_refuses_with_a_code(raw: bytes) -> None:
    """Bytes from nowhere never raise anything else."""
    with pytest.raises(wire.WireRefused) as refused:
        wire.unseal(raw, wire.Receipt, KEY.public_key())
    assert refused.value.code in {"not_sealed", "version_unknown", "tag_wrong", "signature_wrong"}


def test_another_key_and_another_type_refuse() -> None:
    """A signature is by the peer and for one type of message."""
    raw, _ = wire.seal(EXAMPLES["receipt"], OTHER)
    with pytest.raises(wire.WireRefused, match="signature_wrong"):
        wire.unseal(raw, wire.Receipt, KEY.public_key())
    with pytest.raises(wire.WireRefused, match="tag_wrong"):
        wire.unseal(raw, wire.Batch, OTHER.public_key())
    renamed = msgspec.msgpack.decode(raw)
    renamed[1] = "batch"
    with pytest.raises(wire.WireRefused, match="signature_wrong"):
        wire.unseal(msgspec.msgpack.encode(renamed), wire.Batch, OTHER.public_key())


def _signed(payload: bytes, tag: str = "batch") -> bytes:
    signature = KEY.sign(wire.signed_bytes(tag, payload))
    return msgspec.msgpack.encode(wire.Sealed(1, tag, payload, signature))


def test_a_signed_message_out_of_bounds_refuses() -> None:
    """The peer's key does not make a payload acceptable."""
    good = msgspec.msgpack.decode(msgspec.msgpack.encode(EXAMPLES["batch"]))
    many = [*good[:9], [good[9][0]] * (wire.MAX_BATCH_ENTRIES + 1)]
    stray = [*good, "more"]
    for payload in (many, stray, good[:9], [*good[:9], "x"], {}):
        with pytest.raises(wire.WireRefused, match="payload_malformed"):
            wire.unseal(_signed(msgspec.msgpack.encode(payload)), wire.Batch, KEY.public_key())


def test_too_long_refuses_on_both_ends() -> None:
    """Neither sent nor read."""
    big = wire.Entry(0, "ticket", ID, 1, "put", b"x" * 60_000)
    batch = wire.Batch("s1", "up", 0, 1, 1, bytes(32), "", False, "", (big,) * 20)  # noqa: FBT003 - positional by design
    with pytest.raises(wire.WireRefused, match="too_long"):
        wire.seal(batch, KEY)
    with pytest.raises(wire.WireRefused, match="too_long"):
        wire.unseal(b"x" * (wire.MAX_MESSAGE_BYTES + 129), wire.Batch, KEY.public_key())
