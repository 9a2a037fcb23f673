"""Good-faith estimates: opened by a referral or a booking, given, and owed again when things change."""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from lmhg_gateway.features.estimates.jobs import Owed
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .records import new_client, referral_of  # noqa: TID252 - beside this file

ZONE = "America/New_York"


def day(ahead: int) -> str:
    """The day so many days from now."""
    return (datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=ahead)).isoformat()


async def look(onprem: PlaneDatabase) -> None:
    """The worker opens what is owed, until it finds no more."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    owed = Owed(db, Practice(ZONE))
    for _ in range(5):
        if not await owed.step():
            break
    assert await owed.step() == 0
    await db.close()


async def of_client(desk: Signed, client_id: str) -> list[dict[str, object]]:
    """A client's estimates."""
    return (await desk.get(f"/api/v1/clients/{client_id}/estimates")).json()["estimates"]


async def client_of(desk: Signed, referral: str) -> str:
    """Whose referral it is."""
    found = re.search(r'href="/clients/([0-9a-f-]{36})"', (await desk.get(referral)).text)
    assert found
    return found[1]


async def booked(onprem: PlaneDatabase, client_id: str, *, days: int) -> None:
    """A visit of a client, so many days from now."""
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);"
        " insert into practice.appointment (id, client_id, starts_at, ends_at, status) values"
        f" ('{uuid.uuid4()}', '{client_id}', now() + interval '{days} days',"
        f" now() + interval '{days} days 1 hour', 'confirmed'); end $$"
    )


async def test_self_pay_referral_opens_one_and_another_payer_none(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Once, on the work list and on the client's page; given, it is closed and kept with its paper."""
    desk, officer = await as_role("front_desk"), await as_role("compliance")
    own = await client_of(desk, await referral_of(desk, "Hester Selfpay", payer="self_pay"))
    other = await client_of(desk, await referral_of(desk, "Ignatia Insured", payer="medicaid"))
    await look(onprem)
    assert await of_client(desk, other) == []
    [found] = await of_client(desk, own)
    assert found["why"] == "referral"
    path = f"/estimates/{found['id']}"
    assert path in (await desk.get("/work?view=paperwork")).text
    assert "Hester Selfpay" in (await desk.get("/estimates")).text
    assert "Good-faith estimates" in (await officer.get("/compliance")).text
    back = await desk.post(f"{path}/give", given_on=day(3), how="paper", amount="1,200")
    assert back.status_code == 422
    assert "1,200" in back.text
    given = await desk.follow(f"{path}/give", given_on=day(0), how="paper", amount="1200.00")
    assert "$1,200.00" in given.text
    assert path not in (await desk.get("/work?view=paperwork")).text
    await look(onprem)
    assert len(await of_client(desk, own)) == 1
    await desk.follow(f"{path}/reopen")
    assert path in (await desk.get("/work?view=paperwork")).text
    assert "none is needed" in (await desk.follow(f"{path}/not-owed", not_why="Insured.")).text
    await look(onprem)
    assert len(await of_client(desk, own)) == 1


async def test_booking_counts_working_days_and_short_notice_owes_none(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """A visit far ahead makes the open one due for it; one tomorrow is on record as not owed."""
    desk = await as_role("front_desk")
    far = await client_of(desk, await referral_of(desk, "Jocasta Farahead", payer="self_pay"))
    near = await client_of(desk, await referral_of(desk, "Kunigunde Nearby", payer="self_pay"))
    await look(onprem)
    [first] = await of_client(desk, near)
    await desk.follow(f"/estimates/{first['id']}/not-owed", not_why="Asked to wait.")
    await booked(onprem, far, days=40)
    await booked(onprem, near, days=1)
    await look(onprem)
    [found] = await of_client(desk, far)
    assert found["visit_on"] is not None
    assert found["appointment_id"] is not None
    short = [each for each in await of_client(desk, near) if each["appointment_id"]]
    assert [each["outcome"] for each in short] == ["short_notice"]
    await booked(onprem, near, days=30)
    await look(onprem)
    [owed] = [each for each in await of_client(desk, near) if each["outcome"] is None]
    assert owed["why"] == "booked"


async def sent(desk: Signed, path: str, body: Mapping[str, object]) -> httpx.Response:
    """One call of the JSON API that changes something."""
    return await desk.browser.post(path, json=body, headers={"x-csrf-token": desk.token})


async def test_another_one_is_owed_when_things_change(as_role: AsRole) -> None:
    """After one was given, by hand; a second wish adds no second task."""
    desk, api = await as_role("front_desk"), "/api/v1/estimates"
    client_id = await new_client(as_role, "Leocadia Changed")
    path = f"/api/v1/clients/{client_id}/estimates"
    first = (await sent(desk, path, {"why": "asked"})).json()
    given = {"given_on": day(0), "how": "email"}
    assert (await sent(desk, f"{api}/{first['id']}/give", given)).json()["outcome"] == "given"
    assert (await sent(desk, f"{api}/{first['id']}/give", given)).status_code == 409
    page = await desk.follow(
        f"/clients/{client_id}/estimates", why="changed", visit_on=day(60), note="Twice a week"
    )
    assert "Twice a week" in page.text
    again = await sent(desk, path, {"why": "asked"})
    assert again.json()["id"] in str(page.url)
    assert len(await of_client(desk, client_id)) == 2
    assert again.json()["id"] in [each["id"] for each in (await desk.get(api)).json()["estimates"]]
    assert (await desk.get(f"{api}/{first['id']}")).json()["how"] == "email"
    dropped = await sent(desk, f"{api}/{again.json()['id']}/not-owed", {"not_why": "No visit."})
    assert dropped.json()["outcome"] == "not_owed"
    back = await sent(desk, f"{api}/{again.json()['id']}/reopen", {})
    assert back.json()["outcome"] is None
