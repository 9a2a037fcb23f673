"""The first leak check: said neutrally until it is due, in red from then on, with an incident."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from lmhg_gateway.features.oversight.alarm_rules import SWEEP_LATE, sweep_due
from lmhg_gateway.features.oversight.upkeep import Upkeep
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_kit.ui.formats import LocalTimes
from lmhg_stack.testing import PlaneDatabase

ZONE = "America/Kentucky/Louisville"
NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
LATE = "The first leak check is late."


async def began(onprem: PlaneDatabase, ledger: str, at: datetime) -> None:
    """The first entry of a ledger."""
    entry = msgspec.json.encode({"at": at.isoformat()})
    await onprem.run(f"insert into {ledger}.ledger (n, entry) values (0, $1)", entry)


async def seen(officer: Signed) -> str:
    """What the morning page and the page of leak checks say."""
    return (await officer.get("/compliance")).text + (await officer.get("/compliance/sweeps")).text


def test_first_check_is_owed_from_the_beginning() -> None:
    """To the minute: not late at its hour, late after it; and before a beginning nothing is owed."""
    due = NOW + SWEEP_LATE
    assert sweep_due(None, began=NOW, at=due).by == due
    assert not sweep_due(None, began=NOW, at=due).is_late
    assert sweep_due(None, began=NOW, at=due + timedelta(minutes=1)).is_late
    assert sweep_due(None, began=None, at=NOW).is_late is False


@pytest.fixture
async def worker(onprem: PlaneDatabase) -> Any:
    """The worker's upkeep."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    yield Upkeep(db, Practice(ZONE))
    await db.close()


async def test_fresh_installation_is_told_when_and_an_old_one_is_red(
    as_role: AsRole, onprem: PlaneDatabase, worker: Upkeep
) -> None:
    """Nothing yet; an hour old; and one whose other ledger began before yesterday."""
    officer = await as_role("compliance")
    fresh = await seen(officer)
    assert ("has not run yet" in fresh, LATE in fresh) == (True, False)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    await began(onprem, "relay", hour_ago)
    told = await seen(officer)
    due = LocalTimes(ZONE).moment(hour_ago + SWEEP_LATE)
    assert told.count(due) == 2
    assert (LATE in told, await worker.open_sweep_incident()) == (False, 0)
    await began(onprem, "audit", datetime.now(UTC) - timedelta(hours=27))
    late = await seen(officer)
    assert late.count(LATE) == 2
    assert "has not run yet" not in late
    assert "cannot wait." in late
    assert await worker.open_sweep_incident() == 1
