-- Roles of one plane. Run once as superuser in database `postgres`; a second run changes nothing
-- but passwords. Free of psql commands, so that any client can run it.
--
-- Give these settings in the same session first:
--   lmhg.plane                 onprem | cloud
--   lmhg.passwords             a JSON object: role -> password
--
-- lmhg_owner owns every schema and table and cannot log in. lmhg_migrator logs in, does nothing
-- before SET ROLE lmhg_owner, and is used by no running process. Each process has a role of its own.
DO $$
DECLARE
    plane text := current_setting('lmhg.plane');
    passwords jsonb := current_setting('lmhg.passwords')::jsonb;
    process_roles text[];
    role_name text;
BEGIN
    process_roles := CASE plane
        WHEN 'onprem' THEN ARRAY['gw_workspace', 'gw_identity', 'gw_ingress', 'gw_worker', 'relay']
        WHEN 'cloud' THEN ARRAY['po_portal', 'po_worker', 'relay']
    END;
    IF process_roles IS NULL THEN
        RAISE EXCEPTION 'lmhg.plane must be onprem or cloud';
    END IF;

    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lmhg_owner') THEN
        CREATE ROLE lmhg_owner NOLOGIN;
    END IF;

    FOREACH role_name IN ARRAY process_roles || ARRAY['lmhg_migrator'] LOOP
        IF passwords ->> role_name IS NULL THEN
            RAISE EXCEPTION 'no password for role %', role_name;
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS', role_name);
        END IF;
        EXECUTE format('ALTER ROLE %I PASSWORD %L', role_name, passwords ->> role_name);
    END LOOP;

    GRANT lmhg_owner TO lmhg_migrator WITH INHERIT FALSE, SET TRUE;

    -- A forgotten transaction keeps its locks and holds back the vacuum: end it. No request takes
    -- ten minutes; a worker's round and the relay's match read long, but not for an hour.
    FOREACH role_name IN ARRAY process_roles LOOP
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', role_name, '60s');
        EXECUTE format('ALTER ROLE %I SET transaction_timeout = %L', role_name,
            CASE WHEN role_name IN ('gw_worker', 'po_worker', 'relay') THEN '1h' ELSE '10min' END);
        EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', role_name, '10s');
    END LOOP;
    -- No process takes every connection of the cluster: a stolen or a broken one stops itself alone.
    FOREACH role_name IN ARRAY process_roles LOOP
        EXECUTE format('ALTER ROLE %I CONNECTION LIMIT %s', role_name,
            CASE WHEN role_name IN ('gw_workspace', 'po_portal') THEN 40
                 WHEN role_name IN ('gw_identity', 'gw_worker') THEN 30 ELSE 15 END);
    END LOOP;
    ALTER ROLE lmhg_migrator CONNECTION LIMIT 10;
    -- A migration may rewrite a large table in one transaction; each of its statements is bounded by
    -- the migration itself. Between two statements nobody thinks for five minutes.
    ALTER ROLE lmhg_migrator SET lock_timeout = '10s';
    ALTER ROLE lmhg_migrator SET idle_in_transaction_session_timeout = '5min';
    ALTER ROLE lmhg_migrator SET transaction_timeout = '2h';
END
$$;
