"""What packets need done without anybody asking: one each Monday, and word of the late ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_gateway.features.packets import repository, service
from lmhg_gateway.features.packets.rules import CHECK_PATIENCE, week_before
from lmhg_gateway.features.staff.public import addresses_with
from lmhg_gateway.web.points import PacketLine
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.ui.formats import LocalTimes, zone_words

ACTOR = Actor("process: worker")
TOLD = (ADMIN, COMPLIANCE)
"""Roles that hear of a late packet."""
SUBJECT = "The weekly compliance packet is late"
TEXT = """The weekly packet that was due {due} is not signed.

It waits on the Packets page of the workspace, under Compliance. This email comes once a day until
someone signs it.
"""


class Send(Protocol):
    """Hands one mail over. Raises: Unavailable."""

    async def __call__(self, to: str, *, subject: str, text: str) -> None:
        """To one address."""
        ...


@dataclass(frozen=True)
class PacketUpkeep:
    """Periodic acts in the worker's name."""

    db: Database
    timezone: str
    hours: str
    lines: Sequence[PacketLine]
    clock: Clock = utc_now

    async def make_due(self) -> int:
        """Make last week's packet if there is none, once the ledgers are verified; 1 when made.

        A week that was over before anything here began has none.
        """
        now = self.clock()
        week = week_before(now, self.timezone)
        async with self.db.uow(ACTOR, "packet.make") as tx:
            if await repository.of_week(tx, week.first) is not None:
                return 0
            began = await repository.began_at(tx)
            if began is None or began >= week.ends:
                return 0
            is_checked = await service.are_ledgers_checked(tx, week, by=ACTOR.id)
            if not is_checked and now < week.ends + CHECK_PATIENCE:
                return 0
            made = await service.make(tx, week, self.lines, at=now, hours=self.hours)
        return int(made is not None)


@dataclass(frozen=True)
class LateLetters:
    """Tells administrators and officers about a late packet, once a day each."""

    db: Database
    send: Send
    timezone: str
    clock: Clock = utc_now

    async def step(self) -> int:
        """Write about what is late; how many packets. Raises: Unavailable.

        A packet of which nobody could be told is tried again; one address that fails keeps no
        other from its letter.
        """
        now = self.clock()
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        apart = Apart("late_packets")
        async with self.db.uow(ACTOR, "packet.tell") as tx:
            late = await repository.overdue(tx, at=now, today=today)
            addresses = await addresses_with(tx, TOLD) if late else []
            for packet in late:
                text = TEXT.format(due=self._said(packet.due_at))
                for address in addresses:
                    async with apart.item(packet.id):
                        await self.send(address, subject=SUBJECT, text=text)
                        packet.told_on = today
        apart.tell()
        return len(late)

    def _said(self, at: datetime) -> str:
        return (
            f"{LocalTimes(self.timezone, self.clock).moment(at)} {zone_words(self.timezone)} Time"
        )
