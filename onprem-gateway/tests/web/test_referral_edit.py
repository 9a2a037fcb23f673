"""What is known of a referral, changed after it was made: by version, with history, and by the API alike."""

import re
import uuid
from datetime import datetime, timedelta
from html import unescape

import pytest

from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .records import referral_of  # noqa: TID252 - beside this file
from .waitlisted import ZONE  # noqa: TID252 - beside this file

TODAY = datetime.now(ZONE).date()
SAID = {
    "received_on": TODAY.isoformat(), "source_category": "school", "source": "Lincoln High",
    "channel": "fax", "concern_code": "anxiety", "concern": "Sleeps badly.", "urgency": "soon",
    "payer": "medicare", "may_report_back": "1",
}  # fmt: skip


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk, which may also ask as a program."""
    made = await as_role("front_desk")
    made.browser.headers["x-csrf-token"] = made.token
    return made


async def opened(person: Signed, path: str) -> dict[str, str]:
    """What a browser sends of an open form besides what is typed."""
    page = (await person.get(f"{path}/edit")).text
    found = re.findall(r'name="(version|base)"\s+value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


async def test_details_are_changed_and_the_history_says_so(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """Every field; which ones is in the history with who did it, and what they said is not."""
    path = await referral_of(desk, "Verena Wrongsource")
    assert f'href="{path}/edit"' in (await desk.get(path)).text
    page = await desk.follow(f"{path}/edit", **await opened(desk, path), **SAID)
    assert re.search(r"Changes saved for C-\w{4}\.", page.text)
    for said in ("School", "Lincoln High", "Fax", "Sleeps badly.", "Medicare", "Details changed"):
        assert said in page.text
    history = page.text.split('id="h-way"')[1]
    assert "Referred by, Name of the person or place, How it arrived" in history
    assert "Front_Desk Person" in history
    assert "Lincoln High" not in history
    [row] = await onprem.run(
        "select fields from practice.referral_edit where referral_id = $1",
        uuid.UUID(path.rsplit("/", 1)[1]),
    )
    assert set(row["fields"]) == {
        "source_category", "source", "channel", "concern_code", "concern", "urgency", "payer",
        "may_report_back",
    }  # fmt: skip
    same = await opened(desk, path)
    await desk.follow(f"{path}/edit", **same, **SAID)
    assert (await desk.get(path)).text.count("Details changed") == 1


async def test_two_edits_at_once_show_both_sides(desk: Signed, as_role: AsRole) -> None:
    """What only the other changed is in the form; what both did is side by side, in words."""
    path = await referral_of(desk, "Wanja Twoatonce", payer="medicaid")
    base = {**SAID, "payer": "medicaid"}
    await desk.follow(f"{path}/edit", **await opened(desk, path), **base)
    mine, other = await opened(desk, path), await as_role("admin")
    theirs = {**base, "payer": "medicare", "source": "Lincoln Middle"}
    await other.follow(f"{path}/edit", **await opened(other, path), **theirs)
    met = await desk.post(f"{path}/edit", **mine, **{**base, "payer": "self_pay"})
    assert met.status_code == 409
    assert re.search(r"already in this form:\s*Name of the person or place", met.text)
    assert re.search(r"<td[^>]*>Medicare</td>\s*<td[^>]*>Self pay", met.text)
    again = {
        name: unescape(value)
        for name, value in re.findall(r'name="(version|base)"\s+value="([^"]*)"', met.text)
    }
    page = await desk.follow(f"{path}/edit", **again, **{**theirs, "payer": "self_pay"})
    assert "Lincoln Middle" in page.text
    assert "Self pay" in page.text


async def test_a_step_meanwhile_is_no_conflict_and_the_wait_follows_the_day(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """The form is about the details; another day of arrival moves the wait."""
    path = await referral_of(desk, "Xenia Stepped")
    form = await opened(desk, path)
    await desk.follow(f"{path}/move", seen="received", to="contacted")
    came = (TODAY - timedelta(days=5)).isoformat()
    await desk.follow(f"{path}/edit", **form, **{**SAID, "received_on": came})
    [row] = await onprem.run(
        "select state, arrived_at from practice.referral where id = $1",
        uuid.UUID(path.rsplit("/", 1)[1]),
    )
    assert row["state"] == "contacted"
    assert (datetime.now(ZONE) - row["arrived_at"]).days in (4, 5)


async def test_wrong_details_come_back_by_their_labels(desk: Signed) -> None:
    """A day to come, another payer without its name, an unknown referral."""
    path = await referral_of(desk, "Yvo Wrongday")
    form, ahead = await opened(desk, path), (TODAY + timedelta(days=2)).isoformat()
    wrong = await desk.post(
        f"{path}/edit", **form, **{**SAID, "received_on": ahead, "payer": "other"}
    )
    assert wrong.status_code == 422
    summary = wrong.text.split('id="errors"')[1].split("</ul>")[0]
    assert "Received on: " in summary
    assert "Plan or insurer: " in summary
    unknown = uuid.UUID(int=0xDEAD)
    assert (await desk.get(f"/referrals/{unknown}/edit")).status_code == 404


async def test_a_program_changes_it_by_the_version_it_saw(desk: Signed, as_role: AsRole) -> None:
    """The same rules; an older version is refused, and who may not write is too."""
    path = await referral_of(desk, "Zita Byprogram")
    address = f"/api/v1{path}"
    seen = (await desk.get(address)).json()
    said = {**SAID, "may_report_back": True, "payer": "other", "payer_name": "Humana"}
    made = await desk.browser.put(address, json={**said, "version": seen["version"]})
    assert made.status_code == 200, made.text
    assert (made.json()["payer"], made.json()["payer_name"]) == ("other", "Humana")
    late = await desk.browser.put(address, json={**said, "version": seen["version"]})
    assert late.status_code == 409
    clinician = await as_role("compliance")
    clinician.browser.headers["x-csrf-token"] = clinician.token
    refused = await clinician.browser.put(address, json={**said, "version": 1})
    assert refused.status_code == 403
    assert (await clinician.get(f"{path}/edit")).status_code == 403
