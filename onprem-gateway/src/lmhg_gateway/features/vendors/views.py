"""Outside services as pages show them."""

import uuid
from datetime import date

import msgspec

from lmhg_gateway.features.vendors.models import Vendor
from lmhg_gateway.features.vendors.rules import SEES, Sees
from lmhg_gateway.features.vendors.service import health_of


class VendorRow(msgspec.Struct, frozen=True, kw_only=True):
    """One outside service."""

    id: uuid.UUID
    name: str
    does: str
    sees: str
    contact: str
    contract_on: date | None
    contract_until: date | None
    review_on: date | None
    state: str
    state_tone: str


def row(vendor: Vendor, *, today: date) -> VendorRow:
    """One outside service."""
    state, tone = health_of(vendor, today=today)
    if vendor.ended_at is not None:
        state, tone = "No longer used", ""
    return VendorRow(
        id=vendor.id,
        name=vendor.name,
        does=vendor.does,
        sees=SEES[Sees(vendor.sees)],
        contact=vendor.contact,
        contract_on=vendor.contract_on,
        contract_until=vendor.contract_until,
        review_on=vendor.review_on,
        state=state,
        state_tone=tone,
    )


def sorted_rows(rows: list[VendorRow]) -> list[VendorRow]:
    """What asks for something first, then by name."""
    order = {"bad": 0, "warn": 1}
    return sorted(rows, key=lambda each: (order.get(each.state_tone, 2), each.name.casefold()))
