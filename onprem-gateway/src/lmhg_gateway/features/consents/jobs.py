"""Consents end by themselves when their last day has passed, with all that follows."""

from dataclasses import dataclass

from lmhg_gateway.features.consents import repository, service
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Apart, Loop
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice

ACTOR = Actor("process: worker")
EVERY_S, AT_ONCE = 60.0, 100


@dataclass
class Expiry:
    """Ends what is over, each in a unit of work of its own."""

    db: Database
    practice: Practice

    async def step(self) -> int:
        """End the consents whose last day has passed; how many they were."""
        async with self.db.read(ACTOR, "consents.expired") as tx:
            today = self.practice.today()
            due = await repository.expired(tx, today=today, limit=AT_ONCE)
        apart = Apart("consent_expiry")
        for consent_id in due:
            async with apart.item(consent_id), self.db.uow(ACTOR, "consent.expire") as tx:
                await service.end_expired(tx, consent_id, by=ACTOR.id, practice=self.practice)
        apart.tell()
        return len(due)


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    expiry = Expiry(worker.db, Practice(worker.settings.timezone))
    return [Loop("consent_expiry", expiry.step, EVERY_S)]
