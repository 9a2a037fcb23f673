"""The practice lives by itself: a few people at once, then a trickle, with nobody asking.

The opening is brisk, so that someone who has just run `make up` sees pages fill; it stays under
ten API calls a minute. Afterwards an event every ten minutes keeps under five hundred a day.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random

from lmhg_stack.intakeq.practice import Practice, Webhook

OPENING_EVENTS = 30
OPENING_PAUSE_S = 12.0
LATER_PAUSE_S = 600.0
FIRST_CLIENTS = (24, 17, 10, 6, 3, 1)
"""Days ago on which the first clients sent their intakes: a practice that opened today would have no past."""

Send = Callable[[Webhook], Awaitable[None]]


class Play:
    """Chooses what happens next; the same seed plays the same day."""

    def __init__(self, practice: Practice, *, seed: str) -> None:
        self._practice = practice
        self._random = Random(seed)
        self.events = 0

    def next(self) -> Webhook:
        """The next thing that happens."""
        step = self.events
        self.events += 1
        practice = self._practice
        if step < len(FIRST_CLIENTS):
            at = datetime.now(UTC) - timedelta(days=FIRST_CLIENTS[step])
            return practice.submit_intake(practice.new_client(at=at)["ClientId"], at=at)
        if self._random.random() < 0.12:
            return practice.submit_intake(practice.new_client()["ClientId"])
        clients = [made["ClientId"] for made in practice.all("client")]
        booked = [
            made["Id"] for made in practice.all("appointment") if made["Status"] == "Confirmed"
        ]
        choice = self._random.random()
        if len(booked) > 2 and choice < 0.2:
            return practice.reschedule(self._random.choice(booked))
        if len(booked) > 3 and choice < 0.35:
            return practice.cancel(self._random.choice(booked))
        if choice < 0.42:
            return practice.lock_note(self._random.choice(clients))
        return practice.book(self._random.choice(clients))

    async def run(self, send: Send) -> None:
        """Send events for ever."""
        while True:
            await send(self.next())
            opening = self.events < OPENING_EVENTS
            await asyncio.sleep(OPENING_PAUSE_S if opening else LATER_PAUSE_S)
