"""What exemptions need done without anybody asking: each ends in time."""

from dataclasses import dataclass

from sqlalchemy import text

from lmhg_kit.persistence import Actor, Database

ACTOR = Actor("process: worker")
_EXPIRE = text(
    "update relay.exemption set withdrawn_at = now(), withdrawn_by = 'expiry'"
    " where expires_at <= now() and withdrawn_at is null"
)


@dataclass(frozen=True)
class Expiry:
    """Exemptions that end by themselves, in the worker's name."""

    db: Database

    async def expire_exemptions(self) -> int:
        """Withdraw what has expired; the database recalls the records in the same act."""
        async with self.db.uow(ACTOR, "exemption expired") as tx:
            done = await tx.execute(_EXPIRE)
        return int(getattr(done, "rowcount", 0))
