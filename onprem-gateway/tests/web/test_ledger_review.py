"""Ledger review: found by any filter, explained, counted by day, verified with progress."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lmhg_gateway.features.ledger_review.models import LedgerCheck
from lmhg_gateway.features.ledger_review.rules import DECISIONS, REASONS, LedgerFilter
from lmhg_gateway.features.ledger_review.service import Checker, Indexer, WhenUnsound
from lmhg_gateway.features.ledger_review.views import check_view
from lmhg_gateway.features.oversight.upkeep import open_ledger_incident
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_relay.core import gates
from lmhg_stack.testing import PlaneDatabase

from .ledgers import COUNT, FIRST_DAY  # noqa: TID252 - beside this file

ZONE = "America/Kentucky/Louisville"
ROW = 'class="lead num"'


@pytest.fixture
async def officer(as_role: AsRole, ledger: None) -> Signed:
    """The compliance officer, with a ledger to read."""
    return await as_role("compliance")


@pytest.fixture
async def worker_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=4)
    yield db
    await db.close()


async def test_ledger_lists_newest_first_a_page_at_a_time(officer: Signed) -> None:
    """The first page ends where the second begins."""
    first = await officer.get("/compliance/ledger")
    assert 'href="/compliance/ledger/59"' in first.text
    assert 'href="/compliance/ledger/9"' not in first.text
    second = await officer.get("/compliance/ledger", before="10")
    assert 'href="/compliance/ledger/9"' in second.text
    assert 'href="/compliance/ledger/10"' not in second.text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"decision": "refuse"}, 6),
        ({"gate": "content"}, 6),
        ({"reason": "held"}, 6),
        ({"reason": "not_home"}, 0),
        ({"kind": "ticket"}, 0),
        ({"record_id": str(uuid.UUID(int=7))}, 1),
        ({"batch": "2"}, 18),
        ({"since": "2026-11-21", "until": "2026-11-21"}, 20),
        ({"since": "2026-11-22"}, 20),
        ({"until": "2026-11-20", "decision": "refuse"}, 2),
        ({"since": "2027-01-01"}, 0),
        ({"decision": "refuse", "before": "25"}, 3),
        ({"actor": str(uuid.UUID(int=3))}, 0),
        ({"before": "'; drop table relay.ledger --"}, 50),
    ],
)
async def test_ledger_filters_stand_in_the_address(
    officer: Signed, query: dict[str, str], shown: int
) -> None:
    """Each filter narrows the list; a nonsense position filters nothing."""
    text = (await officer.get("/compliance/ledger", **query)).text
    assert text.count(ROW) == shown


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"record_id": "abc"}, "Paste the whole record number"),
        ({"batch": "first"}, "Type the batch as a number"),
        ({"since": "yesterday"}, "Choose a day from the calendar"),
        ({"since": "2026-11-22", "until": "2026-11-20"}, "The end date is before the start date"),
    ],
)
async def test_filter_that_cannot_be_read_shows_nothing_and_says_why(
    officer: Signed, query: dict[str, str], sentence: str
) -> None:
    """A filter that is not understood must not look like an answer."""
    answer = await officer.get("/compliance/ledger", **query)
    assert answer.status_code == 200
    assert sentence in answer.text
    assert answer.text.count(ROW) == 0


async def test_counts_by_day_agree_with_the_entries(officer: Signed, onprem: PlaneDatabase) -> None:
    """What the chart adds up is what the ledger holds."""
    await officer.get("/compliance/ledger")
    by_day = await onprem.run(
        "select day::text, sum(entries)::int as n from compliance.ledger_day group by 1 order by 1"
    )
    assert [(row["day"], row["n"]) for row in by_day] == [
        ("2026-11-20", 20), ("2026-11-21", 20), ("2026-11-22", 20),
    ]  # fmt: skip


async def test_another_time_zone_cuts_the_days_anew(
    officer: Signed, worker_db: Database, onprem: PlaneDatabase
) -> None:
    """Rows are made again by the new clock; none is lost and none is counted twice."""
    await officer.get("/compliance/ledger")
    indexer = Indexer(worker_db, "Asia/Tokyo")
    while await indexer.step():
        pass
    rows = await onprem.run(
        "select count(*) as n, min(day)::text as first from compliance.ledger_row"
    )
    counted = await onprem.run("select sum(entries)::int as n from compliance.ledger_day")
    assert (rows[0]["n"], rows[0]["first"], counted[0]["n"]) == (COUNT, "2026-11-20", COUNT)
    await officer.get("/compliance/ledger")
    zone = await onprem.run("select zone from compliance.review_state where ledger = 'relay'")
    assert zone[0]["zone"] == ZONE


@pytest.mark.parametrize("role", ["gw_workspace", "gw_worker"])
async def test_no_process_writes_the_rows_itself(
    officer: Signed, onprem: PlaneDatabase, role: str
) -> None:
    """A row that could be removed would hide an entry from the officer."""
    db = Database(onprem.url(role), pool_size=1)
    try:
        for table in ("ledger_row", "ledger_day", "access_row", "access_day"):
            with pytest.raises(Exception, match="permission denied"):
                async with db.engine.begin() as link:
                    await link.exec_driver_sql(f"delete from compliance.{table}")
    finally:
        await db.close()


async def test_entry_says_why_it_did_not_cross(officer: Signed, onprem: PlaneDatabase) -> None:
    """The gate, the reason in words, and the exact bytes."""
    text = (await officer.get("/compliance/ledger/10")).text
    assert "The check found something that may name a client" in text
    assert "Content: did the check find no client names" in text
    assert "&#34;reason&#34;:&#34;held&#34;" in text
    assert (await officer.get("/compliance/ledger/9999")).status_code == 404


async def test_reading_the_ledger_is_itself_logged(officer: Signed, onprem: PlaneDatabase) -> None:
    """One event a look, in the officer's name."""
    before = await onprem.run(
        "select count(*) as n from audit.event where subject_kind = 'relay_ledger'"
    )
    await officer.get("/compliance/ledger")
    await officer.get("/compliance/ledger/3")
    after = await onprem.run(
        "select count(*) as n from audit.event where subject_kind = 'relay_ledger'"
    )
    assert after[0]["n"] == before[0]["n"] + 2


async def test_export_and_proof_are_files_for_the_verifier(officer: Signed) -> None:
    """Both are downloads, and both are noted."""
    export = await officer.get("/compliance/ledger/export")
    assert export.content.startswith(b"lmhg-ledger/1 ")
    assert "attachment" in export.headers["content-disposition"]
    proof = await officer.get("/compliance/ledger/7/proof")
    assert proof.text.startswith("c2sp.org/tlog-proof@v1")


async def verified(officer: Signed, checker: Checker) -> str:
    """Ask for a verification, let the worker do it, and read its page."""
    waiting = await officer.follow("/compliance/ledger/verify", ledger="relay")
    assert "Reading every entry" in waiting.text
    assert 'hx-trigger="every 1s"' in waiting.text
    assert await checker.step() == 1
    return (await officer.get(waiting.url.path)).text


async def test_verification_runs_in_the_worker_and_says_sound(
    officer: Signed, worker_db: Database, ledger_keys: Path
) -> None:
    """The page of the check waits, then says in plain words what was found."""
    text = await verified(
        officer,
        Checker(worker_db, "s1", ledger_keys, when_unsound=[WhenUnsound(open_ledger_incident)]),
    )
    assert "No problem found. 60 entries checked" in text
    assert "lmhg-s1-onprem" in text
    assert "Last checked" in (await officer.get("/compliance/ledger")).text


async def test_edited_ledger_is_not_sound(
    officer: Signed, worker_db: Database, ledger_keys: Path, onprem: PlaneDatabase
) -> None:
    """The negative control: one changed byte, and the page says so; then it is put back."""
    change = (
        "do $$ begin alter table relay.ledger disable trigger all;"
        " update relay.ledger set entry = convert_to(replace(convert_from(entry, 'utf8'), '{}', '{}'),"
        " 'utf8') where n = 3; alter table relay.ledger enable trigger all; end $$"
    )
    await onprem.run(change.format('"ship"', '"shop"'))
    text = await verified(
        officer,
        Checker(worker_db, "s1", ledger_keys, when_unsound=[WhenUnsound(open_ledger_incident)]),
    )
    await onprem.run(change.format('"shop"', '"ship"'))
    assert "Problem found" in text
    assert "An entry was changed, or its history was rewritten" in text
    assert "Treat this as an incident" in text
    assert 'role="alert"' in text


def test_finding_that_repeats_is_said_once() -> None:
    """A changed entry contradicts every checkpoint after it, and that is one thing that is wrong."""
    said = [{"code": "forked", "sentence": f"at size {n}"} for n in (10, 12, 14)]
    said.append({"code": "edited", "sentence": "entry 3"})
    check = LedgerCheck(
        id=uuid.uuid4(), ledger="access", asked_by="x", permille=1000, findings=said,
        asked_at=FIRST_DAY, finished_at=FIRST_DAY, is_sound=False,
    )  # fmt: skip
    shown = check_view(check, {}).findings
    assert [(each.said, each.more) for each in shown] == [("at size 10", 2), ("entry 3", 0)]
    assert "access ledger" in shown[0].means


async def test_without_published_keys_nothing_is_called_sound(
    officer: Signed, worker_db: Database
) -> None:
    """What cannot be judged is not sound, and says why."""
    text = await verified(
        officer, Checker(worker_db, "s1", None, when_unsound=[WhenUnsound(open_ledger_incident)])
    )
    assert "Problem found" in text
    assert "the setting for the published ledger keys" in text


async def test_two_who_ask_share_one_verification(officer: Signed, as_role: AsRole) -> None:
    """A second question while one waits leads to the same page."""
    second = await as_role("second")
    pages = await asyncio.gather(
        officer.post("/compliance/ledger/verify"), officer.post("/compliance/ledger/verify")
    )
    third = await second.post("/compliance/ledger/verify")
    assert third.headers["location"] in {page.headers["location"] for page in pages}


async def test_view_is_kept_under_a_name_and_is_ones_own(officer: Signed, as_role: AsRole) -> None:
    """Kept with its filters, seen by its owner alone, removed by its owner alone."""
    fields = {"page": "ledger", "query": "decision=refuse&gate=content"}
    kept = await officer.follow("/compliance/views", name="My content view", **fields)
    assert "View saved" in kept.text
    assert 'href="/compliance/ledger?decision=refuse&amp;gate=content"' in kept.text
    twice = await officer.post("/compliance/views", name="My content view", **fields)
    assert twice.status_code == 409
    second = await as_role("second")
    assert "My content view" not in (await second.get("/compliance/ledger")).text
    assert "Undo" in kept.text.partition("data-toast")[2].partition("</form>")[0]
    view_id = kept.text.split("/compliance/views/", 1)[1].split("/", 1)[0]
    assert (await second.post(f"/compliance/views/{view_id}/forget")).status_code == 404
    gone = await officer.follow(f"/compliance/views/{view_id}/forget")
    assert "My content view" not in gone.text


async def test_kept_view_cannot_lead_elsewhere(officer: Signed) -> None:
    """Whatever is posted as a query stays a query of this page."""
    answer = await officer.post(
        "/compliance/views", name="Sly", page="ledger", query="x=1\r\nlocation: https://evil.test"
    )
    assert answer.status_code in {303, 422}
    assert answer.headers.get("location", "/compliance/ledger").startswith("/compliance/ledger")


def test_every_reason_of_a_gate_has_its_sentence() -> None:
    """What the gates can say, the page can explain; the field gate's codes share one sentence."""
    source = Path(gates.__file__).read_text(encoding="utf-8")
    said = {"held", "verdict_unknown", "verdict_late", "gate_error"}
    for line in source.splitlines():
        if line.strip().startswith("return ") and '"' in line:
            said |= {part for part in line.split('"')[1::2] if part.isidentifier()}
    assert said - {"content", "object", "refuse"} <= set(REASONS)
    assert {"ship", "refuse", "supersede"} <= set(DECISIONS)


def test_filter_reads_its_own_address() -> None:
    """What the address says is what the filter means, and nothing else gets in."""
    wanted = LedgerFilter(since="2026-11-01", decision="refuse", batch="7")
    assert LedgerFilter.of({**wanted.query(), "evil": "1"}) == wanted
    assert LedgerFilter.of({"decision": "x" * 999}).decision == "x" * 80
