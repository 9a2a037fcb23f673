"""Telling people of a risk answer: one after the other, until someone has read it."""

from dataclasses import dataclass

from lmhg_contracts.roles import CLINICIAN
from lmhg_gateway.features.risk_answers import repository
from lmhg_gateway.features.risk_answers.service import AGAIN_AFTER, told_next
from lmhg_gateway.features.staff.public import addresses_of, addresses_with
from lmhg_gateway.kernel.process import Send, Worker
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.loops import Apart, Loop
from lmhg_kit.persistence import Actor, Database

ACTOR = Actor("process: worker")
SUBJECT = "LMHG: an answer needs you now"
TEXT = (
    "An answer on an intake form needs a clinician now.\n\n"
    "Open the work list in the office system. The person is at the top.\n\n"
    "This email says no more, because email is not private.\n"
)


@dataclass
class RiskNotices:
    """Sends a notice without any content to the person who is next."""

    db: Database
    send: Send
    clock: Clock = utc_now

    async def step(self) -> int:
        """Tell who is next of each that is due; how many. Raises: Unavailable.

        Where a notice could not be sent the next person is told half a minute later; it keeps no other
        from its own.
        """
        now, apart = self.clock(), Apart("risk_notices")
        async with self.db.uow(ACTOR, "risk.tell") as tx:
            due = await repository.to_tell(tx, at=now)
            listed = await addresses_of(tx, await repository.on_call(tx)) if due else []
            addresses = listed or (await addresses_with(tx, (CLINICIAN,)) if due else [])
            for answer in due:
                people, next_at = told_next(answer, addresses, at=now), answer.tell_at
                answer.tell_at = min(next_at or now, now + AGAIN_AFTER)
                async with apart.item(answer.id):
                    for address in people:
                        await self.send(address, subject=SUBJECT, text=TEXT)
                    answer.tell_at = next_at
        apart.tell()
        return len(due)


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    if worker.send is None:
        return []
    return [Loop("risk_notices", RiskNotices(worker.db, worker.send).step, 2.0)]
