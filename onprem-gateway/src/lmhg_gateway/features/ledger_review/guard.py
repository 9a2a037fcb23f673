"""The worker's regular look at our ledgers: a cheap one every few seconds, a whole one every day.

The cheap look holds the stored head and the stored tree against the checkpoint that the portal now says
it has witnessed. What it finds is no verdict: it asks for a whole verification at once, and that is. That
something did not fit is an entry of the access ledger, also when it fits again by the time of the verdict.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from lmhg_contracts.ledger.checkpoint import NoteVerifier, origin
from lmhg_gateway.features.ledger_review import repository
from lmhg_gateway.features.ledger_review.fit import misfit
from lmhg_gateway.features.ledger_review.keys import read_verifiers
from lmhg_gateway.features.ledger_review.service import ACTOR, LEDGERS, ask_check
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import NotFound, Unavailable
from lmhg_kit.persistence import Database

EVERY_S = 5.0
WHOLE_EVERY = timedelta(hours=24)
AGAIN_AFTER = timedelta(minutes=10)
"""How long until what is still suspicious is verified again."""


@dataclass
class Guard:
    """Asks for verifications without anybody asking."""

    db: Database
    site: str
    keys: Path | None
    clock: Clock = utc_now
    asked: dict[str, tuple[str, datetime]] = field(default_factory=dict[str, tuple[str, datetime]])
    """What looked wrong about each ledger when it last led to a verification, and when that was."""

    async def step(self) -> int:
        """Look at both ledgers; always 0, since a loop goes on at once while it is not."""
        try:
            verifiers = await asyncio.to_thread(read_verifiers, self.keys)
        except Unavailable:
            return 0
        for ledger in LEDGERS:
            wrong = await self._look(ledger, verifiers)
            if wrong is not None:
                await self._ask(ledger, wrong=wrong)
        return 0

    async def _look(self, ledger: str, verifiers: list[NoteVerifier]) -> str | None:
        """What does not fit, if anything; None for a ledger that has nothing signed yet.

        The text is what does not fit, and the word as it is: another word is another suspicion. It
        does not change with what is added to the ledger, and a suspicion is an entry itself.
        """
        log = origin(self.site, "onprem", ledger)
        async with self.db.engine.connect() as link:
            await link.execute(text("set transaction isolation level repeatable read"))
            shown = await repository.shown_checkpoint(link, log)
            try:
                wrong = await misfit(link, ledger, log=log, shown=shown, verifiers=verifiers)
            except NotFound:
                return f"no head, {shown}" if shown else None
        return f"{wrong}, {shown}" if wrong else ""

    async def _ask(self, ledger: str, *, wrong: str) -> None:
        now = self.clock()
        if wrong:
            what, when = self.asked.get(ledger, ("", now))
            if what == wrong and now - when < AGAIN_AFTER:
                return
            self.asked[ledger] = (wrong, now)
        async with self.db.uow(ACTOR, "ledger verification") as tx:
            newest = None if wrong else await repository.newest_check(tx, ledger)
            if newest and newest.finished_at and now - newest.finished_at < WHOLE_EVERY:
                return
            if wrong:
                await tx.audit("suspect", kind=f"{ledger}_ledger", outcome="did_not_fit")
            why = "did_not_fit" if wrong else "daily"
            await ask_check(tx, ledger, by=ACTOR.id, why=why)
