"""The example of docs/how-to/change-the-database.md, run as it is written there."""

import asyncio
import re
import shutil
import uuid
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from lmhg_gateway.database import PLAN
from lmhg_kit.errors import Unavailable
from lmhg_kit.persistence.install import Plan, drift, migrate
from lmhg_stack.repository import ROOT
from lmhg_stack.testing import PlaneDatabase

TEXT = (ROOT / "docs/how-to/change-the-database.md").read_text()
BLOCKS = {
    re.findall(r'^revision = "(\d+)"', block, re.MULTILINE)[0]: block
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
}
ROWS = 1200
"""More than two parts of the backfill."""
FILL = f"""do $$ begin
    perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
    insert into practice.client (id) values ('{uuid.UUID(int=5)}');
    insert into practice.referral (id, client_id, source_category, received_on, channel, concern_code)
    select gen_random_uuid(), '{uuid.UUID(int=5)}', 'self', date '2026-03-02', 'phone', 'other'
    from generate_series(1, {ROWS});
end $$"""


def newest() -> str:
    """The migration that no other one comes after; numbers alone do not say it."""
    texts = [each.read_text() for each in (PLAN.migrations / "versions").glob("[0-9]*_*.py")]
    own = {
        number
        for text in texts
        for number in re.findall(r'^revision = "(\d+)"', text, re.MULTILINE)
    }
    former = {
        number
        for text in texts
        for number in re.findall(r'^down_revision = "(\d+)"', text, re.MULTILINE)
    }
    [found] = own - former
    return found


NEWEST = newest()
"""The gateway's own last migration, which the example comes after, whatever numbers it shows."""


def example(number: str) -> str:
    """The number under which the example's migration runs beside the gateway's own."""
    return f"9{number[1:]}" if number in BLOCKS else NEWEST


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """The gateway's plan with the example's migrations after its own."""
    shutil.copytree(PLAN.migrations, tmp_path / "migrations")
    for revision, block in BLOCKS.items():
        numbered = re.sub(
            r'^((?:down_)?revision = )"(\d+)"',
            lambda found: f'{found[1]}"{example(found[2])}"',
            block,
            flags=re.MULTILINE,
        )
        (tmp_path / f"migrations/versions/{example(revision)}_example.py").write_text(numbered)
    return replace(PLAN, migrations=tmp_path / "migrations")


async def has(onprem: PlaneDatabase, sql: str) -> bool:
    """Whether a query finds a row."""
    return bool(await onprem.run(sql))


COLUMN = """select from information_schema.columns
where table_schema = 'practice' and table_name = 'referral' and column_name = 'call_by'"""


async def test_example_fills_requires_and_finds_its_column(
    onprem: PlaneDatabase, plan: Plan
) -> None:
    """First a lock that is held: nothing is there. Then the whole road, with the wall as it was."""
    url = onprem.url("lmhg_migrator")
    await onprem.run(FILL)
    busy = await asyncpg.connect(onprem.url("postgres"))
    await busy.execute("begin; lock table practice.intake in row exclusive mode")
    with pytest.raises(Unavailable, match="migration_gave_up"):
        await asyncio.to_thread(migrate, url, plan, revision=example("0002"))
    await busy.close()
    assert not await has(onprem, COLUMN)
    assert await has(
        onprem, "select from practice.alembic_version where version_num = '" + NEWEST + "'"
    )
    await asyncio.to_thread(migrate, url, plan)
    assert await has(onprem, f"{COLUMN} and is_nullable = 'NO'")
    [row] = await onprem.run(
        "select count(*) from practice.referral where call_by = date '2026-03-05'"
    )
    assert row["count"] == ROWS
    parts = await onprem.run("select from audit.event where purpose = 'migration 0003'")
    assert len(parts) >= ROWS // 500
    assert await has(
        onprem,
        "select from pg_index where indexrelid = 'practice.ix_referral_call_by'::regclass and indisvalid",
    )
    assert await asyncio.to_thread(drift, url, plan) == []


async def test_drift_sees_what_a_migration_did_to_the_wall(
    onprem: PlaneDatabase, plan: Plan
) -> None:
    """The negative control."""
    await onprem.run("drop trigger wall_actor on practice.intake")
    found = await asyncio.to_thread(drift, onprem.url("lmhg_migrator"), plan)
    assert any("practice.intake" in each for each in found)
