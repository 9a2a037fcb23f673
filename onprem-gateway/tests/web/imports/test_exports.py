"""Exports: a file of ours comes back as it was, is on record, and changes a record only as it was then."""

from lmhg_gateway.features.imports.running import Importing
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from ..records import new_client  # noqa: TID252 - the folder above
from .files import (  # noqa: TID252 - beside this file
    csv_of,
    fates,
    found,
    imported,
    refer,
    whys,
    word,
)


async def test_our_own_export_comes_back_and_changes_nothing(
    admin: Signed, importing: Importing, as_role: AsRole
) -> None:
    """Its heads map by themselves; a cell that a spreadsheet would compute comes back as it was."""
    odd = {
        "legal_name": f"{word()} {word()}",
        "payer": "=1+1",
        "phone": "+1 502 555 0142",
        "guardian": "'Tis '=x",
    }
    assert (
        await admin.post("/clients", **odd, part2="1", address="1 Elm St\nLouisville")
    ).status_code == 303
    for form in ("csv", "xlsx"):
        file = await admin.post("/exports", what="clients", form=form, stays="stays")
        assert file.status_code == 200, file.text
        _, told = await imported(admin, importing, file.content, may_update=True, name=f"x.{form}")
        assert whys(told) == {"same": told["row_count"]}, told["fates"]
        assert told["row_count"] > 0
        assert "skip" not in told["columns"]


async def test_a_record_that_changed_since_the_export_is_left_alone(
    admin: Signed, importing: Importing
) -> None:
    """A file changes a record only as it was when the file was made."""
    name = f"{word()} {word()}"
    await admin.post("/clients", legal_name=name)
    client = (await found(admin, name))[0]
    heads = ("Record", "Version", "Legal name", "Payer")
    mine = {"Record": client, "Version": "1", "Legal name": name, "Payer": "Passport"}
    _, told = await imported(admin, importing, csv_of([mine], heads), may_update=True)
    assert fates(told) == {"updated": 1}
    _, stale = await imported(
        admin, importing, csv_of([{**mine, "Payer": "Humana"}], heads), may_update=True
    )
    assert (fates(stale), whys(stale)) == ({"skipped": 1}, {"changed": 1})
    unknown = {**mine, "Record": "00000000-0000-0000-0000-000000000009"}
    _, told = await imported(admin, importing, csv_of([unknown, {**mine, "Record": "x"}], heads))
    assert whys(told) == {"record_unknown": 2}


async def test_only_administrators_import_and_export(as_role: AsRole) -> None:
    """The desk, clinicians and officers are refused; running asks for a fresh sign-in."""
    for role in ("front_desk", "clinician", "compliance"):
        other = await as_role(role)
        for path in ("/imports", "/imports/new", "/exports"):
            assert (await other.get(path)).status_code == 403, (role, path)


async def test_an_export_that_leaves_is_a_disclosure_of_each_client(
    admin: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Who gets it and why are asked, and each client's accounting says so; the log says export."""
    client = await new_client(as_role, f"{word()} {word()}")
    await refer(admin, client)
    page = await admin.post("/exports", what="referrals", form="csv", stays="leaves")
    assert page.status_code == 422
    assert "Write who gets the file." in page.text
    form = {"recipient": "A billing company", "why": "To send claims"}
    file = await admin.post("/exports", what="referrals", form="csv", stays="leaves", **form)
    assert file.status_code == 200
    assert file.headers["content-disposition"].startswith("attachment; filename=referrals-")
    told = await onprem.run(f"select basis from compliance.disclosure where client_id = '{client}'")
    assert [each["basis"] for each in told] == ["other"]
    for form in ("csv", "xlsx"):
        assert (
            await admin.post("/exports", what="appointments", form=form, stays="stays")
        ).status_code == 200
    assert (
        await admin.post("/exports", what="nothing", form="csv", stays="stays")
    ).status_code == 403
