"""Every SQL statement of the relay. Values are parameters; names are constants."""

# Reading ------------------------------------------------------------------------------------------

TRY_LOCK = "SELECT pg_try_advisory_lock($1)"

NEXT_EPOCH = """
INSERT INTO relay.half AS h (plane, site, epoch) VALUES ($1, $2, 1)
ON CONFLICT (plane) DO UPDATE SET epoch = h.epoch + 1, updated_at = now()
RETURNING epoch, restores, restore_declared
"""

FIRST_ROWS = """
WITH s AS (INSERT INTO relay.sender (direction) VALUES ($1) ON CONFLICT DO NOTHING),
     r AS (INSERT INTO relay.receiver (direction) VALUES ($2) ON CONFLICT DO NOTHING)
INSERT INTO relay.ledger_head (ledger, size, frontier) VALUES ('relay', 0, $3)
ON CONFLICT DO NOTHING
"""

READ_EPOCH = "SELECT epoch FROM relay.half WHERE plane = $1"

READ_SENDER = """
SELECT generation, announced, next_number, last_hash, cursor_xid::text::bigint AS cursor_xid,
       cursor_seq, passed, aside, closed_number, closed_hash, peer_restores,
       resync_xid::text::bigint AS resync_xid, stopped
FROM relay.sender WHERE direction = $1
"""

READ_RECEIVER = """
SELECT generation, epoch, applied_number, applied_hash FROM relay.receiver WHERE direction = $1
"""

READ_FRONTIER = "SELECT frontier, checkpoint FROM relay.ledger_head WHERE ledger = 'relay'"

READ_HEAD = "SELECT size, checkpoint FROM relay.ledger_head WHERE ledger = 'relay'"

READ_OPEN = """
SELECT number, generation, epoch, hash, blob, entries, recalls, first_n,
       stretches
FROM relay.batch WHERE direction = $1 AND closed_at IS NULL ORDER BY number
"""

READ_PEER = "SELECT restores, epoch FROM relay.peer WHERE plane = $1"

READ_COSIGNED_LAST = """
SELECT DISTINCT ON (origin) origin, size, root, note FROM relay.cosignature
WHERE origin LIKE $1 ORDER BY origin, seq DESC
"""

READ_COSIGNED = """
SELECT root FROM relay.cosignature WHERE origin = $1 AND size = $2 ORDER BY seq DESC LIMIT 1
"""

READ_UNPURGED = """
SELECT DISTINCT batch FROM relay.recall_status
WHERE unreadable_at IS NOT NULL AND broker_purged_at IS NULL AND batch IS NOT NULL
"""

READ_RECENT = """
SELECT EXISTS (SELECT FROM relay.batch WHERE direction = $1
    AND (closed_at IS NULL OR closed_at > now() - interval '1 minute'))
"""

_READ_OUTBOX = """
SELECT s.snapshot, o.part,
       o.xid::text::bigint, o.seq, o.kind, o.record_id, o.version, o.op, o.body,
       extract(epoch FROM now() - o.created_at)::float8, o.created_at, o.exemption_id,
       e.kind, e.record_id,
       e.withdrawn_at IS NOT NULL OR coalesce(e.expires_at <= now(), false), v.outcome{columns}
FROM (SELECT pg_current_snapshot()::text AS snapshot) s
LEFT JOIN (
    SELECT -1 AS part, w.* FROM unnest($5::text[], $6::bigint[]) AS x(xid, seq)
    JOIN relay.outbox w ON w.xid = x.xid::xid8 AND w.seq = x.seq
    UNION ALL
    (
        (SELECT 0 AS part, p.* FROM unnest($3::text[], $4::bigint[]) AS l(xid, seq)
         CROSS JOIN LATERAL (
             SELECT * FROM relay.outbox b WHERE b.xid = l.xid::xid8 AND b.seq > l.seq
             ORDER BY b.xid, b.seq LIMIT $7
         ) p ORDER BY p.xid, p.seq LIMIT $7)
        UNION ALL
        (SELECT 1, a.* FROM relay.outbox a WHERE (a.xid, a.seq) > ($1::text::xid8, $2)
         ORDER BY a.xid, a.seq LIMIT $7)
        ORDER BY 1, 2, 3 LIMIT $7
    )
) o ON true
LEFT JOIN relay.exemption e ON e.id = o.exemption_id
LEFT JOIN relay.verdict v
    ON v.kind = o.kind AND v.record_id = o.record_id AND v.version = o.version{joins}
ORDER BY o.part, o.xid, o.seq
"""
"""What can be seen beyond the cursor: rows that were set aside (part -1), then first rows of transactions that it passed by, then later ones.
One row without an outbox row, if there is none: what the read could see comes with it either way."""
READ_OUTBOX = _READ_OUTBOX.format(columns="", joins="")
READ_OUTBOX_RESTORED = _READ_OUTBOX.format(
    columns=", k.generation, k.version",
    joins="""
LEFT JOIN LATERAL (
    SELECT generation, version FROM (
        (SELECT $8::int AS generation, w.version FROM relay.outbox w
         WHERE w.op = 'recall' AND w.kind = o.kind AND w.record_id = o.record_id
         ORDER BY w.version DESC LIMIT 1)
        UNION ALL
        SELECT s.generation, s.version FROM relay.recall_status s
        WHERE s.kind = o.kind AND s.record_id = o.record_id
    ) known ORDER BY generation DESC, version DESC LIMIT 1
) k ON o.op = 'put'""",
)

READ_WAITING = """
SELECT count(*)::int, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8
FROM (
    (SELECT created_at FROM relay.outbox WHERE (xid, seq) > ($1::text::xid8, $2)
     ORDER BY xid, seq LIMIT 10000)
    UNION ALL
    (SELECT o.created_at FROM unnest($3::text[], $4::bigint[]) AS l(xid, seq)
     JOIN relay.outbox o ON o.xid = l.xid::xid8 AND o.seq > l.seq LIMIT 10000)
    UNION ALL
    (SELECT o.created_at FROM unnest($5::text[], $6::bigint[]) AS x(xid, seq)
     JOIN relay.outbox o ON o.xid = x.xid::xid8 AND o.seq = x.seq)
) o
"""

READ_REPLICA = """
SELECT (k.place - 1)::int, r.generation, r.version, r.purged
FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS k(kind, record_id, place)
JOIN replica.record r ON r.kind = k.kind AND r.record_id = k.record_id
"""

READ_LIVE = """
SELECT r.record_id, r.generation, r.version, r.purged, coalesce(r.body ->> f.field, '')
FROM replica.record r JOIN unnest($1::text[], $2::text[]) AS f(kind, field) ON f.kind = r.kind
"""

READ_RECEIPT = """
SELECT batch_hash, receipt FROM relay.receipt WHERE direction = $1 AND number = $2
"""

READ_FOREIGN = "SELECT note, size, proof FROM relay.foreign_checkpoint LIMIT 3"

READ_ENTRIES = "SELECT entry FROM relay.ledger WHERE n >= $1 AND n < $2 ORDER BY n"

READ_NODES = """
SELECT hash FROM relay.ledger_node WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx
"""

# Committing: one statement, held together by the epoch and the head ---------------------------------

_HEAD = """
WITH guard AS (
    SELECT 1 FROM relay.half WHERE plane = $1 AND epoch = $2 FOR SHARE
), head AS (
    UPDATE relay.ledger_head SET size = $4, frontier = $5, checkpoint = $6
    WHERE ledger = 'relay' AND size = $3 AND EXISTS (SELECT FROM guard)
    RETURNING 1
), entries AS (
    INSERT INTO relay.ledger (n, entry)
    SELECT $3 + t.place - 1, t.entry
    FROM unnest($7::bytea[]) WITH ORDINALITY AS t(entry, place) WHERE EXISTS (SELECT FROM head)
), nodes AS (
    INSERT INTO relay.ledger_node (level, idx, hash)
    SELECT * FROM unnest($8::smallint[], $9::bigint[], $10::bytea[]) AS t
    WHERE EXISTS (SELECT FROM head)
)
"""
_DONE = "SELECT count(*)::int FROM head"

COMMIT_LEDGER = _HEAD + _DONE

_BATCH_COLUMNS = """(direction, number, generation, epoch, hash, blob, entries, recalls, first_n,
    stretches)"""

_SENDER_COLUMNS = """generation = {0}, announced = {1}, next_number = {2}, last_hash = {3},
    cursor_xid = {4}::text::xid8, cursor_seq = {5}, passed = {6}, aside = {7}, closed_number = {8},
    closed_hash = {9}, resync_xid = {10}::text::xid8, peer_restores = {11}, stopped = {12}::varchar,
    stopped_at = CASE WHEN {12}::varchar IS NULL THEN NULL ELSE coalesce(stopped_at, now()) END"""
SENDER_VALUES = 13
RESYNC_XID = 10
"""Where the resync's transaction is among the sender's values."""


def _sender_columns(first: int) -> str:
    return _SENDER_COLUMNS.format(*(f"${first + place}" for place in range(SENDER_VALUES)))


def _batch_rows(first: int) -> str:
    types = (
        *("bigint", "int", "bigint", "bytea", "bytea", "int", "int", "bigint"),
        "text",
    )
    arrays = ", ".join(f"${first + place}::{name}[]" for place, name in enumerate(types))
    return f"unnest({arrays}) AS b(number, g, e, hash, blob, n, r, first_n, s)"


_BATCH_VALUES = "b.number, g, e, hash, blob, n, r, first_n, s"

COMMIT_SEND = f"""{_HEAD}, batches AS (
    INSERT INTO relay.batch {_BATCH_COLUMNS}
    SELECT $11, {_BATCH_VALUES} FROM {_batch_rows(12)} WHERE EXISTS (SELECT FROM head)
), sender AS (
    UPDATE relay.sender SET {_sender_columns(21)}
    WHERE direction = $11 AND EXISTS (SELECT FROM head)
), dropped AS (
    DELETE FROM relay.outbox o USING unnest($34::text[], $35::bigint[]) AS d(xid, seq)
    WHERE o.xid = d.xid::xid8 AND o.seq = d.seq AND EXISTS (SELECT FROM head)
), recalls AS (
    INSERT INTO relay.recall_status (kind, record_id, version, withdrawn_at, batch, generation)
    SELECT t.*, $41 FROM unnest($36::text[], $37::uuid[], $38::bigint[], $39::timestamptz[], $40::bigint[]) AS t
    WHERE EXISTS (SELECT FROM head)
    ON CONFLICT (kind, record_id, version) DO UPDATE SET batch = EXCLUDED.batch,
        generation = EXCLUDED.generation
) {_DONE}
"""  # noqa: S608 - joined from the constants above

COMMIT_CLOSE = f"""{_HEAD}, receipts AS (
    INSERT INTO relay.receipt (direction, number, generation, batch_hash, receipt)
    SELECT $11, t.* FROM unnest($12::bigint[], $13::int[], $14::bytea[], $15::bytea[]) AS t
    WHERE EXISTS (SELECT FROM head) ON CONFLICT DO NOTHING
), batches AS (
    UPDATE relay.batch b SET blob = NULL, closed_at = now(), stream_seq = t.stream_seq
    FROM unnest($12::bigint[], $16::bigint[]) AS t(number, stream_seq)
    WHERE b.direction = $11 AND b.number = t.number AND b.closed_at IS NULL AND EXISTS (SELECT FROM head)
), sender AS (
    UPDATE relay.sender SET closed_number = $17, closed_hash = $18
    WHERE direction = $11 AND EXISTS (SELECT FROM head)
), outbox AS (
    DELETE FROM relay.outbox o
    USING unnest($19::text[], $20::bigint[], $21::text[], $22::bigint[]) AS r(ax, aseq, ux, useq)
    WHERE (o.xid, o.seq) > (r.ax::xid8, r.aseq) AND (o.xid, o.seq) <= (r.ux::xid8, r.useq)
      AND EXISTS (SELECT FROM head)
), recalls AS (
    UPDATE relay.recall_status s SET unreadable_at = now()
    FROM unnest($23::text[], $24::uuid[], $25::bigint[]) AS t(kind, record_id, version)
    WHERE s.kind = t.kind AND s.record_id = t.record_id AND s.version = t.version
      AND EXISTS (SELECT FROM head)
) {_DONE}
"""  # noqa: S608 - joined from the constants above

COMMIT_APPLY = f"""{_HEAD}, records AS (
    INSERT INTO replica.record AS r
        (kind, record_id, version, generation, body, digest, seal, purged, purged_at)
    SELECT w.kind, w.record_id, w.version, w.generation, w.body, w.digest,
           sha256(convert_to(w.body::text, 'UTF8')), w.body IS NULL,
           CASE WHEN w.body IS NULL THEN now() END
    FROM (
        SELECT kind, record_id, version, generation, body::jsonb AS body, digest
        FROM unnest($12::text[], $13::uuid[], $14::bigint[], $15::int[], $16::text[], $17::bytea[])
            AS u(kind, record_id, version, generation, body, digest)
        WHERE EXISTS (SELECT FROM head) OFFSET 0
    ) w
    ON CONFLICT (kind, record_id) DO UPDATE SET
        version = EXCLUDED.version, generation = EXCLUDED.generation, body = EXCLUDED.body,
        digest = EXCLUDED.digest, seal = EXCLUDED.seal, purged = EXCLUDED.purged,
        purged_at = EXCLUDED.purged_at, received_at = now()
), receipts AS (
    INSERT INTO relay.receipt (direction, number, generation, batch_hash, receipt)
    SELECT $11, t.* FROM unnest($18::bigint[], $19::int[], $20::bytea[], $21::bytea[]) AS t
    WHERE EXISTS (SELECT FROM head)
), receiver AS (
    UPDATE relay.receiver SET generation = $22, epoch = $23, applied_number = $24,
        applied_hash = $25, applied_at = now()
    WHERE direction = $11 AND EXISTS (SELECT FROM head)
), told AS (
    SELECT pg_notify('replica_record', '') FROM head
) SELECT count(*)::int FROM head WHERE (SELECT count(*) FROM told) >= 0
"""  # noqa: S608 - joined from the constants above

SWEEP = """
UPDATE replica.record SET body = NULL, digest = NULL, seal = NULL, purged = true,
    purged_at = now(), generation = $2, version = 0
WHERE kind = ANY($1::text[]) AND generation < $2 AND NOT purged
"""

COMMIT_QUARANTINE = f"""{_HEAD}, kept AS (
    INSERT INTO relay.quarantine AS q
        (direction, digest, code, number, kind, record_id, version, bytes)
    SELECT $11, t.* FROM unnest($12::bytea[], $13::text[], $14::bigint[], $15::text[],
        $16::uuid[], $17::bigint[], $18::bigint[]) AS t
    WHERE EXISTS (SELECT FROM head)
    ON CONFLICT (digest) DO UPDATE SET times = q.times + 1, at = now()
) {_DONE}
"""  # noqa: S608 - joined from the constants above

COMMIT_PURGED = f"""{_HEAD}, recalls AS (
    UPDATE relay.recall_status SET broker_purged_at = now()
    WHERE batch = ANY($11::bigint[]) AND unreadable_at IS NOT NULL AND broker_purged_at IS NULL
      AND EXISTS (SELECT FROM head)
) {_DONE}
"""  # noqa: S608 - joined from the constants above

COMMIT_HALF = """
WITH done AS (
    UPDATE relay.half SET restores = coalesce($3, restores),
        restore_declared = coalesce($4, restore_declared), updated_at = now()
    WHERE plane = $1 AND epoch = $2 RETURNING 1
) SELECT count(*)::int FROM done
"""

SET_SENDER = f"UPDATE relay.sender SET {_sender_columns(2)} WHERE direction = $1"  # noqa: S608 - constants

SET_RECEIVER = """
UPDATE relay.receiver SET generation = $2, epoch = $3, applied_number = $4, applied_hash = $5
WHERE direction = $1
"""

SET_RESTORES = """
INSERT INTO relay.peer (plane, restores) VALUES ($1, $2)
ON CONFLICT (plane) DO UPDATE SET restores = EXCLUDED.restores
"""

VOID_BATCHES = """
DELETE FROM relay.batch
WHERE direction = $1 AND number = ANY($2::bigint[]) AND closed_at IS NULL
"""

ADD_BATCHES = f"""
INSERT INTO relay.batch {_BATCH_COLUMNS} SELECT $1, {_BATCH_VALUES} FROM {_batch_rows(2)}
"""  # noqa: S608 - joined from the constants above

RENUMBER_RECALLS = """
UPDATE relay.recall_status s SET batch = t.new, generation = $3 FROM unnest($1::bigint[], $2::bigint[]) AS t(old, new)
WHERE s.batch = t.old AND s.unreadable_at IS NULL
"""

HAS_RELEASE = "SELECT to_regprocedure('relay_release.release_all()') IS NOT NULL"
RELEASE = "SELECT relay_release.release_all()"
CURRENT_XID = "SELECT pg_current_xact_id()::text"

ADD_COSIGNATURE = """
INSERT INTO relay.cosignature (origin, size, root, note)
SELECT $1::varchar, $2::bigint, $3::bytea, $4::varchar
WHERE NOT EXISTS (
    SELECT FROM (SELECT size, root FROM relay.cosignature WHERE origin = $1 ORDER BY seq DESC LIMIT 1) newest
    WHERE newest.size = $2 AND newest.root = $3)
"""

SET_SHOWN = """
INSERT INTO relay.shown_checkpoint (origin, size, root, note, unsettled_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (origin) DO UPDATE SET size = EXCLUDED.size, root = EXCLUDED.root,
    note = EXCLUDED.note, unsettled_at = EXCLUDED.unsettled_at, at = now()
"""

SET_PEER = """
INSERT INTO relay.peer (plane, last_heard_at, epoch, applied_no, next_no, generation, lag, sharing)
VALUES ($1, now(), $2, $3, $4, $5, $6, $7::text[])
ON CONFLICT (plane) DO UPDATE SET last_heard_at = now(), epoch = EXCLUDED.epoch,
    applied_no = EXCLUDED.applied_no, next_no = EXCLUDED.next_no,
    generation = EXCLUDED.generation, lag = EXCLUDED.lag, sharing = EXCLUDED.sharing
"""

READ_SHARING = """
SELECT DISTINCT kind FROM relay.exemption
WHERE record_id IS NULL AND withdrawn_at IS NULL AND (expires_at IS NULL OR expires_at > now())
ORDER BY kind LIMIT 32
"""

FORGET_DELAYS = """
DELETE FROM relay.delay WHERE plane = $1 AND NOT code = ANY($2::text[])
"""

SET_DELAYS = """
INSERT INTO relay.delay AS d (plane, code, who, since, rows)
SELECT $1, t.* FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::bigint[]) AS t
ON CONFLICT (plane, code) DO UPDATE SET who = EXCLUDED.who, rows = EXCLUDED.rows, seen_at = now(),
    since = CASE WHEN d.seen_at < now() - interval '30 seconds' THEN EXCLUDED.since
            ELSE least(d.since, EXCLUDED.since) END
"""

ALARM = """
INSERT INTO relay.alarm AS a (code, direction, detail) VALUES ($1, $2, $3)
ON CONFLICT (code, direction) DO UPDATE SET times = a.times + 1, detail = EXCLUDED.detail,
    first_at = CASE WHEN a.cleared_at IS NULL THEN a.first_at ELSE now() END,
    last_at = now(), cleared_at = NULL
"""

DECLARE_RESTORED = """
UPDATE relay.half SET restore_declared = true, epoch = epoch + 1, updated_at = now()
WHERE plane = $1
"""

REQUEST_MATCH = "INSERT INTO relay.match_request (requested_by) VALUES ($1) RETURNING id"
READ_MATCH = "SELECT clean, differences FROM relay.match_result WHERE id = $1"
