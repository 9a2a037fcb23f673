-- For how many years the practice keeps what one line is about.
create table compliance.retention_years (
    code varchar(24) not null,
    years smallint not null,
    constraint pk_retention_years primary key (code),
    constraint ck_retention_years_law_at_least
        check (code not in ('ledgers', 'disclosures', 'hipaa_papers') or years >= 6),
    constraint ck_retention_years_years_known check (years between 1 and 100)
);

-- Someone asks for other years of a line; someone else decides.
create table compliance.retention_change (
    id uuid not null,
    code varchar(24) not null,
    years smallint not null,
    asked_by uuid not null,
    asked_at timestamptz default now() not null,
    outcome varchar(12) default 'open' not null,
    decided_by uuid,
    decided_at timestamptz,
    why_sealed bytea, -- phi
    constraint pk_retention_change primary key (id),
    constraint ck_retention_change_law_at_least
        check (code not in ('ledgers', 'disclosures', 'hipaa_papers') or years >= 6),
    constraint ck_retention_change_years_known check (years between 1 and 100),
    constraint ck_retention_change_outcome_known check (outcome in ('open', 'approved', 'declined', 'dropped')),
    constraint ck_retention_change_second_person check (outcome <> 'approved' or decided_by <> asked_by),
    constraint ck_retention_change_why_sealed_bounded check (octet_length(why_sealed) <= 65536)
);
create unique index uq_retention_change_open on compliance.retention_change (code) where outcome = 'open';

-- While it lasts nothing of a client is disposed of or deleted; without a client, nothing at all.
create table practice.legal_hold (
    id uuid not null,
    hipaa_exempt boolean default false not null,
    storage_policy varchar(16) generated always as
        (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    client_id uuid, -- phi
    referral_id uuid, -- phi
    placed_by varchar(80) not null,
    placed_at timestamptz default now() not null,
    lifted_by varchar(80),
    lifted_at timestamptz,
    why_sealed bytea, -- phi
    constraint pk_legal_hold primary key (id),
    constraint ck_legal_hold_never_exempt check (not hipaa_exempt),
    constraint ck_legal_hold_referral_of_client check (referral_id is null or client_id is not null),
    constraint ck_legal_hold_why_sealed_bounded check (octet_length(why_sealed) <= 65536),
    constraint fk_legal_hold_client_id_client foreign key (client_id) references practice.client (id),
    constraint fk_legal_hold_referral_id_referral foreign key (referral_id) references practice.referral (id)
);
create index ix_legal_hold_client_id on practice.legal_hold (client_id);
create index ix_legal_hold_referral_id on practice.legal_hold (referral_id);

-- One batch: proposed, asked for, approved by someone else, carried out once.
create table compliance.disposal_batch (
    id uuid not null,
    state varchar(12) default 'proposed' not null,
    salt varchar(64) not null,
    messages_before timestamptz,
    proposed_by varchar(80) not null,
    proposed_at timestamptz default now() not null,
    asked_by uuid,
    asked_at timestamptz,
    asked_name varchar(120),
    decided_by uuid,
    decided_at timestamptz,
    decided_name varchar(120),
    done_at timestamptz,
    why_sealed bytea, -- phi
    constraint pk_disposal_batch primary key (id),
    constraint ck_disposal_batch_state_known
        check (state in ('proposed', 'asked', 'approved', 'done', 'declined', 'dropped')),
    constraint ck_disposal_batch_two_persons check (state not in ('approved', 'done')
        or (asked_by is not null and decided_by is not null and asked_by <> decided_by)),
    constraint ck_disposal_batch_why_sealed_bounded check (octet_length(why_sealed) <= 65536)
);
create unique index uq_disposal_batch_one on compliance.disposal_batch ((true))
    where state in ('proposed', 'asked', 'approved');

-- One record of a batch; once its rows are gone, a salted hash of the record's id.
create table compliance.disposal_item (
    id uuid not null,
    batch_id uuid not null,
    client_id uuid, -- phi
    line varchar(24) not null,
    years smallint not null,
    last_at timestamptz, -- phi
    due_on date, -- phi
    from_birthday boolean, -- phi
    state varchar(12) default 'listed' not null,
    left_out_why varchar(20),
    left_out_by varchar(80),
    left_out_at timestamptz,
    digest varchar(64),
    doing bigint,
    constraint pk_disposal_item primary key (id),
    constraint uq_disposal_item_batch_id_client_id unique (batch_id, client_id),
    constraint fk_disposal_item_batch_id_disposal_batch foreign key (batch_id) references compliance.disposal_batch (id),
    constraint ck_disposal_item_state_known
        check (state in ('listed', 'left_out', 'held', 'changed', 'rows_gone', 'done')),
    constraint ck_disposal_item_named_until_gone check ((client_id is null) = (digest is not null)),
    constraint ck_disposal_item_gone_is_hashed check (digest is not null or state not in ('rows_gone', 'done'))
);
create index ix_disposal_item_batch_id on compliance.disposal_item (batch_id);
create index ix_disposal_item_client_id on compliance.disposal_item (client_id);

-- How many rows of one table a batch took away.
create table compliance.disposal_count (
    batch_id uuid not null,
    kind varchar(40) not null,
    rows integer not null,
    constraint pk_disposal_count primary key (batch_id, kind),
    constraint fk_disposal_count_batch_id_disposal_batch foreign key (batch_id) references compliance.disposal_batch (id)
);

-- The certificate of a batch that is done, byte for byte.
create table compliance.disposal_certificate (
    batch_id uuid not null,
    sha256 varchar(64) not null,
    body bytea not null,
    constraint pk_disposal_certificate primary key (batch_id),
    constraint fk_disposal_certificate_batch_id_disposal_batch foreign key (batch_id) references compliance.disposal_batch (id),
    constraint ck_disposal_certificate_hash_of_body check (sha256 = encode(sha256(body), 'hex')),
    constraint ck_disposal_certificate_body_bounded check (octet_length(body) <= 262144)
);

-- One file of a record that is gone, until it is gone too.
create table compliance.disposal_object (
    object_id uuid not null,
    item_id uuid not null,
    upload_id uuid not null,
    gone_at timestamptz,
    constraint pk_disposal_object primary key (object_id),
    constraint fk_disposal_object_item_id_disposal_item foreign key (item_id) references compliance.disposal_item (id)
);
create index ix_disposal_object_item_id on compliance.disposal_object (item_id);

-- One look through the document store for files that belong to nothing.
create table compliance.store_sweep (
    id uuid not null,
    swept_at timestamptz default now() not null,
    objects integer not null,
    strays integer not null,
    removed integer not null,
    unknown integer not null,
    constraint pk_store_sweep primary key (id)
);
create index ix_store_sweep_swept_at on compliance.store_sweep (swept_at);

-- One export of everything: asked for by one person, approved by another, written by an operator.
create table compliance.leaving_export (
    id uuid not null,
    state varchar(12) default 'asked' not null,
    asked_by uuid not null,
    asked_at timestamptz default now() not null,
    decided_by uuid,
    decided_at timestamptz,
    written_at timestamptz,
    manifest varchar(64),
    row_count bigint,
    file_count integer,
    why_sealed bytea, -- phi
    recipient_sealed bytea, -- phi
    constraint pk_leaving_export primary key (id),
    constraint ck_leaving_export_state_known check (state in ('asked', 'approved', 'declined', 'dropped', 'done')),
    constraint ck_leaving_export_two_persons check (state not in ('approved', 'done')
        or (decided_by is not null and decided_by <> asked_by)),
    constraint ck_leaving_export_written_when_done check ((state = 'done') = (written_at is not null)),
    constraint ck_leaving_export_why_sealed_bounded check (octet_length(why_sealed) <= 65536),
    constraint ck_leaving_export_recipient_sealed_bounded check (octet_length(recipient_sealed) <= 65536)
);
create unique index uq_leaving_export_open on compliance.leaving_export ((true)) where state in ('asked', 'approved');
