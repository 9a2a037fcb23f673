"""Random freed times, offers, answers, clocks and steps by hand: as on paper, never held or taken twice.

The paper is plain: a line of people for each time, and where each referral is. What the database says is
compared with it after every act, and no time is ever held by more people than a round has, nor taken by two.
"""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.referrals.forms import MoveForm
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.referrals.rules import Reason, State
from lmhg_gateway.features.referrals.service import move
from lmhg_gateway.features.waitlist import repository, service, undoing
from lmhg_gateway.features.waitlist.models import FreedSlot, SlotOffer
from lmhg_gateway.features.waitlist.offer_rules import OfferState
from lmhg_gateway.features.waitlist.planning import KIND
from lmhg_gateway.features.work_list.models import WorkItem
from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.office_hours import OfficeHours
from lmhg_kit.persistence import Database, WriteSession
from lmhg_kit.practice import Practice
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

SEQUENCES = int(os.environ.get("LMHG_SEQUENCES", "10"))
STEPS = 20
PEOPLE, HOLD = 5, timedelta(minutes=120)
HOURS = OfficeHours(ZoneInfo("America/Kentucky/Louisville"))
ANA = uuid.UUID(int=0xA)
START = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
IN_LINE = ("waiting", "held", "accepted")
T = TypeVar("T")


@dataclass
class Place:
    """One person's place in line, on paper."""

    who: uuid.UUID
    state: str = "waiting"
    until: datetime | None = None
    mark: int = -1
    """How often the person's referral had moved when their offer ended."""


@dataclass
class Slip:
    """One freed time, on paper."""

    size: int
    begins: datetime
    state: str = "open"
    line: list[Place] = field(default_factory=list[Place])
    taken_at: datetime | None = None

    def of(self, state: str) -> list[Place]:
        """Those who are in this state, in their order."""
        return [each for each in self.line if each.state == state]


class Paper:
    """What anybody would keep at the front desk."""

    def __init__(self) -> None:
        self.slips: dict[uuid.UUID, Slip] = {}
        self.where: dict[uuid.UUID, str] = {}
        self.moves: dict[uuid.UUID, int] = {}

    def move(self, who: uuid.UUID, to: str) -> None:
        """One step of a referral."""
        self.where[who] = to
        self.moves[who] = self.moves.get(who, 0) + 1

    def take_back(self, slip: Slip, one: Place) -> None:
        """Everyone has what they had before the yes, but who was told or moved on meanwhile."""
        slip.state, slip.taken_at = "open", None
        one.state = "held"
        self.move(one.who, "offered")
        for each in slip.line:
            if each.state == "ended" and self.moves[each.who] == each.mark:
                each.state = "held"
                self.move(each.who, "offered")
            elif each.state in ("ended", "not_asked"):
                each.state = "waiting"

    def turn(self, slip: Slip, now: datetime) -> None:
        """Pass on what is over; ask the next round once nobody holds it."""
        for each in slip.of("held"):
            if self.where[each.who] != "offered":
                each.state = "expired"
            elif each.until and each.until <= now:
                each.state = "expired"
                self.move(each.who, "waitlisted")
        if slip.state != "open" or slip.of("held") or slip.of("accepted"):
            return
        ready = [each for each in slip.of("waiting") if self.where[each.who] == "waitlisted"]
        for each in ready[: slip.size]:
            each.state, each.until = "held", min(HOURS.start(now) + HOLD, slip.begins)
            self.move(each.who, "offered")

    def end(self, slip: Slip, state: str) -> None:
        """Nobody else gets it."""
        for each in slip.line:
            if each.state == "waiting":
                each.state = "not_asked"
            elif each.state == "held" and self.where[each.who] == "offered":
                each.state = "ended"
                self.move(each.who, "waitlisted")
                each.mark = self.moves[each.who]
            elif each.state == "held":
                each.state = "expired"
        slip.state = state


class Waitlist(RuleBasedStateMachine):
    """One sequence: a transaction of a real database that is rolled back at its end."""

    runner: asyncio.Runner
    db: Database

    def run(self, work: Awaitable[T]) -> T:
        """Wait for work on the one loop."""
        return self.runner.run(self._awaited(work))

    @staticmethod
    async def _awaited(work: Awaitable[T]) -> T:
        return await work

    @initialize()
    def begin(self) -> None:
        """Five people who wait."""
        self.paper, self.now = Paper(), START
        self.practice = Practice("America/Kentucky/Louisville", clock=self._tick)
        self.work = self.db.uow(person_of(ANA), "states")
        self.tx: WriteSession = self.run(self.work.__aenter__())
        self.run(self._people())

    def _tick(self) -> datetime:
        """No two steps are at the same moment."""
        self.now += timedelta(microseconds=1)
        return self.now

    async def _people(self) -> None:
        for _ in range(PEOPLE):
            client = Client()
            self.tx.add(client)
            await self.tx.flush()
            one = Referral(
                client_id=client.id, source_category="self", received_on=date(2026, 11, 1),
                channel="phone", concern_code="unknown", state="waitlisted", state_at=START,
            )  # fmt: skip
            self.tx.add(one)
            await self.tx.flush()
            self.paper.where[one.id] = "waitlisted"

    def _pick(self, at: int) -> tuple[uuid.UUID, Slip]:
        slips = list(self.paper.slips.items())
        return slips[at % len(slips)]

    def _refused(self, act: Callable[[], Awaitable[Any]]) -> bool:
        """Whether an act is refused; what it had begun is undone."""

        async def tried() -> bool:
            try:
                async with self.tx.begin_nested():
                    await act()
            except (Conflict, Invalid):
                self.tx.expire_all()
                return True
            return False

        return self.run(tried())

    @rule(size=st.integers(1, 3), hours=st.integers(1, 48))
    def free(self, size: int, hours: int) -> None:
        """A time is free again."""
        begins = self.now + timedelta(hours=hours)
        slot = FreedSlot(
            clinician_id=ANA, starts_at=begins, minutes=50, meets="in_person", state="open",
            came_by="hand", round_size=size, hold_minutes=120,
        )  # fmt: skip
        self.run(repository.add(self.tx, slot))
        self.paper.slips[slot.id] = Slip(size, begins)

    @precondition(lambda self: self.paper.slips)
    @rule(
        which=st.integers(0, 9),
        who=st.lists(st.integers(0, PEOPLE - 1), min_size=1, max_size=PEOPLE),
    )
    def offer(self, which: int, who: list[int]) -> None:
        """People are put in line."""
        slot, slip = self._pick(which)
        ids = list(dict.fromkeys(list(self.paper.where)[each] for each in who))
        new = [e for e in ids if e not in {p.who for p in slip.line if p.state in IN_LINE}]
        fails = slip.state != "open" or any(
            self.paper.where[each] not in ("waitlisted", "offered") for each in new
        )
        refused = self._refused(
            lambda: service.offer(self.tx, slot, ids, by=str(ANA), practice=self.practice)
        )
        assert refused == fails
        if not refused:
            slip.line += [Place(each) for each in new]
            self.paper.turn(slip, self.now)

    def _offers(self, slot: uuid.UUID) -> list[SlotOffer]:
        return list(self.run(repository.offers_of(self.tx, slot)))

    @precondition(lambda self: any(slip.line for slip in self.paper.slips.values()))
    @rule(
        which=st.integers(0, 9),
        place=st.integers(0, 9),
        act=st.sampled_from(
            ("accept", "accept", "undo", "undo", "decline", "pass", "told", "again")
        ),
    )
    def answer(self, which: int, place: int, act: str) -> None:
        """Someone says yes or no, or is told, or is put back in line; whether they may or not."""
        slips = [(slot, slip) for slot, slip in self.paper.slips.items() if slip.line]
        slot, slip = slips[which % len(slips)]
        number = place % len(slip.line)
        offer, one = self._offers(slot)[number], slip.line[number]
        given: dict[str, Any] = {"by": str(ANA), "practice": self.practice}
        acts: dict[str, Callable[[], Awaitable[Any]]] = {
            "accept": lambda: service.accept(self.tx, offer.id, **given),
            "decline": lambda: service.refuse(self.tx, offer.id, to=OfferState.DECLINED, **given),
            "pass": lambda: service.refuse(self.tx, offer.id, to=OfferState.EXPIRED, **given),
            "told": lambda: service.told(self.tx, offer.id, **given),
            "again": lambda: service.put_back(self.tx, offer.id, **given),
            "undo": lambda: undoing.take_back(self.tx, offer.id, (), **given),
        }
        refused = self._refused(acts[act])
        assert refused != self._may(act, slip, one)
        if not refused:
            self._said(act, slip, one)

    def _may(self, act: str, slip: Slip, one: Place) -> bool:
        is_asked = self.paper.where[one.who] == "offered"
        if act == "told":
            return one.state == "ended"
        if act == "undo":
            is_new = slip.taken_at and self.now - slip.taken_at <= timedelta(minutes=10)
            is_ahead = slip.begins > self.now and self.paper.moves[one.who] == one.mark
            return one.state == "accepted" and bool(is_new) and is_ahead
        if act == "again":
            in_line = any(e.who == one.who and e.state in IN_LINE for e in slip.line)
            waits = self.paper.where[one.who] in ("waitlisted", "offered")
            return slip.state == "open" and not in_line and waits
        return one.state == "held" and is_asked and slip.state == "open"

    def _said(self, act: str, slip: Slip, one: Place) -> None:
        paper = self.paper
        if act == "accept":
            one.state = "accepted"
            paper.move(one.who, "booked")
            one.mark = paper.moves[one.who]
            paper.end(slip, "filled")
            slip.taken_at = self.now
        elif act == "undo":
            paper.take_back(slip, one)
        elif act == "told":
            one.state = "told"
        elif act == "again":
            slip.line.append(Place(one.who))
            paper.turn(slip, self.now)
        else:
            one.state = "declined" if act == "decline" else "expired"
            paper.move(one.who, "waitlisted")
            paper.turn(slip, self.now)

    @precondition(lambda self: self.paper.slips)
    @rule(which=st.integers(0, 9), by_hand=st.booleans())
    def end(self, which: int, *, by_hand: bool) -> None:
        """The time is filled by hand, or not free after all."""
        slot, slip = self._pick(which)
        act = service.fill if by_hand else service.withdraw
        refused = self._refused(lambda: act(self.tx, slot, by=str(ANA), practice=self.practice))
        assert refused == (slip.state != "open")
        if not refused:
            self.paper.end(slip, "filled" if by_hand else "gone")

    @rule(who=st.integers(0, PEOPLE - 1))
    def leave(self, who: int) -> None:
        """Someone's referral is closed by hand, whatever they were offered."""
        one = list(self.paper.where)[who]
        if self.paper.where[one] in ("waitlisted", "offered"):
            form = MoveForm(
                seen=State(self.paper.where[one]), to=State.CLOSED, reason=Reason.NOT_INTERESTED
            )
            self.run(move(self.tx, one, form, by=str(ANA), practice=self.practice))
            self.paper.move(one, "closed")

    @rule(minutes=st.sampled_from((1, 60, 119, 121, 600)))
    def wait(self, minutes: int) -> None:
        """Time goes by, and the worker looks until nothing is left to do."""
        self.now += timedelta(minutes=minutes)
        for _ in range(5):
            due = self.run(repository.to_turn(self.tx, at=self.now))
            for slot in due:
                self.run(service.pass_on(self.tx, slot, by=str(ANA), practice=self.practice))
                slip = self.paper.slips[slot]
                if slip.begins <= self.now:
                    self.paper.end(slip, "gone")
                else:
                    self.paper.turn(slip, self.now)
            if not due:
                break
        else:
            message = "the worker never comes to an end"
            raise AssertionError(message)

    @invariant()
    def is_as_on_paper(self) -> None:
        """Every time, place and referral; and nothing is held or taken twice."""
        if hasattr(self, "tx"):
            self.run(self._compare())

    async def _compare(self) -> None:
        await self.tx.flush()
        self.tx.expunge_all()
        slots = {each.id: each for each in await self.tx.scalars(select(FreedSlot))}
        offers = list(await self.tx.scalars(select(SlotOffer).order_by(SlotOffer.position)))
        assert {each: slots[each].state for each in slots} == {
            each: slip.state for each, slip in self.paper.slips.items()
        }
        for slot, slip in self.paper.slips.items():
            mine = [each for each in offers if each.slot_id == slot]
            assert [(e.referral_id, e.state) for e in mine] == [(p.who, p.state) for p in slip.line]
            assert sum(each.state == "held" for each in mine) <= slip.size
            assert sum(each.state == "accepted" for each in mine) <= 1
        held = [each.referral_id for each in offers if each.state == "held"]
        assert len(held) == len(set(held))
        where = await self.tx.execute(select(Referral.id, Referral.state))
        assert {row[0]: row[1] for row in where} == self.paper.where
        work = await self.tx.scalars(
            select(WorkItem.subject_id).where(WorkItem.subject_kind == KIND)
        )
        assert set(work) == {each.id for each in offers if each.state in ("held", "ended")}

    def teardown(self) -> None:
        """Nothing of a sequence stays."""
        if hasattr(self, "tx"):
            self.run(self.tx.rollback())
            self.run(self.tx.close())


@pytest.fixture
def machine(onprem: PlaneDatabase) -> Iterator[type[Waitlist]]:
    """The machine over a database of its own, in a loop of its own."""
    with asyncio.Runner() as runner:
        runner.run(prove(onprem, ANA, roles="front_desk"))
        Waitlist.runner, Waitlist.db = runner, Database(onprem.url("gw_workspace"), pool_size=2)
        yield Waitlist
        runner.run(Waitlist.db.close())


@pytest.mark.timeout(0 if SEQUENCES > 1_000 else 300)
def test_nothing_is_held_or_taken_twice(machine: type[Waitlist]) -> None:
    """A few sequences; LMHG_SEQUENCES asks for more."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate,) if SEQUENCES > 1_000 else (Phase.generate, Phase.shrink),
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
        ),
    )
