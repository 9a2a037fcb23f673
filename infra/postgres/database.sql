-- The database of one plane. Run once as superuser in database `lmhg`, after bootstrap.sql and
--   CREATE DATABASE lmhg OWNER lmhg_owner;
-- Nobody gets anything by being someone: what a role may do is in the migrations.
REVOKE ALL ON DATABASE lmhg FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- For every role that has no limit of its own, the administrator's included. pg_dump and
-- pg_basebackup switch both off for themselves.
ALTER DATABASE lmhg SET idle_in_transaction_session_timeout = '15min';
ALTER DATABASE lmhg SET transaction_timeout = '12h';
DO $$
DECLARE
    role_name text;
BEGIN
    FOR role_name IN
        SELECT rolname FROM pg_roles
        WHERE rolname IN ('lmhg_migrator', 'relay', 'gw_workspace', 'gw_identity', 'gw_ingress',
                          'gw_worker', 'po_portal', 'po_worker')
    LOOP
        EXECUTE format('GRANT CONNECT ON DATABASE lmhg TO %I', role_name);
    END LOOP;
END
$$;
-- Large objects are a place without a class, a bound or an owner of ours: nobody but the administrator
-- makes, writes or reads one.
DO $$
DECLARE
    named text;
BEGIN
    FOR named IN
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'pg_catalog'
          AND (p.proname LIKE 'lo\_%' OR p.proname IN ('loread', 'lowrite'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', named);
    END LOOP;
END
$$;
-- A lock by number is a place that anyone who knows the number may take. Only the relay and the migrator take
-- one by a single number; the gateway's processes take the other form, which never meets it.
DO $$
DECLARE
    named text;
    role_name text;
BEGIN
    FOR named IN
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'pg_catalog' AND p.proname LIKE 'pg\_%advisory%'
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', named);
    END LOOP;
    GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint), pg_advisory_xact_lock(bigint),
        pg_advisory_xact_lock(integer, integer)
        TO lmhg_owner, lmhg_migrator;
    GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(bigint) TO relay;
    FOR role_name IN
        SELECT rolname FROM pg_roles WHERE rolname IN ('gw_workspace', 'gw_identity', 'gw_worker')
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(integer, integer) TO %I', role_name);
    END LOOP;
END
$$;
