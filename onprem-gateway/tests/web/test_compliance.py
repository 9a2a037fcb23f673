"""Compliance: holds decided, incidents closed, exemptions withdrawn."""

import uuid

import pytest

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
