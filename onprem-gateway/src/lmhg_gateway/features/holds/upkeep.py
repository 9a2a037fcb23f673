"""What holds need done without anybody asking: a record whose verdict was late goes out again."""

from dataclasses import dataclass

from sqlalchemy import TextClause, text

from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database

ACTOR = Actor("process: worker")
BATCH = 500
_AGAIN = text("select relay_release.release_again(:kind, :id)")


def _late() -> TextClause:
    """What was shared, has no verdict, and waits nowhere: two minutes old or more."""
    waiting = " union all ".join(
        f"select '{kind}' as kind, t.id from {each.table} t"  # noqa: S608 - constant table names
        " where t.hipaa_exempt and t.updated_at < now() - interval '2 minutes'"
        f" and not exists (select 1 from relay.verdict v where v.kind = '{kind}'"
        " and v.record_id = t.id and v.version = t.version)"
        f" and not exists (select 1 from relay.outbox o where o.kind = '{kind}'"
        " and o.record_id = t.id)"
        for kind, each in RELEASED.items()
    )
    return text(f"select * from ({waiting}) late limit :limit")  # noqa: S608 - as above


@dataclass(frozen=True)
class LateVerdicts:
    """Records that were refused because their verdict was late, in the worker's name."""

    db: Database

    async def release_unscreened(self) -> int:
        """Release again what was refused because its verdict was late, now that we screen."""
        apart = Apart("release_again")
        async with self.db.uow(ACTOR, "release after a late verdict") as tx:
            rows = (await tx.execute(_late(), {"limit": BATCH})).all()
            for row in rows:
                async with apart.item(row.id), tx.begin_nested():
                    await tx.execute(_AGAIN, {"kind": row.kind, "id": row.id})
        apart.tell()
        return len(rows)
