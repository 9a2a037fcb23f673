"""Two real sessions at the same moment: one accepts, one is refused; and the database itself keeps it so."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.waitlist import repository, service
from lmhg_gateway.features.waitlist.jobs import ACTOR
from lmhg_gateway.features.waitlist.models import FreedSlot
from lmhg_gateway.features.waitlist.offer_rules import OfferState
from lmhg_kit.errors import Conflict
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

ROUNDS = max(int(os.environ.get("LMHG_SEQUENCES", "30")) // 3, 10)
ANA, BEN = uuid.UUID(int=0xA), uuid.UUID(int=0xB)
NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
Act = Callable[[WriteSession], Awaitable[Any]]


class Clock:
    """A clock that a test puts forward."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        """Its time."""
        return self.at


@pytest.fixture
async def dbs(onprem: PlaneDatabase) -> AsyncIterator[tuple[Database, Database]]:
    """The workspace twice, as two people at two desks have it; and the second as the worker's."""
    await prove(onprem, ANA, BEN, roles="front_desk")
    one = Database(onprem.url("gw_workspace"), pool_size=2)
    two = Database(onprem.url("gw_worker"), pool_size=2)
    yield one, two
    await one.close()
    await two.close()


@pytest.fixture
def clock() -> Clock:
    """Now, until a test says otherwise."""
    return Clock()


@pytest.fixture
def practice(clock: Clock) -> Practice:
    """The practice by that clock."""
    return Practice("America/Kentucky/Louisville", clock=clock)


async def person(tx: WriteSession) -> uuid.UUID:
    """Someone on the waitlist."""
    client = Client()
    tx.add(client)
    await tx.flush()
    one = Referral(
        client_id=client.id, source_category="self", received_on=date(2026, 11, 1),
        channel="phone", concern_code="unknown", state="waitlisted",
    )  # fmt: skip
    tx.add(one)
    await tx.flush()
    return one.id


async def time(tx: WriteSession, size: int, at: datetime) -> uuid.UUID:
    """A freed time that is asked in rounds of this size."""
    slot = FreedSlot(
        clinician_id=ANA, starts_at=at + timedelta(days=1), minutes=50, meets="in_person",
        state="open", came_by="hand", round_size=size, hold_minutes=120,
    )  # fmt: skip
    await repository.add(tx, slot)
    return slot.id


async def offered(db: Database, practice: Practice, *, size: int, people: int) -> list[uuid.UUID]:
    """A freed time whose first round is asked: the ids of the offers, in their order."""
    async with db.uow(person_of(ANA), "test") as tx:
        slot = await time(tx, size, practice.clock())
        line = [await person(tx) for _ in range(people)]
        await service.offer(tx, slot, line, by=str(ANA), practice=practice)
        return [each.id for each in await repository.offers_of(tx, slot)]


async def at_once(*works: tuple[Database, Actor, Act]) -> list[str]:
    """What each of some units of work that begin together came to."""

    async def one(db: Database, actor: Actor, act: Act) -> str:
        try:
            async with db.uow(actor, "test") as tx:
                await act(tx)
        except Conflict as refused:
            return refused.code
        return "done"

    return list(await asyncio.gather(*(one(*each) for each in works)))


def passes_on(slot: uuid.UUID, practice: Practice) -> Act:
    """The worker looks at a time."""
    return lambda tx: service.pass_on(tx, slot, by=ACTOR.id, practice=practice)


def fills(slot: uuid.UUID, practice: Practice) -> Act:
    """Someone says that it was filled by hand."""
    return lambda tx: service.fill(tx, slot, by=str(BEN), practice=practice)


def accepts(offer: uuid.UUID, by: uuid.UUID, practice: Practice) -> Act:
    """Someone notes that the person takes it."""
    return lambda tx: service.accept(tx, offer, by=str(by), practice=practice)


async def test_two_who_accept_at_once_are_one(
    onprem: PlaneDatabase, dbs: tuple[Database, Database], practice: Practice
) -> None:
    """In every round one is done and one is refused, and the database has one acceptance."""
    for _ in range(ROUNDS):
        one, two = await offered(dbs[0], practice, size=2, people=2)
        found = await at_once(
            (dbs[0], person_of(ANA), accepts(one, ANA, practice)),
            (dbs[0], person_of(BEN), accepts(two, BEN, practice)),
        )
        assert sorted(found) == ["done", "offer_over"]
        rows = await onprem.run(
            "select state from practice.slot_offer where id = any($1) order by state", [one, two]
        )
        assert [row["state"] for row in rows] == ["accepted", "ended"]


async def test_same_offer_accepted_twice_counts_once(
    dbs: tuple[Database, Database], practice: Practice
) -> None:
    """Two desks press for the same person."""
    for _ in range(ROUNDS):
        [one] = await offered(dbs[0], practice, size=1, people=1)
        found = await at_once(
            (dbs[0], person_of(ANA), accepts(one, ANA, practice)),
            (dbs[0], person_of(BEN), accepts(one, BEN, practice)),
        )
        assert sorted(found) == ["done", "offer_over"]


async def test_yes_in_the_moment_when_it_passes_on(
    onprem: PlaneDatabase, dbs: tuple[Database, Database], practice: Practice, clock: Clock
) -> None:
    """Either the person has it or the next one is asked; never both."""
    for _ in range(ROUNDS):
        one, two = await offered(dbs[0], practice, size=1, people=2)
        clock.at += timedelta(minutes=121)
        async with dbs[0].read(person_of(ANA), "test") as tx:
            slot = await repository.slot_of_offer(tx, one)
        assert slot
        found = await at_once(
            (dbs[0], person_of(ANA), accepts(one, ANA, practice)),
            (dbs[1], ACTOR, passes_on(slot, practice)),
        )
        rows = await onprem.run(
            "select state from practice.slot_offer where id = any($1) order by position", [one, two]
        )
        came_to = [row["state"] for row in rows]
        assert came_to in (["accepted", "not_asked"], ["expired", "held"]), found


async def test_two_times_do_not_ask_one_person_at_once(
    onprem: PlaneDatabase, dbs: tuple[Database, Database], practice: Practice
) -> None:
    """Both put the same person first: one of the two asks the next in line instead."""
    for _ in range(ROUNDS):
        async with dbs[0].uow(person_of(ANA), "test") as tx:
            slots = [await time(tx, 1, practice.clock()) for _ in range(2)]
            both, other = await person(tx), await person(tx)

        def offers(slot: uuid.UUID, line: list[uuid.UUID]) -> Act:
            return lambda tx: service.offer(tx, slot, line, by=str(ANA), practice=practice)

        found = await at_once(
            *((dbs[0], person_of(ANA), offers(each, [both, other])) for each in slots)
        )
        assert found == ["done", "done"]
        rows = await onprem.run(
            "select referral_id from practice.slot_offer where state = 'held' and slot_id = any($1)",
            slots,
        )
        assert sorted(row["referral_id"] for row in rows) == sorted([both, other])


async def test_filled_by_hand_and_accepted_at_once_is_one(
    onprem: PlaneDatabase, dbs: tuple[Database, Database], practice: Practice
) -> None:
    """Who is second is refused."""
    for _ in range(ROUNDS):
        [one] = await offered(dbs[0], practice, size=1, people=1)
        async with dbs[0].read(person_of(ANA), "test") as tx:
            slot = await repository.slot_of_offer(tx, one)
        assert slot
        found = await at_once(
            (dbs[0], person_of(ANA), accepts(one, ANA, practice)),
            (dbs[0], person_of(BEN), fills(slot, practice)),
        )
        assert found.count("done") == 1


async def broken(onprem: PlaneDatabase, *statements: str) -> str:
    """The name of the constraint that refuses, past every line of Python; "accepted" where none does."""
    link = await asyncpg.connect(onprem.url("postgres"))
    undone = link.transaction()
    await undone.start()
    try:
        for sql in (NAMED, *statements):
            await link.execute(sql)
    except asyncpg.PostgresError as failure:
        return str(getattr(failure, "constraint_name", None) or getattr(failure, "sqlstate", ""))
    finally:
        await undone.rollback()
        await link.close()
    return "accepted"


async def test_database_refuses_what_python_would_let_pass(
    onprem: PlaneDatabase, dbs: tuple[Database, Database], practice: Practice
) -> None:
    """A second acceptance, one seat too many, two holds of one person, an answer after the end."""
    one, two, three = await offered(dbs[0], practice, size=2, people=3)
    again = await offered(dbs[0], practice, size=1, people=1)
    set_state = "update practice.slot_offer set state = '{}', seat = {} where id = '{}'"
    take = "update practice.slot_offer set state = 'accepted', seat = null where id = '{}'"
    assert await broken(onprem, take.format(one)) == "accepted"
    both = await broken(onprem, take.format(one), take.format(two))
    assert both == "uq_slot_offer_accepted"
    assert await broken(onprem, set_state.format("held", 3, three)) == "ck_slot_offer_seat_in_round"
    assert await broken(onprem, set_state.format("held", 2, three)) == "uq_slot_offer_seat"
    assert (
        await broken(onprem, set_state.format("held", "null", three))
        == "ck_slot_offer_held_has_seat"
    )
    larger = f"update practice.slot_offer set round_size = 3 where id = '{three}'"
    assert await broken(onprem, larger) == "LM001"
    twice = (
        "insert into practice.slot_offer (id, slot_id, referral_id, client_id, position, round_size)"
        " select gen_random_uuid(), a.slot_id, b.referral_id, b.client_id, 2, 1"
        f" from practice.slot_offer a, practice.slot_offer b where a.id = '{again[0]}' and b.id = '{one}'"
    )
    other = (
        "update practice.slot_offer o set state = 'held', seat = 1 where position = 2"
        f" and slot_id = (select slot_id from practice.slot_offer where id = '{again[0]}')"
    )
    free = set_state.format(OfferState.DECLINED.value, "null", again[0])
    assert await broken(onprem, twice, free, other) == "uq_slot_offer_held"
    late = (set_state.format("ended", "null", one), take.format(one))
    assert await broken(onprem, *late) == "LM001"
