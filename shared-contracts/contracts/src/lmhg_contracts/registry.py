"""Which kinds of record may ever cross, from which plane, with which fields.

A kind that is not here cannot be shipped, because there is nothing to ship it in.
"""

import hashlib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from lmhg_contracts import kinds
from lmhg_contracts.classification import DataClass, Plane, field_classes
from lmhg_contracts.kinds.base import Record

NEVER_CROSSING = (
    "client",
    "referral",
    "appointment",
    "intake",
    "clinical_document",
    "note",
    "contact_attempt",
    "consent",
)
"""Kinds that have no struct here, and never will."""


@dataclass(frozen=True)
class Kind:
    """One kind that may cross: its contract, its home plane and where its text is screened."""

    name: str
    struct: type[Record]
    home: Plane
    screening: Literal["home", "arrival"]

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the exempt fields, sorted: the projection that ships."""
        return tuple(sorted(self.struct.__struct_fields__))

    @property
    def object_field(self) -> str:
        """The field that names a file by its hash, or nothing."""
        return self.struct.OBJECT


class UnknownKind(KeyError):
    """A kind that the registry does not have: it never crosses."""


def make_kind(struct: type[Record]) -> Kind:
    """A kind of this contract. Raises: TypeError for a field that is not exempt, or no field to screen."""
    tag = struct.__struct_config__.tag
    phi = [name for name, found in field_classes(struct).items() if found is not DataClass.EXEMPT]
    if phi:
        message = f"{tag}: fields without the exempt annotation: {', '.join(phi)}"
        raise TypeError(message)
    unknown = set(struct.SCREENED) - set(struct.__struct_fields__)
    if unknown:
        message = f"{tag}: screens fields that it does not have: {', '.join(sorted(unknown))}"
        raise TypeError(message)
    if struct.OBJECT and not {struct.OBJECT, "size"} <= set(struct.__struct_fields__):
        message = f"{tag}: names a file without its hash and size"
        raise TypeError(message)
    return Kind(str(tag), struct, struct.HOME, "home" if struct.HOME is Plane.ONPREM else "arrival")


def declared() -> Iterator[type[Record]]:
    """Every struct in `kinds/`: a file there is all that a kind needs."""
    for found in pkgutil.iter_modules(kinds.__path__):
        module = importlib.import_module(f"{kinds.__name__}.{found.name}")
        yield from (
            each
            for each in vars(module).values()
            if isinstance(each, type)
            and issubclass(each, Record)
            and each.__module__ == module.__name__
            and each is not Record
        )


KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in sorted(map(make_kind, declared()), key=lambda kind: kind.name)}
)


def kind_of(name: str) -> Kind:
    """The registered kind of this name. Raises: UnknownKind."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def kinds_from(plane: Plane) -> tuple[Kind, ...]:
    """The kinds whose home is this plane, by name."""
    return tuple(KINDS[name] for name in sorted(KINDS) if KINDS[name].home is plane)


def json_schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of one kind's body."""
    return msgspec.json.schema(kind.struct)


def policy_table() -> bytes:
    """The whole policy as canonical bytes: what the revision is a hash of."""
    table = {
        name: {
            "home": kind.home.value,
            "screening": kind.screening,
            "fields": list(kind.fields),
            "schema": json_schema(kind),
        }
        for name, kind in KINDS.items()
    }
    return msgspec.json.encode(table, order="deterministic")


POLICY_REVISION = hashlib.sha256(policy_table()).hexdigest()[:16]
"""Names the table above; each ledger entry carries it."""
