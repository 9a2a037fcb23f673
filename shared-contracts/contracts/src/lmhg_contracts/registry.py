"""Which kinds of record may ever cross, from which plane, with which fields.

A kind that is not here cannot be shipped, because there is nothing to ship it in.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from lmhg_contracts.classification import DataClass, Plane, field_classes
from lmhg_contracts.kinds.announcements import Announcement
from lmhg_contracts.kinds.base import Record
from lmhg_contracts.kinds.calendar import CalendarBlock
from lmhg_contracts.kinds.redaction import RedactionOrder
from lmhg_contracts.kinds.staff import StaffProfile
from lmhg_contracts.kinds.tickets import Ticket, TicketMessage

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


class UnknownKind(KeyError):
    """A kind that the registry does not have: it never crosses."""


def make_kind(struct: type[Record], home: Plane) -> Kind:
    """A kind of this contract. Raises: TypeError for a field that is not exempt."""
    tag = struct.__struct_config__.tag
    phi = [name for name, found in field_classes(struct).items() if found is not DataClass.EXEMPT]
    if phi:
        message = f"{tag}: fields without the exempt annotation: {', '.join(phi)}"
        raise TypeError(message)
    return Kind(str(tag), struct, home, "home" if home is Plane.ONPREM else "arrival")


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            make_kind(Announcement, Plane.ONPREM),
            make_kind(CalendarBlock, Plane.ONPREM),
            make_kind(RedactionOrder, Plane.ONPREM),
            make_kind(StaffProfile, Plane.ONPREM),
            make_kind(Ticket, Plane.CLOUD),
            make_kind(TicketMessage, Plane.CLOUD),
        )
    }
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
