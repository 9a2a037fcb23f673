"""SQL of the watch: what holds records up, and since when."""

ALIVE = "UPDATE relay.half SET alive_at = now() WHERE plane = $1"

BLOCKERS = """
SELECT coalesce(a.usename, 'a prepared transaction'), coalesce(a.datname, ''), coalesce(a.application_name, '')
FROM unnest(pg_blocking_pids($1)) AS b(pid) LEFT JOIN pg_stat_activity a ON a.pid = b.pid
ORDER BY 1, 2, 3 LIMIT 1
"""

LOCK_HOLDER = """
SELECT coalesce(a.usename, ''), coalesce(a.datname, ''), coalesce(a.application_name, '')
FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32) + l.objid::bigint = $1
LIMIT 1
"""

WAITING = """
SELECT count(*) FILTER (WHERE stage <> 'sent' AND NOT needs)::int,
       coalesce(max(age_s) FILTER (WHERE stage <> 'sent' AND NOT needs), 0)::float8,
       count(*) FILTER (WHERE needs)::int, coalesce(max(age_s) FILTER (WHERE needs), 0)::float8,
       count(*) FILTER (WHERE stage = 'sent')::int
FROM (
    SELECT stage, stage = 'unscreened' AND kind = ANY($1::text[]) AS needs,
           extract(epoch FROM now() - created_at) AS age_s
    FROM relay.waiting LIMIT 10000
) w
"""

OLDEST_OPEN = """
SELECT coalesce(extract(epoch FROM now() - min(made_at)), 0)::float8
FROM relay.batch WHERE direction = $1 AND closed_at IS NULL
"""

READ_REVISION = "SELECT version_num FROM relay.alembic_version"

RAISED = """
SELECT string_agg(DISTINCT code, ' '), extract(epoch FROM now() - min(first_at))
FROM relay.alarm WHERE cleared_at IS NULL AND last_at > now() - make_interval(secs => $1)
"""
