"""The row on the work list equals what steps and calls alone give, over random histories."""

import os
import random
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.contacts.forms import AttemptForm
from lmhg_gateway.features.contacts.rules import RESULTS, Channel
from lmhg_gateway.features.contacts.service import as_tries, attempts_of
from lmhg_gateway.features.referrals import repository, service, trying
from lmhg_gateway.features.referrals.forms import MoveForm, NewReferral
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.referrals.next_step_rules import (
    Facts,
    Policy,
    Waits,
    next_step,
)
from lmhg_gateway.features.referrals.planning import KIND, facts_of
from lmhg_gateway.features.referrals.rules import (
    TAKEN_BACK,
    TRANSITIONS,
    Reason,
    State,
    waits_since,
)
from lmhg_gateway.features.work_list.public import of_subject
from lmhg_kit.errors import LmhgError, NotFound
from lmhg_kit.office_hours import OfficeHours
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

ZONE = ZoneInfo("America/Kentucky/Louisville")
POLICY = Policy()
SEQUENCES = int(os.environ.get("LMHG_SEQUENCES", "15"))


class Clock:
    """A practice whose time the test turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 1, 14, tzinfo=UTC)
        self.practice = Practice("America/Kentucky/Louisville", clock=lambda: self.now)


@pytest.fixture
async def desk_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as an operator's command reaches it, in someone's name."""
    db = Database(onprem.url("lmhg_migrator"), pool_size=1, role="lmhg_owner")
    yield db
    await db.close()


async def replayed(tx: WriteSession, referral: Referral, clock: Clock) -> Facts:
    """A referral's history from its steps and tries alone: the row's own state is not believed."""
    moves = await repository.moves_of(tx, referral.id)
    entered: list[tuple[State, datetime, str | None]] = []
    for move in moves:
        if move.reason == TAKEN_BACK:
            entered.pop()
        else:
            entered.append((State(move.to_state), move.moved_at, move.reason))
    state, since, why = entered[-1]
    came = moves[0].moved_at
    arrived = waits_since(referral.received_on, at=came, today=clock.practice.day_of(came))
    attempts = await attempts_of(tx, referral.id)
    row = facts_of(referral, attempts, None)
    assert as_tries(attempts) == row.tries
    return Facts(
        state=state,
        state_at=arrived if len(entered) == 1 else since,
        arrived_at=arrived,
        urgency=referral.urgency,
        tries=row.tries,
        waits_for=row.waits_for,
        waits_since=row.waits_since,
        reason=Reason(why) if why and len(entered) > 1 and why in set(Reason) else None,
        tells_referrer=row.tells_referrer,
        has_visit=state is not State.BOOKED,  # nobody here has an appointment
    )


async def act(
    tx: WriteSession, chance: random.Random, own: uuid.UUID, by: str, clock: Clock
) -> None:
    """One thing that someone does with a referral, whatever they may."""
    practice, referral = clock.practice, await repository.by_id(tx, own)
    assert referral is not None
    kind = chance.choice(["try", "try", "try", "move", "move", "undo", "untry", "wait", "rang"])
    if kind == "try":
        channel = chance.choice(list(Channel))
        again = (
            practice.today() + timedelta(days=chance.randint(1, 9))
            if chance.random() < 0.2
            else None
        )
        form = AttemptForm(channel=channel, result=chance.choice(RESULTS[channel]), again_on=again)
        await trying.try_contact(tx, own, form, by=by, practice=practice)
    elif kind == "move":
        to, reasons = chance.choice(list(TRANSITIONS[State(referral.state)].items()))
        reason = chance.choice(reasons) if reasons else None
        form = MoveForm(seen=State(referral.state), to=to, reason=reason)
        await service.move(tx, own, form, by=by, practice=practice)
    elif kind == "undo":
        last = await repository.last_move(tx, own)
        if last:
            await service.undo(tx, own, last.id, by=by, practice=practice)
    elif kind == "untry":
        attempts = await attempts_of(tx, own)
        if not attempts:
            raise NotFound(
                "attempt"
            )  # nothing was done, so time alone has moved: the worker's part
        await trying.untry(tx, own, attempts[0].id, by=by, practice=practice)
    elif kind == "wait":
        waits = chance.choice([None, *Waits])
        await trying.wait_for(tx, own, waits, practice=practice)
    else:
        await trying.rang_back(tx, referral.client_id, by=by, practice=practice)


async def test_list_equals_what_the_history_says(
    desk_db: Database, people: dict[str, uuid.UUID]
) -> None:
    """After every act of many random sequences the row is what steps and tries alone would give."""
    by, acts = str(people["front_desk"]), 0
    for seed in range(SEQUENCES):
        chance, clock = random.Random(seed), Clock()  # noqa: S311 - the same acts for the same seed
        async with desk_db.uow(Actor(by), "test") as tx:
            client = Client(legal_name=f"Seed {seed}")
            tx.add(client)
            await tx.flush()
            form = NewReferral(
                received_on=clock.practice.today() - timedelta(days=chance.randint(0, 3)),
                source_category=chance.choice(["self", "physician"]), channel="phone",
                concern_code="grief", urgency=chance.choice(["routine", "soon", "urgent"]),
                may_report_back=True,
            )  # fmt: skip
            made = await service.record(
                tx, form, client_id=client.id, by=by, practice=clock.practice
            )
        for _ in range(chance.randint(3, 9)):
            clock.now += timedelta(minutes=chance.choice([1, 5, 90, 1500, 12_000]))
            try:
                async with desk_db.uow(Actor(by), "test") as tx:
                    await act(tx, chance, made.id, by, clock)
            except LmhgError:
                continue
            acts += 1
            async with desk_db.uow(Actor(by), "test") as tx:
                referral = await repository.by_id(tx, made.id)
                assert referral is not None
                item = await of_subject(tx, KIND, made.id)
                facts = await replayed(tx, referral, clock)
            said = next_step(facts, POLICY, OfficeHours(ZONE), at=clock.now)
            shown = (
                (item.step, item.urgency, item.due_at, item.since, item.changes_at)
                if item
                else None
            )
            wanted = (
                (said.step, said.urgency, said.due_at, said.since, said.changes_at)
                if said
                else None
            )
            assert shown == wanted, (seed, facts)
    assert acts > SEQUENCES
