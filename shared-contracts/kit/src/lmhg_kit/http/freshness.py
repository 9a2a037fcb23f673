"""When the other plane was last heard: proven by the relay's heartbeats, never assumed."""

from datetime import datetime, timedelta

from sqlalchemy import text

from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.http.delay_words import DelayRow, open_delays
from lmhg_kit.http.shell import Freshness
from lmhg_kit.persistence import Database

LATE_AFTER = timedelta(seconds=30)
ASK_EVERY = timedelta(seconds=2)
_HEARD = text("select last_heard_at from relay.peer where plane = :plane")


class PeerFreshness:
    """Asks the relay's own table, at most every two seconds."""

    def __init__(self, db: Database, *, peer: str, label: str, clock: Clock = utc_now) -> None:
        self._db = db
        self._peer = peer
        self._label = label
        self._clock = clock
        self._asked_at: datetime | None = None
        self._heard_at: datetime | None = None
        self._delays: list[DelayRow] = []

    async def __call__(self) -> Freshness:
        """What is known now."""
        now = self._clock()
        if self._asked_at is None or now - self._asked_at >= ASK_EVERY:
            async with self._db.engine.connect() as connection:
                found = await connection.execute(_HEARD, {"plane": self._peer})
                self._heard_at = found.scalar_one_or_none()
                self._delays = await open_delays(connection)
            self._asked_at = now
        late = self._heard_at is None or now - self._heard_at > LATE_AFTER
        return Freshness(label=self._label, heard_at=self._heard_at, late=late, delays=self._delays)
