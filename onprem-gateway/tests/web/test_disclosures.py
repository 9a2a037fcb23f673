"""The accounting of disclosures: recorded by an officer, corrected by another row, standing for good."""

from datetime import UTC, datetime

import pytest

from lmhg_gateway.features.access_log.rules import BASES, accounting_period
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the fixtures of this folder
from .records import new_client  # noqa: TID252 - beside this file


@pytest.fixture
async def officer(as_role: AsRole) -> Signed:
    """The compliance officer."""
    return await as_role("compliance")


DISCLOSED = {
    "disclosed_on": "2026-11-10",
    "recipient": "County health department",
    "what": "Dates of attendance",
    "why": "Required report",
    "basis": "public_health",
}


async def test_disclosure_is_accounted_for_and_corrected_by_another(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """It is in the report and in the accounting; the correction leaves it standing."""
    client_id = await new_client(as_role, "Ines Accounted")
    path = f"/compliance/access/clients/{client_id}"
    page = await officer.follow(f"{path}/disclosures", **DISCLOSED)
    assert "County health department" in page.text
    rows = await onprem.run(
        "select id, what_sealed from compliance.disclosure where client_id = $1::uuid", client_id
    )
    assert b"attendance" not in bytes(rows[0]["what_sealed"])
    wrong = {**DISCLOSED, "recipient": "State health department", "corrects": str(rows[0]["id"])}
    corrected = await officer.follow(f"{path}/disclosures", **wrong)
    assert "Corrected later" in corrected.text
    accounting = (await officer.get(f"{path}/accounting")).text
    assert "County health department" in accounting
    assert "State health department" in accounting


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"disclosed_on": "2199-01-01"}, "This day is not over yet"),
        ({"recipient": ""}, "Nothing was saved yet"),
        ({"basis": "because"}, "Nothing was saved yet"),
    ],
)
async def test_disclosure_with_a_wrong_field_is_kept_in_the_form(
    officer: Signed, as_role: AsRole, change: dict[str, str], sentence: str
) -> None:
    """The form comes back with what was typed."""
    client_id = await new_client(as_role, "Omar Careful")
    answer = await officer.post(
        f"/compliance/access/clients/{client_id}/disclosures", **{**DISCLOSED, **change}
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Dates of attendance" in answer.text


async def test_correction_of_another_clients_disclosure_is_refused(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """A correction belongs to the client whose accounting it mends."""
    first, second = [await new_client(as_role, f"Pia Number{at}") for at in "ab"]
    await officer.follow(f"/compliance/access/clients/{first}/disclosures", **DISCLOSED)
    rows = await onprem.run(
        "select id from compliance.disclosure where client_id = $1::uuid", first
    )
    answer = await officer.post(
        f"/compliance/access/clients/{second}/disclosures",
        **{**DISCLOSED, "corrects": str(rows[0]["id"])},
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "sql",
    [
        "update compliance.disclosure set disclosed_on = '2020-01-01'",
        "delete from compliance.disclosure",
    ],
)
async def test_disclosure_on_record_cannot_be_changed_by_anybody(
    officer: Signed, as_role: AsRole, workspace_db: Database, onprem: PlaneDatabase, sql: str
) -> None:
    """The database itself refuses, anyone who asks."""
    client_id = await new_client(as_role, "Quinn Standing")
    await officer.follow(f"/compliance/access/clients/{client_id}/disclosures", **DISCLOSED)
    await prove(onprem, PEOPLE["compliance"])
    with pytest.raises(Exception, match="disclosure_stands"):
        async with workspace_db.uow(person_of(PEOPLE["compliance"]), "test") as tx:
            await (await tx.connection()).exec_driver_sql(sql)


async def test_admin_reads_and_does_not_record(officer: Signed, as_role: AsRole) -> None:
    """Recording a disclosure is the officer's."""
    client_id = await new_client(as_role, "Rosa Readonly")
    admin = await as_role("admin")
    path = f"/compliance/access/clients/{client_id}"
    assert (await admin.get(path)).status_code == 200
    assert (await admin.post(f"{path}/disclosures", **DISCLOSED)).status_code == 403


def test_accounting_reaches_back_six_years_from_a_leap_day_too() -> None:
    """45 CFR 164.528 asks for six years."""
    first, last = accounting_period(datetime(2028, 2, 29, tzinfo=UTC).date())
    assert (str(first), str(last)) == ("2022-02-28", "2028-02-29")
    assert "other" in BASES
