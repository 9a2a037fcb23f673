"""A hold on everything behind many others, and more holds than one page has."""

import re

import asyncpg

from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

from .test_retention import OWN, person  # noqa: TID252 - beside this file

NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
MANY = 230


async def test_every_hold_is_counted_and_on_a_page(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """The oldest of many is the one on everything; documents come last; the total is true, and each hold is shown."""
    officer, desk = await as_role("compliance"), await as_role("front_desk")
    page = await officer.follow(f"{OWN}/holds", why="An audit of everything.")
    assert "Everything is on hold" in page.text
    client = await person(onprem, year=2019)
    link = await asyncpg.connect(onprem.url("postgres"))
    async with link.transaction():
        await link.execute(NAMED)
        await link.execute(
            "insert into practice.legal_hold (id, client_id, placed_by, placed_at)"
            f" select gen_random_uuid(), '{client}', 'test', now() from generate_series(1, {MANY})"
        )
        await link.execute(
            "with d as (insert into practice.document (id, client_id, label)"
            f" select gen_random_uuid(), '{client}', 'other' from generate_series(1, 3) returning id)"
            " insert into practice.document_hold (id, document_id, placed_by)"
            " select gen_random_uuid(), d.id, 'test' from d"
        )
    await link.close()
    total, rows, own = MANY + 1 + 3, [], f"{OWN}/holds"
    for number in range(1, -(-total // PAGE_SIZE) + 1):
        page = await officer.get(f"{own}?page={number}")
        assert f"{total} legal holds" in page.text
        assert "Everything is on hold" in page.text
        rows += re.findall(
            r'<a[^>]*href="/(clients/[0-9a-f-]+/hold|documents/[0-9a-f-]+)"', page.text
        )
    assert len(rows) == total - 1
    assert [each.partition("/")[0] for each in rows] == ["clients"] * MANY + ["documents"] * 3
    assert len(set(rows[MANY:])) == 3
    sheet = await officer.get(f"{own}?as=csv")
    assert len(sheet.text.strip().splitlines()) == total + 1
    assert f"Legal holds ({total})" in (await officer.get(OWN)).text
    first = (await officer.browser.get("/api/v1/retention/holds")).json()
    last = (await officer.browser.get("/api/v1/retention/holds?page=5")).json()
    assert (first["total"], len(first["holds"]), last["total"], len(last["holds"])) == (
        MANY + 1,
        PAGE_SIZE,
        MANY + 1,
        MANY + 1 - 4 * PAGE_SIZE,
    )
    for path in (own, f"{own}/everything"):
        assert (await desk.get(path)).status_code == 403
    lift = re.findall(rf'action="({own}/[0-9a-f-]+/lift)"', (await officer.get(own)).text)
    assert len(lift) == 1
    await officer.follow(lift[0])
    assert "Everything is on hold" not in (await officer.get(own)).text


async def test_hold_on_everything_asks_for_a_reason(as_role: AsRole) -> None:
    """Without one the form comes back and says so."""
    officer = await as_role("compliance")
    assert (await officer.get(f"{OWN}/holds/everything")).status_code == 200
    short = await officer.post(f"{OWN}/holds", why="No")
    assert (short.status_code, "ten letters" in short.text) == (422, True)
