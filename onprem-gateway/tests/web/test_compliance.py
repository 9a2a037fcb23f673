"""Compliance: holds decided, incidents closed, exemptions withdrawn."""

import uuid

import pytest

from lmhg_gateway.features.oversight.red_lines import headline
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase


@pytest.fixture
async def officer(as_role: AsRole, ledger: None):
    """The compliance officer, with a ledger to read."""
    return await as_role("compliance")


async def test_match_is_asked_for(officer: Signed, onprem: PlaneDatabase) -> None:
    """The button leaves a request for the relay, and the page says that it runs."""
    page = await officer.follow("/compliance/match")
    assert "1 match running" in page.text
    assert len(await onprem.run("select 1 from relay.match_request")) == 1


async def test_admin_reads_and_does_not_decide(as_role: AsRole, ledger: None) -> None:
    """Deciding about holds is the officer's."""
    admin = await as_role("admin")
    assert (await admin.get("/compliance/held")).status_code == 200
    answer = await admin.post(f"/compliance/held/{uuid.uuid4()}", outcome="kept", reason="No.")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("alarms", "incidents", "said", "kind"),
    [
        (0, 0, "No alarms and no open incidents.", "ok"),
        (0, 1, "No alarms now, but 1 incident is open.", "warn"),
        (0, 3, "No alarms now, but 3 incidents are open.", "warn"),
        (1, 3, "One thing cannot wait.", "bad"),
        (2, 0, "2 things cannot wait.", "bad"),
    ],
)
def test_morning_page_is_calm_only_when_nothing_is_open(
    alarms: int, incidents: int, said: str, kind: str
) -> None:
    """The first sentence never contradicts the figures below it."""
    assert headline(alarms, incidents) == (said, kind)


async def test_morning_page_begins_with_its_headline(officer: Signed) -> None:
    """The page says what the rule says: the ledger began long ago and no sweep has run, so something cannot wait."""
    page = (await officer.get("/compliance")).text
    assert "cannot wait." in page.split("Open incidents")[0]
    assert "Nothing is red" not in page
