"""Freed times seen to by the clock: proposed when an appointment is canceled, passed on, filled, gone."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from lmhg_gateway.features.waitlist import repository, service
from lmhg_gateway.features.waitlist.offer_rules import AHEAD_MAX
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Apart, Loop
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice

ACTOR = Actor("process: worker")
EVERY_S = 5.0


@dataclass
class FreedTimes:
    """Sees to freed times, each in a unit of work of its own."""

    db: Database
    practice: Practice

    async def step(self) -> int:
        """Propose, fill and pass on what is due; how many."""
        now = self.practice.clock()
        async with self.db.read(ACTOR, "waitlist.due") as tx:
            booked = await repository.booked_over(tx, at=now)
            due = [each for each in await repository.to_turn(tx, at=now) if each not in set(booked)]
        apart = Apart("freed_times")
        done = await self._each(apart, booked, self._fill)
        done += await self._each(apart, due, self._pass_on)
        done += await self._propose(apart)
        apart.tell()
        return done

    async def _each(
        self,
        apart: Apart,
        slot_ids: Sequence[uuid.UUID],
        act: Callable[[WriteSession, uuid.UUID], Awaitable[None]],
    ) -> int:
        done = 0
        for slot_id in slot_ids:
            async with apart.item(slot_id), self.db.uow(ACTOR, "waitlist.pass_on") as tx:
                await act(tx, slot_id)
                done += 1
        return done

    async def _fill(self, tx: WriteSession, slot_id: uuid.UUID) -> None:
        await service.fill(
            tx, slot_id, filled_by=service.BY_VISIT, by=ACTOR.id, practice=self.practice
        )

    async def _pass_on(self, tx: WriteSession, slot_id: uuid.UUID) -> None:
        await service.pass_on(tx, slot_id, by=ACTOR.id, practice=self.practice)

    async def _propose(self, apart: Apart) -> int:
        """Put down the times of appointments that were canceled since."""
        now, done = self.practice.clock(), 0
        async with self.db.uow(ACTOR, "waitlist.propose") as tx:
            found = await repository.canceled(tx, after=now, until=now + AHEAD_MAX)
            if not found:
                return 0
            rules = await service.rules_of(tx)
            for appointment in found:
                async with apart.item(appointment.id), tx.begin_nested():
                    done += await service.propose(tx, appointment, rules) is not None
        return done


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    step = FreedTimes(worker.db, Practice(worker.settings.timezone)).step
    return [Loop("freed_times", step, EVERY_S)]
