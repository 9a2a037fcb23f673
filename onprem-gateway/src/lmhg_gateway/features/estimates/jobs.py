"""Estimates are opened by themselves: for referrals and bookings of people who pay themselves."""

from dataclasses import dataclass

from lmhg_gateway.features.estimates import repository, service
from lmhg_gateway.features.estimates.rules import Why
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Apart, Loop
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice

ACTOR = Actor("process: worker")
EVERY_S, AT_ONCE = 30.0, 50


@dataclass
class Owed:
    """Finds who is owed an estimate and has none."""

    db: Database
    practice: Practice

    async def step(self) -> int:
        """Open what is owed; how many referrals and visits were looked at."""
        apart = Apart("estimates")
        async with self.db.uow(ACTOR, "estimates.open") as tx:
            looked = await self._of_referrals(tx, apart) + await self._of_visits(tx, apart)
        apart.tell()
        return looked

    async def _of_referrals(self, tx: WriteSession, apart: Apart) -> int:
        today = self.practice.today()
        found = await repository.referrals_without(tx, today=today, limit=AT_ONCE)
        for each in found:
            async with apart.item(each.id), tx.begin_nested():
                await service.open_for(
                    tx,
                    each.client_id,
                    Why.REFERRAL,
                    began_at=each.created_at,
                    by=ACTOR.id,
                    practice=self.practice,
                    referral_id=each.id,
                )
        return len(found)

    async def _of_visits(self, tx: WriteSession, apart: Apart) -> int:
        at = self.practice.clock()
        found = await repository.visits_without(tx, at=at, limit=AT_ONCE)
        for each in {visit.client_id: visit for visit in reversed(found)}.values():
            async with apart.item(each.id), tx.begin_nested():
                await service.open_for(
                    tx,
                    each.client_id,
                    Why.BOOKED,
                    began_at=each.created_at,
                    by=ACTOR.id,
                    practice=self.practice,
                    visit_on=self.practice.day_of(each.starts_at),
                    appointment_id=each.id,
                )
        return len(found)


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    owed = Owed(worker.db, Practice(worker.settings.timezone))
    return [Loop("estimates_owed", owed.step, EVERY_S)]
