"""Pages of outside services: the list with what is wrong first, and the form."""

import uuid
from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.vendors import repository, service, views
from lmhg_gateway.features.vendors.forms import EditVendor, VendorForm
from lmhg_gateway.features.vendors.morning_page import PATH
from lmhg_gateway.features.vendors.rules import SEES
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import opened
from lmhg_kit.persistence import ReadSession, WriteSession

ONE = f"{PATH}/{{vendor_id:uuid}}"
READ, WRITE = "vendors.read", "vendors.write"
_SEES = [(each.value, said) for each, said in SEES.items()]


@shows(PATH, READ, template="vendors/list.html", purpose="vendors.list")
async def vendor_list(tx: ReadSession, ask: Ask[Any]) -> Context:
    """Every outside service, what asks for something first; and those no longer used."""
    today = ask.practice.today()
    found, gone = await tx.together(repository.current(tx), repository.former(tx))
    return {
        "rows": views.sorted_rows([views.row(each, today=today) for each in found]),
        "former": [views.row(each, today=today) for each in gone],
    }


@shows(f"{PATH}/new", WRITE, template="vendors/form.html", purpose="vendor.add", form=VendorForm)
async def new_vendor(_tx: ReadSession, _ask: Ask[VendorForm]) -> Context:
    """The form for one more."""
    return {"sees": _SEES, "own": "", "target": f"{PATH}/new"}


@acts(f"{PATH}/new", WRITE, purpose="vendor.add", form=VendorForm, back=new_vendor)
async def add_vendor(tx: WriteSession, ask: Ask[VendorForm], data: VendorForm) -> Done:
    """Keep it."""
    made = await service.add(tx, data, by=ask.by)
    return Done(PATH, "vendor.added", undo=f"{PATH}/{made.id}/end")


@shows(ONE, WRITE, template="vendors/form.html", purpose="vendor.change", form=EditVendor)
async def vendor_page(tx: ReadSession, ask: Ask[EditVendor], vendor_id: uuid.UUID) -> Context:
    """One service, to be changed."""
    found, form = await service.view(tx, vendor_id), ask.form
    if not any(form.values.values()):
        form = opened(EditVendor, service.values_of(found), version=found.version)
    own = f"{PATH}/{vendor_id}"
    return {"form": form, "sees": _SEES, "own": own, "target": own, "is_over": bool(found.ended_at)}


async def _now(tx: ReadSession, vendor_id: uuid.UUID) -> tuple[Mapping[str, Any], int]:
    found = await service.view(tx, vendor_id)
    return service.values_of(found), found.version


@acts(ONE, WRITE, purpose="vendor.change", form=EditVendor, back=vendor_page, now=_now)
async def change_vendor(
    tx: WriteSession, ask: Ask[EditVendor], data: EditVendor, vendor_id: uuid.UUID
) -> Done:
    """Say what is so now."""
    await service.change(tx, vendor_id, data, version=data.version, by=ask.by)
    return Done(PATH, "vendor.changed")


@acts(f"{ONE}/end", WRITE, purpose="vendor.end", back=vendor_page)
async def end_vendor(tx: WriteSession, ask: Ask[Any], vendor_id: uuid.UUID) -> Done:
    """Say that the practice no longer uses it."""
    await service.end(tx, vendor_id, by=ask.by, at=ask.at)
    return Done(PATH, "vendor.ended", undo=f"{PATH}/{vendor_id}/restore")


@acts(f"{ONE}/restore", WRITE, purpose="vendor.end", back=vendor_page)
async def restore_vendor(tx: WriteSession, ask: Ask[Any], vendor_id: uuid.UUID) -> Done:
    """Say that the practice uses it again."""
    await service.restore(tx, vendor_id, by=ask.by)
    return Done(PATH, "vendor.restored")


PAGES = (
    vendor_list,
    new_vendor,
    add_vendor,
    vendor_page,
    change_vendor,
    end_vendor,
    restore_vendor,
)
