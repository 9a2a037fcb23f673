"""Reminders before a credential ends: 60, 30 and 7 days before, and once more when it is over."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from lmhg_contracts.roles import ADMIN
from lmhg_gateway.features.credentials import repository
from lmhg_gateway.features.credentials.models import StaffCredential
from lmhg_gateway.features.credentials.rules import KINDS, OVER, STAGES, Kind, to_tell
from lmhg_gateway.features.staff.public import addresses_of, addresses_with
from lmhg_gateway.kernel.process import Send, Worker
from lmhg_kit.loops import Apart, Loop
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.formats import long_day

ACTOR = Actor("process: worker")
EVERY_S, AT_ONCE = 60.0, 50
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
    """Sends each reminder once: to the colleague, and from 7 days on to the administrators too."""

    db: Database
    send: Send
    practice: Practice

    async def step(self) -> int:
        """Send what is due; how many credentials it is about. Raises: Unavailable.

        Where a reminder could not be sent it is tried again; it keeps no other from its own.
        """
        today, apart = self.practice.today(), Apart("credential_reminders")
        async with self.db.uow(ACTOR, "credentials.remind") as tx:
            due = await repository.to_remind(tx, today=today, limit=AT_ONCE)
            for each in due:
                stage = to_tell(each.valid_until, told=each.told_stage, today=today)
                if stage is None:
                    continue
                left = (each.valid_until - today).days
                people = await _people(tx, each.person_id, stage=stage)
                async with apart.item(each.id):
                    for address in people:
                        await self.send(address, subject=SUBJECT, text=text_of(each, left=left))
                    each.told_stage = stage
        apart.tell()
        return len(due)


async def _people(tx: WriteSession, person_id: uuid.UUID, *, stage: int) -> Sequence[str]:
    """Who is told; of a colleague who left nobody is."""
    own = await addresses_of(tx, [person_id])
    others = await addresses_with(tx, (ADMIN,)) if stage in {OVER, STAGES[-1]} and own else []
    return list(dict.fromkeys([*own, *others]))


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    if worker.send is None:
        return []
    practice = Practice(worker.settings.timezone)
    return [Loop("credential_reminders", Reminders(worker.db, worker.send, practice).step, EVERY_S)]
