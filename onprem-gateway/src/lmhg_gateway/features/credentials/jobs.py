"""Reminders before a credential ends: 60, 30 and 7 days before, and once more when it is over."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from lmhg_contracts.roles import ADMIN
from lmhg_gateway.features.credentials import repository
from lmhg_gateway.features.credentials.models import StaffCredential
from lmhg_gateway.features.credentials.rules import KINDS, OVER, STAGES, Kind, to_tell
from lmhg_gateway.features.staff.public import addresses_by_id
from lmhg_gateway.kernel.process import Send, Worker
from lmhg_kit.loops import Apart, Loop
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.formats import long_day

ACTOR = Actor("process: worker")
EVERY_S, AT_ONCE = 60.0, 50
AGAIN_AFTER = timedelta(hours=1)
SUBJECT = "LMHG: a credential ends"


def text_of(found: StaffCredential, *, left: int) -> str:
    """What a reminder says: what ends when, and where to write the new day."""
    what = KINDS[Kind(found.kind)] + (f" ({found.state})" if found.state else "")
    if left < 0:
        when = f"It ended on {long_day(found.valid_until)}."
    else:
        when = f"It ends on {long_day(found.valid_until)}, in {count_of(left, 'day')}."
    return (
        f"{what}: {when}\n\n"
        "When it is renewed, write the new day in the office system, under Credentials.\n"
    )


@dataclass
class Reminders:
    """Sends each reminder once: to the colleague, and from 7 days on to the administrators too.

    Whom no mail server takes it for is sent it again an hour later, and nobody else with them.
    """

    db: Database
    send: Send
    practice: Practice

    async def step(self) -> int:
        """Send what is due; how many credentials it is about. Raises: Unavailable."""
        today, apart = self.practice.today(), Apart("credential_reminders")
        async with self.db.uow(ACTOR, "credentials.remind") as tx:
            due = await repository.to_remind(
                tx, today=today, at=self.practice.clock(), limit=AT_ONCE
            )
            for each in due:
                await self._remind(tx, each, apart)
        apart.tell()
        return len(due)

    async def _remind(self, tx: WriteSession, due: StaffCredential, apart: Apart) -> None:
        today = self.practice.today()
        stage = to_tell(due.valid_until, told=due.told_stage, today=today)
        reached = due.told_stage if stage is None else stage
        people = await _people(tx, due.person_id, stage=reached)
        owed = set(people) if stage is not None else set(people).intersection(due.owed_to)
        left = set(owed)
        for person in sorted(owed):
            async with apart.item(due.id):
                text = text_of(due, left=(due.valid_until - today).days)
                await self.send(people[person], subject=SUBJECT, text=text)
                left.remove(person)
        due.told_stage, due.owed_to = reached, sorted(left)
        due.owed_again_at = self.practice.clock() + AGAIN_AFTER if left else None


async def _people(
    tx: WriteSession, person_id: uuid.UUID, *, stage: int | None
) -> Mapping[uuid.UUID, str]:
    """Who is told, and where; of a colleague who left nobody is."""
    own = await addresses_by_id(tx, people=[person_id])
    others = stage in {OVER, STAGES[-1]} and own
    return own | (await addresses_by_id(tx, roles=(ADMIN,)) if others else {})


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    if worker.send is None:
        return []
    practice = Practice(worker.settings.timezone)
    return [Loop("credential_reminders", Reminders(worker.db, worker.send, practice).step, EVERY_S)]
