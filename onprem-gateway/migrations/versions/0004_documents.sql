-- uploads and documents -----------------------------------------------------------------------------

-- One file on its way in. Its bytes are in the spool, sealed with `data_key`.
create table practice.upload (
    id uuid not null,
    owner varchar(80) not null,
    length bigint not null,
    state varchar(16) default 'open' not null,
    expires_at timestamptz not null,
    name_sealed bytea, -- phi
    data_key_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_upload primary key (id),
    constraint ck_upload_never_exempt check (not hipaa_exempt),
    constraint ck_upload_name_sealed_bounded check (octet_length(name_sealed) <= 65536),
    constraint ck_upload_data_key_sealed_bounded check (octet_length(data_key_sealed) <= 65536)
);
create index ix_upload_expires_at on practice.upload (expires_at);
create index ix_upload_owner on practice.upload (owner);

-- One document of a client, or of one of their referrals; its bytes are in its versions.
create table practice.document (
    id uuid not null,
    client_id uuid not null, -- phi
    referral_id uuid, -- phi
    label varchar(40) not null, -- phi
    name_sealed bytea, -- phi
    retain_until date,
    deleted_at timestamptz,
    deleted_by varchar(80),
    deleted_why varchar(40),
    removed_at timestamptz,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_document primary key (id),
    constraint ck_document_never_exempt check (not hipaa_exempt),
    constraint fk_document_client_id_client foreign key(client_id) references practice.client (id),
    constraint fk_document_referral_id_referral foreign key(referral_id) references practice.referral (id),
    constraint ck_document_name_sealed_bounded check (octet_length(name_sealed) <= 65536)
);
create index ix_document_client_id on practice.document (client_id);
create index ix_document_referral_id on practice.document (referral_id);

-- One file of a document. Its object's name is the version's id; its key is sealed here.
create table practice.document_version (
    id uuid not null,
    document_id uuid not null, -- phi
    number integer not null,
    upload_id uuid not null,
    state varchar(16) default 'checking' not null,
    refused_why varchar(40),
    kind varchar(16) not null, -- phi
    size bigint,
    is_gone boolean default 'false' not null,
    was_redrawn boolean default 'false' not null,
    added_by varchar(80) not null,
    added_at timestamptz default now() not null,
    stored_at timestamptz,
    file_name_sealed bytea, -- phi
    digest_sealed bytea, -- phi
    data_key_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_document_version primary key (id),
    constraint ck_document_version_never_exempt check (not hipaa_exempt),
    constraint uq_document_version_document_id_number unique (document_id, number),
    constraint ck_document_version_number_bounded check (number between 1 and 200),
    constraint fk_document_version_document_id_document foreign key(document_id) references practice.document (id),
    constraint uq_document_version_upload_id unique (upload_id),
    constraint ck_document_version_file_name_sealed_bounded check (octet_length(file_name_sealed) <= 65536),
    constraint ck_document_version_digest_sealed_bounded check (octet_length(digest_sealed) <= 65536),
    constraint ck_document_version_data_key_sealed_bounded check (octet_length(data_key_sealed) <= 65536)
);
create index ix_document_version_document_id on practice.document_version (document_id);
create index ix_document_version_state on practice.document_version (state);

-- A legal hold: while it lasts nobody deletes the document, and its files stay.
create table practice.document_hold (
    id uuid not null,
    document_id uuid not null, -- phi
    placed_by varchar(80) not null,
    placed_at timestamptz default now() not null,
    lifted_by varchar(80),
    lifted_at timestamptz,
    why_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_document_hold primary key (id),
    constraint ck_document_hold_never_exempt check (not hipaa_exempt),
    constraint fk_document_hold_document_id_document foreign key(document_id) references practice.document (id),
    constraint ck_document_hold_why_sealed_bounded check (octet_length(why_sealed) <= 65536)
);
create index ix_document_hold_document_id on practice.document_hold (document_id);

-- One thing that was done with a document.
create table practice.document_step (
    id uuid not null,
    document_id uuid not null, -- phi
    act varchar(20) not null,
    version_number integer,
    done_by varchar(80) not null,
    done_at timestamptz default now() not null,
    why varchar(40),
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_document_step primary key (id),
    constraint ck_document_step_never_exempt check (not hipaa_exempt),
    constraint fk_document_step_document_id_document foreign key(document_id) references practice.document (id)
);
create index ix_document_step_document_id on practice.document_step (document_id);
