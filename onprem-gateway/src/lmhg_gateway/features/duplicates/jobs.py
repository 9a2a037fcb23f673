"""Looks again who a client may be, after a change by a colleague, a program or IntakeQ."""

from dataclasses import dataclass

from lmhg_gateway.features.duplicates.service import look_again
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop
from lmhg_kit.persistence import Actor, Database

ACTOR = Actor("process: worker")


@dataclass(frozen=True)
class Checker:
    """Brings the pairs of clients up to date."""

    db: Database

    async def step(self) -> int:
        """One batch; how many clients were looked at."""
        async with self.db.uow(ACTOR, "duplicates checked") as tx:
            return await look_again(tx)


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    return [Loop("check_duplicates", Checker(worker.db).step, 2.0)]
