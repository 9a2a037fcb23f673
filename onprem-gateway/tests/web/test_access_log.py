"""The access log: every view finds its entries and no others; disclosures stand for good."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import NoteSigner, origin
from lmhg_gateway.features.access_log.public import view_counts
from lmhg_gateway.features.access_log.rules import (
    VIEWS,
    AccessFilter,
    HoursUnreadable,
    accounting_period,
    named,
    practice_hours,
    tie_of,
)
from lmhg_gateway.features.access_log.service import Ties
from lmhg_gateway.features.ledger_review.rules import LedgerFilter
from lmhg_gateway.features.ledger_review.service import Checker, WhenUnsound
from lmhg_gateway.features.oversight.upkeep import open_ledger_incident
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the fixtures of this folder
from .records import new_client  # noqa: TID252 - beside this file

SIGNER = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.generate())
HOURS = "Mon-Fri 07:30-19:00"
ROW = 'class="lead num"'
CLINICIAN = str(PEOPLE["clinician"])


@pytest.fixture(scope="module")
async def worker_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=4)
    yield db
    await db.close()


@pytest.fixture
async def officer(as_role: AsRole) -> Signed:
    """The compliance officer."""
    return await as_role("compliance")


@pytest.fixture
def sequencer(worker_db: Database) -> Sequencer:
    """Moves what happened into the ledger, as the worker does."""
    return Sequencer(worker_db, origin("s1", "onprem", "access"), SIGNER)


async def settle(sequencer: Sequencer) -> None:
    """Everything that happened so far is in the ledger."""
    while await sequencer.step():
        pass


async def write_event(onprem: PlaneDatabase, at: datetime, **facts: object) -> None:
    """One event of a moment that a test cannot wait for."""
    given: dict[str, object] = {
        "act": "read",
        "actor": CLINICIAN,
        "outcome": "done",
        "subject_ids": [],
        "subject_kind": "client",
        **facts,
    }
    await onprem.run(
        "insert into audit.event (at, act, actor, outcome, subject_ids, subject_kind, purpose, zone,"
        " columns, request_id) values ($1, $2, $3, $4, $5, $6, 'client.view', 'inside', '{}', '')",
        at, *given.values(),
    )  # fmt: skip


async def test_what_was_looked_at_is_listed_with_who_and_why(
    officer: Signed, as_role: AsRole, sequencer: Sequencer
) -> None:
    """A clinician's look at a client is found by the client's id, the colleague, and the act."""
    client_id = await new_client(as_role, "Ada Planted")
    clinician = await as_role("clinician")
    await clinician.get(f"/clients/{client_id}")
    await settle(sequencer)
    text = (await officer.get("/compliance/access", record_id=client_id, actor=CLINICIAN)).text
    assert text.count(ROW) == 1
    assert "Clinician Person" in text
    assert "A client&#39;s page" in text
    assert "Ada Planted" not in text
    other = await officer.get("/compliance/access", record_id=str(uuid.uuid4()))
    assert other.text.count(ROW) == 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"record_id": "abc"}, "Paste the whole record number"),
        ({"since": "tomorrow"}, "Choose a day from the calendar"),
        ({"view": "everything"}, "There is no view with this name"),
    ],
)
async def test_filter_that_cannot_be_read_shows_nothing(
    officer: Signed, query: dict[str, str], sentence: str
) -> None:
    """A filter that is not understood must not look like an answer."""
    answer = await officer.get("/compliance/access", **query)
    assert answer.status_code == 200
    assert answer.text.count(ROW) == 0
    if "view" not in query:
        assert sentence in answer.text


async def test_after_hours_is_by_the_practices_clock(
    officer: Signed, onprem: PlaneDatabase, sequencer: Sequencer
) -> None:
    """03:00 and a Sunday are found; noon and the process at night are not."""
    record = uuid.uuid4()
    moments = {
        datetime(2026, 11, 18, 8, 0, tzinfo=UTC): True,  # Wednesday 03:00 in Louisville
        datetime(2026, 11, 18, 17, 0, tzinfo=UTC): False,  # Wednesday noon
        datetime(2026, 11, 15, 17, 0, tzinfo=UTC): True,  # Sunday noon
        datetime(2026, 11, 18, 12, 30, tzinfo=UTC): False,  # 07:30, the doors open
        datetime(2026, 11, 19, 0, 0, tzinfo=UTC): True,  # 19:00, the doors are closed
    }
    for at in moments:
        await write_event(onprem, at, subject_ids=[record])
    night = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
    await write_event(onprem, night, actor="process: worker", subject_ids=[record])
    await settle(sequencer)
    text = (await officer.get("/compliance/access", view="after_hours", record_id=str(record))).text
    assert text.count(ROW) == sum(moments.values())


async def test_own_record_and_same_surname_are_found(
    officer: Signed, as_role: AsRole, worker_db: Database, sequencer: Sequencer
) -> None:
    """A colleague's own record by full name, a namesake's by surname, a stranger's in neither."""
    own = await new_client(as_role, "Clinician Person")
    namesake = await new_client(as_role, "Robin Person")
    stranger = await new_client(as_role, "Robin Stranger")
    clinician = await as_role("clinician")
    for client_id in (own, namesake, stranger):
        await clinician.get(f"/clients/{client_id}")
    ties = Ties(worker_db)
    await ties.step()
    assert await ties.step() == 0
    await settle(sequencer)

    async def found(view: str, client_id: str) -> int:
        answer = await officer.get(
            "/compliance/access", view=view, record_id=client_id, actor=CLINICIAN
        )
        return answer.text.count(ROW)

    assert await found("own_record", own) == 1
    assert await found("own_record", namesake) == 0
    assert await found("same_surname", namesake) == 1
    assert await found("same_surname", stranger) == 0
    assert await found("own_record", stranger) == 0


async def test_ties_end_with_what_made_them(
    as_role: AsRole, worker_db: Database, onprem: PlaneDatabase
) -> None:
    """A client who is renamed is no namesake any more."""
    client_id = await new_client(as_role, "Robin Person")
    ties = Ties(worker_db)
    await ties.step()
    held = "select count(*) as n from compliance.staff_tie where client_id = $1::uuid"
    before = await onprem.run(held, client_id)
    desk = await as_role("front_desk")
    await desk.follow(
        f"/clients/{client_id}", legal_name="Robin Other", birth_date="1984-03-31", version="1"
    )
    await ties.step()
    after = await onprem.run(held, client_id)
    assert before[0]["n"] > 0
    assert after[0]["n"] == 0


async def test_processes_are_shown_when_asked_for(
    officer: Signed, onprem: PlaneDatabase, sequencer: Sequencer
) -> None:
    """The officer reads about colleagues first; what processes did is one tick away."""
    record, at = uuid.uuid4(), datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
    await write_event(onprem, at, actor="process: worker", subject_ids=[record])
    await settle(sequencer)
    without = await officer.get("/compliance/access", record_id=str(record))
    assert without.text.count(ROW) == 0
    with_them = await officer.get("/compliance/access", record_id=str(record), processes="1")
    assert with_them.text.count(ROW) == 1


@pytest.mark.parametrize(("records", "is_bulk"), [(39, False), (40, True)])
async def test_bulk_counts_different_records_within_an_hour(
    officer: Signed, onprem: PlaneDatabase, sequencer: Sequencer, *, records: int, is_bulk: bool
) -> None:
    """Forty different records are bulk; thirty-nine, or one record forty times, are not."""
    actor, at = str(uuid.uuid4()), datetime(2026, 11, 17, 15, 5, tzinfo=UTC)
    for each in range(records):
        ids = [uuid.UUID(int=each + 1), uuid.UUID(int=1)]
        await write_event(onprem, at + timedelta(seconds=each), actor=actor, subject_ids=ids)
    await settle(sequencer)
    text = (await officer.get("/compliance/access", view="bulk", since="2026-11-17")).text
    assert (f"actor={actor}" in text) is is_bulk


async def test_refusal_is_on_record(officer: Signed, as_role: AsRole, sequencer: Sequencer) -> None:
    """Who tries what the role does not allow is found under refused; who may, is not."""
    staff = await as_role("staff")
    assert (await staff.get("/clients")).status_code == 403
    await settle(sequencer)
    text = (await officer.get("/compliance/access", view="refused")).text
    assert "Staff Person" in text
    assert "Clients read" in text
    assert "Clinician Person" not in text.split("Entries of the access log", 1)[1]


async def test_break_glass_shows_what_was_read_while_it_was_open(
    officer: Signed, onprem: PlaneDatabase, sequencer: Sequencer
) -> None:
    """Within the opening it is found, a minute later it is not."""
    opened = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
    person, record = PEOPLE["it_support"], uuid.uuid4()
    await onprem.run(
        "do $$ begin perform set_config('app.actor', "
        f"'{person}', true), set_config('app.purpose', 'test', true);"
        " insert into compliance.break_glass (id, user_id, opened_at, ends_at)"
        f" values ('{uuid.uuid4()}', '{person}', '{opened.isoformat()}',"
        f" '{(opened + timedelta(minutes=30)).isoformat()}'); end $$"
    )
    for minutes in (5, 31):
        moment = opened + timedelta(minutes=minutes)
        await write_event(onprem, moment, actor=str(person), subject_ids=[record])
    await settle(sequencer)
    text = (await officer.get("/compliance/access", view="break_glass", record_id=str(record))).text
    assert text.count(ROW) == 1


async def test_counts_for_the_packet_agree_with_the_views(
    officer: Signed, workspace_db: Database
) -> None:
    """Every view has its number."""
    await officer.get("/compliance/access")
    async with workspace_db.read(Actor("process: test"), "test") as tx:
        first, last = accounting_period(datetime(2026, 12, 31, tzinfo=UTC).date())
        counts = await view_counts(tx, hours=HOURS, first=first, last=last)
    assert set(counts) == set(VIEWS)
    assert counts["after_hours"] >= 3
    assert counts["bulk"] == 1


async def test_client_report_covers_every_record_of_the_client(
    officer: Signed, as_role: AsRole, sequencer: Sequencer
) -> None:
    """A look at a referral counts as a look at the client."""
    client_id = await new_client(as_role, "Mira Reported")
    desk = await as_role("front_desk")
    referral = await desk.follow(
        f"/clients/{client_id}/referrals", source_category="self", channel="phone",
        concern_code="anxiety", urgency="routine", received_on="2026-11-20",
    )  # fmt: skip
    clinician = await as_role("clinician")
    await clinician.get(referral.url.path)
    await settle(sequencer)
    report = (await officer.get(f"/compliance/access/clients/{client_id}")).text
    assert "Mira Reported" in report
    assert "Clinician Person" in report
    assert "Front_Desk Person" in report
    unknown = await officer.get(f"/compliance/access/clients/{uuid.uuid4()}")
    assert unknown.status_code == 404


async def test_client_is_found_without_a_trace_in_an_address(
    officer: Signed, as_role: AsRole
) -> None:
    """The search is posted, and its page is not kept by the browser."""
    client_id = await new_client(as_role, "Noor Findable")
    found = await officer.post("/compliance/access/clients", q="Findable")
    assert found.status_code == 200
    assert f"/compliance/access/clients/{client_id}" in found.text
    assert found.headers["cache-control"] == "no-store"
    assert (await officer.post("/compliance/access/clients", q="")).status_code == 422
    nobody = await officer.post("/compliance/access/clients", q="Unheardof")
    assert "No one found" in nobody.text


async def test_access_ledger_is_verified_too(
    officer: Signed,
    worker_db: Database,
    onprem: PlaneDatabase,
    sequencer: Sequencer,
    tmp_path: Path,
) -> None:
    """Sound as it was written; with one entry edited it is not, and the page says so."""
    keys = tmp_path / "keys.vkey"
    keys.write_text(SIGNER.vkey + "\n")

    async def verdict() -> str:
        await settle(sequencer)
        waiting = await officer.follow("/compliance/ledger/verify", ledger="access")
        await Checker(
            worker_db, "s1", keys, when_unsound=[WhenUnsound(open_ledger_incident)]
        ).step()
        return (await officer.get(waiting.url.path)).text

    assert "No problem found." in await verdict()
    change = (
        "do $$ begin alter table audit.ledger disable trigger all;"
        " update audit.ledger set entry = convert_to(replace(convert_from(entry, 'utf8'), '{}', '{}'),"
        " 'utf8') where n = 0; alter table audit.ledger enable trigger all; end $$"
    )
    await onprem.run(change.format('"done"', '"gone"'))
    text = await verdict()
    await onprem.run(change.format('"gone"', '"done"'))
    assert "Problem found" in text


@pytest.mark.parametrize(
    "text", ["", "always", "Mon-Fri", "Fri-Mon 08:00-09:00", "Mon 20:00-08:00"]
)
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    """A wrong setting must not call everything after hours, or nothing."""
    with pytest.raises(HoursUnreadable):
        practice_hours(text)


def test_ties_are_by_whole_names_and_addresses() -> None:
    """Case, accents and order of the given names do not matter; one word alone ties nobody."""
    colleague = named("José García", email="JG@lmhg.test")
    assert tie_of(colleague, named("jose garcia")) == "own"
    assert tie_of(colleague, named("Other Name", email="jg@LMHG.test")) == "own"
    assert tie_of(colleague, named("Ana Garcia")) == "surname"
    assert tie_of(colleague, named("Garcia")) is None
    assert tie_of(colleague, named("Ana Garcias")) is None


def test_filter_that_cannot_be_read_is_named_by_field() -> None:
    """The same for both ledgers: a day that is none, an end before the start, half an id."""
    assert AccessFilter(since="yesterday", until="2026-11-01").errors().keys() == {"since"}
    assert AccessFilter(since="2026-11-02", until="2026-11-01").errors().keys() == {"until"}
    assert LedgerFilter(record_id="37e97c3e").errors().keys() == {"record_id"}
    assert AccessFilter(view="nosy").errors().keys() == {"view"}
    assert LedgerFilter(batch="x").errors().keys() == {"batch"}
    assert AccessFilter(since="2026-11-01", until="2026-11-01").errors() == {}
