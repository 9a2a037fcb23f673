"""Who approves sees what by its title, and never the code's word for an approval."""

import html
import re
import uuid

import pytest

from lmhg_gateway.features.exemptions.listed import SINGLE
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.exemptions.views import request_row
from lmhg_kit.clock import utc_now
from lmhg_kit.http.testing import AsRole, Signed

TITLE = "Parking on Friday & Saturday"


@pytest.fixture
async def officer(as_role: AsRole) -> Signed:
    """The compliance officer."""
    return await as_role("compliance")


@pytest.fixture
async def asked(as_role: AsRole) -> str:
    """The path of an announcement that waits for a second person."""
    desk = await as_role("front_desk")
    path = (await desk.follow("/announcements", title=TITLE, body="The lot is closed.")).url.path
    await desk.follow(f"{path}/propose", reason="Everyone parks there.")
    return path


async def test_lists_of_requests_have_titles(officer: Signed, asked: str) -> None:
    """On the list, on the officer's first page, and on the request itself."""
    for path in ("/compliance/exemptions", "/compliance"):
        page = html.unescape((await officer.get(path)).text)
        assert f">{TITLE}</a>" in page, path
        assert "Everyone parks there." in page
    found = page.partition('href="/compliance/requests/')[2].partition('"')[0]
    own = html.unescape((await officer.get(f"/compliance/requests/{found}")).text)
    assert TITLE in own.partition("</h1>")[2].partition("asked for by")[0]


async def test_list_counts_approvals(officer: Signed, asked: str) -> None:
    """The code's word is in no text, and not in the name of the file."""
    page = (await officer.get("/compliance/exemptions")).text
    words = re.sub(r"<[^>]*>", " ", page)
    assert "xemption" not in words
    assert "0 approvals" in words
    assert SINGLE.noun == "approval"


def test_request_for_a_kind_is_titled_by_it_and_a_lost_record_by_nothing() -> None:
    """A standing request is about all of a kind; a record that is gone has no title left."""
    facts = {
        "id": uuid.uuid4(), "requested_by": "policy: redaction", "outcome": "open",
        "requested_at": utc_now(), "decided_by": None, "decided_at": None, "expires_at": None,
    }  # fmt: skip
    every = request_row(ExemptionRequest(kind="calendar_block", record_id=None, **facts), {})
    assert (every.title, every.requested_by) == ("Calendar busy times", "Set by policy")
    lost = request_row(ExemptionRequest(kind="announcement", record_id=uuid.uuid4(), **facts), {})
    assert lost.title == ""
