-- The wall of schemas relay and replica: what is written stays written, and which process may do what.
-- Installed after every migration; `lmhg-relay drift` says whether the database still has it.

-- Triggers: what is written stays written -------------------------------------------------------

CREATE OR REPLACE FUNCTION relay.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'append_only' USING ERRCODE = 'LM001';
END $$;

CREATE OR REPLACE FUNCTION relay.exemption_one_way() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL
       OR (NEW.id, NEW.kind, NEW.record_id, NEW.requested_by, NEW.approved_by, NEW.granted_at, NEW.expires_at,
           NEW.text_digest)
          IS DISTINCT FROM
          (OLD.id, OLD.kind, OLD.record_id, OLD.requested_by, OLD.approved_by, OLD.granted_at, OLD.expires_at,
           OLD.text_digest)
    THEN
        RAISE EXCEPTION 'exemption_one_way' USING ERRCODE = 'LM002';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION relay.tombstone_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.generation, NEW.version) < (OLD.generation, OLD.version) THEN
        RAISE EXCEPTION 'replica_backwards' USING ERRCODE = 'LM003';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION relay.notify_outbox() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('relay_outbox', '');
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION relay.notify_match() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('relay_match', '');
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER outbox_notify AFTER INSERT ON relay.outbox
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_outbox();
CREATE OR REPLACE TRIGGER verdict_notify AFTER INSERT ON relay.verdict
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_outbox();
CREATE OR REPLACE TRIGGER match_notify AFTER INSERT ON relay.match_request
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_match();
CREATE OR REPLACE TRIGGER exemption_one_way BEFORE UPDATE ON relay.exemption
    FOR EACH ROW EXECUTE FUNCTION relay.exemption_one_way();
ALTER TABLE relay.exemption ENABLE ALWAYS TRIGGER exemption_one_way;
CREATE OR REPLACE TRIGGER tombstone_stays BEFORE UPDATE ON replica.record
    FOR EACH ROW EXECUTE FUNCTION relay.tombstone_stays();
ALTER TABLE replica.record ENABLE ALWAYS TRIGGER tombstone_stays;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['relay.ledger', 'relay.ledger_node', 'relay.receipt', 'relay.cosignature', 'relay.verdict'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION relay.refuse_change()', t);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['relay.ledger', 'relay.ledger_node', 'relay.receipt', 'relay.cosignature', 'relay.verdict', 'relay.exemption', 'replica.record'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION relay.refuse_change()', t);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_truncate', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['relay.exemption', 'replica.record'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER no_delete BEFORE DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION relay.refuse_change()', t);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_delete', t);
    END LOOP;
END $$;

-- Views: where rows of the outbox stand, and what holds them up now --------------------------------

-- A row of the outbox without its text: where it stands on its way.
CREATE OR REPLACE VIEW relay.waiting AS
SELECT o.xid, o.seq, o.kind, o.record_id, o.version, o.op, o.created_at,
       (CASE
           WHEN (o.xid, o.seq) <= (s.cursor_xid, s.cursor_seq) AND NOT EXISTS (
               SELECT FROM string_to_table(s.passed, ' ') p
               WHERE p <> '' AND o.xid = split_part(p, '.', 1)::xid8
                 AND o.seq > split_part(p, '.', 2)::bigint
           ) AND NOT (o.xid::text || '.' || o.seq = ANY (string_to_array(s.aside, ' '))) THEN 'sent'
           WHEN o.op = 'put' AND NOT EXISTS (
               SELECT FROM relay.verdict v
               WHERE v.kind = o.kind AND v.record_id = o.record_id AND v.version = o.version
           ) THEN 'unscreened'
           ELSE 'undecided'
       END)::varchar(12) AS stage
FROM relay.outbox o CROSS JOIN (
    SELECT coalesce(max(cursor_xid), '0'::xid8) AS cursor_xid, coalesce(max(cursor_seq), 0) AS cursor_seq,
           coalesce(max(passed), '') AS passed, coalesce(max(aside), '') AS aside
    FROM relay.sender
) s;

CREATE OR REPLACE VIEW relay.standing_delay AS
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
                  AND d.seen_at > now() - interval '30 seconds');

-- Each column names its class in its comment ------------------------------------------------------

DO $$
DECLARE c record;
BEGIN
    FOR c IN
        SELECT table_schema AS s, table_name AS t, column_name AS n
        FROM information_schema.columns
        WHERE table_schema IN ('relay', 'replica') AND table_name <> 'alembic_version'
    LOOP
        EXECUTE format(
            'COMMENT ON COLUMN %I.%I.%I IS %L', c.s, c.t, c.n,
            CASE WHEN (c.t, c.n) IN (('outbox', 'body'), ('batch', 'blob'), ('record', 'body'))
                 THEN 'class:exempt' ELSE 'class:operational' END
        );
    END LOOP;
END $$;

-- Grants: closed, then what each process may do ---------------------------------------------------

DO $$
DECLARE
    r text;
    everyone text := 'PUBLIC';
BEGIN
    FOR r IN SELECT rolname FROM pg_roles WHERE rolname IN ('relay', 'gw_workspace', 'gw_identity',
        'gw_ingress', 'gw_worker', 'po_portal', 'po_worker') ORDER BY 1 LOOP
        everyone := everyone || format(', %I', r);
    END LOOP;
    EXECUTE format('REVOKE ALL ON SCHEMA relay, replica FROM %s', everyone);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA relay, replica FROM %s', everyone);
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA relay, replica FROM %s', everyone);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA relay, replica FROM %s', everyone);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'relay') THEN
        GRANT USAGE ON SCHEMA relay, replica TO relay;
        GRANT SELECT ON relay.exemption, relay.verdict, relay.foreign_checkpoint, relay.waiting, relay.standing_delay,
            relay.alembic_version TO relay;
        GRANT SELECT, DELETE ON relay.outbox TO relay;
        GRANT SELECT, INSERT ON relay.ledger, relay.ledger_node, relay.receipt, relay.cosignature, relay.match_request,
            relay.match_result TO relay;
        GRANT SELECT, INSERT, UPDATE ON relay.ledger_head, relay.half, relay.sender, relay.receiver, relay.quarantine,
            relay.alarm, relay.recall_status, relay.peer, relay.fold_position, relay.shown_checkpoint, replica.record TO relay;
        GRANT SELECT, INSERT, UPDATE, DELETE ON relay.batch, relay.fold, relay.delay TO relay;
    END IF;
    FOR r IN SELECT rolname FROM pg_roles WHERE rolname IN ('gw_workspace', 'gw_worker', 'po_portal', 'po_worker') LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA relay, replica TO %I', r);
        EXECUTE format('GRANT SELECT ON replica.record, relay.ledger, relay.ledger_node, relay.ledger_head, relay.cosignature,
            relay.quarantine, relay.alarm, relay.recall_status, relay.peer, relay.half, relay.sender, relay.receiver,
            relay.receipt, relay.exemption, relay.verdict, relay.match_request, relay.match_result, relay.waiting,
            relay.standing_delay, relay.shown_checkpoint, relay.alembic_version TO %I', r);
        EXECUTE format('GRANT SELECT (direction, number, generation, epoch, hash, entries, recalls, first_n, stream_seq, made_at, closed_at)
            ON relay.batch TO %I', r);
        EXECUTE format('GRANT INSERT ON relay.match_request TO %I', r);
    END LOOP;
    FOR r IN SELECT rolname FROM pg_roles WHERE rolname IN ('gw_worker', 'po_worker') LOOP
        EXECUTE format('GRANT SELECT ON relay.outbox TO %I', r);
        EXECUTE format('GRANT INSERT ON relay.verdict TO %I', r);
        EXECUTE format('GRANT INSERT, UPDATE, SELECT ON relay.foreign_checkpoint TO %I', r);
    END LOOP;
    FOR r IN SELECT rolname FROM pg_roles WHERE rolname IN ('gw_workspace', 'gw_worker', 'po_worker') LOOP
        EXECUTE format('GRANT UPDATE (cleared_at) ON relay.alarm TO %I', r);
    END LOOP;
    FOR r IN SELECT rolname FROM pg_roles WHERE rolname IN ('gw_workspace', 'gw_worker') LOOP
        EXECUTE format('GRANT INSERT ON relay.exemption TO %I', r);
        EXECUTE format('GRANT UPDATE (withdrawn_at, withdrawn_by) ON relay.exemption TO %I', r);
    END LOOP;
END $$;
