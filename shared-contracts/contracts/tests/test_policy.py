"""Classification, kinds, registry and codec: closed by default."""

from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_contracts import classification, codec, registry
from lmhg_contracts.classification import DataClass, Plane
from lmhg_contracts.kinds.base import Id, Record

KINDS = {
    path.stem: msgspec.json.decode(path.read_bytes())
    for path in Path(__file__).with_name("kinds").glob("*.json")
}
"""By kind: on which plane it is at home, and a valid example. A new kind adds its own file."""
VALID = {kind: told["example"] for kind, told in KINDS.items()}


def body(kind: str, **changes: object) -> bytes:
    """A valid body with changes."""
    return msgspec.json.encode({"kind": kind, **VALID[kind], **changes})


def test_every_kind_has_an_example() -> None:
    """Nothing is forgotten when a kind is added: a file in `kinds/` is registered by itself."""
    assert set(VALID) == set(registry.KINDS)


@pytest.mark.parametrize("kind", sorted(VALID))
def test_free_text_fields_are_the_unbounded_vocabulary(kind: str) -> None:
    """A text field that is no id and no code is one that screening reads."""
    schema = registry.json_schema(registry.KINDS[kind])
    fields = schema["$defs"][registry.KINDS[kind].struct.__name__]["properties"]
    free = {
        name
        for name, found in fields.items()
        if found.get("type") == "string" and not {"pattern", "format", "enum"} & set(found)
    }
    assert free == set(registry.KINDS[kind].struct.SCREENED)


@pytest.mark.parametrize("kind", sorted(VALID))
def test_valid_body_decodes_and_encodes_to_itself(kind: str) -> None:
    """Bytes to record to bytes to record."""
    record = codec.decode_body(kind, body(kind))
    assert codec.decode_body(kind, codec.encode_body(record)) == record


@pytest.mark.parametrize("kind", sorted(VALID))
def test_unknown_field_refuses(kind: str) -> None:
    """A field that the contract does not know cannot ride along."""
    with pytest.raises(codec.BodyRefused, match="body_not_contract"):
        codec.decode_body(kind, body(kind, client_name="Invented"))


@pytest.mark.parametrize("kind", sorted(VALID))
def test_missing_field_refuses(kind: str) -> None:
    """Each field is required."""
    for name in VALID[kind]:
        short = {key: value for key, value in VALID[kind].items() if key != name}
        with pytest.raises(codec.BodyRefused):
            codec.decode_body(kind, msgspec.json.encode({"kind": kind, **short}))


@pytest.mark.parametrize("kind", sorted(VALID))
def test_body_of_another_kind_refuses(kind: str) -> None:
    """The tag must be the kind that the batch names."""
    for other in set(VALID) - {kind}:
        with pytest.raises(codec.BodyRefused):
            codec.decode_body(kind, body(other))


@given(st.binary(max_size=300))
def test_hostile_bytes_refuse_with_a_code(raw: bytes) -> None:
    """No bytes crash the codec or pass it by accident."""
    with pytest.raises(codec.BodyRefused) as refused:
        codec.decode_body("ticket", raw)
    assert refused.value.code in {"body_not_json", "body_not_contract"}


def test_over_long_and_unknown_refuse() -> None:
    """Limits come before parsing."""
    with pytest.raises(codec.BodyRefused, match="body_too_long"):
        codec.decode_body("ticket", b" " * (codec.MAX_BODY_BYTES + 1))
    with pytest.raises(codec.BodyRefused, match="kind_unknown"):
        codec.decode_body("client", b"{}")


def test_strings_and_lists_are_bounded() -> None:
    """No field of any kind is unbounded."""
    for kind in registry.KINDS.values():
        schema = registry.json_schema(kind)
        fields = schema["$defs"][kind.struct.__name__]["properties"]
        for name, found in fields.items():
            for part in found.get("anyOf", [found]):
                if part.get("type") == "string":
                    assert {"maxLength", "format", "enum"} & set(part), (kind.name, name)
                if part.get("type") == "array":
                    assert "maxItems" in part, (kind.name, name)


def test_a_field_without_annotation_is_phi() -> None:
    """Forgetting the annotation keeps the value inside, and keeps the kind out of the registry."""

    class Careless(Record, frozen=True, tag="careless"):
        HOME: ClassVar = Plane.ONPREM
        SCREENED: ClassVar = ("note",)
        note: str

    assert classification.field_classes(Careless) == {"note": DataClass.PHI}
    with pytest.raises(TypeError, match="careless"):
        registry.make_kind(Careless)


def test_a_kind_screens_fields_that_it_has() -> None:
    """A field that was renamed is not left out of screening in silence."""

    class Renamed(Record, frozen=True, tag="renamed"):
        HOME: ClassVar = Plane.CLOUD
        SCREENED: ClassVar = ("note",)
        other: Id

    with pytest.raises(TypeError, match="renamed: screens fields that it does not have: note"):
        registry.make_kind(Renamed)


def test_union_of_exempt_and_phi_is_phi() -> None:
    """The stricter class wins."""

    class Mixed(Record, frozen=True, tag="mixed"):
        named: Id | None
        loose: Id | int

    found = classification.field_classes(Mixed)
    assert found == {"named": DataClass.EXEMPT, "loose": DataClass.PHI}


def test_never_crossing_kinds_are_not_registered() -> None:
    """There is nothing to ship them in."""
    assert not set(registry.NEVER_CROSSING) & set(registry.KINDS)


def test_homes_are_the_architecture_s() -> None:
    """One home plane a kind."""
    for plane in Plane:
        homes = {kind for kind, told in KINDS.items() if told["home"] == plane.value}
        assert {kind.name for kind in registry.kinds_from(plane)} == homes


def test_policy_revision_changes_with_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """The revision names exactly this table."""
    import hashlib

    assert hashlib.sha256(registry.policy_table()).hexdigest()[:16] == registry.POLICY_REVISION
    fewer = {name: kind for name, kind in registry.KINDS.items() if name != "ticket"}
    monkeypatch.setattr(registry, "KINDS", fewer)
    assert hashlib.sha256(registry.policy_table()).hexdigest()[:16] != registry.POLICY_REVISION
