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
    text_digest bytea NULL, -- of the one record's text as it was approved
    CONSTRAINT exemption_digest CHECK (octet_length(text_digest) = 32),
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
CREATE INDEX outbox_recalls ON relay.outbox (kind, record_id, version) WHERE op = 'recall';

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
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the newest of a size is what counts now
    CONSTRAINT cosignature_root CHECK (octet_length(root) = 32)
);
CREATE INDEX cosignature_by_size ON relay.cosignature (origin, size);
CREATE INDEX cosignature_by_seq ON relay.cosignature (origin, seq);
CREATE TABLE relay.foreign_checkpoint (
    ledger varchar(64) PRIMARY KEY,
    note varchar(2048) NOT NULL,
    size bigint NOT NULL,
    proof bytea[] NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT foreign_checkpoint_proof CHECK (cardinality(proof) <= 64 AND pg_column_size(proof) <= 8192)
);

-- The two roles of a half -----------------------------------------------------------------------

CREATE TABLE relay.half (
    plane varchar(8) PRIMARY KEY,
    site varchar(32) NOT NULL,
    epoch bigint NOT NULL DEFAULT 0,
    restores bigint NOT NULL DEFAULT 0,
    restore_declared boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now(),
    alive_at timestamptz NULL,
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
    passed varchar(65536) NOT NULL DEFAULT '', -- transactions that ran while the cursor passed them by
    CONSTRAINT sender_hashes CHECK (octet_length(last_hash) = 32 AND octet_length(closed_hash) = 32),
    CONSTRAINT sender_direction CHECK (direction IN ('down', 'up'))
);
CREATE TABLE relay.receiver (
    direction varchar(4) PRIMARY KEY,
    generation integer NOT NULL DEFAULT 0,
    epoch bigint NOT NULL DEFAULT 0,
    applied_number bigint NOT NULL DEFAULT 0,
    applied_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    applied_at timestamptz NULL,
    CONSTRAINT receiver_hash CHECK (octet_length(applied_hash) = 32),
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
    stretches varchar(65536) NOT NULL DEFAULT '', -- the rows of the outbox that its receipt closes
    stream_seq bigint NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz NULL,
    PRIMARY KEY (direction, generation, number),
    CONSTRAINT batch_hash CHECK (octet_length(hash) = 32),
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
    CONSTRAINT receipt_hash CHECK (octet_length(batch_hash) = 32),
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
    generation integer NOT NULL DEFAULT 0, -- after a restore the home can say what it knows
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
    lag bigint NOT NULL DEFAULT 0,
    sharing varchar(64)[] NULL,
    CONSTRAINT peer_sharing CHECK (cardinality(sharing) <= 32)
);
-- What holds records up, and since when: named by the running relay, and by its silence.
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
-- What the other plane says now that it has witnessed of a ledger of ours: written again with each of its
-- heartbeats, so nobody on this plane can take it back for long.
CREATE TABLE relay.shown_checkpoint (
    origin varchar(128) PRIMARY KEY,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note varchar(16384) NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    unsettled_at timestamptz NULL, -- since when it has not joined a declared restore
    CONSTRAINT shown_checkpoint_root CHECK (octet_length(root) = 32)
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
    CONSTRAINT fold_digest CHECK (octet_length(digest) = 32),
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
    CONSTRAINT record_seal CHECK (octet_length(seal) <= 4096),
    CONSTRAINT record_body_bound CHECK (pg_column_size(body) <= 131072)
);
