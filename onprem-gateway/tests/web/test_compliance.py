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


async def held_announcement(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> tuple[str, str]:
    """An approved announcement that screening held: its path, and the hold's id."""
    page = await officer.follow("/announcements", title="Thanks", body="Thanks to all.")
    path = page.url.path
    await officer.follow(f"{path}/propose", reason="For everybody.")
    await second.follow(f"{path}/approve", version="1")
    held_id = uuid.uuid4()
    await onprem.run(
        "insert into compliance.held_record (id, kind, record_id, version, rule, place)"
        " values ($1, 'announcement', $2::uuid, 2, 'client_name', 'body')",
        held_id, path.rsplit("/", 1)[1],
    )  # fmt: skip
    return path, str(held_id)


async def test_clearing_releases_exactly_the_held_text(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Clearing raises the version by one and puts the same text in the outbox again."""
    path, held_id = await held_announcement(officer, await as_role("second"), onprem)
    assert "Held by screening" in (await officer.get(path)).text
    await officer.follow(f"/compliance/held/{held_id}", outcome="cleared")
    rows = await onprem.run(
        "select version, body from relay.outbox where record_id = $1::uuid order by xid, seq",
        path.rsplit("/", 1)[1],
    )
    assert [row["version"] for row in rows] == [2, 3]
    assert rows[0]["body"] == rows[1]["body"]
    again = await officer.post(f"/compliance/held/{held_id}", outcome="kept")
    assert again.status_code == 409


async def test_text_that_changed_since_is_not_cleared(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The officer clears what was held, not what it became."""
    path, held_id = await held_announcement(officer, await as_role("second"), onprem)
    await officer.follow(f"{path}/withdraw")
    answer = await officer.post(f"/compliance/held/{held_id}", outcome="cleared")
    assert answer.status_code == 409
    assert "changed since it was held" in answer.text
    assert "Announcement" in (await officer.get("/compliance/held")).text


async def test_keeping_releases_nothing(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Kept is decided, and moves to its own list."""
    path, held_id = await held_announcement(officer, await as_role("second"), onprem)
    await officer.follow(f"/compliance/held/{held_id}", outcome="kept")
    assert path in (await officer.get("/compliance/held", outcome="kept")).text


async def test_incident_is_closed_with_a_note(officer: Signed, onprem: PlaneDatabase) -> None:
    """Without a note it stays open."""
    incident = uuid.uuid4()
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 't', true), set_config('app.purpose', 't', true);"
        " insert into compliance.incident (id, code, subject_kind)"
        f" values ('{incident}', 'client_named_in_cloud', 'ticket'); end $$"
    )
    assert "Client named in cloud" in (await officer.get("/compliance/incidents")).text
    bare = await officer.post(f"/compliance/incidents/{incident}/close")
    assert bare.status_code == 422
    await officer.follow(f"/compliance/incidents/{incident}/close", note="Talked to the author.")
    closed = await officer.get("/compliance/incidents", state="closed")
    assert "Talked to the author." in closed.text


async def test_withdrawing_on_the_exemptions_page_recalls(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The list withdraws too, once."""
    path, _ = await held_announcement(officer, await as_role("second"), onprem)
    rows = await onprem.run(
        "select id from relay.exemption where record_id = $1::uuid", path.rsplit("/", 1)[1]
    )
    own = f"/compliance/exemptions/{rows[0]['id']}/withdraw"
    assert "Withdrawn" in (await officer.follow(own)).text
    assert (await officer.post(own)).status_code == 409


async def test_admin_reads_and_does_not_decide(as_role: AsRole, ledger: None) -> None:
    """Deciding about holds is the officer's."""
    admin = await as_role("admin")
    assert (await admin.get("/compliance/held")).status_code == 200
    answer = await admin.post(f"/compliance/held/{uuid.uuid4()}", outcome="kept")
    assert answer.status_code == 403
