"""A visit that was canceled here, on every page that shows visits."""

import re
from datetime import datetime, timedelta

from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

from .test_day_board import ZONE, visit  # noqa: TID252 - beside this file


async def test_canceled_here_takes_nobodys_time_on_any_page(
    onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """The day's list, the client's page, the API, the week, the clinician's day and the count agree."""
    made, client = await visit(onprem, as_role, "Odo Calledoff", minutes=-1)
    desk, clinician = await as_role("front_desk"), await as_role("clinician")
    officer = await as_role("compliance")
    cloud = f"/appointments/{made}/cloud"
    day = (datetime.now(ZONE) - timedelta(minutes=1)).date().isoformat()

    async def said() -> dict[str, bool]:
        listed = (await desk.get("/appointments", day=day)).text.split("<tr")
        (row,) = [each for each in listed if f"/clients/{client}" in each]
        own = (await desk.get(f"/clients/{client}")).text
        answer = await desk.browser.get("/api/v1/appointments", params={"day": day})
        (one,) = [each for each in answer.json()["appointments"] if each["id"] == made]
        return {
            "list": "Canceled here" in row,
            "client": "Canceled here" in own,
            "api": one["is_canceled_here"],
            "week": made not in (await desk.get("/appointments/week", day=day)).text,
            "cloud": "It was canceled here" in (await officer.get(cloud)).text,
            "own day": "Odo Calledoff" not in (await clinician.get("/")).text,
        }

    assert set((await said()).values()) == {False}
    counted = r'class="figure">(\d+)</span>\s*<span class="label">Appointments today'
    before = re.findall(counted, (await desk.get("/")).text)
    await desk.follow(f"/appointments/{made}/cancel", reason="client")
    assert set((await said()).values()) == {True}
    after = re.findall(counted, (await desk.get("/")).text)
    assert [int(each) - 1 for each in before] == [int(each) for each in after] != []
    await desk.follow(f"/appointments/{made}/cancel/undo")
    await desk.follow(f"/appointments/{made}/state", state="arrived", seen="expected")
    listed = (await desk.get("/appointments", day=day)).text.split("<tr")
    (row,) = [each for each in listed if f"/clients/{client}" in each]
    assert "Arrived" in row
