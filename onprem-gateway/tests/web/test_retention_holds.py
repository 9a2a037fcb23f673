"""Legal holds beside merges, and many of them at once."""

import asyncpg

from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

from . import merges  # noqa: TID252 - beside this file

NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


async def is_held(onprem: PlaneDatabase, client: str) -> bool:
    """Whether the database keeps a client's records."""
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(NAMED)
            asked = "select relay_release.is_held(relay_release.one_person($1::uuid))"
            return bool(await link.fetchval(asked, client))
    finally:
        await link.close()


async def test_undone_merge_takes_no_record_out_of_a_legal_hold(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Placed while three records are one; as each is undone all stay on hold, until the one hold ends."""
    desk, admin = await as_role("front_desk"), await as_role("admin")
    survivor, other, third = [
        await merges.add(desk, name, birth_date="1980-02-03")
        for name in ("Araminta Vellacott", "Minty Vellacott", "Minta Vellacott")
    ]
    await merges.refer(desk, other)
    await merges.merged(desk, other, third)
    await merges.merged(desk, survivor, other)
    page = await admin.follow(f"/clients/{survivor}/hold", why="A lawsuit about all of it.")
    every = (survivor, other, third)
    for undone in (other, third):
        await desk.follow(f"/clients/merges/{await merges.merge_of(onprem, undone)}/undo")
        assert [await is_held(onprem, each) for each in every] == [True] * 3
    for each in every:
        assert "Legal hold: nothing" in (await admin.get(f"/clients/{each}")).text
        assert "A lawsuit about all of it." in (await admin.get(f"/clients/{each}/hold")).text
    lift = page.text.partition("/lift")[0].rpartition('"')[2] + "/lift"
    await admin.follow(lift)
    assert [await is_held(onprem, each) for each in every] == [False] * 3
