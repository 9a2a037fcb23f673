"""The three accounts of one direction, each from one plane's database.

* shipped: the last ship of each record in the sender's ledger,
* arrived: the last application of each record in the receiver's ledger,
* held: the replica.

The ledger is folded into `relay.fold` as far as it has grown since the last match.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg

from lmhg_contracts.wire import MATCH_BUCKETS, MAX_MATCH_ROWS, MatchRow, MatchSide, SideName

FOLD_STEP = 50_000
DECISIONS: dict[str, tuple[str, ...]] = {
    "shipped": ("ship", "returned"),
    "arrived": ("applied", "purged"),
}
ORDER = {"shipped": "version DESC, n DESC", "arrived": "n DESC"}

_FOLD = """
WITH fresh AS (
    SELECT n, convert_from(entry, 'UTF8')::jsonb AS j FROM relay.ledger WHERE n >= $2 AND n < $3
), rows AS (
    SELECT n, j->>'kind' AS kind, (j->>'record_id')::uuid AS record_id, j->>'decision' AS decision,
           j->>'op' AS op, (j->>'version')::bigint AS version, decode(j->>'digest', 'hex') AS digest
    FROM fresh WHERE j->>'decision' = ANY($4::text[])
), last AS (
    SELECT DISTINCT ON (kind, record_id) * FROM rows ORDER BY kind, record_id, {order}
)
INSERT INTO relay.fold AS f (side, kind, record_id, n, decision, op, version, digest)
SELECT $1, kind, record_id, n, decision, op, version, digest FROM last
ON CONFLICT (side, kind, record_id) DO UPDATE SET n = EXCLUDED.n, decision = EXCLUDED.decision,
    op = EXCLUDED.op, version = EXCLUDED.version, digest = EXCLUDED.digest
WHERE f.side = 'arrived' OR EXCLUDED.version >= f.version
"""

_RESTORED = """
SELECT max(n) FROM relay.ledger
WHERE n >= $1 AND n < $2 AND convert_from(entry, 'UTF8')::jsonb->>'decision' = 'restored'
"""

_LIVE = {
    "shipped": """
        SELECT kind, record_id, version, digest FROM relay.fold
        WHERE side = 'shipped' AND decision = 'ship' AND op = 'put' AND kind = ANY($1::text[])
    """,
    "arrived": """
        SELECT f.kind, f.record_id, f.version, f.digest FROM relay.fold f
        WHERE f.side = 'arrived' AND f.decision = 'applied' AND f.kind = ANY($1::text[])
          AND NOT EXISTS (
            SELECT FROM replica.record r WHERE r.kind = f.kind AND r.record_id = f.record_id
              AND r.purged AND r.version = 0)
    """,
    "held": """
        SELECT kind, record_id, version, digest FROM replica.record
        WHERE NOT purged AND kind = ANY($1::text[])
    """,
}

_DIGESTS = """
WITH live AS ({live})
SELECT get_byte(uuid_send(record_id), 15) AS bucket, count(*)::bigint,
       sha256(convert_to(string_agg(
           kind || ':' || record_id::text || ':' || version::text || ':' || encode(digest, 'hex'),
           ',' ORDER BY kind COLLATE "C", record_id), 'UTF8'))
FROM live GROUP BY bucket ORDER BY bucket
"""

_ROWS = """
WITH live AS ({live})
SELECT kind, record_id, version, digest FROM live
WHERE get_byte(uuid_send(record_id), 15) = ANY($2::int[]) ORDER BY kind, record_id LIMIT $3
"""

_BROKEN = """
SELECT kind, record_id, version, digest FROM replica.record
WHERE NOT purged AND kind = ANY($1::text[])
  AND seal IS DISTINCT FROM sha256(convert_to(body::text, 'UTF8'))
ORDER BY kind, record_id LIMIT $2
"""


async def fold(db: asyncpg.Connection, side: SideName) -> None:
    """Bring the fold of one side up to the ledger's head, a bounded step at a time."""
    done = await _number(db, "SELECT n FROM relay.fold_position WHERE side = $1", side)
    size = await _number(db, "SELECT size FROM relay.ledger_head WHERE ledger = 'relay'")
    while done < size:
        upto = min(done + FOLD_STEP, size)
        async with db.transaction():
            start = done
            if side == "shipped":
                start = await _forget_before_restore(db, done, upto)
            statement = _FOLD.format(order=ORDER[side])
            await db.execute(statement, side, start, upto, list(DECISIONS[side]))
            await db.execute(
                "INSERT INTO relay.fold_position (side, n) VALUES ($1, $2) "
                "ON CONFLICT (side) DO UPDATE SET n = EXCLUDED.n",
                side,
                upto,
            )
        done = upto


async def _forget_before_restore(db: asyncpg.Connection, start: int, upto: int) -> int:
    """A restore releases everything again: what was shipped before it is no account any more."""
    row = await db.fetchrow(_RESTORED, start, upto)
    if row is None or row[0] is None:
        return start
    await db.execute("DELETE FROM relay.fold WHERE side = 'shipped'")
    return int(row[0])


async def _number(db: asyncpg.Connection, statement: str, *values: Any) -> int:  # noqa: ANN401 - SQL parameters
    row = await db.fetchrow(statement, *values)
    return 0 if row is None else int(row[0])


async def read_side(
    db: asyncpg.Connection, name: SideName, kinds: Sequence[str], rows_of: Sequence[int] = ()
) -> MatchSide:
    """One account: all bucket digests, or the rows of some buckets."""
    if name != "held":
        await fold(db, name)
    if rows_of:
        found = await db.fetch(
            _ROWS.format(live=_LIVE[name]), list(kinds), list(rows_of), MAX_MATCH_ROWS
        )
        return MatchSide(name, len(found), (), tuple(_row(row) for row in found))
    found = await db.fetch(_DIGESTS.format(live=_LIVE[name]), list(kinds))
    digests = tuple((int(row[0]), bytes(row[2])) for row in found[:MATCH_BUCKETS])
    return MatchSide(name, sum(row[1] for row in found), digests, ())


async def read_broken(db: asyncpg.Connection, kinds: Sequence[str]) -> tuple[MatchRow, ...]:
    """Replica rows whose body is not the one that arrived."""
    rows = await db.fetch(_BROKEN, list(kinds), MAX_MATCH_ROWS)
    return tuple(_row(row) for row in rows)


def _row(row: asyncpg.Record) -> MatchRow:
    return MatchRow(row[0], row[1].bytes, row[2], bytes(row[3] or bytes(32)))
