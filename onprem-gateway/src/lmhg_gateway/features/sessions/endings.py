"""Sessions that end by themselves: removed when their limit has passed, and their clients hear it.

Every other end has someone who ends it, and tells in the same transaction. The limits are those
that a request would meet; the clock is the database's.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from lmhg_gateway.features.accounts.public import FULL, UserAccount, attempts, stage_role
from lmhg_gateway.features.sessions.models import SignInSession
from lmhg_gateway.features.sessions.session_store import IDENTITY
from lmhg_gateway.features.tokens.public import queue_unheard
from lmhg_kit.clock import utc_now
from lmhg_kit.http.session_limits import Limit, SessionLimits
from lmhg_kit.persistence import Actor, Database, ReadSession

EVERY_S = 10.0
BATCH = 200
ACTOR = Actor("process: endings")


@dataclass(frozen=True)
class Endings:
    """Ends what is over, and queues a notice for each client that it signed someone in at."""

    db: Database
    limits: SessionLimits

    async def step(self) -> int:
        """One batch; how many sessions ended and notices were queued. 0: nothing is left."""
        async with self.db.uow(ACTOR, "session.end") as tx:
            over = await self._over(tx)
            if over:
                await tx.execute(delete(SignInSession).where(SignInSession.id.in_(over)))
            await attempts.prune(tx, at=utc_now())
            return len(over) + await queue_unheard(tx)

    async def _over(self, tx: ReadSession) -> list[uuid.UUID]:
        session, account = SignInSession, UserAccount
        shortest = self._shortest()
        suspects = (
            select(
                session.id,
                session.stage,
                session.started_at,
                session.last_used_at,
                session.ends_at,
                account.roles,
                func.now().label("now"),
            )
            .join_from(session, account, account.id == session.user_id)
            .where(
                session.application == IDENTITY,
                or_(
                    session.ends_at <= func.now(),
                    session.last_used_at <= func.now() - shortest.idle,
                    session.started_at <= func.now() - shortest.absolute,
                ),
            )
            .order_by(session.last_used_at)
            .limit(BATCH)
        )
        return [row.id for row in (await tx.execute(suspects)).all() if self._is_over(row)]

    def _shortest(self) -> Limit:
        return self.limits.of(self.limits.by_role)

    def _is_over(self, row: Any) -> bool:  # noqa: ANN401 - a row of the query above
        own = frozenset(row.roles) if row.stage == FULL else frozenset[str]()
        limit = self.limits.of(own | {stage_role(row.stage)})
        return is_over(
            limit, at=row.now, used=row.last_used_at, ends=row.ends_at, began=row.started_at
        )


def is_over(limit: Limit, *, at: datetime, used: datetime, ends: datetime, began: datetime) -> bool:
    """Whether a session has passed its idle or its absolute limit, as `Sessions.resume` has it."""
    return at - used >= limit.idle or at >= min(ends, began + limit.absolute)
