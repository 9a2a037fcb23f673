-- What the portal keeps: each feature's tables. Every row is exempt, no text is unbounded, and no column is
-- about a client. Functions, triggers, grants and the comments of columns are installed after every migration.
create schema if not exists portal;

-- tickets -----------------------------------------------------------------------------------------

-- A request for help. Redacted, it says only that its text was moved to the gateway.
create table portal.ticket (
    id uuid not null,
    subject varchar(200) not null, -- exempt
    body varchar(4000) not null, -- exempt
    category varchar(20) not null, -- exempt
    urgency varchar(10) not null, -- exempt
    state varchar(10) default 'new' not null, -- exempt
    filed_by uuid not null, -- exempt
    filed_at timestamptz default now() not null, -- exempt
    assignee_id uuid, -- exempt
    redacted boolean default 'false' not null, -- exempt
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_ticket primary key (id),
    constraint ck_ticket_exempt_only check (hipaa_exempt),
    constraint ck_ticket_exemption_named check (not hipaa_exempt or exemption_id is not null)
);
create index ix_ticket_filed_by on portal.ticket (filed_by);

-- An answer to a ticket, or a note among support.
create table portal.ticket_message (
    id uuid not null,
    ticket_id uuid not null, -- exempt
    author_id uuid not null, -- exempt
    body varchar(4000) not null, -- exempt
    internal boolean default 'false' not null, -- exempt
    redacted boolean default 'false' not null, -- exempt
    sent_at timestamptz default now() not null, -- exempt
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_ticket_message primary key (id),
    constraint fk_ticket_message_ticket_id_ticket foreign key(ticket_id) references portal.ticket
        (id),
    constraint ck_ticket_message_exempt_only check (hipaa_exempt),
    constraint ck_ticket_message_exemption_named check (not hipaa_exempt or exemption_id is not
        null)
);
create index ix_ticket_message_ticket_id on portal.ticket_message (ticket_id);

-- identity ----------------------------------------------------------------------------------------

-- A signed-in session; only the hash of its secret is stored.
create table portal.session (
    id_hash bytea not null, -- secret
    id uuid not null,
    user_id uuid not null,
    issuer_sid varchar(255) default '' not null,
    id_token varchar(8192) default '' not null, -- secret
    started_at timestamptz not null,
    last_used_at timestamptz not null,
    ends_at timestamptz not null,
    authenticated_at timestamptz,
    methods varchar(20)[] default '{}' not null,
    device varchar(120) default '' not null,
    hipaa_exempt boolean default 'true' not null,
    constraint pk_session primary key (id_hash),
    constraint uq_session_id unique (id),
    constraint ck_session_exempt_only check (hipaa_exempt),
    constraint ck_session_id_hash_bounded check (octet_length(id_hash) <= 32),
    constraint ck_session_methods_bounded check (cardinality(methods) <= 64)
);
create index ix_session_issuer_sid on portal.session (issuer_sid);
create index ix_session_user_id on portal.session (user_id);

-- A sign-in that a browser began and has not come back from.
create table portal.sign_in_request (
    state_hash bytea not null, -- secret
    nonce varchar(64) not null, -- secret
    verifier varchar(64) not null, -- secret
    next_path varchar(300) not null,
    ends_at timestamptz not null,
    hipaa_exempt boolean default 'true' not null,
    constraint pk_sign_in_request primary key (state_hash),
    constraint ck_sign_in_request_exempt_only check (hipaa_exempt),
    constraint ck_sign_in_request_state_hash_bounded check (octet_length(state_hash) <= 32)
);
create index ix_sign_in_request_ends_at on portal.sign_in_request (ends_at);

-- A logout token that was accepted; the same one again is a replay.
create table portal.seen_logout_token (
    jti varchar(255) not null,
    ends_at timestamptz not null,
    hipaa_exempt boolean default 'true' not null,
    constraint pk_seen_logout_token primary key (jti),
    constraint ck_seen_logout_token_exempt_only check (hipaa_exempt)
);
create index ix_seen_logout_token_ends_at on portal.seen_logout_token (ends_at);

-- The calendar is read by day.
create index record_calendar_starts on replica.record ((body ->> 'starts_at'))
    where kind = 'calendar_block' and not purged;
