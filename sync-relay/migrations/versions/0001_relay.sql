-- Schemas relay and replica. Bounded text everywhere; each column names its class in its comment.
CREATE SCHEMA IF NOT EXISTS replica;

-- What allows a record to leave -----------------------------------------------------------------

CREATE TABLE relay.exemption (
    id uuid PRIMARY KEY,
    kind varchar(64) NOT NULL,
    record_id uuid NULL,
    requested_by varchar(128) NOT NULL,
    approved_by varchar(128) NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NULL,
    withdrawn_at timestamptz NULL,
    withdrawn_by varchar(128) NULL,
    CONSTRAINT exemption_two_persons CHECK (requested_by <> approved_by),
    CONSTRAINT exemption_withdrawal CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE INDEX exemption_by_record ON relay.exemption (kind, record_id);

CREATE TABLE relay.outbox (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint GENERATED ALWAYS AS IDENTITY,
    kind varchar(64) NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL,
    op varchar(6) NOT NULL,
    body varchar(65536) NULL,
    exemption_id uuid NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (xid, seq),
    CONSTRAINT outbox_op CHECK (op IN ('put', 'recall')),
    CONSTRAINT outbox_body CHECK ((op = 'put') = (body IS NOT NULL))
);

CREATE TABLE relay.verdict (
    kind varchar(64) NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL,
    outcome varchar(5) NOT NULL,
    rule varchar(64) NULL,
    place varchar(64) NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, record_id, version),
    CONSTRAINT verdict_outcome CHECK (outcome IN ('clear', 'hold'))
);

-- The ledger ------------------------------------------------------------------------------------

CREATE TABLE relay.ledger (
    n bigint PRIMARY KEY,
    entry bytea NOT NULL,
    CONSTRAINT ledger_n CHECK (n >= 0),
    CONSTRAINT ledger_entry_bound CHECK (octet_length(entry) <= 4096)
);
CREATE TABLE relay.ledger_node (
    level smallint NOT NULL,
    idx bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, idx),
    CONSTRAINT ledger_node_hash CHECK (octet_length(hash) = 32)
);
CREATE TABLE relay.ledger_head (
    ledger varchar(16) PRIMARY KEY,
    size bigint NOT NULL,
    frontier bytea NOT NULL,
    checkpoint varchar(1024) NULL,
    CONSTRAINT ledger_head_name CHECK (ledger = 'relay'),
    CONSTRAINT ledger_head_frontier CHECK (octet_length(frontier) <= 4096)
);
CREATE TABLE relay.cosignature (
    origin varchar(128) NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note varchar(2048) NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    seq bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (origin, size, root),
    CONSTRAINT cosignature_root CHECK (octet_length(root) = 32)
);
CREATE INDEX cosignature_by_seq ON relay.cosignature (origin, seq);
CREATE TABLE relay.foreign_checkpoint (
    ledger varchar(64) PRIMARY KEY,
    note varchar(2048) NOT NULL,
    size bigint NOT NULL,
    proof bytea[] NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT foreign_checkpoint_proof CHECK (cardinality(proof) <= 64)
);

-- The two roles of a half -----------------------------------------------------------------------

CREATE TABLE relay.half (
    plane varchar(8) PRIMARY KEY,
    site varchar(32) NOT NULL,
    epoch bigint NOT NULL DEFAULT 0,
    restores bigint NOT NULL DEFAULT 0,
    restore_declared boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT half_plane CHECK (plane IN ('onprem', 'cloud'))
);
CREATE TABLE relay.sender (
    direction varchar(4) PRIMARY KEY,
    generation integer NOT NULL DEFAULT 0,
    announced integer NOT NULL DEFAULT 0,
    next_number bigint NOT NULL DEFAULT 1,
    last_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    cursor_xid xid8 NOT NULL DEFAULT '0',
    cursor_seq bigint NOT NULL DEFAULT 0,
    closed_number bigint NOT NULL DEFAULT 0,
    closed_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    peer_restores bigint NOT NULL DEFAULT 0,
    resync_xid xid8 NULL,
    stopped varchar(64) NULL,
    stopped_at timestamptz NULL,
    CONSTRAINT sender_direction CHECK (direction IN ('down', 'up'))
);
CREATE TABLE relay.receiver (
    direction varchar(4) PRIMARY KEY,
    generation integer NOT NULL DEFAULT 0,
    epoch bigint NOT NULL DEFAULT 0,
    applied_number bigint NOT NULL DEFAULT 0,
    applied_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    applied_at timestamptz NULL,
    CONSTRAINT receiver_direction CHECK (direction IN ('down', 'up'))
);
CREATE TABLE relay.batch (
    direction varchar(4) NOT NULL,
    number bigint NOT NULL,
    generation integer NOT NULL,
    epoch bigint NOT NULL,
    hash bytea NOT NULL,
    blob bytea NULL,
    entries integer NOT NULL,
    recalls integer NOT NULL DEFAULT 0,
    first_n bigint NOT NULL,
    from_xid xid8 NOT NULL,
    from_seq bigint NOT NULL,
    upto_xid xid8 NOT NULL,
    upto_seq bigint NOT NULL,
    stream_seq bigint NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz NULL,
    PRIMARY KEY (direction, generation, number),
    CONSTRAINT batch_blob_bound CHECK (octet_length(blob) <= 1048576)
);
ALTER TABLE relay.batch ALTER COLUMN blob SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX batch_open ON relay.batch (direction, number) WHERE closed_at IS NULL;
CREATE TABLE relay.receipt (
    direction varchar(4) NOT NULL,
    number bigint NOT NULL,
    generation integer NOT NULL,
    batch_hash bytea NOT NULL,
    receipt bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (direction, number, batch_hash),
    CONSTRAINT receipt_bound CHECK (octet_length(receipt) <= 65536)
);
CREATE TABLE relay.quarantine (
    digest bytea PRIMARY KEY,
    direction varchar(4) NOT NULL,
    code varchar(64) NOT NULL,
    number bigint NULL,
    kind varchar(64) NULL,
    record_id uuid NULL,
    version bigint NULL,
    bytes bigint NOT NULL,
    times bigint NOT NULL DEFAULT 1,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT quarantine_digest CHECK (octet_length(digest) = 32)
);
CREATE TABLE relay.alarm (
    code varchar(64) NOT NULL,
    direction varchar(4) NOT NULL DEFAULT '',
    detail varchar(200) NULL,
    times bigint NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    cleared_at timestamptz NULL,
    PRIMARY KEY (code, direction)
);
CREATE TABLE relay.recall_status (
    kind varchar(64) NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL,
    withdrawn_at timestamptz NOT NULL,
    unreadable_at timestamptz NULL,
    broker_purged_at timestamptz NULL,
    batch bigint NULL,
    PRIMARY KEY (kind, record_id, version)
);
CREATE INDEX recall_status_by_batch ON relay.recall_status (batch) WHERE broker_purged_at IS NULL;
CREATE TABLE relay.peer (
    plane varchar(8) PRIMARY KEY,
    last_heard_at timestamptz NULL,
    epoch bigint NOT NULL DEFAULT 0,
    restores bigint NOT NULL DEFAULT 0,
    applied_no bigint NOT NULL DEFAULT 0,
    next_no bigint NOT NULL DEFAULT 1,
    generation integer NOT NULL DEFAULT 0,
    lag bigint NOT NULL DEFAULT 0
);

-- The three-way match ---------------------------------------------------------------------------

CREATE TABLE relay.fold (
    side varchar(8) NOT NULL,
    kind varchar(64) NOT NULL,
    record_id uuid NOT NULL,
    n bigint NOT NULL,
    decision varchar(16) NOT NULL,
    op varchar(6) NOT NULL,
    version bigint NOT NULL,
    digest bytea NULL,
    PRIMARY KEY (side, kind, record_id),
    CONSTRAINT fold_side CHECK (side IN ('shipped', 'arrived'))
);
CREATE TABLE relay.fold_position (
    side varchar(8) PRIMARY KEY,
    n bigint NOT NULL
);
CREATE TABLE relay.match_request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    requested_at timestamptz NOT NULL DEFAULT now(),
    requested_by varchar(128) NOT NULL
);
CREATE TABLE relay.match_result (
    id uuid PRIMARY KEY,
    finished_at timestamptz NOT NULL DEFAULT now(),
    clean boolean NOT NULL,
    compared bigint NOT NULL,
    differences jsonb NOT NULL,
    CONSTRAINT match_result_bound CHECK (octet_length(differences::text) <= 1048576)
);

-- What the other plane may read here ------------------------------------------------------------

CREATE TABLE replica.record (
    kind varchar(64) NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL,
    generation integer NOT NULL DEFAULT 0,
    body jsonb NULL,
    digest bytea NULL,
    seal bytea NULL,
    purged boolean NOT NULL DEFAULT false,
    received_at timestamptz NOT NULL DEFAULT now(),
    purged_at timestamptz NULL,
    hipaa_exempt boolean NOT NULL DEFAULT true,
    PRIMARY KEY (kind, record_id),
    CONSTRAINT record_hipaa_exempt CHECK (hipaa_exempt),
    CONSTRAINT record_tombstone CHECK (purged = (body IS NULL)),
    CONSTRAINT record_digest CHECK (octet_length(digest) = 32),
    CONSTRAINT record_body_bound CHECK (pg_column_size(body) <= 131072)
);

-- Triggers: what is written stays written -------------------------------------------------------

CREATE FUNCTION relay.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'append_only' USING ERRCODE = 'LM001';
END $$;

CREATE FUNCTION relay.exemption_one_way() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL
       OR (NEW.id, NEW.kind, NEW.record_id, NEW.requested_by, NEW.approved_by, NEW.granted_at, NEW.expires_at)
          IS DISTINCT FROM
          (OLD.id, OLD.kind, OLD.record_id, OLD.requested_by, OLD.approved_by, OLD.granted_at, OLD.expires_at)
    THEN
        RAISE EXCEPTION 'exemption_one_way' USING ERRCODE = 'LM002';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION relay.tombstone_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF (NEW.generation, NEW.version) < (OLD.generation, OLD.version) THEN
        RAISE EXCEPTION 'replica_backwards' USING ERRCODE = 'LM003';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION relay.notify_outbox() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_notify('relay_outbox', '');
    RETURN NULL;
END $$;

CREATE FUNCTION relay.notify_match() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_notify('relay_match', '');
    RETURN NULL;
END $$;

CREATE TRIGGER outbox_notify AFTER INSERT ON relay.outbox
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_outbox();
CREATE TRIGGER verdict_notify AFTER INSERT ON relay.verdict
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_outbox();
CREATE TRIGGER match_notify AFTER INSERT ON relay.match_request
    FOR EACH STATEMENT EXECUTE FUNCTION relay.notify_match();
CREATE TRIGGER exemption_one_way BEFORE UPDATE ON relay.exemption
    FOR EACH ROW EXECUTE FUNCTION relay.exemption_one_way();
ALTER TABLE relay.exemption ENABLE ALWAYS TRIGGER exemption_one_way;
CREATE TRIGGER tombstone_stays BEFORE UPDATE ON replica.record
    FOR EACH ROW EXECUTE FUNCTION relay.tombstone_stays();
ALTER TABLE replica.record ENABLE ALWAYS TRIGGER tombstone_stays;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['relay.ledger', 'relay.ledger_node', 'relay.receipt', 'relay.cosignature', 'relay.verdict'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION relay.refuse_change()', t);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['relay.ledger', 'relay.ledger_node', 'relay.receipt', 'relay.cosignature', 'relay.verdict', 'relay.exemption', 'replica.record'] LOOP
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION relay.refuse_change()', t);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_truncate', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['relay.exemption', 'replica.record'] LOOP
        EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION relay.refuse_change()', t);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_delete', t);
    END LOOP;
END $$;

-- Classes ---------------------------------------------------------------------------------------

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

-- Roles -----------------------------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA relay FROM PUBLIC;

DO $$
DECLARE r text;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'relay') THEN
        GRANT USAGE ON SCHEMA relay, replica TO relay;
        GRANT SELECT ON relay.exemption, relay.verdict TO relay;
        GRANT SELECT, DELETE ON relay.outbox TO relay;
        GRANT SELECT, INSERT ON relay.ledger, relay.ledger_node, relay.receipt, relay.cosignature, relay.match_request,
            relay.match_result TO relay;
        GRANT SELECT, INSERT, UPDATE ON relay.ledger_head, relay.half, relay.sender, relay.receiver,
            relay.quarantine, relay.alarm, relay.recall_status, relay.peer, relay.fold, relay.fold_position TO relay;
        GRANT DELETE ON relay.fold TO relay;
        GRANT SELECT, INSERT, UPDATE, DELETE ON relay.batch TO relay;
        GRANT SELECT ON relay.foreign_checkpoint TO relay;
        GRANT SELECT, INSERT, UPDATE ON replica.record TO relay;
    END IF;
    FOREACH r IN ARRAY ARRAY['gw_workspace', 'gw_worker', 'po_portal', 'po_worker'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r);
        EXECUTE format('GRANT USAGE ON SCHEMA relay, replica TO %I', r);
        EXECUTE format('GRANT SELECT ON replica.record, relay.ledger, relay.ledger_node, relay.ledger_head, relay.cosignature,
            relay.quarantine, relay.alarm, relay.recall_status, relay.peer, relay.half, relay.sender, relay.receiver,
            relay.receipt, relay.exemption, relay.verdict, relay.match_request, relay.match_result TO %I', r);
        EXECUTE format('GRANT SELECT (direction, number, generation, epoch, hash, entries, recalls, first_n, stream_seq, made_at, closed_at)
            ON relay.batch TO %I', r);
        EXECUTE format('GRANT INSERT ON relay.match_request TO %I', r);
    END LOOP;
    FOREACH r IN ARRAY ARRAY['gw_worker', 'po_worker'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r);
        EXECUTE format('GRANT SELECT ON relay.outbox TO %I', r);
        EXECUTE format('GRANT INSERT ON relay.verdict TO %I', r);
        EXECUTE format('GRANT INSERT, UPDATE, SELECT ON relay.foreign_checkpoint TO %I', r);
        EXECUTE format('GRANT UPDATE (cleared_at) ON relay.alarm TO %I', r);
    END LOOP;
    FOREACH r IN ARRAY ARRAY['gw_workspace', 'gw_worker'] LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r);
        EXECUTE format('GRANT INSERT ON relay.exemption TO %I', r);
        EXECUTE format('GRANT UPDATE (withdrawn_at, withdrawn_by) ON relay.exemption TO %I', r);
    END LOOP;
END $$;
