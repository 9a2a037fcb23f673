"""Sign-out at the relying parties: notices kept until each has answered, or is given up.

Ending sessions anywhere on-prem goes through `queue_logout` or `revoke_of_user`, in the same
transaction; `queue_unheard` is for those that ended by their limit. A loop of the identity process delivers.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from joserfc.jwk import RSAKey
from sqlalchemy import select, update

from lmhg_gateway.features.issuer.service import Issuer
from lmhg_gateway.features.oauth_clients.public import registered_by_id
from lmhg_gateway.features.tokens.public import (
    LogoutNotice,
    keys,
    replay,
    repository,
    tokens,
)
from lmhg_kit.backoff import Backoff
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database

BELL = "identity_logout"
BATCH = 50
AT_ONCE = 8
RETRY = Backoff(first_s=2, most_s=900, attempts_max=30)
"""The wait doubles up to a quarter of an hour; thirty attempts are most of a night."""
CLAIM_FOR = timedelta(seconds=60)
"""How long one process keeps a notice that it is sending."""
PRUNE_EVERY = timedelta(hours=1)
ACTOR = Actor("process: issuer")
Post = Callable[[str, str], Awaitable[int]]
"""Sends a logout token to an address; the status, or 0 without an answer."""
_log = get_logger()


class Due(NamedTuple):
    """A notice that this process may send now."""

    id: uuid.UUID
    client: uuid.UUID
    user_id: uuid.UUID
    sid: uuid.UUID | None
    attempts: int


@dataclass
class Notices:
    """Delivers what is due; one step of a loop."""

    db: Database
    issuer: Issuer
    post: Post

    async def step(self) -> int:
        """Send one batch; how many notices are done with."""
        due = await self._claim()
        if not due:
            return 0
        slots = asyncio.Semaphore(AT_ONCE)
        done = await asyncio.gather(*(self._deliver(each, slots) for each in due))
        return sum(done)

    async def _claim(self) -> list[Due]:
        at = self.issuer.clock()
        columns = (
            LogoutNotice.id,
            LogoutNotice.client,
            LogoutNotice.user_id,
            LogoutNotice.sid,
            LogoutNotice.attempts,
        )
        waiting = (
            select(LogoutNotice.id)
            .where(
                LogoutNotice.sent_at.is_(None),
                LogoutNotice.given_up_at.is_(None),
                LogoutNotice.next_at <= at,
            )
            .order_by(LogoutNotice.next_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        claim = (
            update(LogoutNotice)
            .where(LogoutNotice.id.in_(waiting.scalar_subquery()))
            .values(next_at=at + CLAIM_FOR, attempts=LogoutNotice.attempts + 1)
            .returning(*columns)
        )
        async with self.db.uow(ACTOR, "oauth.logout") as tx:
            return [Due(*row) for row in (await tx.execute(claim)).all()]

    async def _deliver(self, due: Due, slots: asyncio.Semaphore) -> bool:
        async with slots:
            at = self.issuer.clock()
            async with self.db.read(ACTOR, "oauth.logout") as tx:
                client = await registered_by_id(tx, due.client, at=at)
                key: RSAKey = await keys.signer(tx, at=at)
            if client is None or client.backchannel_uri is None:
                return await self._finish(due, done=True)
            token = tokens.logout_token(
                client.client_id,
                key,
                issuer=self.issuer.url,
                at=at,
                user_id=str(due.user_id),
                sid=str(due.sid) if due.sid else None,
            )
            status = await self.post(client.backchannel_uri, token)
            return await self._finish(due, done=200 <= status < 300, status=status)

    async def _finish(self, due: Due, *, done: bool, status: int = 0) -> bool:
        at = self.issuer.clock()
        values: dict[str, datetime] = {"next_at": at + RETRY.wait(due.attempts)}
        if done:
            values = {"sent_at": at}
        elif RETRY.is_over(due.attempts):
            values = {"given_up_at": at}
        if not done:
            _log.warning(
                "logout.not_told", record_id=str(due.id), status=status, attempt=due.attempts
            )
        change = update(LogoutNotice).where(LogoutNotice.id == due.id).values(**values)
        async with self.db.uow(ACTOR, "oauth.logout") as tx:
            await tx.execute(change)
        return done or "given_up_at" in values


@dataclass
class Upkeep:
    """Makes the first signing key, destroys old ones, forgets what is over."""

    db: Database
    issuer: Issuer
    pruned_at: datetime | None = None

    async def step(self) -> int:
        """One round; how much was done."""
        at = self.issuer.clock()
        async with self.db.uow(ACTOR, "oauth.upkeep") as tx:
            made = await keys.ensure(tx, at=at)
            gone = await keys.destroy(tx, at=at)
            await replay.forget(tx, at=at)
            if self.pruned_at is None or at - self.pruned_at >= PRUNE_EVERY:
                await repository.prune(tx, at=at)
                self.pruned_at = at
        return int(made) + gone
