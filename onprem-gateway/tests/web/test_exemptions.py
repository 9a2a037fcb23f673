"""Exemptions: asked for by one, decided by another, shown byte for byte, and taken back in sight."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lmhg_contracts.classification import Plane
from lmhg_contracts.ledger.entries import RelayEntry, encode_entry
from lmhg_contracts.registry import KINDS, kinds_from
from lmhg_gateway.features.cloud_copies.repository import local_fields
from lmhg_gateway.features.exemptions.rules import ends_in
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.clock import utc_now
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

ACT = "perform set_config('app.actor', '{by}', true), set_config('app.purpose', 'test', true);"
BLOCK = "/compliance/cloud/calendar_block/{}"


@pytest.fixture
async def officer(as_role: AsRole):
    """The compliance officer."""
    return await as_role("compliance")


@pytest.fixture
async def second(as_role: AsRole):
    """Another compliance officer."""
    return await as_role("second")


@pytest.fixture
async def proposed(as_role: AsRole) -> tuple[str, str]:
    """The page of a proposed announcement, and its record's id."""
    desk = await as_role("front_desk")
    page = await desk.follow("/announcements", title="Holiday hours", body="We close at noon.")
    await desk.follow(f"{page.url.path}/propose", reason="Everyone needs it at home.")
    return page.url.path, page.url.path.rsplit("/", 1)[1]


async def as_owner(onprem: PlaneDatabase, sql: str, *, by: str = "test") -> None:
    """Statements in the name of someone, past the application."""
    await onprem.run(f"do $$ begin {ACT.format(by=by)} {sql}; end $$")


@pytest.fixture(scope="module")
async def standing(onprem: PlaneDatabase, people: dict[str, uuid.UUID]) -> uuid.UUID:
    """The standing approval "calendar export"."""
    exemption = uuid.uuid4()
    asks, approves = people["compliance"], people["second"]
    await as_owner(
        onprem,
        "insert into compliance.exemption_request (id, kind, requested_by)"
        f" values (gen_random_uuid(), 'calendar_block', '{asks}')",
        by=str(asks),
    )
    await as_owner(
        onprem,
        "insert into relay.exemption (id, kind, requested_by, approved_by)"
        f" values ('{exemption}', 'calendar_block', '{asks}', '{approves}')",
        by=str(approves),
    )
    return exemption


async def block(onprem: PlaneDatabase, standing: uuid.UUID, *, appointment: uuid.UUID) -> str:
    """A released calendar block of an appointment that is here; its id."""
    made = uuid.uuid4()
    await as_owner(
        onprem,
        f"insert into practice.client (id) values ('{appointment}') on conflict do nothing;"
        " insert into practice.appointment (id, client_id, starts_at, ends_at, status)"
        f" values ('{appointment}', '{appointment}', now(), now(), 'confirmed')"
        " on conflict do nothing",
    )
    await as_owner(
        onprem,
        "insert into practice.calendar_block (id, appointment_id, clinician_id, starts_at, ends_at,"
        f" busy, hipaa_exempt, exemption_id) values ('{made}', '{appointment}', '{uuid.UUID(int=2)}',"
        " '2026-11-23T15:00Z', '2026-11-23T15:50Z', 'busy', true, '" + str(standing) + "')",
    )
    return str(made)


def backups_end() -> datetime:
    """When the portal's last backup with what goes now is deleted, by the settings' default."""
    return datetime.now(ZoneInfo("America/Kentucky/Louisville")) + timedelta(days=30)


async def state_of(onprem: PlaneDatabase, block_id: str) -> tuple[bool, list[str]]:
    """Whether a block is exempt, and what it put in the outbox."""
    row = await onprem.run(
        "select hipaa_exempt from practice.calendar_block where id = $1::uuid", block_id
    )
    ops = await onprem.run(
        "select op from relay.outbox where record_id = $1::uuid order by xid, seq", block_id
    )
    return row[0]["hipaa_exempt"], [each["op"] for each in ops]


def test_every_kind_of_this_plane_has_its_scope_in_words() -> None:
    """A new kind comes with words for the officer, and what may be kept back agrees with the wall."""
    assert set(RELEASED) == {kind.name for kind in kinds_from(Plane.ONPREM)}
    assert all(each.title and each.covers for each in RELEASED.values())


def test_end_is_said_in_days_and_hours() -> None:
    """Rounded down, so that nobody waits too long."""
    now = utc_now()
    from datetime import timedelta

    assert ends_in(None, at=now) == "No end date"
    assert ends_in(now + timedelta(days=3, hours=2), at=now) == "Ends in 3 days"
    assert ends_in(now + timedelta(hours=25), at=now) == "Ends in 1 day"
    assert ends_in(now + timedelta(hours=5, minutes=1), at=now) == "Ends in 5 hours"
    assert ends_in(now + timedelta(minutes=5), at=now) == "Ends within an hour"
    assert ends_in(now - timedelta(minutes=5), at=now) == "Ended"


def test_what_stays_and_what_ships_share_no_field() -> None:
    """Together they are the whole table."""
    for name in RELEASED:
        stays = {field for field, _ in local_fields(name)}
        assert stays.isdisjoint(KINDS[name].fields)
        assert "hipaa_exempt" in stays
    assert ("appointment_id", "about a client") in local_fields("calendar_block")


async def test_second_person_decides_here_with_a_reason_and_sees_the_text(
    officer: Signed, onprem: PlaneDatabase, proposed: tuple[str, str]
) -> None:
    """The request's page shows what would leave; approving releases exactly that version."""
    path, record_id = proposed
    rows = await onprem.run(
        "select id from compliance.exemption_request where record_id = $1::uuid", record_id
    )
    own = f"/compliance/requests/{rows[0]['id']}"
    assert own in (await officer.get("/compliance/exemptions")).text
    page = (await officer.get(own)).text
    assert "We close at noon." in page
    assert "Everyone needs it at home." in page
    bare = await officer.post(own, outcome="approved", version="1")
    assert bare.status_code == 422
    assert "Please check 1 field" in bare.text
    stale = await officer.post(own, outcome="approved", version="7", reason="Harmless.")
    assert stale.status_code == 409
    await officer.follow(own, outcome="approved", version="1", reason="It names nobody.")
    assert "Shared with the portal" in (await officer.get(path)).text
    assert "It names nobody." in (await officer.get(own)).text
    again = await officer.post(own, outcome="declined", version="1", reason="Too late.")
    assert again.status_code == 409


async def test_whoever_asked_declines_and_never_approves(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The same person is refused by page and database alike."""
    admin = await as_role("admin")
    page = await admin.follow("/announcements", title="Parking", body="The lot is closed.")
    record_id = page.url.path.rsplit("/", 1)[1]
    await admin.follow(f"{page.url.path}/propose", reason="For everybody.")
    rows = await onprem.run(
        "select id from compliance.exemption_request where record_id = $1::uuid", record_id
    )
    own = f"/compliance/requests/{rows[0]['id']}"
    assert "someone else must approve it" in (await admin.get(own)).text
    refused = await admin.post(own, outcome="approved", version="1", reason="I like it.")
    assert refused.status_code == 403
    await admin.follow(own, outcome="declined", version="1", reason="Changed my mind.")


@pytest.mark.found(
    "W9", "the recall page says until when the portal's backups may hold what was taken back"
)
async def test_recall_line_follows_a_withdrawal_to_its_end(
    officer: Signed, onprem: PlaneDatabase, proposed: tuple[str, str]
) -> None:
    """Withdrawn, unreadable, purged: each step appears when the relay says so, and asking stops."""
    path, record_id = proposed
    await officer.follow(f"{path}/approve", version="1")
    rows = await onprem.run("select id from relay.exemption where record_id = $1::uuid", record_id)
    own = f"/compliance/exemptions/{rows[0]['id']}"
    assert (await officer.post(f"{own}/withdraw")).status_code == 422
    page = await officer.follow(f"{own}/withdraw", reason="It is wrong.")
    assert "It is wrong." in page.text
    part = (await officer.get(f"{own}/recall")).text
    assert "every 2s" in part
    assert "0 of 1" in part
    noted = await onprem.run("select at, records from compliance.withdrawal")
    assert noted[-1]["records"] == 1
    await onprem.run(
        "insert into relay.recall_status (kind, record_id, version, withdrawn_at, unreadable_at)"
        " select kind, record_id, version, created_at, now() from relay.outbox"
        " where op = 'recall' and record_id = $1::uuid",
        record_id,
    )
    assert "0 of 1" in (await officer.get(f"{own}/recall")).text
    await onprem.run("update relay.recall_status set broker_purged_at = now()")
    assert "may hold it until" not in part
    done = (await officer.get(f"{own}/recall")).text
    assert "Gone." in done
    assert f"may hold it until {backups_end():%a, %b %-d}" in done
    assert "every 2s" not in done
    assert (await officer.post(f"{own}/withdraw", reason="Again.")).status_code == 409


async def test_withdrawal_is_written_by_the_database_alone(
    onprem: PlaneDatabase, officer: Signed, proposed: tuple[str, str]
) -> None:
    """Nobody invents a withdrawal, and a reason that is kept is not changed."""
    forged = (
        "insert into compliance.withdrawal (id, exemption_id, actor)"
        " values (gen_random_uuid(), gen_random_uuid(), 'test')"
    )
    with pytest.raises(Exception, match="append_only"):
        await as_owner(onprem, forged)
    with pytest.raises(Exception, match="append_only"):
        await as_owner(
            onprem,
            "update compliance.withdrawal set reason_sealed = 'x'",
            by=str(uuid.UUID(int=3)),
        )


async def test_standing_approval_shows_all_the_cloud_will_see(
    officer: Signed, onprem: PlaneDatabase, standing: uuid.UUID
) -> None:
    """The preview is a real record's projection, field by field, beside what never leaves."""
    block_id = await block(onprem, standing, appointment=uuid.uuid4())
    page = (await officer.get(f"/compliance/exemptions/{standing}")).text
    assert "This is all the portal will show" in page
    assert "No client, no service, no place." in page
    assert "2026-11-23T15:00:00.000000Z" in page
    assert "Appointment: about a client" in " ".join(page.split())
    body = await onprem.run(
        "select body from relay.outbox where record_id = $1::uuid order by xid, seq", block_id
    )
    import html

    assert body[0]["body"] in html.unescape(page)


async def test_one_appointment_is_shown_as_shipped_and_withdrawn_alone(
    officer: Signed, second: Signed, onprem: PlaneDatabase, standing: uuid.UUID
) -> None:
    """Kept back it stays back, however it is written, made again too, until another person lifts it."""
    appointment = uuid.uuid4()
    block_id = await block(onprem, standing, appointment=appointment)
    own = BLOCK.format(block_id)
    assert own in (await officer.get("/compliance/cloud", day="2026-11-23")).text
    assert own not in (await officer.get("/compliance/cloud", day="2026-11-22")).text
    await officer.follow(f"{own}/keep-back", reason="The client asked for it.")
    assert await state_of(onprem, block_id) == (False, ["put", "recall"])
    assert "The client asked for it." in (await officer.get(own)).text
    await as_owner(
        onprem,
        f"update practice.calendar_block set hipaa_exempt = true, busy = 'tentative'"
        f" where id = '{block_id}'",
    )
    assert await state_of(onprem, block_id) == (False, ["put", "recall"])
    assert (await officer.post(f"{own}/keep-back", reason="Again.")).status_code == 409
    assert (await officer.post(f"{own}/lift", reason="Never mind.")).status_code == 403
    await second.follow(f"{own}/lift", reason="The client agreed.")
    assert await state_of(onprem, block_id) == (True, ["put", "recall", "put"])


async def test_record_that_is_withdrawn_is_not_gone_before_the_relay_says_so(
    officer: Signed, onprem: PlaneDatabase, standing: uuid.UUID
) -> None:
    """With the relay stopped nothing is known of the recall: it runs, and after a while it is red."""
    block_id = await block(onprem, standing, appointment=uuid.uuid4())
    own = BLOCK.format(block_id)
    page = (await officer.follow(f"{own}/keep-back", reason="The client asked for it.")).text
    assert "Gone." not in page
    assert "0 of 1" in page
    assert "every 2s" in (await officer.get(f"{own}/recall")).text
    late = "taken back, but the portal has not confirmed it"
    assert late not in (await officer.get("/compliance")).text
    await onprem.run(
        "do $$ begin alter table compliance.kept_back disable trigger all;"
        " update compliance.kept_back set kept_at = kept_at - interval '6 minutes';"
        " alter table compliance.kept_back enable trigger all; end $$"
    )
    assert "This is taking too long" in (await officer.get(f"{own}/recall")).text
    assert late in (await officer.get("/compliance")).text
    await onprem.run(
        "insert into relay.recall_status (kind, record_id, version, withdrawn_at, unreadable_at,"
        " broker_purged_at) select kind, record_id, 2, kept_at, now(), now()"
        " from compliance.kept_back where lifted_at is null"
    )
    done = (await officer.get(f"{own}/recall")).text
    assert "Gone." in done
    assert "taking too long" not in done
    assert late not in (await officer.get("/compliance")).text


async def test_record_that_is_not_out_is_not_withdrawn(
    officer: Signed, onprem: PlaneDatabase, standing: uuid.UUID
) -> None:
    """There is nothing to take back, and nothing is promised."""
    block_id = await block(onprem, standing, appointment=uuid.uuid4())
    await as_owner(
        onprem, f"update practice.calendar_block set hipaa_exempt = false where id = '{block_id}'"
    )
    answer = await officer.post(f"{BLOCK.format(block_id)}/keep-back", reason="To be sure.")
    assert answer.status_code == 409
    assert "there was nothing to take back" in answer.text


async def test_block_made_anew_for_the_same_appointment_stays_back(
    officer: Signed, onprem: PlaneDatabase, standing: uuid.UUID
) -> None:
    """Deleting and booking again is no way around; the control is another appointment."""
    appointment = uuid.uuid4()
    first = await block(onprem, standing, appointment=appointment)
    await officer.follow(f"{BLOCK.format(first)}/keep-back", reason="The client asked for it.")
    await as_owner(onprem, f"delete from practice.calendar_block where id = '{first}'")
    anew = await block(onprem, standing, appointment=appointment)
    assert await state_of(onprem, anew) == (False, [])
    other = await block(onprem, standing, appointment=uuid.uuid4())
    assert await state_of(onprem, other) == (True, ["put"])


async def test_ledger_that_signed_for_other_bytes_is_not_called_the_same(
    officer: Signed, onprem: PlaneDatabase, standing: uuid.UUID
) -> None:
    """The page compares digests: the right one names its entry, a wrong one does not."""
    import hashlib

    block_id = await block(onprem, standing, appointment=uuid.uuid4())
    rows = await onprem.run("select body from relay.outbox where record_id = $1::uuid", block_id)
    right = hashlib.sha256(rows[0]["body"].encode()).hexdigest()
    for n, digest, is_same in ((0, "00" * 32, False), (1, right, True)):
        entry = RelayEntry(
            actor="relay", at="2026-11-22T14:00:00.000000Z", batch=None, bytes=1, decision="ship",
            digest=digest, exemption_id=None, fields=(), gate=None, kind="calendar_block", n=n,
            op="put", policy="0" * 16, reason=None, record_id=block_id, version=1,
        )  # fmt: skip
        await onprem.run(
            "insert into relay.ledger (n, entry) values ($1, $2)", n, encode_entry(entry)
        )
        await onprem.run(
            "insert into relay.ledger_head (ledger, size, frontier) values ('relay', $1, '')"
            " on conflict (ledger) do update set size = excluded.size",
            n + 1,
        )
        page = (await officer.get(BLOCK.format(block_id))).text
        assert ("confirms exactly this content" in page) == is_same


async def test_record_that_never_was_is_not_found(officer: Signed) -> None:
    """Nor is a kind that never crosses."""
    for kind in ("calendar_block", "client"):
        answer = await officer.get(f"/compliance/cloud/{kind}/{uuid.uuid4()}")
        assert answer.status_code == 404


async def test_reading_what_is_in_the_cloud_is_itself_on_record(
    officer: Signed, onprem: PlaneDatabase, standing: uuid.UUID, workspace_db: Database
) -> None:
    """The access event names the record and the purpose."""
    block_id = await block(onprem, standing, appointment=uuid.uuid4())
    await officer.get(BLOCK.format(block_id))
    rows = await onprem.run(
        "select 1 from audit.event where act = 'read' and subject_kind = 'calendar_block'"
        " and purpose = 'compliance.cloud_copy' and $1::uuid = any(subject_ids)",
        block_id,
    )
    assert rows


async def test_letting_something_out_asks_for_a_fresh_sign_in(
    proposed: tuple[str, str], second: Signed, onprem: PlaneDatabase
) -> None:
    """An approval by a session left open is not taken; taking back never waits for one."""
    path, record_id = proposed
    await onprem.run("update identity.session set authenticated_at = now() - interval '11 min'")
    late = await second.post(f"{path}/approve", version="1")
    assert late.status_code == 403
    assert "confirm that it is you" in late.text
    assert not await onprem.run(
        "select 1 from relay.exemption where record_id = $1::uuid", record_id
    )
    await onprem.run("update identity.session set authenticated_at = now()")
    await second.follow(f"{path}/approve", version="1")
    await onprem.run("update identity.session set authenticated_at = now() - interval '11 min'")
    assert (await second.post(f"{path}/withdraw")).status_code == 303
