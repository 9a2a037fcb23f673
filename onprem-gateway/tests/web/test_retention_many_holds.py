"""A hold on everything behind many others."""

import asyncpg

from lmhg_gateway.features.retention.repository import HOLDS_MAX
from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

from .test_retention import OWN, person  # noqa: TID252 - beside this file

NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


async def test_hold_on_everything_is_shown_however_many_came_after(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The oldest of many holds is the one on everything: the page still says so, and ends it."""
    officer = await as_role("compliance")
    page = await officer.follow(f"{OWN}/holds", why="An audit of everything.")
    assert "Everything is on hold" in page.text
    client = await person(onprem, year=2019)
    link = await asyncpg.connect(onprem.url("postgres"))
    async with link.transaction():
        await link.execute(NAMED)
        await link.execute(
            "insert into practice.legal_hold (id, client_id, placed_by, placed_at)"
            f" select gen_random_uuid(), '{client}', 'test', now() from generate_series(1, {HOLDS_MAX})"
        )
    await link.close()
    page = await officer.get(f"{OWN}/holds")
    assert "Everything is on hold" in page.text
