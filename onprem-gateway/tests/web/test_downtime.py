"""Downtime: a sealed packet each hour, opened by the printed key in a browser without us, and put on record."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.downtime.making import FILE, Making
from lmhg_gateway.features.downtime.rules import (
    ALPHABET,
    CODE_CHARS,
    KEPT,
    LATE,
    new_code,
    outages,
    plain_code,
)
from lmhg_kit.clock import utc_now
from lmhg_kit.http.testing import AsRole, Hands, Signed
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_kit.ui.environment import STATIC
from lmhg_stack.chromium import chromium
from lmhg_stack.testing import PlaneDatabase

from .test_day_board import visit  # noqa: TID252 - beside this file

ZONE = "America/Kentucky/Louisville"
TIMES = st.lists(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 9), timezones=st.just(ZoneInfo("UTC"))),  # noqa: DTZ001 - the zone is given beside it
    max_size=12,
)
HIDDEN = "Ottilie Downtime"


@given(TIMES)
def test_outage_is_a_gap_of_more_than_two_hours(made: list[datetime]) -> None:
    """Nothing between its ends was made, and every such gap is named once."""
    found = outages(made)
    times = sorted(made)
    gaps = [(a, b) for a, b in pairwise(times) if b - a > LATE]
    assert [tuple(each) for each in found] == gaps[::-1]


@given(st.lists(st.sampled_from([" ", "-", "."]), min_size=23, max_size=23), st.booleans())
def test_key_is_the_same_however_it_is_typed(between: list[str], lower: bool) -> None:  # noqa: FBT001 - Hypothesis hands it over
    """Small letters, blanks, and an O for a zero change nothing."""
    code = plain_code(new_code())
    assert len(code) == CODE_CHARS
    assert set(code) <= set(ALPHABET)
    typed = code[0] + "".join(a + b for a, b in zip(between, code[1:], strict=True))
    typed = typed.replace("0", "O").replace("1", "L")
    assert plain_code(typed.lower() if lower else typed) == code


@pytest.fixture
async def admin(as_role: AsRole) -> Signed:
    """An administrator."""
    return await as_role("admin")


@pytest.fixture
async def making(onprem: PlaneDatabase, tmp_path: Path) -> AsyncIterator[Making]:
    """What the worker does each hour, at a time that a test turns."""
    hands = Hands()
    hands.at = utc_now()
    db = Database(onprem.url("gw_worker"), pool_size=1)
    yield Making(db, Practice(ZONE, hands), tmp_path)
    await db.close()


async def as_test(onprem: PlaneDatabase, sql: str) -> None:
    """One statement in the name of a test."""
    named = "set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
    await onprem.run(f"do $$ begin perform {named}; {sql}; end $$")


def turned(making: Making, **by: float) -> None:
    """Turn the time on."""
    clock = making.practice.clock
    assert isinstance(clock, Hands)
    clock.turn(**by)


async def printed(admin: Signed) -> str:
    """A new key, as its page shows it once."""
    page = await admin.post("/downtime/key")
    assert page.status_code == 200
    found = re.search(r'class="secret">([0-9A-Z-]{29})<', page.text)
    assert found
    return found[1]


async def test_packet_opens_with_the_printed_key_alone(
    admin: Signed, making: Making, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """From a file, in a real browser, without a network; another key opens nothing; nothing is in the clear."""
    if not await onprem.run("select from practice.downtime_key"):
        assert await making.step() == 0
        assert "No key yet" in (await admin.get("/downtime")).text
    await visit(onprem, as_role, HIDDEN, minutes=1)
    await visit(onprem, as_role, "Ulrica Unsure", minutes=2, status="waitingconfirmation")
    former = await printed(admin)
    code = await printed(admin)
    assert await making.step() == 1
    file = making.folder and making.folder / FILE
    assert file
    saved = (await admin.get("/downtime/packet")).content
    assert file.read_bytes() == saved
    assert HIDDEN.encode() not in saved
    async with chromium() as browser:
        context = await browser.new_context(offline=True, viewport={"width": 390, "height": 844})
        page = await context.new_page()
        await page.goto(file.as_uri())
        assert re.search(r"\d+ minutes? ago", await page.locator("#age").inner_text())
        for typed, said in (("ABC", "You typed 3"), (former, "does not open")):
            await page.get_by_label("Printed key").fill(typed)
            await page.get_by_role("button", name="Open").click()
            await page.get_by_text(said).wait_for()
            assert HIDDEN not in await page.content()
        await page.get_by_label("Printed key").fill(code.lower().replace("0", "o"))
        await page.get_by_role("button", name="Open").click()
        await page.get_by_role("cell", name=HIDDEN).wait_for()
        marked = page.get_by_role("row").filter(has_text="Not confirmed")
        assert "Ulrica Unsure" in await marked.inner_text()
        assert "No voicemail" in await page.locator("#schedule").inner_text()
        file.write_bytes(re.sub(rb" key \d+&#34;", b" key 99&#34;", saved))
        assert file.read_bytes() != saved
        await page.reload()
        await page.get_by_label("Printed key").fill(code)
        await page.get_by_role("button", name="Open").click()
        await page.get_by_text("does not open").wait_for()


async def test_one_packet_an_hour_and_a_new_key_at_once(admin: Signed, making: Making) -> None:
    """Asked every five minutes it makes one an hour; old ones go after a week, but for the last one before a long outage."""
    await printed(admin)
    assert [await making.step(), await making.step()] == [1, 0]
    turned(making, minutes=61)
    assert await making.step() == 1
    turned(making, hours=KEPT.total_seconds() / 3600 + 2)
    assert await making.step() == 1
    kept = (await admin.browser.get("/api/v1/downtime")).json()["packets"]
    assert len(kept) == 2
    assert "Did anyone open the packet?" in (await admin.get("/downtime")).text


async def test_folder_that_is_gone_is_said_and_loses_nothing(
    admin: Signed, making: Making, onprem: PlaneDatabase
) -> None:
    """The packet is kept here, and the page and the officer hear that the folder failed."""
    await as_test(onprem, "delete from practice.downtime_packet")
    await printed(admin)
    assert making.folder
    making.folder.rmdir()
    assert await making.step() == 1
    assert "could not be put in its folder" in (await admin.get("/downtime")).text
    assert (await admin.get("/downtime/packet")).status_code == 200


async def test_packet_follows_no_link_out_of_its_folder(
    admin: Signed, making: Making, onprem: PlaneDatabase, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Who may write into the shared folder has the worker write nowhere else, whatever they put there."""
    await as_test(onprem, "delete from practice.downtime_packet")
    victim = tmp_path_factory.mktemp("elsewhere") / "keyring.json"
    victim.write_bytes(b"precious")
    assert making.folder
    for name in (FILE, "downtime-packet.part"):
        (making.folder / name).symlink_to(victim)
    await printed(admin)
    assert await making.step() == 1
    assert victim.read_bytes() == b"precious"
    assert not (making.folder / FILE).is_symlink()
    assert sorted(p.name for p in making.folder.iterdir()) == [FILE, "downtime-packet.part"]


async def test_opening_counts_as_opening_each_record(
    admin: Signed, making: Making, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Who opened a packet is put on record with each client in it, and the key is to be replaced."""
    _, client = await visit(onprem, as_role, "Quintus Downtime", minutes=2)
    await as_test(onprem, "delete from practice.downtime_packet")
    await printed(admin)
    await making.step()
    packet = (await admin.browser.get("/api/v1/downtime")).json()["packets"][0]
    wrong = await admin.post("/downtime/openings", packet_id=packet["id"], why="")
    assert wrong.status_code == 422
    form = {"packet_id": packet["id"], "why": "down"}
    done = await admin.follow("/downtime/openings", **form)
    assert "The system was down" in done.text
    assert "This key was used" in done.text
    said = await onprem.run(
        "select count(*) from audit.event where act = 'read' and subject_kind = 'client'"
        " and purpose = 'downtime.note' and $1::uuid = any (subject_ids)",
        client,
    )
    assert said[0]["count"] == 1
    with pytest.raises(Exception, match="append_only"):
        await as_test(onprem, "delete from practice.downtime_opening")


async def test_after_an_outage_someone_is_asked(
    admin: Signed, making: Making, onprem: PlaneDatabase
) -> None:
    """Hours without a packet are an outage; "No one opened it" answers it, once."""
    await as_test(onprem, "delete from practice.downtime_packet")
    await printed(admin)
    await making.step()
    turned(making, hours=5)
    await making.step()
    page = (await admin.get("/downtime")).text
    assert "Did anyone open the packet?" in page
    path = re.search(r'action="(/downtime/packets/[0-9a-f-]+/unopened)"', page)
    assert path
    answers = await asyncio.gather(*(admin.post(path[1]) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [303, 409, 409, 409]
    assert "Did anyone open" not in (await admin.get("/downtime")).text
    twice = (
        "insert into practice.downtime_opening (id, packet_made_at, key_number, why, noted_by, noted_at)"
        " select gen_random_uuid(), packet_made_at, 1, 'unopened', 'test', now()"
        " from practice.downtime_opening where opened_by is null limit 1"
    )
    with pytest.raises(Exception, match="uq_downtime_opening_unopened"):
        await as_test(onprem, twice)


async def test_late_packet_is_red(admin: Signed, making: Making, onprem: PlaneDatabase) -> None:
    """Nothing for two hours though a key is there: the page says so."""
    await printed(admin)
    await making.step()
    assert "in the last two hours" not in (await admin.get("/downtime")).text
    await as_test(onprem, "delete from practice.downtime_packet")
    await as_test(
        onprem,
        "insert into practice.downtime_key (id, number, printed_by, printed_at)"
        " select gen_random_uuid(), max(number) + 1, 'test', now() - interval '1 day'"
        " from practice.downtime_key",
    )
    assert "in the last two hours" in (await admin.get("/downtime")).text


async def test_only_the_office_takes_a_packet(as_role: AsRole) -> None:
    """Officers see how it is; they neither take it along nor print a key."""
    officer = await as_role("compliance")
    assert (await officer.get("/downtime")).status_code == 200
    assert "Print a new key" not in (await officer.get("/downtime")).text
    assert (await officer.get("/downtime/packet")).status_code == 403
    assert (await officer.post("/downtime/key")).status_code == 403
    assert (await (await as_role("it_support")).get("/downtime")).status_code == 403


async def test_key_is_printed_by_a_button_of_its_page(admin: Signed) -> None:
    """Without knowing the browser's menu; the button itself is not on the paper."""
    text = (await admin.post("/downtime/key")).text
    async with chromium() as browser:
        page = await browser.new_page()
        await page.set_content(text)
        await page.evaluate("window.print = () => { window.printed = true }")
        await page.add_style_tag(path=STATIC / "app.css")
        await page.add_script_tag(path=STATIC / "ui.js")
        await page.get_by_role("button", name="Print", exact=True).click()
        assert await page.evaluate("window.printed")
        await page.emulate_media(media="print")
        assert not await page.get_by_role("button", name="Print", exact=True).is_visible()
        assert await page.locator("code.secret").is_visible()
