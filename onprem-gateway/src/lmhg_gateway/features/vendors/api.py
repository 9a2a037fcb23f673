"""Outside services for programs: listed, added, changed, ended."""

import uuid
from datetime import date
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.vendors import repository, service
from lmhg_gateway.features.vendors.forms import EditVendor, VendorForm
from lmhg_gateway.features.vendors.models import Vendor
from lmhg_gateway.features.vendors.pages import READ, WRITE
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH, TAG = "/api/v1/vendors", "vendors"
ONE = f"{PATH}/{{vendor_id:uuid}}"
Id = FromPath[uuid.UUID]


class VendorOut(msgspec.Struct, frozen=True, kw_only=True):
    """One outside service; `state` says in words whether its contract is in order."""

    id: uuid.UUID
    version: int
    name: str
    does: str
    sees: str
    contact: str
    contract_on: date | None
    contract_until: date | None
    review_on: date | None
    state: str
    in_order: bool


class VendorsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Every service that the practice uses, by name."""

    vendors: list[VendorOut]


def _out(vendor: Vendor, today: date) -> VendorOut:
    said, tone = service.health_of(vendor, today=today)
    fields = {name: getattr(vendor, name) for name in service.FIELDS}
    return VendorOut(
        id=vendor.id, version=vendor.version, state=said, in_order=tone != "bad", **fields
    )


@answers(PATH, READ, purpose="vendors.list", tag=TAG)
async def list_vendors(tx: ReadSession, ask: Ask[Any]) -> VendorsOut:
    """The outside services, each with how its contract is."""
    today = ask.practice.today()
    return VendorsOut(vendors=[_out(each, today) for each in await repository.current(tx)])


@does(PATH, WRITE, purpose="vendor.add", tag=TAG, status=201)
async def write_vendor(tx: WriteSession, ask: Ask[Any], data: JSONBody[VendorForm]) -> VendorOut:
    """Keep one more."""
    return _out(await service.add(tx, data, by=ask.by), ask.practice.today())


@does(ONE, WRITE, purpose="vendor.change", tag=TAG, method="PUT")
async def replace_vendor(
    tx: WriteSession, ask: Ask[Any], vendor_id: Id, data: JSONBody[EditVendor]
) -> VendorOut:
    """Say what is so now; a version that is no longer current is refused."""
    found = await service.change(tx, vendor_id, data, version=data.version, by=ask.by)
    return _out(found, ask.practice.today())


@does(ONE, WRITE, purpose="vendor.end", tag=TAG, method="DELETE", status=204)
async def drop_vendor(tx: WriteSession, ask: Ask[Any], vendor_id: Id) -> None:
    """Say that the practice no longer uses it."""
    await service.end(tx, vendor_id, by=ask.by, at=ask.at)


HANDLERS = (list_vendors, write_vendor, replace_vendor, drop_vendor)
