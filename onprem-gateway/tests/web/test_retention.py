"""Retention as people work with it: years by two people, what is due, taken out, asked for, approved and done."""

import json
import re
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from lmhg_gateway.features.retention.certificate import sha256_of
from lmhg_gateway.features.retention.jobs import Disposal
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .records import referral_of  # noqa: TID252 - the records of this folder's tests

OWN, CLINIC = "/compliance/retention", "America/New_York"
WHY = "The law of our state asks for it."
NAMED = "set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


@pytest.fixture
async def worker(onprem: PlaneDatabase) -> AsyncIterator[Disposal]:
    """The worker, without a store: nobody here has a document."""
    db = Database(onprem.url("gw_worker"), pool_size=2)
    yield Disposal(db, Practice(CLINIC), None, None)
    await db.close()


async def person(onprem: PlaneDatabase, *, year: int) -> uuid.UUID:
    """Someone whose record is as old as that, without anything else."""
    client = uuid.uuid4()
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(f"select {NAMED}")
            await link.execute(
                "insert into practice.client (id, created_at) values ($1, $2)",
                client, datetime(year, 3, 4, 12, tzinfo=UTC),
            )  # fmt: skip
    finally:
        await link.close()
    return client


async def agree(admin: Signed, officer: Signed, code: str, years: int) -> None:
    """Two people set the years of a line."""
    await admin.follow(f"{OWN}/changes", code=code, years=str(years), why=WHY)
    page = (await officer.get(OWN)).text
    [change] = re.findall(rf'action="({OWN}/changes/[0-9a-f-]+)"', page)[:1]
    await officer.follow(change + "/approve")


async def test_years_are_set_by_two_people_and_never_below_the_law(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Not by the one who asked, not by another administrator; less than six years nowhere."""
    admin, officer, deputy = [await as_role(r) for r in ("admin", "compliance", "deputy")]
    page = (await officer.get(OWN)).text
    assert "No years are set for: Clients" in page
    low = await admin.post(f"{OWN}/changes", code="ledgers", years="5", why=WHY)
    assert (low.status_code, "6 years at least" in low.text) == (422, True)
    with pytest.raises(asyncpg.CheckViolationError):
        await onprem.run("insert into compliance.retention_years values ('ledgers', 5)")
    await admin.follow(f"{OWN}/changes", code="messages", years="3", why=WHY)
    assert (
        await admin.post(f"{OWN}/changes", code="messages", years="4", why=WHY)
    ).status_code == 409
    page = (await deputy.get(OWN)).text
    change = re.findall(rf'action="({OWN}/changes/[0-9a-f-]+)"', page)[0]
    assert (await admin.post(change, verdict="declined")).status_code == 403
    for other in (admin, deputy):
        assert (await other.post(f"{change}/approve")).status_code == 403
    await officer.follow(change, verdict="declined")
    assert not await onprem.run("select 1 from compliance.retention_years where code = 'messages'")
    await agree(admin, officer, "messages", 3)
    assert "3 years" in (await officer.get(OWN)).text
    again = await officer.post(f"{change}/approve")
    assert again.status_code == 409


async def test_one_referral_can_be_held_alone(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """The page offers the client's referrals; another client's is refused."""
    admin, desk = await as_role("admin"), await as_role("front_desk")
    path = await referral_of(desk, "Holda Onereferral")
    referral = path.rpartition("/")[2]
    (row,) = await onprem.run(
        "select client_id from practice.referral where id = $1", uuid.UUID(referral)
    )
    own = f"/clients/{row['client_id']}/hold"
    assert f'value="{referral}"' in (await admin.get(own)).text
    page = await admin.follow(own, why="A complaint came in.", referral_id=referral)
    assert "Holda Onereferral (a referral)" in page.text
    other = f"/clients/{await person(onprem, year=2018)}/hold"
    assert "What to hold" not in (await admin.get(other)).text
    stray = await admin.post(other, why="A complaint came in.", referral_id=referral)
    assert stray.status_code == 404
    await admin.follow(re.findall(rf'action="({OWN}/holds/[0-9a-f-]+/lift)"', page.text)[0])


async def test_hold_is_placed_seen_and_ended(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """On a client and on everything; the client's page says so; a second end is refused."""
    admin, officer, desk = [await as_role(r) for r in ("admin", "compliance", "front_desk")]
    client = await person(onprem, year=2019)
    own = f"/clients/{client}/hold"
    assert (await desk.get(own)).status_code == 403
    short = await admin.post(own, why="No")
    assert (short.status_code, "ten letters" in short.text) == (422, True)
    page = await admin.follow(own, why="A lawsuit came in.")
    assert "A lawsuit came in." in page.text
    assert "Legal hold: nothing" in (await admin.get(f"/clients/{client}")).text
    assert "A lawsuit came in." in (await officer.get(f"{OWN}/holds")).text
    lift = re.findall(rf'action="({OWN}/holds/[0-9a-f-]+/lift)"', page.text)[0]
    await officer.follow(lift)
    assert (await officer.post(lift)).status_code == 409
    page = await officer.follow(f"{OWN}/holds", why="An audit of everything.")
    assert "Everything is on hold" in page.text
    await officer.follow(re.findall(rf'action="({OWN}/holds/[0-9a-f-]+/lift)"', page.text)[0])
    assert (await admin.get(f"/clients/{uuid.uuid4()}/hold")).status_code == 404


async def test_what_is_due_goes_once_two_people_agreed(
    as_role: AsRole, onprem: PlaneDatabase, worker: Disposal
) -> None:
    """Proposed, one taken out, one put on hold after the approval, the rest gone; the certificate proves it."""
    admin, officer, deputy = [await as_role(r) for r in ("admin", "compliance", "deputy")]
    nothing = await admin.follow(f"{OWN}/batches")
    assert "Nothing is due." in nothing.text
    await agree(admin, officer, "inquiries", 7)
    gone, held, out = [await person(onprem, year=2010) for _ in range(3)]
    fresh = await person(onprem, year=datetime.now(UTC).year - 2)
    assert await worker.propose() == 1
    assert await worker.propose() == 0
    page = (await admin.get(OWN)).text
    own = re.findall(rf'href="({OWN}/batches/[0-9a-f-]+)"', page)[0]
    page = (await admin.get(own)).text
    assert str(fresh) not in page
    items = {
        str(r["client_id"]): r["id"]
        for r in await onprem.run("select * from compliance.disposal_item")
    }
    assert {str(gone), str(held), str(out)} <= set(items)
    page = (
        await admin.follow(f"{own}/items/{items[str(out)]}/leave-out", left_out_why="dispute")
    ).text
    assert "A complaint, claim or audit" in page
    await admin.follow(f"{own}/ask", why=WHY)
    assert "Disposals to decide" in (await officer.get("/notifications")).text
    for other in (admin, deputy):
        assert (await other.post(f"{own}/approve")).status_code == 403
    assert await worker.step() == 0
    await officer.follow(f"{own}/approve")
    late = await admin.post(f"{own}/items/{items[str(gone)]}/leave-out", left_out_why="dispute")
    assert late.status_code == 409
    await admin.follow(f"/clients/{held}/hold", why="A lawsuit came in.")
    while await worker.step():
        pass
    page = (await officer.get(own)).text
    assert "Left out: legal hold" in page
    assert "They are free of these records from" in page
    assert (await admin.get(f"/clients/{gone}")).status_code == 404
    for stays in (held, out, fresh):
        assert (await admin.get(f"/clients/{stays}")).status_code == 200
    certificate = await officer.get(f"{own}/certificate")
    assert sha256_of(certificate.content) in page
    said = json.loads(certificate.content)["left_out"]
    assert sorted(each["why"] for each in said) == ["dispute", "hold"]
    assert "Yes: this record" in (await officer.post(f"{own}/proof", record_id=str(gone))).text
    assert "No: not in this batch" in (await officer.post(f"{own}/proof", record_id=str(held))).text


async def test_program_reads_and_decides_nothing(as_role: AsRole) -> None:
    """Schedule, holds and batches as data."""
    officer = await as_role("compliance")
    lines = (await officer.browser.get("/api/v1/retention/schedule")).json()["lines"]
    assert {each["code"]: each["least"] for each in lines}["ledgers"] == 6
    assert "holds" in (await officer.browser.get("/api/v1/retention/holds")).json()
    batches = (await officer.browser.get("/api/v1/retention/batches")).json()["batches"]
    for each in batches:
        one = (await officer.browser.get(f"/api/v1/retention/batches/{each['id']}")).json()
        assert one["state"] == each["state"]


async def test_paper_in_the_tray_keeps_its_client_and_no_one_else(
    as_role: AsRole, onprem: PlaneDatabase, worker: Disposal
) -> None:
    """A fax came today about someone of 2010: they are not due, and the others still are."""
    admin, officer = await as_role("admin"), await as_role("compliance")
    await agree(admin, officer, "inquiries", 7)
    waits, other = await person(onprem, year=2010), await person(onprem, year=2010)
    paper, file = uuid.uuid4(), uuid.uuid4()
    link = await asyncpg.connect(onprem.url("postgres"))
    async with link.transaction():
        await link.execute(f"select {NAMED}")
        await link.execute(
            "insert into practice.paper (id, state, came_at, source, client_id)"
            " values ($1, 'open', now(), 'folder', $2)",
            paper,
            waits,
        )
        await link.execute(
            "insert into practice.paper_file (id, paper_id, ordinal, source, state, added_by, received_at)"
            " values ($1, $2, 0, 'folder', 'checking', 'test', now())",
            file,
            paper,
        )
        await link.execute(
            "insert into practice.paper_page (id, file_id, number, paper_id, place, picture_at, picture_size)"
            " values (gen_random_uuid(), $1, 1, $2, 1, 0, 1)",
            file,
            paper,
        )
    await link.close()
    pressed = await admin.post(f"{OWN}/batches")
    assert pressed.status_code == 303, pressed.status_code
    rows = await onprem.run("select client_id from compliance.disposal_item")
    assert {row["client_id"] for row in rows} & {waits, other} == {other}
