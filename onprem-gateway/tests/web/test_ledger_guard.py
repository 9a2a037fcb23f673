"""A ledger that was cut behind everybody's back: red here within one look, with an incident."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lmhg_contracts.ledger.checkpoint import NoteSigner, cosign
from lmhg_gateway.features.compliance.upkeep import Upkeep
from lmhg_gateway.features.ledger_review.guard import AGAIN_AFTER, WHOLE_EVERY, Guard
from lmhg_gateway.features.ledger_review.service import Checker
from lmhg_kit.http.testing import AsRole
from lmhg_kit.persistence import Database
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
    await onprem.run("update relay.half set restores = 0")


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
    """What somebody with the whole database may do: the triggers are switched off for it."""
    return f"do $$ begin set local session_replication_role = 'replica'; {switched(*acts)} end $$"


def switched(*acts: str) -> str:
    """Acts with the tables' triggers off, ALWAYS ones too."""
    tables = ("relay.ledger", "relay.cosignature", "relay.ledger_node")
    off = "".join(f"alter table {table} disable trigger all;" for table in tables)
    on = "".join(f"alter table {table} enable trigger all;" for table in tables)
    return off + "".join(f"{act};" for act in acts) + on


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
    assert await Checker(worker_db, "s1", ledger_keys).step() == 1
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
    assert "Entries are missing from our relay ledger." in page
    assert "20 entries of them are not here any more" in page
    checker, upkeep = Checker(worker_db, "s1", ledger_keys), Upkeep(worker_db)
    await Guard(worker_db, "s1", ledger_keys, clock=lambda: NOW).step()
    assert await checker.step() == 1
    found = (await onprem.run("select findings, id from compliance.ledger_check"))[0]
    assert '"cut"' in found["findings"]
    assert await upkeep.open_ledger_incidents() == 1
    assert await upkeep.open_ledger_incidents() == 0
    morning = (await officer.get("/compliance")).text
    assert "Entries are missing from a ledger" in morning
    assert "A ledger was not what was signed, and its incident is still open." in morning
    verdict = (await officer.get(f"/compliance/ledger/checks/{found['id']}")).text
    assert "the portal has witnessed more of it than is here" in verdict
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
    checker = Checker(worker_db, "s1", ledger_keys)
    for later, expected in ((timedelta(0), 1), (AGAIN_AFTER / 2, 0), (AGAIN_AFTER, 1)):
        now[0] = NOW + later
        await guard.step()
        assert await asked(onprem) == expected
        await checker.step()


@pytest.mark.found("P1", "a declared restore is no cut while the portal still speaks of before it")
@pytest.mark.usefixtures("witnessed")
async def test_declared_restore_is_no_cut(
    worker_db: Database,
    onprem: PlaneDatabase,
    ledger_keys: Path,
    both: tuple[NoteSigner, NoteSigner],
) -> None:
    """A minute's grace, and then the portal's word counts again."""
    await cut(onprem, both[0])
    await onprem.run(
        "insert into relay.half (plane, site, restores) values ('onprem', 's1', 1)"
        " on conflict (plane) do update set restores = 1, updated_at = now()"
    )
    guard, checker = Guard(worker_db, "s1", ledger_keys), Checker(worker_db, "s1", ledger_keys)
    await guard.step()
    await checker.step()
    assert (await onprem.run("select is_sound from compliance.ledger_check"))[0]["is_sound"]
    await onprem.run("update relay.half set updated_at = now() - interval '2 minutes'")
    await guard.step()
    assert await checker.step() == 1
    rows = await onprem.run("select is_sound from compliance.ledger_check order by asked_at")
    assert [row["is_sound"] for row in rows] == [True, False]


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
    assert await Checker(worker_db, "s1", ledger_keys).step() == 1
    found = (await onprem.run("select findings from compliance.ledger_check"))[0]["findings"]
    assert '"forked"' in found
