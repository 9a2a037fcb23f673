"""IntakeQ and merged records: what it sent goes along, what it sends follows, and no one is added twice."""

import re

import pytest

from lmhg_gateway.features.duplicates.jobs import Checker
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_quality.intake_lab import (
    Lab,
    Reply,
    appointment,
    hook_of,
    intake,
    note,
    path_of,
    profile,
)
from lmhg_stack.testing import PlaneDatabase

from .merges import add, merge_of, merged  # noqa: TID252 - beside this file


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """Someone at the front desk."""
    return await as_role("front_desk")


async def came(lab: Lab, *found: dict[str, object]) -> None:
    """Objects arrive from IntakeQ and become records."""
    for each in found:
        lab.intakeq.objects[path_of(each)] = Reply.of(each)
    await lab.deliver(*(hook_of(each) for each in found))
    await lab.drain(days=1)


async def owners(onprem: PlaneDatabase, table: str, *ids: str) -> dict[str, int]:
    """How many rows of a table each of these clients has."""
    rows = await onprem.run(
        f"select client_id, count(*) from practice.{table}"
        " where client_id = any($1::uuid[]) group by 1",
        list(ids),
    )
    return {str(row["client_id"]): row["count"] for row in rows}


async def test_what_intakeq_sent_goes_along_and_later_ones_follow(
    desk: Signed, lab: Lab, onprem: PlaneDatabase
) -> None:
    """Forms, notes and visits move; what comes for the merged number goes to the one that goes on."""
    names = {7101: "Evander Brightmoor", 7102: "Vandy Quillmoor"}
    for number, name in names.items():
        lab.intakeq.objects[f"/clients/profile/{number}"] = Reply.of(
            profile(number, Name=name, Phone=f"502 555 {number}", DateOfBirth=None, Address=None)
        )
        key = f"m{number}"
        await came(
            lab, intake(key, number), note(f"n{key}", number), appointment(f"v{key}", number)
        )
    survivor, other = [await one_found(desk, name) for name in names.values()]
    await merged(desk, survivor, other)
    for table in ("intake", "note", "appointment"):
        assert await owners(onprem, table, survivor, other) == {survivor: 2}
    await came(lab, intake("m7103", 7102))
    assert await owners(onprem, "intake", survivor, other) == {survivor: 3}
    assert "Evander Brightmoor" in (await desk.get(f"/clients/{survivor}")).text
    await desk.follow(f"/clients/merges/{await merge_of(onprem, other)}/undo")
    assert await owners(onprem, "intake", survivor, other) == {survivor: 2, other: 1}
    assert await owners(onprem, "note", survivor, other) == {survivor: 1, other: 1}


async def one_found(desk: Signed, name: str) -> str:
    """The one client that a name finds."""
    page = (await desk.follow("/clients/search", q=name)).text
    (found,) = set(re.findall(r'href="/clients/([0-9a-f-]{36})"', page))
    return found


async def test_intakeq_makes_no_second_one_of_a_certain_match(
    desk: Signed, lab: Lab, onprem: PlaneDatabase
) -> None:
    """Name, birth date and phone agree: the form is filed with the client on record, and fills it."""
    known = await add(
        desk, "Katherine Silverthorn", birth_date="1988-05-23", mobile="502 555 0751",
        payer="Medicaid",
    )  # fmt: skip
    lab.intakeq.objects["/clients/profile/7201"] = Reply.of(
        profile(7201, Name="Katherine Silverthorn", Phone="(502) 555-0751", Address=None)
    )
    await came(lab, intake("c7201", 7201))
    assert await owners(onprem, "intake", known) == {known: 1}
    page = (await desk.get(f"/clients/{known}")).text
    assert "Medicaid" in page
    assert "c7201@example.test" in page


async def test_intakeq_makes_a_second_one_of_a_likely_match_and_asks(
    desk: Signed, lab: Lab, onprem: PlaneDatabase
) -> None:
    """Below certain nobody decides by machine: both are on record, and the pair waits."""
    known = await add(desk, "Rosamund Fairchild", birth_date="1988-05-23", mobile="502 555 0752")
    lab.intakeq.objects["/clients/profile/7202"] = Reply.of(
        profile(7202, Name="Rosamund Fairchild", Phone="(606) 555-0000", Address=None)
    )
    await came(lab, intake("c7202", 7202))
    assert await owners(onprem, "intake", known) == {}
    db = Database(onprem.url("gw_worker"), pool_size=1)
    await Checker(db).step()
    await db.close()
    page = (await desk.get(f"/clients/{known}")).text
    assert "Probably the same person as Rosamund Fairchild" in page
