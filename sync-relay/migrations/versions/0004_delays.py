"""What holds records up is a table: named by the running relay, and by its silence.

Revision ID: 0004
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE relay.half ADD COLUMN alive_at timestamptz NULL;
ALTER TABLE relay.peer ADD COLUMN sharing varchar(64)[] NULL CHECK (cardinality(sharing) <= 32);
CREATE TABLE relay.delay (
    plane varchar(8) NOT NULL,
    code varchar(64) NOT NULL,
    who varchar(200) NOT NULL DEFAULT '',
    since timestamptz NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    rows bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (plane, code),
    CONSTRAINT delay_plane CHECK (plane IN ('onprem', 'cloud'))
);
"""

# A row of the outbox without its text: where it stands on its way.
WAITING = """
CREATE VIEW relay.waiting AS
SELECT o.xid, o.seq, o.kind, o.record_id, o.version, o.op, o.created_at,
       (CASE
           WHEN (o.xid, o.seq) <= (s.cursor_xid, s.cursor_seq) AND NOT EXISTS (
               SELECT FROM string_to_table(s.passed, ' ') p
               WHERE p <> '' AND o.xid = split_part(p, '.', 1)::xid8
                 AND o.seq > split_part(p, '.', 2)::bigint
           ) THEN 'sent'
           WHEN o.op = 'put' AND NOT EXISTS (
               SELECT FROM relay.verdict v
               WHERE v.kind = o.kind AND v.record_id = o.record_id AND v.version = o.version
           ) THEN 'unscreened'
           ELSE 'undecided'
       END)::varchar(12) AS stage
FROM relay.outbox o CROSS JOIN (
    SELECT coalesce(max(cursor_xid), '0'::xid8) AS cursor_xid, coalesce(max(cursor_seq), 0) AS cursor_seq,
           coalesce(max(passed), '') AS passed
    FROM relay.sender
) s
"""

STANDING = """
CREATE VIEW relay.standing_delay AS
SELECT d.plane, d.code, d.who, d.since, d.rows FROM relay.delay d
WHERE d.seen_at > now() - interval '30 seconds'
UNION ALL
SELECT h.plane, 'relay_not_running'::varchar(64), ''::varchar(200), coalesce(h.alive_at, h.updated_at), 0
FROM relay.half h WHERE coalesce(h.alive_at, h.updated_at) < now() - interval '25 seconds'
  AND NOT EXISTS (SELECT FROM relay.delay d WHERE d.plane = h.plane AND d.seen_at > now() - interval '30 seconds')
UNION ALL
SELECT h.plane, 'peer_silent'::varchar(64), ''::varchar(200), coalesce(p.last_heard_at, h.updated_at), 0
FROM relay.half h LEFT JOIN relay.peer p ON p.plane <> h.plane
WHERE coalesce(p.last_heard_at, h.updated_at) < now() - interval '25 seconds'
  AND NOT EXISTS (SELECT FROM relay.delay d WHERE d.plane = h.plane AND d.code = 'peer_silent'
                  AND d.seen_at > now() - interval '30 seconds')
"""

GRANTS = """
DO $$
DECLARE r text; c record;
BEGIN
    FOR c IN SELECT table_name AS t, column_name AS n FROM information_schema.columns
             WHERE table_schema = 'relay' AND (table_name IN ('delay', 'waiting', 'standing_delay')
                   OR (table_name, column_name) IN (('half', 'alive_at'), ('peer', 'sharing'))) LOOP
        EXECUTE format('COMMENT ON COLUMN relay.%I.%I IS %L', c.t, c.n, 'class:operational');
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'relay') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON relay.delay TO relay;
        GRANT SELECT ON relay.waiting, relay.standing_delay, relay.alembic_version TO relay;
    END IF;
    FOREACH r IN ARRAY ARRAY['gw_workspace', 'gw_worker', 'po_portal', 'po_worker'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r);
        EXECUTE format('GRANT SELECT ON relay.waiting, relay.standing_delay, relay.alembic_version TO %I', r);
    END LOOP;
END $$;
"""


def upgrade() -> None:
    raw = op.get_bind().connection.dbapi_connection
    for script in (TABLES, WAITING, STANDING, GRANTS):
        raw.run_async(lambda connection, script=script: connection.execute(script))


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
