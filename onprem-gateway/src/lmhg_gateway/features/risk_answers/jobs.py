"""Telling people of a risk answer: one after the other, until someone has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from lmhg_gateway.features.risk_answers import repository
from lmhg_gateway.features.risk_answers.rota import told_on
from lmhg_gateway.features.risk_answers.service import AGAIN_AFTER, told_next
from lmhg_gateway.kernel.process import Send, Worker
from lmhg_gateway.web.away import AwayPeople
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
    zone: tzinfo = UTC
    """Where the practice is: whose turn it is changes at its midnight."""
    away: Sequence[AwayPeople] = ()

    async def step(self) -> int:
        """Tell who is next of each that is due; how many. Raises: Unavailable.

        Where a notice could not be sent the next person is told half a minute later; it keeps no other
        from its own.
        """
        now, apart = self.clock(), Apart("risk_notices")
        async with self.db.uow(ACTOR, "risk.tell") as tx:
            due = await repository.to_tell(tx, at=now)
            today = now.astimezone(self.zone).date()
            addresses = (await told_on(tx, today, self.away))[1] if due else []
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
    notices = RiskNotices(
        worker.db,
        worker.send,
        zone=ZoneInfo(worker.settings.timezone),
        away=worker.features.contributions(AwayPeople),
    )
    return [Loop("risk_notices", notices.step, 2.0)]
