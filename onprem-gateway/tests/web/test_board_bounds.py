"""Licenses on the day board, and who may write what the desk says."""

from datetime import timedelta

import pytest

from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures
from .test_day_board import PRACTICE, board, visit  # noqa: TID252 - beside this file


async def test_no_license_where_the_client_sits_is_said(
    onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """Only where the clinician's licenses are on record; with one there nothing is said."""
    desk = await as_role("front_desk")
    made, _ = await visit(onprem, as_role, "Kasimir Telehealth")
    await desk.follow(f"/appointments/{made}/place", place="OH")
    assert "No license" not in await board(desk, made)
    own = await as_role("clinician")
    path = f"/credentials/people/{PEOPLE['clinician']}"
    until = (PRACTICE.today() + timedelta(days=400)).isoformat()
    await own.follow(path, kind="license", state="KY", number="L-9", valid_until=until)
    assert "No license in Ohio" in await board(desk, made)
    await desk.follow(f"/appointments/{made}/place", place="KY")
    assert "No license" not in await board(desk, made)


async def test_worker_cannot_write_what_the_desk_says(
    onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """What comes from IntakeQ never changes it: the database refuses."""
    made, _ = await visit(onprem, as_role, "Jorunn Wall")
    for sql in (
        f"insert into practice.visit_desk (id, appointment_id, said_of) values (gen_random_uuid(), '{made}', now())",
        "update practice.visit_desk set state = 'done'",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await onprem.run(sql, role="gw_worker")
