"""The practice lives by itself: now and then something happens, with nobody asking.

The first events come every minute, so that someone who has just run `make up` sees a page change; they
stay under ten API calls a minute. Afterwards one every ten minutes keeps under five hundred a day.
"""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from lmhg_stack.intakeq.practice import Practice, Webhook

FIRST_EVENTS = 10
FIRST_PAUSE_S = 60.0
LATER_PAUSE_S = 600.0

Send = Callable[[Webhook], Awaitable[None]]


class Play:
    """Chooses what happens next; the same seed plays the same day."""

    def __init__(self, practice: Practice, *, seed: str) -> None:
        self._practice = practice
        self._random = Random(seed)
        self.events = 0

    def next(self) -> Webhook:
        """The next thing that happens."""
        self.events += 1
        practice = self._practice
        clients = [made["ClientId"] for made in practice.all("client")]
        if not clients or self._random.random() < 0.12:
            return practice.submit_intake(practice.new_client()["ClientId"])
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
            is_first = self.events < FIRST_EVENTS
            await asyncio.sleep(FIRST_PAUSE_S if is_first else LATER_PAUSE_S)
            await send(self.next())
