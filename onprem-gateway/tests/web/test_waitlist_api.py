"""The waitlist by its API: the same steps as on the pages, and what a program may not do."""

import uuid
from datetime import timedelta

import pytest

from lmhg_kit.http.testing import AsRole, Signed

from .waitlisted import CLINICIAN, next_day, waiting  # noqa: TID252 - beside this file

BASE = "/api/v1/waitlist"


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk, as a program of the practice's own would ask."""
    made = await as_role("front_desk")
    made.browser.headers["x-csrf-token"] = made.token
    return made


async def test_time_is_offered_answered_and_taken(desk: Signed) -> None:
    """From the freed time to the booking; who is too late is to be told."""
    one, two = await waiting(desk, "Anselm Program"), await waiting(desk, "Birgit Program")
    wish = {"times": ["wed_afternoon"], "state": "KY", "meets": "in_person"}
    saved = await desk.browser.put(f"{BASE}/people/{one}", json=wish)
    assert saved.json()["times"] == ["wed_afternoon"]
    assert (await desk.get(f"{BASE}/people/{two}")).json()["times"] == []
    listed = (await desk.get(BASE)).json()
    assert {one, two} <= {each["referral_id"] for each in listed["people"]}
    free = {
        "clinician": CLINICIAN, "day": next_day(2).date().isoformat(), "begins": "15:00",
        "minutes": 50, "meets": "in_person",
    }  # fmt: skip
    made = await desk.browser.post(f"{BASE}/times", json=free)
    assert made.status_code == 201, made.text
    detail = made.json()
    own = f"{BASE}/times/{detail['time']['id']}"
    mine = next(each for each in detail["matches"] if each["referral_id"] == one)
    assert mine["fits"]
    assert "Wednesday afternoon works" in mine["points"]
    offered = (await desk.browser.post(f"{own}/offers", json={"people": [one, two]})).json()
    assert [each["state"] for each in offered["offers"]] == ["held", "waiting"]
    first, second = (each["id"] for each in offered["offers"])
    early = await desk.browser.post(f"{BASE}/offers/{second}", json={"answer": "accepted"})
    assert early.status_code == 409
    declined = await desk.browser.post(f"{BASE}/offers/{first}", json={"answer": "declined"})
    assert [each["state"] for each in declined.json()["offers"]] == ["declined", "held"]
    done = await desk.browser.post(f"{BASE}/offers/{second}", json={"answer": "accepted"})
    assert done.json()["time"]["state"] == "filled"
    assert done.json()["time"]["filled_by"] == "offer"
    times = (await desk.get(f"{BASE}/times?in_state=filled")).json()
    assert detail["time"]["id"] in {each["id"] for each in times["times"]}


async def test_bad_input_is_refused_in_words(desk: Signed) -> None:
    """A time that no one can offer, nobody to ask, an unknown time or offer."""
    there = (next_day(2) + timedelta(days=400)).date().isoformat()
    far = {
        "clinician": CLINICIAN, "day": there, "begins": "15:00", "minutes": 50, "meets": "in_person",
    }  # fmt: skip
    assert (await desk.browser.post(f"{BASE}/times", json=far)).status_code == 422
    unknown = uuid.UUID(int=0xDEAD)
    nobody = await desk.browser.post(f"{BASE}/times/{unknown}/offers", json={"people": []})
    assert nobody.status_code in (400, 422)
    for act in ("fill", "withdraw"):
        assert (await desk.browser.post(f"{BASE}/times/{unknown}/{act}")).status_code == 404
    late = await desk.browser.post(f"{BASE}/offers/{unknown}", json={"answer": "told"})
    assert late.status_code == 404
    odd = await desk.browser.put(f"{BASE}/people/{unknown}", json={"times": ["someday"]})
    assert odd.status_code in (400, 404, 422)


async def test_rules_are_an_administrators(desk: Signed, as_role: AsRole) -> None:
    """Everyone reads them; the front desk changes none."""
    rules = {"round_size": 2, "hold_minutes": 30}
    assert (await desk.browser.put(f"{BASE}/rules", json=rules)).status_code == 403
    admin = await as_role("admin")
    admin.browser.headers["x-csrf-token"] = admin.token
    assert (await admin.browser.put(f"{BASE}/rules", json=rules)).json() == rules
    assert (await desk.get(f"{BASE}/rules")).json() == rules
    too_many = await admin.browser.put(f"{BASE}/rules", json={**rules, "round_size": 99})
    assert too_many.status_code in (400, 422)
