"""The people around a client as pages show them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from lmhg_gateway.features.clients.public import WAYS, way_said
from lmhg_gateway.features.related_people.models import PrivacyNotice, RelatedPerson
from lmhg_gateway.features.related_people.rules import (
    ACKNOWLEDGED,
    ALONE,
    CONSENTS,
    NOTICES,
    ROLES,
    warnings,
)
from lmhg_gateway.features.related_people.service import FIELDS
from lmhg_kit.ui.formats import phone


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """Someone around a client, with what to keep to when they are contacted."""

    id: uuid.UUID
    client_id: uuid.UUID
    name: str
    role: str
    is_emergency: bool
    may_consent: str
    number: str
    phone: str
    email: str
    never: tuple[str, ...]
    """Ways that are not safe, or that no one asked about."""
    warnings: tuple[str, ...]


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    """How the privacy notice was given."""

    said: str
    day: date
    note: str
    is_confirmed: bool


@dataclass(frozen=True)
class Around:
    """What a client's page shows: the people, and the newest notice."""

    people: Sequence[PersonRow]
    notice: NoticeRow | None


def row(found: RelatedPerson) -> PersonRow:
    """One person."""
    never = (
        ("no voicemail", found.phone and not found.may_voicemail),
        ("no texts", found.phone and not found.may_text),
        ("no email", found.email and not found.may_email),
    )
    return PersonRow(
        id=found.id,
        client_id=found.client_id,
        name=found.name or "",
        role=ROLES[found.role],
        is_emergency=found.is_emergency,
        may_consent=CONSENTS[found.consents] if found.consents == ALONE else "",
        number=found.phone or "",
        phone=phone(found.phone),
        email=found.email or "",
        never=tuple(said for said, is_so in never if is_so),
        warnings=tuple(
            warnings(found.consents, limits=found.limits or "", may_know=found.may_know)
        ),
    )


def notice(found: PrivacyNotice) -> NoticeRow:
    """One entry about the notice."""
    return NoticeRow(
        said=NOTICES[found.outcome],
        day=found.day,
        note=found.note or "",
        is_confirmed=found.outcome == ACKNOWLEDGED,
    )


def form_values(found: RelatedPerson) -> dict[str, Any]:
    """A person as the edit form opens with."""
    ways = {name: way_said(getattr(found, name)) for name in WAYS if name in FIELDS}
    return {name: getattr(found, name) or "" for name in FIELDS} | ways
