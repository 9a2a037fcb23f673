-- The database of one plane. Run once as superuser in database `lmhg`, after bootstrap.sql and
--   CREATE DATABASE lmhg OWNER lmhg_owner;
-- Nobody gets anything by being somebody: what a role may do stands in the migrations.
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
