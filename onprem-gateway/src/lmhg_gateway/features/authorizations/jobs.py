"""Authorizations that ask for a step by now are put on the work list, by the practice's own day."""

from dataclasses import dataclass

from lmhg_gateway.features.authorizations import repository, service
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Apart, Loop
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice

ACTOR = Actor("process: worker")
EVERY_S = 30.0
ONCE_MAX = 100


@dataclass
class Warnings:
    """Finds authorizations whose last visit or last day is near, each in a unit of work of its own."""

    db: Database
    practice: Practice

    async def step(self) -> int:
        """Put those that are missing on the work list; how many."""
        async with self.db.read(ACTOR, "authorizations.due") as tx:
            found = await repository.to_warn(
                tx,
                service.KIND,
                today=self.practice.today(),
                zone=self.practice.timezone,
                limit=ONCE_MAX,
            )
        apart, done = Apart("authorizations"), 0
        for authorization_id in found:
            async with (
                apart.item(authorization_id),
                self.db.uow(ACTOR, "authorizations.plan") as tx,
            ):
                await service.plan_one(tx, authorization_id, self.practice)
                done += 1
        apart.tell()
        return done


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    step = Warnings(worker.db, Practice(worker.settings.timezone)).step
    return [Loop("authorizations", step, EVERY_S)]
