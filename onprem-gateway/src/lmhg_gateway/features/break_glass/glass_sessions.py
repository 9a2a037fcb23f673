"""What broken glass adds to a session, and the mail that tells the officers."""

from typing import Protocol

from lmhg_contracts.roles import BREAK_GLASS
from lmhg_gateway.features.break_glass.repository import untold
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.http.session import Elevation
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.ui.formats import LocalTimes, zone_words

WORKER = Actor("process: worker")
SUBJECT = "Emergency access was opened"
TEXT = """{who} opened emergency access. It lets them read client records until {until}.

Read the reason on the Emergency access page of the workspace. One of you must review it afterward.
"""


class Send(Protocol):
    """Hands one mail over. Raises: Unavailable."""

    async def __call__(self, to: str, *, subject: str, text: str) -> None:
        """To one address."""
        ...


ELEVATION = Elevation("relay_release.glass_open_until(s.user_id, $2)", BREAK_GLASS)
"""What broken glass adds to a session: until when, asked together with it, and the role."""


class Notices:
    """Writes to the officers about each opening: whose and until when, never why or about whom."""

    def __init__(
        self, db: Database, send: Send, to: str, *, timezone: str, clock: Clock = utc_now
    ) -> None:
        self._db = db
        self._send = send
        self._to = to
        self._timezone = timezone
        self._clock = clock

    async def step(self) -> int:
        """Tell about what is untold; how many. A failed mail is tried again. Raises: Unavailable."""
        apart, told = Apart("break_glass_notices"), 0
        async with self._db.uow(WORKER, "break_glass.tell") as tx:
            names = await staff_names(tx)
            for opening in await untold(tx):
                who = names.get(str(opening.user_id), "A former colleague")
                until = LocalTimes(self._timezone, self._clock).moment(opening.ends_at)
                async with apart.item(opening.id):
                    zone = zone_words(self._timezone)
                    text = TEXT.format(who=who, until=f"{until} {zone} Time")
                    await self._send(self._to, subject=SUBJECT, text=text)
                    opening.told_at = self._clock()
                    told += 1
        apart.tell()
        return told
