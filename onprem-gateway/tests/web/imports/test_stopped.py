"""Imports that cannot go on, and files that name one record twice: nothing stops the others, nothing is lost."""

import pytest
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.features.imports.running import Importing
from lmhg_kit.http.testing import Signed
from lmhg_stack.testing import PlaneDatabase

from .files import (  # noqa: TID252 - beside this file
    HEADS,
    csv_of,
    fates,
    imported,
    person,
    said,
    send,
    settle,
    whys,
)


async def test_file_that_cannot_be_kept_is_refused_and_the_next_one_goes_on(
    admin: Signed, importing: Importing
) -> None:
    """Heads longer than what is kept of them are a reason, not an end of all imports."""
    heads = [f"{at:02} " + "how was the last week " * 9 for at in range(60)]
    path = (await send(admin, csv_of([], heads) + b"x," * 59 + b"x\n")).headers["location"]
    other = (await send(admin, csv_of([person()]))).headers["location"].partition("?")[0]
    await settle(importing)
    assert "The column heads of this file are too long" in (await admin.get(path)).text
    assert (await said(admin, other))["state"] == "mapping"


async def test_import_that_fails_lets_the_others_go_first(
    admin: Signed, importing: Importing, onprem: PlaneDatabase
) -> None:
    """Whatever stops one of them: the next one is done, and the first can be given up."""
    path = (await send(admin, csv_of([person()]))).headers["location"].partition("?")[0]
    other = (await send(admin, csv_of([person()]))).headers["location"].partition("?")[0]
    upload = await onprem.run(
        "select upload_id from practice.client_import where id = $1::uuid", path.rsplit("/", 1)[1]
    )
    broken = (
        "alter table practice.client_import add constraint broken"
        f" check (upload_id <> '{upload[0]['upload_id']}' or state in ('reading', 'dropped'))"
    )
    await onprem.run(broken)
    try:
        with pytest.raises(DBAPIError, match="broken"):
            await importing.step()
        await importing.step()
        assert (await said(admin, other))["state"] == "mapping"
        assert (await admin.post(f"{path}/drop")).status_code == 303
        await settle(importing)
    finally:
        await onprem.run("alter table practice.client_import drop constraint broken")


async def test_one_file_changes_a_record_once(admin: Signed, importing: Importing) -> None:
    """A second row for the same record is left out, so undoing the file returns what was there."""
    path, _ = await imported(admin, importing, csv_of([person()]))
    client = (await admin.browser.get(f"/api/v1{path}/rows")).json()["rows"][0]["client_id"]
    heads = ("Record", "Version", "Legal name", "Guardian or emergency contact")
    rows: list[dict[str, str]] = [
        dict(zip(heads, (client, "", "", each), strict=True)) for each in ("Wrong One", "Wrong Two")
    ]
    other, told = await imported(admin, importing, csv_of(rows, heads), may_update=True)
    assert (fates(told), whys(told)) == ({"updated": 1, "skipped": 1}, {"twice": 1})
    assert "Wrong One" in (await admin.get(f"/clients/{client}")).text
    await admin.post(f"{other}/undo")
    await settle(importing)
    page = (await admin.get(f"/clients/{client}")).text
    assert "Wrong One" not in page
    assert "Wrong Two" not in page


async def test_undo_that_is_refused_for_one_record_puts_the_others_back(
    admin: Signed, importing: Importing, onprem: PlaneDatabase
) -> None:
    """The database refuses one of two: the other is put back, the import is undone, and the page names the first."""
    rows = [person() for _ in range(2)]
    await imported(admin, importing, csv_of(rows))
    fuller = [{**each, "Insurance": "Passport"} for each in rows]
    path, told = await imported(
        admin, importing, csv_of(fuller, (*HEADS, "Insurance")), may_update=True
    )
    assert fates(told) == {"updated": 2}
    known = (await admin.browser.get(f"/api/v1{path}/rows")).json()["rows"]
    first, other = (each["client_id"] for each in known)
    now = await onprem.run("select version from practice.client where id = $1::uuid", other)
    refused = f"check (id <> '{other}' or version <= {now[0]['version']})"
    await onprem.run(f"alter table practice.client add constraint refused {refused}")
    try:
        await admin.post(f"{path}/undo")
        await settle(importing)
    finally:
        await onprem.run("alter table practice.client drop constraint refused")
    assert (await said(admin, path))["state"] == "undone"
    payers = [
        (await admin.browser.get(f"/api/v1/clients/{each}")).json()["payer"]
        for each in (first, other)
    ]
    assert [each == "Passport" for each in payers] == [False, True]
    assert "it could not be put back" in (await admin.get(f"{path}/rows", fate="stays")).text
