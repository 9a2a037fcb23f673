"""Sealed values: bound to their place, openable after a rotation, never by the wrong key."""

import os
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.errors import KeyUnknown, SealBroken
from lmhg_kit.persistence import Keyring
from lmhg_kit.persistence.sealing import key_id_of, place_of

OLD, NEW = os.urandom(32), os.urandom(32)
PLACE = place_of("practice.client", "legal_name", uuid.UUID(int=1))


def ring(current: str = "k1", **keys: bytes) -> Keyring:
    """A keyring."""
    return Keyring(current=current, keys=keys or {"k1": OLD}, index_key=OLD)


@given(st.binary(max_size=500))
def test_value_opens_at_its_place_only(plain: bytes) -> None:
    """Another row, column or table does not open it."""
    blob = ring().seal(plain, place=PLACE)
    assert ring().open(blob, place=PLACE) == plain
    for other in (
        place_of("practice.client", "legal_name", uuid.UUID(int=2)),
        place_of("practice.client", "email", uuid.UUID(int=1)),
        place_of("practice.intake", "legal_name", uuid.UUID(int=1)),
    ):
        with pytest.raises(SealBroken):
            ring().open(blob, place=other)


def test_rotation_keeps_old_values_readable_and_seals_new_ones_anew() -> None:
    """Two keys while rows are resealed; then the old one can go."""
    blob = ring().seal(b"text", place=PLACE)
    both = ring("k2", k1=OLD, k2=NEW)
    assert both.open(blob, place=PLACE) == b"text"
    again = both.seal(b"text", place=PLACE)
    assert (key_id_of(blob), key_id_of(again)) == (b"k1", b"k2")
    only_new = ring("k2", k2=NEW)
    assert only_new.open(again, place=PLACE) == b"text"
    with pytest.raises(KeyUnknown):
        only_new.open(blob, place=PLACE)


@given(st.integers(0, 60), st.integers(1, 255))
def test_flipped_byte_does_not_open(at: int, flip: int) -> None:
    """Any change is seen."""
    blob = bytearray(ring().seal(b"x" * 40, place=PLACE))
    blob[at] ^= flip
    with pytest.raises((SealBroken, KeyUnknown)):
        ring().open(bytes(blob), place=PLACE)


@pytest.mark.parametrize(
    "blob", [b"", b"1", b"2" + b"x" * 60, b"1\x05k1", b"1\x02k1" + b"x" * 27, b"1\x02k1x"]
)
def test_malformed_value_is_refused(blob: bytes) -> None:
    """Bytes that were never sealed have a code of their own."""
    with pytest.raises(SealBroken, match="seal_format"):
        ring().open(blob, place=PLACE)


def test_short_key_or_missing_current_is_refused() -> None:
    """A keyring that cannot work does not start."""
    with pytest.raises(KeyUnknown):
        ring("k1", k1=b"short")
    with pytest.raises(KeyUnknown):
        ring("k9", k1=OLD)
