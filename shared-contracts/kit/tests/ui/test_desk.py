"""At a desk: a week's blocks show from when to when, and a board shows every column."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta

import jinja2
import pytest
from playwright.async_api import Browser, Page

from lmhg_kit.ui.environment import STATIC, build_environment
from lmhg_kit.ui.weeks import WeekBlock, WeekDay
from lmhg_stack.chromium import chromium

DAY = date(2026, 11, 27)
SCREEN = 1280
"""Pixels of a desk's screen; the navigation leaves 984 of them for a page."""
MARGIN = "main { width: 984px; margin-left: 264px }"
CUT = """() => [...document.querySelectorAll('.blockrow')].filter(block => {
    const time = block.querySelector('.num'), [own, around] = [time, block].map(each => each.getBoundingClientRect());
    return own.bottom > around.bottom + 0.5 || own.right > around.right + 0.5
        || time.scrollWidth > time.clientWidth || own.height < 8;
}).map(block => block.innerText)"""


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of this machine."""
    async with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def env() -> jinja2.Environment:
    """The environment as the processes build it."""
    return build_environment((), timezone="America/Kentucky/Louisville", static_url="/s/{}".format)


async def opened(browser: Browser, html: str) -> Page:
    """A page of a desk with this in it."""
    page = await browser.new_page(viewport={"width": SCREEN, "height": 900})
    await page.set_content(
        f"<!DOCTYPE html><html lang=en-US><body><main>{html}</main></body></html>"
    )
    await page.add_style_tag(path=STATIC / "app.css")
    await page.add_style_tag(content=MARGIN)
    return page


def week(lengths: Sequence[tuple[int, int]]) -> list[WeekDay]:
    """A week; on its first day are stretches by the half hour that they begin in and their half hours."""
    begins = datetime(2026, 11, 27, 12, tzinfo=UTC)
    blocks = [
        WeekBlock(
            title="Jellanelmarsh Kivadomere",
            detail="Dr. Casey Lindqvist",
            starts_at=begins + timedelta(minutes=30 * (row - 1)),
            ends_at=begins + timedelta(minutes=30 * (row - 1 + rows)),
            row=row,
            rows=rows,
        )
        for row, rows in lengths
    ]
    rest = [WeekDay(day=DAY + timedelta(days=n), blocks=[]) for n in range(1, 7)]
    return [WeekDay(day=DAY, blocks=blocks), *rest]


async def test_no_block_of_a_week_cuts_off_when_it_ends(
    browser: Browser, env: jinja2.Environment
) -> None:
    """Half an hour across noon, and three colleagues at the same time: the week scrolls rather."""
    made = env.from_string("{{ ui.week(days, today) }}")
    alone = await opened(browser, made.render(days=week([(10, 1), (14, 2)]), today=DAY))
    assert await alone.evaluate(CUT) == []
    assert await alone.evaluate("() => document.documentElement.scrollWidth") <= SCREEN
    beside = await opened(browser, made.render(days=week([(10, 1), (10, 2), (10, 1)]), today=DAY))
    assert await beside.evaluate(CUT) == []
    assert await beside.evaluate("() => document.documentElement.scrollWidth") <= SCREEN
    await beside.add_style_tag(content=".blockrow > .num { white-space: nowrap; font-size: 1rem }")
    assert len(await beside.evaluate(CUT)) == 3
    await alone.close()
    await beside.close()


async def test_a_week_that_scrolls_begins_where_today_is_in_it(
    browser: Browser, env: jinja2.Environment
) -> None:
    """Today is the last day, and an earlier one is wide: today is seen whole once the script ran."""
    days = week([(10, 1), (10, 2), (10, 1)])
    page = await opened(
        browser, env.from_string("{{ ui.week(days, today) }}").render(days=days, today=days[-1].day)
    )
    beyond = (
        "() => document.querySelector('.today').getBoundingClientRect().right"
        " - document.querySelector('.week').getBoundingClientRect().right"
    )
    assert await page.evaluate(beyond) > 1
    await page.add_script_tag(path=STATIC / "ui.js")
    assert await page.evaluate(beyond) <= 1
    await page.close()


async def test_board_shows_every_column_at_a_desk(browser: Browser) -> None:
    """Six lanes are beside each other; none of them is off screen."""
    lane = '<section class="lane"><h2>Waitlisted <span class="muted num">12</span></h2></section>'
    page = await opened(browser, f'<div class="board">{lane * 6}</div>')
    inside = await page.evaluate(
        f"() => [...document.querySelectorAll('.lane')].filter(each =>"
        f" each.getBoundingClientRect().right <= {SCREEN}).length"
    )
    assert (inside, await page.evaluate("() => document.documentElement.scrollWidth")) == (
        6,
        SCREEN,
    )
    await page.close()
