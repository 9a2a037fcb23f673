"""A ledger that was cut behind everybody's back: red here within one look, with an incident."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from lmhg_contracts.ledger.checkpoint import NoteSigner, cosign
from lmhg_gateway.features.ledger_review.guard import AGAIN_AFTER, WHOLE_EVERY, Guard
from lmhg_gateway.features.ledger_review.repository import RESTORE_SETTLES_S, WORD_LATE_S
from lmhg_gateway.features.ledger_review.service import STARTS_MAX, Checker, WhenUnsound
from lmhg_gateway.features.oversight.upkeep import Upkeep, open_ledger_incident
from lmhg_kit.http.testing import AsRole
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .ledgers import (  # noqa: TID252 - beside this file
    COUNT,
    ORIGIN,
    frontier_of,
    note_at,
    signers,
    write_ledger,
)

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
FORMER = 40


@pytest.fixture(scope="module")
def both() -> tuple[NoteSigner, NoteSigner]:
    """The keys of the two planes."""
    return signers()


@pytest.fixture
async def witnessed(
    onprem: PlaneDatabase, ledger_keys: Path, both: tuple[NoteSigner, NoteSigner]
) -> AsyncIterator[None]:
    """A ledger that the portal has witnessed whole, and says so; all of it is put back afterwards."""
    own, other = both
    await write_ledger(onprem, ledger_keys, signer=own)
    ledger_keys.write_text(f"{own.vkey}\n{other.vkey}\n")
    for size in (FORMER, COUNT):
        note = cosign(note_at(size, own), other)
        await onprem.run(
            "insert into relay.cosignature (origin, size, root, note) values ($1, $2, $3, $4)",
            ORIGIN, size, frontier_of(size).root(), note,
        )  # fmt: skip
    await say(onprem, COUNT, both)
    yield
    await onprem.run(as_superuser("delete from relay.ledger", "delete from relay.cosignature"))
    await onprem.run("delete from relay.shown_checkpoint")
    await onprem.run("delete from compliance.ledger_check")
    await onprem.run("delete from relay.peer")
    await onprem.run(NO_INCIDENTS)


async def say(onprem: PlaneDatabase, size: int, both: tuple[NoteSigner, NoteSigner]) -> None:
    """The portal's word, as its heartbeat brings it."""
    own, other = both
    await onprem.run(
        "insert into relay.shown_checkpoint (origin, size, root, note) values ($1, $2, $3, $4)"
        " on conflict (origin) do update set size = excluded.size, root = excluded.root,"
        " note = excluded.note",
        ORIGIN, size, frontier_of(size).root(), cosign(note_at(size, own), other),
    )  # fmt: skip


def as_superuser(*acts: str) -> str:
    """What someone with the whole database may do: the triggers are switched off for it."""
    return f"do $$ begin set local session_replication_role = 'replica'; {switched(*acts)} end $$"


def switched(*acts: str) -> str:
    """Acts with the tables' triggers off, ALWAYS ones too."""
    tables = ("relay.ledger", "relay.cosignature", "relay.ledger_node", "compliance.incident")
    off = "".join(f"alter table {table} disable trigger all;" for table in tables)
    on = "".join(f"alter table {table} enable trigger all;" for table in tables)
    return off + "".join(f"{act};" for act in acts) + on


NO_INCIDENTS = as_superuser("delete from compliance.incident")


async def cut(onprem: PlaneDatabase, own: NoteSigner) -> None:
    """The tail deleted, the older head put back, and every newer cosignature gone."""
    frontier = frontier_of(FORMER)
    await onprem.run(
        as_superuser(
            f"delete from relay.ledger where n >= {FORMER}",
            f"delete from relay.cosignature where size > {FORMER}",
        )
    )
    await onprem.run(
        "update relay.ledger_head set size = $1, frontier = $2, checkpoint = $3",
        FORMER, frontier.to_bytes(), note_at(FORMER, own),
    )  # fmt: skip


@pytest.fixture
async def worker_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=2)
    yield db
    await db.close()


def checker_of(db: Database, keys: Path) -> Checker:
    """The worker's verification, as the worker makes it."""
    return Checker(db, "s1", keys, when_unsound=[WhenUnsound(open_ledger_incident)])


async def asked(onprem: PlaneDatabase) -> int:
    """Verifications that wait."""
    rows = await onprem.run(
        "select count(*) as n from compliance.ledger_check where finished_at is null"
    )
    return int(rows[0]["n"])


@pytest.mark.usefixtures("witnessed")
async def test_whole_ledger_is_verified_once_a_day(
    worker_db: Database, onprem: PlaneDatabase, ledger_keys: Path
) -> None:
    """The control: nothing is suspicious, so the next look asks for nothing."""
    now = datetime.now(UTC)
    guard = Guard(worker_db, "s1", ledger_keys, clock=lambda: now)
    await guard.step()
    assert await asked(onprem) == 1
    assert await checker_of(worker_db, ledger_keys).step() == 1
    await guard.step()
    assert await asked(onprem) == 0
    assert (await onprem.run("select is_sound from compliance.ledger_check"))[0]["is_sound"]
    await Guard(worker_db, "s1", ledger_keys, clock=lambda: now + WHOLE_EVERY * 2).step()
    assert await asked(onprem) == 1


@pytest.mark.found(
    "P1", "a tail deleted by a superuser is red here after one look, with an incident"
)
@pytest.mark.usefixtures("witnessed")
async def test_cut_ledger_turns_the_morning_page_red(
    worker_db: Database, onprem: PlaneDatabase, ledger_keys: Path, both: tuple[NoteSigner, NoteSigner],
    as_role: AsRole,
) -> None:  # fmt: skip
    """Older head put back, newer cosignatures deleted: the portal's own word is what is left."""
    officer = await as_role("compliance")
    await cut(onprem, both[0])
    page = (await officer.get("/compliance/witness")).text
    assert "Entries are missing from our sharing ledger." in page
    assert "20 entries of them are no longer here" in page
    checker = checker_of(worker_db, ledger_keys)
    await Guard(worker_db, "s1", ledger_keys, clock=lambda: NOW).step()
    assert await checker.step() == 1
    found = (await onprem.run("select findings, id from compliance.ledger_check"))[0]
    assert '"cut"' in found["findings"]
    [incident] = await onprem.run(
        "select subject_id from compliance.incident where code = 'ledger_not_sound'"
    )
    assert incident["subject_id"] == found["id"]
    morning = (await officer.get("/compliance")).text
    assert "Entries are missing from a ledger" in morning
    assert "A ledger did not match its signatures, and the incident is still open." in morning
    verdict = (await officer.get(f"/compliance/ledger/checks/{found['id']}")).text
    assert "The portal confirmed more entries than are here" in verdict
    assert "Asked by LMHG itself" in verdict or "LMHG itself" in verdict


@pytest.mark.found("P1", "a suspicion leads to one verification, not to one every few seconds")
@pytest.mark.usefixtures("witnessed")
async def test_suspicion_asks_once_in_ten_minutes(
    worker_db: Database,
    onprem: PlaneDatabase,
    ledger_keys: Path,
    both: tuple[NoteSigner, NoteSigner],
) -> None:
    """What stays wrong is verified again after a while."""
    await cut(onprem, both[0])
    now = [NOW]
    guard = Guard(worker_db, "s1", ledger_keys, clock=lambda: now[0])
    checker = checker_of(worker_db, ledger_keys)
    for later, expected in ((timedelta(0), 1), (AGAIN_AFTER / 2, 0), (AGAIN_AFTER, 1)):
        now[0] = NOW + later
        await guard.step()
        assert await asked(onprem) == expected
        await checker.step()


@pytest.mark.found("P1", "a declared restore is no cut while the portal still speaks of before it")
@pytest.mark.usefixtures("witnessed")
async def test_declared_restore_is_no_cut(
    worker_db: Database, onprem: PlaneDatabase, ledger_keys: Path, both: tuple[NoteSigner, NoteSigner],
    as_role: AsRole,
) -> None:  # fmt: skip
    """Only the relay says so, with its date; the page is red, and after a while the word counts again."""
    officer = await as_role("compliance")
    await cut(onprem, both[0])
    await onprem.run("update relay.shown_checkpoint set unsettled_at = at")
    guard, checker = Guard(worker_db, "s1", ledger_keys), checker_of(worker_db, ledger_keys)
    await guard.step()
    await checker.step()
    assert (await onprem.run("select is_sound from compliance.ledger_check"))[0]["is_sound"]
    for path in ("/compliance/witness", "/compliance"):
        assert "A restore of the office&#39;s database is not finished." in (
            await officer.get(path)
        ).text.replace("'", "&#39;")
    await onprem.run(
        "update relay.shown_checkpoint"
        f" set unsettled_at = at - interval '{RESTORE_SETTLES_S + 1} seconds'"
    )
    await guard.step()
    assert await checker.step() == 1
    rows = await onprem.run("select is_sound from compliance.ledger_check order by asked_at")
    assert [row["is_sound"] for row in rows] == [True, False]


@pytest.mark.found("P1", "who marks the database as restored silences nobody")
@pytest.mark.usefixtures("witnessed")
async def test_a_mark_in_the_database_excuses_nothing(
    worker_db: Database, onprem: PlaneDatabase, ledger_keys: Path, both: tuple[NoteSigner, NoteSigner]
) -> None:  # fmt: skip
    """What a superuser writes into the relay's row is not what the relay has said."""
    await cut(onprem, both[0])
    await onprem.run(
        "insert into relay.half (plane, site, restores, restore_declared)"
        " values ('onprem', 's1', 9, true)"
        " on conflict (plane) do update set restores = 9, restore_declared = true"
    )
    await Guard(worker_db, "s1", ledger_keys).step()
    await checker_of(worker_db, ledger_keys).step()
    assert not (await onprem.run("select is_sound from compliance.ledger_check"))[0]["is_sound"]
    await onprem.run("update relay.half set restores = 0, restore_declared = false")


@pytest.mark.found("P1", "a word of the portal that is kept from our database is missed at once")
@pytest.mark.usefixtures("witnessed")
async def test_a_word_that_no_longer_comes_is_a_finding(
    worker_db: Database, onprem: PlaneDatabase, ledger_keys: Path
) -> None:
    """The portal is heard now, and its word is a minute old."""
    await onprem.run(
        "insert into relay.peer (plane, last_heard_at, epoch, applied_no, next_no, generation, lag)"
        f" values ('cloud', now() + interval '{WORD_LATE_S + 1} seconds', 1, 0, 1, 0, 0)"
    )
    await Guard(worker_db, "s1", ledger_keys, clock=lambda: NOW).step()
    await checker_of(worker_db, ledger_keys).step()
    [row] = await onprem.run("select findings, why from compliance.ledger_check")
    assert '"word_late"' in row["findings"]
    assert row["why"] == "did_not_fit"


@pytest.mark.found("P1", "that something did not fit is written down, although it fits again")
@pytest.mark.usefixtures("witnessed")
async def test_a_suspicion_that_passes_leaves_its_trace(
    worker_db: Database, onprem: PlaneDatabase, ledger_keys: Path, both: tuple[NoteSigner, NoteSigner],
    as_role: AsRole,
) -> None:  # fmt: skip
    """Cut for one look, and put back before the verdict."""
    officer = await as_role("compliance")
    [was] = await onprem.run("select * from relay.ledger_head where ledger = 'relay'")
    await onprem.run("update relay.ledger_head set checkpoint = $1", note_at(FORMER, both[0]))
    await Guard(worker_db, "s1", ledger_keys, clock=lambda: NOW).step()
    await onprem.run("update relay.ledger_head set checkpoint = $1", was["checkpoint"])
    await checker_of(worker_db, ledger_keys).step()
    [check] = await onprem.run("select id, is_sound from compliance.ledger_check")
    assert check["is_sound"]
    assert await onprem.run("select 1 from audit.event where act = 'suspect'")
    page = (await officer.get(f"/compliance/ledger/checks/{check['id']}")).text
    assert "something did not fit" in page


@pytest.mark.found("P1", "a verification that ends its process keeps no other waiting")
@pytest.mark.usefixtures("witnessed")
async def test_a_verification_is_begun_three_times_at_most(
    worker_db: Database, onprem: PlaneDatabase, ledger_keys: Path
) -> None:
    """Then it says that it broke off."""
    await Guard(worker_db, "s1", ledger_keys, clock=lambda: NOW).step()
    await onprem.run(f"update compliance.ledger_check set starts = {STARTS_MAX}")
    assert await checker_of(worker_db, ledger_keys).step() == 1
    [row] = await onprem.run("select findings from compliance.ledger_check")
    assert '"check_failed"' in row["findings"]
    assert await onprem.run("select 1 from compliance.incident where code like 'ledger%'") == []


@pytest.mark.found("P1", "nobody has a ledger verified that is none of ours")
async def test_a_verification_is_of_one_of_our_ledgers(onprem: PlaneDatabase) -> None:
    """The table says which there are."""
    with pytest.raises(asyncpg.CheckViolationError):
        await onprem.run(
            "insert into compliance.ledger_check (id, ledger, asked_by)"
            " values (gen_random_uuid(), 'other', 'someone')"
        )


@pytest.mark.found("P1", "a restore that the ledger tells of is an incident, once")
async def test_a_restore_is_an_incident(worker_db: Database, onprem: PlaneDatabase) -> None:
    """Found in the ledger itself, so nobody need be watching when it happens."""
    await onprem.run(
        "insert into compliance.ledger_row (n, day, decision, gate, reason, kind)"
        " values (7, current_date, 'restored', '', '', '')"
    )
    upkeep = Upkeep(worker_db, Practice("America/Kentucky/Louisville"))
    assert await upkeep.open_restore_incidents() == 1
    assert await upkeep.open_restore_incidents() == 0
    await onprem.run("delete from compliance.ledger_row")
    await onprem.run(NO_INCIDENTS)


@pytest.mark.found("P1", "an alarm of the portal's relay reaches the officer here")
async def test_an_alarm_at_the_portal_is_an_incident(
    worker_db: Database, onprem: PlaneDatabase
) -> None:
    """Its heartbeat brings the code; one incident at a time."""
    upkeep = Upkeep(worker_db, Practice("America/Kentucky/Louisville"))
    assert await upkeep.open_portal_incident() == 0
    await onprem.run(
        "insert into relay.delay (plane, code, who, since) values ('cloud', 'alarm_raised', 'fork', now())"
    )
    assert await upkeep.open_portal_incident() == 1
    assert await upkeep.open_portal_incident() == 0
    await onprem.run("update relay.delay set who = 'fork quarantined'")
    assert await upkeep.open_portal_incident() == 1
    await onprem.run("delete from relay.delay")
    await onprem.run(NO_INCIDENTS)


@pytest.mark.found(
    "P1", "an entry that was changed behind everybody's back is found by the next look"
)
@pytest.mark.usefixtures("witnessed")
async def test_changed_entry_near_the_end_is_found_by_the_look(
    worker_db: Database, onprem: PlaneDatabase, ledger_keys: Path
) -> None:
    """The cheap look rebuilds the root from the newest entries and the stored hashes."""
    await onprem.run(as_superuser("update relay.ledger set entry = entry || '\\x20' where n = 7"))
    await Guard(worker_db, "s1", ledger_keys, clock=lambda: NOW).step()
    assert await checker_of(worker_db, ledger_keys).step() == 1
    found = (await onprem.run("select findings from compliance.ledger_check"))[0]["findings"]
    assert '"forked"' in found
