-- One version of a document of the practice. Its file's size and hash are there once the file is stored.
create table practice.document_ref (
    document_id uuid not null,
    revision integer not null,
    title varchar(120) not null,
    category varchar(40) not null,
    file_name varchar(120) not null,
    media_type varchar(100) not null,
    size bigint,
    sha256 varchar(64),
    author_id uuid not null,
    published_at timestamptz not null,
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_document_ref primary key (id),
    constraint ck_document_ref_exemption_named check (not hipaa_exempt or exemption_id is not null),
    constraint uq_document_ref_document_id_revision unique (document_id, revision),
    constraint ck_document_ref_file_known
        check (not hipaa_exempt or (sha256 is not null and size is not null)),
    constraint ck_document_ref_size_bounded check (size between 1 and 67108864),
    constraint ck_document_ref_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint ck_document_ref_revision_bounded check (revision between 1 and 10000)
);
create index ix_document_ref_document_id on practice.document_ref (document_id);

-- The file of a version, under the version's id. Its object in the office's store has that name too.
create table practice.shared_file (
    upload_id uuid not null,
    kind varchar(16) not null,
    state varchar(16) default 'checking' not null,
    refused_why varchar(40),
    is_whole boolean default 'false' not null,
    looked_at timestamptz,
    found jsonb default '[]'::jsonb not null,
    added_by varchar(80) not null,
    added_at timestamptz default now() not null,
    stored_at timestamptz,
    data_key_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_shared_file primary key (id),
    constraint ck_shared_file_never_exempt check (not hipaa_exempt),
    constraint uq_shared_file_upload_id unique (upload_id),
    constraint ck_shared_file_found_bounded
        check (jsonb_typeof(found) = 'array' and octet_length(found::text) <= 65536),
    constraint ck_shared_file_data_key_sealed_bounded check (octet_length(data_key_sealed) <= 65536)
);
create index ix_shared_file_state on practice.shared_file (state);

-- What one page of a file says, as the program read it.
create table practice.shared_page (
    file_id uuid not null,
    number integer not null,
    said_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_shared_page primary key (id),
    constraint ck_shared_page_never_exempt check (not hipaa_exempt),
    constraint uq_shared_page_file_id_number unique (file_id, number),
    constraint fk_shared_page_file_id_shared_file foreign key (file_id) references practice.shared_file (id),
    constraint ck_shared_page_said_sealed_bounded check (octet_length(said_sealed) <= 65536)
);
create index ix_shared_page_file_id on practice.shared_page (file_id);

-- That a second person approved the bytes of one version, and by what they know them.
create table compliance.document_approval (
    id uuid not null,
    record_id uuid not null,
    exemption_id uuid not null,
    sha256 varchar(64) not null,
    basis varchar(16) not null,
    approved_by varchar(80) not null,
    approved_at timestamptz default now() not null,
    constraint pk_document_approval primary key (id),
    constraint uq_document_approval_exemption_id unique (exemption_id),
    constraint ck_document_approval_basis_known check (basis in ('text_checked', 'every_page_read'))
);
create index ix_document_approval_record_id on compliance.document_approval (record_id);
