"""Outside services: what each may see, the contract that allows it, and red where it is missing or old."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.vendors.rules import SEES, SOON, Sees, health, problems
from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

TODAY = datetime.now(ZoneInfo("America/New_York")).date()
LIST = "/compliance/vendors"
DAYS = st.none() | st.integers(-400, 400).map(lambda n: TODAY + timedelta(n))


def day(ahead: int) -> str:
    """The day so many days from now."""
    return (TODAY + timedelta(days=ahead)).isoformat()


@given(sees=st.sampled_from(Sees), on=DAYS, until=DAYS, review=DAYS)
def test_red_is_exactly_what_sees_clients_without_a_contract_in_order(
    sees: Sees, on: date | None, until: date | None, review: date | None
) -> None:
    """Missing, ended, or its review late; a service that sees nothing is never red."""
    found = health(sees, contract_on=on, contract_until=until, review_on=review, today=TODAY)
    is_in_force = on is not None and on <= TODAY and (until is None or until >= TODAY)
    is_looked_at = review is not None and review >= TODAY
    assert (found.tone == "bad") is (
        sees is not Sees.NOTHING and not (is_in_force and is_looked_at)
    )
    if found.tone == "warn":
        assert min(each for each in (until, review) if each) - TODAY <= SOON


def test_dates_fit_together() -> None:
    """An end needs a beginning before it; a contract needs a day of review."""
    assert set(SEES) == set(Sees)
    one, two = TODAY, TODAY + timedelta(1)
    for on, until, review, field in (
        (None, two, None, "contract_on"),
        (two, one, two, "contract_until"),
        (one, None, None, "review_on"),
    ):
        wrong = problems(Sees.RECORDS, contract_on=on, contract_until=until, review_on=review)
        assert set(wrong) == {field}
    assert not problems(Sees.NOTHING, contract_on=None, contract_until=None, review_on=None)


@pytest.mark.usefixtures("ledger")
async def test_service_without_a_contract_is_red_until_it_has_one(as_role: AsRole) -> None:
    """On the list, on the officer's page; two officers' edits meet; ending is undone."""
    officer, admin, desk = [await as_role(r) for r in ("compliance", "admin", "front_desk")]
    said = {"name": "Quillmail", "does": "Sends our email", "sees": "contact"}
    page = (await officer.follow(f"{LIST}/new", **said)).text
    assert "Contract missing" in page
    assert "no contract in order" in (await officer.get("/compliance")).text
    link = re.search(rf'href="({LIST}/[0-9a-f-]{{36}})"', page)
    assert link
    own = link[1]
    fields = {**said, "contract_on": day(-10), "review_on": day(300), "version": "1"}
    assert "In order" in (await admin.follow(own, **fields)).text
    assert "no contract in order" not in (await officer.get("/compliance")).text
    stale = await officer.post(own, **{**fields, "does": "Something else"})
    assert stale.status_code == 409
    wrong = await officer.post(own, **{**fields, "version": "2", "contract_until": day(-20)})
    assert (wrong.status_code, "before it begins" in wrong.text) == (422, True)
    assert "No longer used (1)" in (await officer.follow(f"{own}/end")).text
    assert "No longer used (1)" not in (await officer.follow(f"{own}/restore")).text
    assert (await desk.get(LIST)).status_code == 403


async def test_wall_asks_for_power_and_the_proved_actor(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The workspace's login alone, with no one's session, adds no service."""
    await as_role("admin")
    with pytest.raises(Exception, match=r"append_only|actor_unproved"):
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'nobody', true),"
            " set_config('app.purpose', 'test', true); insert into compliance.vendor"
            " (id, name, does, sees, changed_by) values"
            " (gen_random_uuid(), 'Forged', 'x', 'records', 'nobody'); end $$",
            role="gw_workspace",
        )


async def test_program_lists_and_changes(as_role: AsRole) -> None:
    """The same by the API."""
    officer = await as_role("compliance")
    officer.browser.headers["x-csrf-token"] = officer.token
    said = {"name": "Backups Inc", "does": "Keeps copies", "sees": "records"}
    made = (await officer.browser.post("/api/v1/vendors", json=said)).json()
    assert (made["in_order"], made["state"]) == (False, "Contract missing")
    own = f"/api/v1/vendors/{made['id']}"
    better = {**said, "contract_on": day(-1), "review_on": day(90), "version": made["version"]}
    changed = await officer.browser.put(own, json=better)
    assert changed.json()["in_order"] is True
    assert (await officer.browser.put(own, json=better)).status_code == 409
    listed = (await officer.browser.get("/api/v1/vendors")).json()["vendors"]
    assert made["id"] in {each["id"] for each in listed}
    assert (await officer.browser.delete(own)).status_code == 204
