"""What the officer watches: matches, sweeps, witnesses, alarms in words, and a morning page that is red in time."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

import lmhg_relay.core
from lmhg_contracts import codec, wire
from lmhg_contracts.ledger.entries import RelayEntry, encode_entry, timestamp
from lmhg_gateway.adapters.canary import Looked
from lmhg_gateway.features.oversight.alarm_words import ALARMS, FAMILIES, alarm_words
from lmhg_gateway.features.oversight.sweeps import record_sweep
from lmhg_gateway.features.oversight.upkeep import Upkeep
from lmhg_kit.http.delay_words import DELAYS
from lmhg_kit.http.testing import AsRole, Hands, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_relay.core.delays import CODES
from lmhg_stack.testing import PlaneDatabase

RECORD = "33333333-3333-4333-8333-333333333333"
TOKEN = "Zqabcdefghij"


@pytest.fixture
async def officer(as_role: AsRole):
    """The compliance officer."""
    return await as_role("compliance")


@pytest.fixture(scope="module")
async def worker_db(onprem: PlaneDatabase):
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=2)
    yield db
    await db.close()


async def swept(db: Database, *, at: datetime, where: dict[str, int] | None = None) -> uuid.UUID:
    """A sweep on record."""
    places = {"cloud database": Looked(items=7, size=900, where=where or {})}
    async with db.uow(Actor("process: sweep"), "test") as tx:
        return await record_sweep(
            tx, tokens=12, places=places, started_at=at, finished_at=at, by="operator: sweep"
        )


def relay_codes() -> set[str]:
    """Every code that the relay can raise an alarm with, from its source."""
    core = Path(lmhg_relay.core.__file__).parent
    texts = {path.name: path.read_text() for path in core.glob("*.py")}
    whole = "".join(texts.values())
    codes = set(re.findall(r'_alarm\("(\w+)"', whole)) | set(
        re.findall(r'Alarm\(code="(\w+)"', whole)
    )
    fault = texts["sender.py"].partition("def _fault")[2].partition("def stop")[0]
    codes |= set(re.findall(r'return "(\w+)"', fault))
    codes |= set(re.findall(r'(?:return|else) "(\w+)"', texts["apply.py"]))
    codes |= set(re.findall(r'QUARANTINED, "(\w+)"', texts["apply.py"]))
    codes |= set(re.findall(r'BodyRefused\("(\w+)"', Path(codec.__file__).read_text()))
    refused = set(re.findall(r'WireRefused\("(\w+)"', whole + Path(wire.__file__).read_text()))
    starts = set(re.findall(r'Refusal\(f?"(batch_|receipt_|heartbeat_)', whole))
    return codes | {f"{start}{code}" for start in starts for code in refused}


def test_every_alarm_that_the_relay_can_raise_is_in_words() -> None:
    """Found in its source; a code that nobody explained is named. Runbooks that are named exist."""
    codes = relay_codes()
    assert {"fork", "peer_is_ahead", "checkpoint_refused", "batch_signature_wrong"} <= codes
    assert {code for code in codes if alarm_words(code) is None} == set()
    assert alarm_words("mystery") is None
    assert set(ALARMS) <= codes
    runbooks = Path(__file__).parents[3] / "docs" / "runbooks"
    named = {words.runbook for words in (*ALARMS.values(), *FAMILIES.values())}
    assert all((runbooks / f"{name}.md").exists() for name in named)


def test_every_cause_of_a_delay_is_in_words() -> None:
    """What the relay can name, the pages can say; with what to do, and no word of our own trade."""
    assert set(DELAYS) == CODES
    said = " ".join(f"{words.means} {words.todo}" for words in DELAYS.values())
    assert (
        re.search(
            r"relay(?! migrate| provision)|broker(?! is lost)|plane\b|UTC",
            said.replace("lmhg-", ""),
        )
        is None
    )


@pytest.mark.found(
    "AR1", "the morning page says what holds records up, who, since when, and what to do"
)
@pytest.mark.found("AR2", "a record or removal older than two minutes is listed with its cause")
@pytest.mark.found("h2", "a delay on the portal's side is on the office's morning page")
async def test_morning_page_names_what_holds_records_up(
    officer: Signed, onprem: PlaneDatabase
) -> None:
    """Causes of both sides, and each record or removal that is older than two minutes."""
    calm = (await officer.get("/compliance")).text
    assert "Waiting to be shared" not in calm
    await onprem.run(
        "insert into relay.delay (plane, code, who, since, rows) values"
        " ('onprem', 'lock_wait', 'lmhg_migrator in lmhg - psql', now() - interval '3 minutes', 2),"
        " ('cloud', 'consumer_missing', '', now() - interval '1 minute', 0)"
    )
    await onprem.run(
        "insert into relay.outbox (kind, record_id, version, op, created_at) values"
        " ('announcement', gen_random_uuid(), 2, 'recall', now() - interval '5 minutes'),"
        " ('redaction_order', gen_random_uuid(), 1, 'recall', now() - interval '10 seconds')"
    )
    page = (await officer.get("/compliance")).text
    assert "open database session at the office" in page
    assert "lmhg_migrator in lmhg - psql" in page
    assert "no longer hands the portal" in page
    assert "Announcement, removal" in page
    assert "Order to remove a text" not in page
    assert "cannot wait" in page
    link = await asyncpg.connect(onprem.url("postgres"))
    await link.execute("begin; lock table relay.outbox in access exclusive mode")
    locked = (await officer.get("/compliance")).text
    await link.close()
    assert "open database session at the office" in locked
    await onprem.run("delete from relay.delay")
    await onprem.run("delete from relay.outbox")


async def test_alarm_is_explained_and_cleared_and_comes_back(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Clearing is the officer's, is on record, and does not silence what lasts."""
    raised = (
        "insert into relay.alarm as a (code, direction) values ('fork', 'up')"
        " on conflict (code, direction) do update set times = a.times + 1, cleared_at = null"
    )
    await onprem.run(raised)
    page = (await officer.get("/compliance/witness")).text
    assert ALARMS["fork"].todo.split(".")[0] in page
    assert ALARMS["fork"].means in (await officer.get("/compliance")).text
    admin = await as_role("admin")
    clear = {"code": "fork", "direction": "up"}
    assert (await admin.post("/compliance/witness/alarms", **clear)).status_code == 403
    assert "Alarm:" not in (await officer.follow("/compliance/witness/alarms", **clear)).text
    assert (await officer.post("/compliance/witness/alarms", **clear)).status_code == 404
    await onprem.run(raised)
    assert "Alarm:" in (await officer.get("/compliance/witness")).text
    await officer.follow("/compliance/witness/alarms", **clear)


async def test_witness_is_red_when_an_entry_waits_for_it_for_an_hour(
    officer: Signed, onprem: PlaneDatabase
) -> None:
    """An old cosignature of a quiet ledger is fine, and so is a fresh entry; an old one is late."""
    now = datetime.now(UTC)
    for n, minutes in ((0, 900), (1, 90), (2, 5)):
        entry = RelayEntry(
            actor="relay", at=timestamp(now - timedelta(minutes=minutes)), batch=None, bytes=1,
            decision="swept", digest=None, exemption_id=None, fields=(), gate=None, kind=None, n=n,
            op=None, policy="p", reason=None, record_id=None, version=None,
        )  # fmt: skip
        await onprem.run(
            "insert into relay.ledger (n, entry) values ($1, $2)", n, encode_entry(entry)
        )
    await onprem.run(
        "insert into relay.ledger_head (ledger, size, frontier) values ('relay', 3, '')"
    )
    add = (
        "insert into relay.cosignature (origin, size, root, note, at)"
        " values ('lmhg/s1/onprem/relay', $1, $2, 'the note itself', now() - interval '10 hours')"
    )
    for size, said in ((1, "Late"), (2, "Confirmed"), (3, "Confirmed")):
        await onprem.run(add, size, bytes([size]) * 32)
        page = (await officer.get("/compliance/witness")).text
        row = page.partition("Office, sharing")[2].partition("</tr>")[0]
        assert said in row, size
        assert ("A ledger is not confirmed up to now." in page) is (said == "Late")
        assert "the note itself" in page


async def test_match_names_each_difference_down_to_the_record(
    officer: Signed, onprem: PlaneDatabase
) -> None:
    """With the record's page and its ledger entries; a run that is asked for is said to run."""
    match_id = uuid.uuid4()
    await onprem.run(
        "insert into relay.match_result (id, clean, compared, differences)"
        " values ($1, false, 12, $2::jsonb)",
        match_id,
        f'[{{"what": "missing_held", "kind": "calendar_block", "record_id": "{RECORD}"}}]',
    )
    page = (await officer.get(f"/compliance/match/{match_id}")).text
    assert "but the portal does not have it" in page
    assert f"/compliance/cloud/calendar_block/{RECORD}" in page
    assert f"/compliance/ledger?record_id={RECORD}" in page
    asked = (await officer.follow("/compliance/match")).text
    assert "1 match running" in asked
    assert "every 2s" in asked
    await onprem.run(
        "insert into relay.match_result (id, clean, compared, differences)"
        " select id, true, 12, '[]' from relay.match_request"
    )
    assert "every 2s" not in (await officer.get("/compliance/match/runs")).text
    assert (await officer.get(f"/compliance/match/{uuid.uuid4()}")).status_code == 404


async def test_sweep_shows_places_and_counts_and_never_a_token(
    officer: Signed, worker_db: Database, people: dict[str, uuid.UUID], onprem: PlaneDatabase
) -> None:
    """A finding names its table and opens an incident; a clean one opens none."""
    now = datetime.now(UTC)
    await swept(worker_db, at=now - timedelta(hours=1))
    assert "7 items" in (await officer.get("/compliance/sweeps")).text
    assert await onprem.run("select 1 from compliance.incident where code = 'canary_found'") == []
    made = await swept(worker_db, at=now, where={"portal.ticket": 2})
    page = (await officer.get("/compliance/sweeps")).text
    assert "portal.ticket: 2" in page
    assert "The last leak check found something." in (await officer.get("/compliance")).text
    rows = await onprem.run(
        "select id, subject_id from compliance.incident where code = 'canary_found'"
    )
    assert [row["subject_id"] for row in rows] == [made]
    await swept(worker_db, at=datetime.now(UTC))
    told = "A leak check found something, and its incident is still open."
    assert told in (await officer.get("/compliance")).text
    own = f"/compliance/incidents/{rows[0]['id']}"
    await officer.follow(f"{own}/resolve", cause="false_alarm", note="It was planted to test this.")
    assert told not in (await officer.get("/compliance")).text


async def test_late_sweep_is_red_and_opens_one_incident(
    officer: Signed, worker_db: Database, people: dict[str, uuid.UUID], onprem: PlaneDatabase
) -> None:
    """After 26 hours, once while it is open; before that nothing."""
    await swept(worker_db, at=datetime.now(UTC))
    hands = Hands()
    hands.at = datetime.now(UTC)
    upkeep = Upkeep(worker_db, Practice("America/Kentucky/Louisville"), hands)
    hands.turn(hours=25, minutes=59)
    assert await upkeep.open_sweep_incident() == 0
    hands.turn(minutes=2)
    assert await upkeep.open_sweep_incident() == 1
    assert await upkeep.open_sweep_incident() == 0
    rows = await onprem.run("select 1 from compliance.incident where code = 'sweep_late'")
    assert len(rows) == 1


async def test_late_sweep_does_not_hide_what_the_last_one_found(
    officer: Signed, worker_db: Database, onprem: PlaneDatabase
) -> None:
    """Both are red, and the page says what each means and what to do."""
    old = datetime.now(UTC) + timedelta(minutes=1)
    await swept(worker_db, at=old, where={"worker.log": 1})
    await onprem.run(
        "do $$ begin alter table compliance.canary_sweep disable trigger all; update compliance.canary_sweep"
        " set finished_at = finished_at - interval '30 hours', started_at = started_at - interval '30 hours';"
        " alter table compliance.canary_sweep enable trigger all; end $$"
    )
    page = (await officer.get("/compliance")).text
    assert "The leak check is late." in page
    assert "The last leak check found something." in page
    sweeps = (await officer.get("/compliance/sweeps")).text
    assert "a leak would not be noticed" in sweeps
    assert "if it is a breach you must report" in sweeps


async def test_sweep_on_record_is_not_changed(
    worker_db: Database, people: dict[str, uuid.UUID], onprem: PlaneDatabase
) -> None:
    """Neither by the workspace nor by the worker."""
    await swept(worker_db, at=datetime.now(UTC))
    for role in ("gw_workspace", "gw_worker"):
        for change in (
            "update compliance.canary_sweep set findings = 0",
            "delete from compliance.canary_sweep",
        ):
            with pytest.raises(Exception, match="permission denied"):
                await onprem.run(change, role=role)


async def test_morning_page_is_calm_or_says_what_is_red(officer: Signed) -> None:
    """Every section of the console can be reached from it."""
    page = (await officer.get("/compliance")).text
    for path in ("ledger", "held", "exemptions", "cloud", "incidents", "match", "sweeps", "witness",
                 "packets", "access", "statement"):  # fmt: skip
        assert f'"/compliance/{path}"' in page
        assert (await officer.get(f"/compliance/{path}")).status_code == 200
