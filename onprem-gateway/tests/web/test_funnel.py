"""The funnel: each count equals the list behind it to the record, on the page, in the API and in the file."""

import csv
import io
import os
import random
import re
import uuid
from datetime import date, timedelta
from html import unescape

import httpx
import pytest

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.funnel.listed import cut_of
from lmhg_gateway.features.funnel.repository import counts, listed
from lmhg_gateway.features.funnel.rules import (
    NOW,
    REACHED,
    Cut,
    back,
    month_of,
    months_to,
    span_of,
)
from lmhg_gateway.features.referrals import repository, service
from lmhg_gateway.features.referrals.forms import MoveForm
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.referrals.rules import SOURCES, TRANSITIONS, State
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .records import referral_of  # noqa: TID252 - beside this file

REFERRALS = min(int(os.environ.get("LMHG_SEQUENCES", "30")), 500)
PRACTICE = Practice("America/Kentucky/Louisville")
WORKER = Actor("process: worker")


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


def test_each_state_is_counted_once_as_it_is_now() -> None:
    """Received is what is open, in care, declined, sent elsewhere and closed, and nothing else."""
    now = [state for _, states in NOW.values() for state in states]
    assert sorted(now) == sorted(State)
    assert set(REACHED) == {*State} - {
        State.RECEIVED, State.DECLINED, State.REFERRED_OUT, State.CLOSED,
    }  # fmt: skip


def test_months_are_whole_and_follow_each_other() -> None:
    """Over the turn of a year, and at the ends of months."""
    today = date(2026, 1, 31)
    assert months_to(today)[:3] == ["2026-01", "2025-12", "2025-11"]
    assert span_of(today, months=0, month="2025-12") == (date(2025, 12, 1), date(2025, 12, 31))
    assert span_of(today, months=12) == (date(2025, 2, 1), None)
    assert back(date(2024, 2, 29), 12) == date(2023, 2, 1)


async def fill(onprem: PlaneDatabase) -> None:
    """Referrals of every source whose people went at random along the table, some steps taken back."""
    db, chance = Database(onprem.url("gw_worker"), pool_size=1), random.Random(11)  # noqa: S311 - which steps a test takes
    today = PRACTICE.today()
    for number in range(REFERRALS):
        async with db.uow(WORKER, "test") as tx:
            client = Client()
            tx.add(client)
            await tx.flush()
            made = Referral(
                client_id=client.id,
                source_category=chance.choice(SOURCES),
                received_on=today - timedelta(days=chance.randrange(500)),
                channel="phone",
                concern_code="unknown",
                urgency=chance.choice(("routine", "urgent")),
            )
            await repository.add(tx, made)
            for _ in range(number % 9):
                state = State(made.state)
                to = chance.choice(list(TRANSITIONS[state]))
                reasons = TRANSITIONS[state][to]
                form = MoveForm(seen=state, to=to, reason=reasons[0] if reasons else None)
                step = await service.move(tx, made.id, form, by=WORKER.id, practice=PRACTICE)
                if chance.random() < 0.2:
                    await service.undo(tx, made.id, step.id, by=WORKER.id, practice=PRACTICE)
    await db.close()


async def test_every_number_is_the_list_behind_it(desk: Signed, onprem: PlaneDatabase) -> None:
    """Each link of both views is followed: as many records as the number says, and they add up."""
    await fill(onprem)
    for by, show in (("source", ""), ("source", "now"), ("month", ""), ("month", "now")):
        page = (await desk.get(f"/funnel?by={by}&show={show}&span=24")).text
        links = re.findall(r'<a href="(/standing[^"]*)"[^>]*>\s*([\d,]+)\s*</a>', page)
        assert len(links) > 2 * (1 + len(NOW))
        for href, said in links:
            rows = await rows_behind(desk, unescape(href))
            assert len(rows) == int(said.replace(",", "")), href


async def rows_behind(desk: Signed, href: str) -> list[list[str]]:
    """The records of a list, as its file has them."""
    mark = "&" if "?" in href else "?"
    text = (await desk.get(f"{href}{mark}as=csv")).text
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]


async def test_file_and_api_say_the_same_as_the_page(desk: Signed, onprem: PlaneDatabase) -> None:
    """One count for all three, and received is the sum of how they are now."""
    await referral_of(desk, "Una Funnelby")
    text = (await desk.get("/funnel?as=csv")).text
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    api = (await desk.get("/api/v1/funnel?months=12")).json()
    for row in api["rows"]:
        assert row["received"] == sum(row["now"].values())
    total = table[-1]
    assert total["Source"] == "All"
    assert int(total["Received"]) == sum(row["received"] for row in api["rows"])
    assert int(total["Booked"]) == sum(row["reached"]["booked"] for row in api["rows"])
    some = next(row for row in api["rows"] if row["of"] == "physician")
    listed_ = (await desk.get("/api/v1/standing?source=physician&months=12&now=open")).json()
    assert listed_["total"] == some["now"]["open"]


async def test_step_taken_back_counts_nowhere(desk: Signed, onprem: PlaneDatabase) -> None:
    """Contacted by mistake, taken back, is not contacted; done again, it is."""
    path = await referral_of(desk, "Vito Undone", source_category="school")
    referral_id = uuid.UUID(path.rsplit("/", 1)[1])
    db = Database(onprem.url("gw_worker"), pool_size=1)

    async def is_in(reached: str) -> bool:
        async with db.read(WORKER, "test") as tx:
            cut = Cut(source="school", reached=reached)
            found, _ = await listed(tx, cut, sort="-received", first=0, size=1_000)
            number = (await counts(tx, cut, by="source"))["school"]["received"] if found else 0
        assert number == len(found)
        return referral_id in {each.id for each in found}

    page = await desk.follow(f"{path}/move", seen="received", to="contacted")
    assert await is_in("contacted")
    undo = re.search(rf"{path}/undo/[0-9a-f-]+", page.text)
    assert undo
    await desk.follow(undo[0])
    assert not await is_in("contacted")
    await desk.follow(f"{path}/move", seen="received", to="contacted")
    assert await is_in("contacted")
    await db.close()


async def test_whole_standing_is_in_one_row(desk: Signed) -> None:
    """State, what comes next and until when, what was last, whose it is, source and payer."""
    path = await referral_of(desk, "Wanda Standing", payer="medicare", source_category="court")
    await desk.follow(f"{path}/attempts", channel="phone", result="no_answer")
    await desk.follow(f"{path}/owner", owner="me")
    rows = await rows_behind(desk, "/standing?source=court&state=received")
    row = next(each for each in rows if each[0] == "Wanda Standing")
    assert row[1] == "Received"
    for said in ("Call back", "No answer", "Front_Desk Person", "Court", "Medicare"):
        assert said in row, said


async def test_strange_filters_are_left_at_their_usual(desk: Signed) -> None:
    """An address that someone typed shows the whole list, not an error."""
    for query in ("month=2026-13", "source=nobody", "reached=moon", "span=7", "now=%00"):
        answer: httpx.Response = await desk.get(f"/standing?{query}")
        assert answer.status_code in (200, 400), query
    assert cut_of({}, today=PRACTICE.today()) == Cut()
    assert month_of(date(2026, 3, 9)) == "2026-03"
    bad = await desk.get("/api/v1/standing?month=2026-13")
    assert bad.status_code in (400, 422)
