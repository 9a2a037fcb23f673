"""Use cases of outside services: listed, added, changed, ended; and what is wrong with them."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from lmhg_gateway.features.vendors import repository
from lmhg_gateway.features.vendors.forms import VendorForm
from lmhg_gateway.features.vendors.models import Vendor
from lmhg_gateway.features.vendors.rules import Health, Sees, health, problems
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "vendor"
FIELDS = VendorForm.__struct_fields__


class Counts(NamedTuple):
    """How many services there are, and how many of them ask for something."""

    total: int
    bad: int
    soon: int


def health_of(vendor: Vendor, *, today: date) -> Health:
    """How one service is."""
    return health(
        Sees(vendor.sees),
        contract_on=vendor.contract_on,
        contract_until=vendor.contract_until,
        review_on=vendor.review_on,
        today=today,
    )


async def counts(tx: ReadSession, *, today: date) -> Counts:
    """How the services are, counted."""
    tones = [health_of(each, today=today).tone for each in await repository.current(tx)]
    return Counts(len(tones), tones.count("bad"), tones.count("warn"))


def values_of(vendor: Vendor) -> Mapping[str, Any]:
    """What the form shows of one on record."""
    return {name: getattr(vendor, name) or "" for name in FIELDS}


def _check(form: VendorForm) -> dict[str, Any]:
    wrong = problems(
        form.sees,
        contract_on=form.contract_on,
        contract_until=form.contract_until,
        review_on=form.review_on,
    )
    if wrong:
        raise Invalid("vendor_wrong", fields=wrong)
    said = msgspec.structs.asdict(form)
    return {name: said[name] for name in FIELDS} | {"sees": form.sees.value}


async def add(tx: WriteSession, form: VendorForm, *, by: str) -> Vendor:
    """Keep a service that the practice uses. Raises: Invalid."""
    said = _check(form)
    if len(await repository.current(tx)) >= repository.VENDORS_MAX:
        raise Invalid("vendor_wrong", fields={"name": "There are too many. End one first."})
    made = Vendor(**said, changed_by=by)
    await repository.add(tx, made)
    await tx.audit("insert", kind=KIND, ids=[made.id])
    return made


async def change(
    tx: WriteSession, vendor_id: uuid.UUID, form: VendorForm, *, version: int, by: str
) -> Vendor:
    """Say what is so now. Raises: NotFound, Conflict where someone else changed it, Invalid."""
    found = await held(tx, vendor_id)
    if found.version != version:
        raise Conflict("vendor_changed")
    said = _check(form)
    changed = [name for name, value in said.items() if getattr(found, name) != value]
    for name in changed:
        setattr(found, name, said[name])
    if changed:
        found.version, found.changed_by = version + 1, by
        await tx.flush()
        await tx.audit("update", kind=KIND, ids=[found.id], columns=changed)
    return found


async def end(tx: WriteSession, vendor_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Say that the practice no longer uses it. Raises: NotFound."""
    found = await held(tx, vendor_id)
    if found.ended_at is None:
        found.ended_at, found.ended_by, found.changed_by = at, by, by
        await tx.flush()
        await tx.audit("update", kind=KIND, ids=[found.id], columns=["ended_at"])


async def restore(tx: WriteSession, vendor_id: uuid.UUID, *, by: str) -> None:
    """Say that the practice uses it again. Raises: NotFound."""
    found = await held(tx, vendor_id)
    found.ended_at = found.ended_by = None
    found.changed_by = by
    await tx.flush()
    await tx.audit("update", kind=KIND, ids=[found.id], columns=["ended_at"])


async def view(tx: ReadSession, vendor_id: uuid.UUID) -> Vendor:
    """One service. Raises: NotFound."""
    found = await repository.by_id(tx, vendor_id)
    if found is None:
        raise NotFound("vendor")
    return found


async def held(tx: WriteSession, vendor_id: uuid.UUID) -> Vendor:
    """One service, held until this unit of work ends. Raises: NotFound."""
    found = await repository.locked(tx, vendor_id)
    if found is None:
        raise NotFound("vendor")
    return found
