"""Found later: why, since when and until when, in plain words; and a morning page that is red in time."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from lmhg_gateway.features.look_back.models import LookBackFinding, LookBackPass
from lmhg_gateway.features.look_back.rules import WHOLE_LATE, is_due, is_late
from lmhg_gateway.features.look_back.views import lasted
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

PAGE = "/compliance/found-later"
ZONE = "America/Kentucky/Louisville"


@pytest.fixture
async def officer(as_role: AsRole) -> Signed:
    """The compliance officer."""
    return await as_role("compliance")


@pytest.fixture(scope="module")
async def worker_db(onprem: PlaneDatabase):
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=2)
    yield db
    await db.close()


async def passed(
    db: Database, *, finished_ago: timedelta | None, scope: str = "whole"
) -> uuid.UUID:
    """A search that finished so long ago, or never."""
    now, made = datetime.now(UTC), uuid.uuid4()
    finished = None if finished_ago is None else now - finished_ago
    started = (finished or now) - timedelta(seconds=7)
    async with db.uow(Actor("process: worker"), "test") as tx:
        tx.add(
            LookBackPass(
                id=made,
                scope=scope,
                started_at=started,
                finished_at=finished,
                clients=3,
                texts=1200,
            )
        )
    return made


async def found(db: Database, pass_id: uuid.UUID, *, ago: timedelta, **facts: object) -> object:
    """A finding that is so old; by default a ticket that is still readable."""
    at, made = datetime.now(UTC) - ago, uuid.uuid4()
    row = {
        "kind": "ticket", "record_id": uuid.uuid4(), "version": 1, "rule": "client_phone",
        "place": "body", "is_missed": False, "readable_since": at - timedelta(hours=3), **facts,
    }  # fmt: skip
    async with db.uow(Actor("process: worker"), "test") as tx:
        tx.add(LookBackFinding(id=made, pass_id=pass_id, found_at=at, **row))
    return row["record_id"]


def plain(page: str) -> str:
    """What a reader reads, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_before_anything_ran_the_page_and_the_morning_say_so(officer: Signed) -> None:
    """Nothing found is no proof as long as nothing was searched."""
    page = plain((await officer.get(PAGE)).text)
    assert "Nothing was found later" in page
    assert "have never been searched" in page
    assert "No search yet" in page
    morning = (await officer.get("/compliance")).text
    assert "have never been searched" in morning
    assert f'href="{PAGE}"' in morning


async def test_a_finding_says_why_since_when_and_that_it_is_still_readable(
    officer: Signed, worker_db: Database
) -> None:
    """With a way to the record, and no rule's code, id or text."""
    made = await passed(worker_db, finished_ago=timedelta(hours=1))
    record = await found(worker_db, made, ago=timedelta(minutes=5))
    raw = (await officer.get(PAGE)).text
    page = plain(raw)
    assert f'href="/compliance/cloud/ticket/{record}"' in raw
    assert "The phone number of a client or guardian." in page
    assert "Still readable" in page
    assert "3 hours so far" in page
    assert "Being removed" in page
    assert "client_phone" not in page
    assert str(record) not in page
    morning = plain((await officer.get("/compliance")).text)
    assert (
        "1 text on the portal names a client and is not confirmed gone, 5 minutes after" in morning
    )
    assert "searched for newer clients" not in morning


async def test_a_finding_that_is_gone_says_how_long_it_could_be_read(
    officer: Signed, worker_db: Database
) -> None:
    """And that the search after the change had missed it, where it had."""
    made = await passed(worker_db, finished_ago=timedelta(hours=1))
    ago = timedelta(minutes=30)
    gone = datetime.now(UTC) - ago + timedelta(minutes=2)
    await found(
        worker_db, made, ago=ago, kind="announcement", is_missed=True, gone_at=gone,
        readable_since=gone - timedelta(minutes=40),
    )  # fmt: skip
    page = plain((await officer.get(PAGE)).text)
    assert "Taken back 40 minutes" in page
    assert "Missed until the nightly search" in page


async def test_a_finding_of_this_very_moment_is_not_red_yet(
    officer: Signed, worker_db: Database, onprem: PlaneDatabase
) -> None:
    """The relay needs a few seconds; a minute later it is."""
    await onprem.run(
        "update compliance.look_back_finding set gone_at = now() where gone_at is null"
    )
    made = await passed(worker_db, finished_ago=timedelta(hours=1))
    await found(worker_db, made, ago=timedelta(seconds=5))
    assert "not confirmed gone" not in (await officer.get("/compliance")).text
    await found(worker_db, made, ago=timedelta(seconds=70))
    assert "1 text on the portal names" in plain((await officer.get("/compliance")).text)


async def test_the_searches_are_listed_and_an_interrupted_one_says_so(
    officer: Signed, worker_db: Database
) -> None:
    """How long each took, and what it read."""
    await passed(worker_db, finished_ago=None, scope="changed")
    await passed(worker_db, finished_ago=timedelta(0), scope="changed")
    page = plain((await officer.get(PAGE)).text)
    assert "After a client was added or changed" in page
    assert "Interrupted" in page
    assert "7 seconds" in page
    assert "1,200" in page


@pytest.mark.parametrize("role", ["front_desk", "clinician", "staff"])
async def test_only_those_who_see_compliance_see_what_was_found(as_role: AsRole, role: str) -> None:
    """What became a client's is the officers' business."""
    hands = await as_role(role)
    assert (await hands.get(PAGE)).status_code == 403


def test_the_nightly_search_is_due_once_a_night_of_the_practice() -> None:
    """From three in the morning there, however long the last one took."""
    three = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
    minute = timedelta(minutes=1)
    assert is_due(None, three, ZONE)
    assert is_due(three - minute, three, ZONE)
    assert not is_due(three - minute, three - minute, ZONE)
    assert not is_due(three, three + timedelta(hours=23), ZONE)
    assert is_due(three, three + timedelta(hours=24), ZONE)


def test_the_proof_is_late_after_26_hours_or_when_there_is_none() -> None:
    """One night that was left out is red on the next morning."""
    now = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
    assert is_late(None, now)
    assert is_late(now - WHOLE_LATE - timedelta(seconds=1), now)
    assert not is_late(now - WHOLE_LATE, now)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (3600, "60 minutes"),
        (7200, "2 hours"),
        (172_800, "2 days"),
    ],
)
def test_a_span_is_said_in_the_unit_that_says_it_best(seconds: int, said: str) -> None:
    """Minutes up to two hours, hours up to two days."""
    assert lasted(timedelta(seconds=seconds)) == said
