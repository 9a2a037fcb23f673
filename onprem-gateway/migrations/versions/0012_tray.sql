-- One loose paper: its pages are rows of their own, and can go to another one.
create table practice.paper (
    id uuid not null,
    state varchar(12) not null,
    came_at timestamptz not null,
    source varchar(12) not null,
    page_count integer default '0' not null,
    owner_id uuid,
    is_guess boolean default 'false' not null,
    client_id uuid, -- phi
    document_id uuid, -- phi
    referral_id uuid, -- phi
    began_referral boolean default 'false' not null,
    aside_why varchar(16),
    closed_by varchar(80),
    closed_at timestamptz,
    told_by varchar(80),
    told_at timestamptz,
    title_sealed bytea, -- phi
    about_name_sealed bytea, -- phi
    about_born_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_paper primary key (id),
    constraint ck_paper_never_exempt check (not hipaa_exempt),
    constraint fk_paper_client_id_client foreign key (client_id) references practice.client (id),
    constraint fk_paper_document_id_document foreign key (document_id) references practice.document (id),
    constraint fk_paper_referral_id_referral foreign key (referral_id) references practice.referral (id),
    constraint ck_paper_title_sealed_bounded check (octet_length(title_sealed) <= 65536),
    constraint ck_paper_about_name_sealed_bounded check (octet_length(about_name_sealed) <= 65536),
    constraint ck_paper_about_born_sealed_bounded check (octet_length(about_born_sealed) <= 65536)
);
create index ix_paper_state on practice.paper (state);
create index ix_paper_client_id on practice.paper (client_id);
create index ix_paper_document_id on practice.paper (document_id);
create index ix_paper_referral_id on practice.paper (referral_id);

-- One file as it came. Its bytes are kept as they are; its objects are named by its id.
create table practice.paper_file (
    id uuid not null,
    paper_id uuid not null, -- phi
    ordinal smallint not null,
    source varchar(12) not null,
    upload_id uuid,
    folder_mark varchar(80),
    mail_mark varchar(32),
    state varchar(12) default 'checking' not null,
    refused_why varchar(40),
    kind varchar(16), -- phi
    size bigint,
    pdf_size bigint,
    pictures_size bigint,
    page_count integer,
    added_by varchar(80) not null,
    received_at timestamptz not null,
    stored_at timestamptz,
    left_folder_at timestamptz,
    is_gone boolean default 'false' not null,
    file_name_sealed bytea, -- phi
    digest_sealed bytea, -- phi
    data_key_sealed bytea, -- phi
    pdf_key_sealed bytea, -- phi
    pictures_key_sealed bytea, -- phi
    sender_sealed bytea, -- phi
    subject_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_paper_file primary key (id),
    constraint ck_paper_file_never_exempt check (not hipaa_exempt),
    constraint fk_paper_file_paper_id_paper foreign key (paper_id) references practice.paper (id),
    constraint uq_paper_file_upload_id unique (upload_id),
    constraint ck_paper_file_mail_marked check ((source = 'mailbox') = (mail_mark is not null)),
    constraint uq_paper_file_folder_mark unique (folder_mark),
    constraint uq_paper_file_mail_mark unique (mail_mark),
    constraint ck_paper_file_file_name_sealed_bounded check (octet_length(file_name_sealed) <= 65536),
    constraint ck_paper_file_digest_sealed_bounded check (octet_length(digest_sealed) <= 65536),
    constraint ck_paper_file_data_key_sealed_bounded check (octet_length(data_key_sealed) <= 65536),
    constraint ck_paper_file_pdf_key_sealed_bounded check (octet_length(pdf_key_sealed) <= 65536),
    constraint ck_paper_file_pictures_key_sealed_bounded check (octet_length(pictures_key_sealed) <= 65536),
    constraint ck_paper_file_sender_sealed_bounded check (octet_length(sender_sealed) <= 65536),
    constraint ck_paper_file_subject_sealed_bounded check (octet_length(subject_sealed) <= 65536)
);
create index ix_paper_file_paper_id on practice.paper_file (paper_id);
create index ix_paper_file_state on practice.paper_file (state);

-- One page of a file, and in which paper it is now.
create table practice.paper_page (
    id uuid not null,
    file_id uuid not null, -- phi
    number integer not null,
    paper_id uuid not null, -- phi
    place integer not null,
    turn smallint default '0' not null,
    picture_at bigint not null,
    picture_size integer not null,
    text_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_paper_page primary key (id),
    constraint ck_paper_page_never_exempt check (not hipaa_exempt),
    constraint fk_paper_page_file_id_paper_file foreign key (file_id) references practice.paper_file (id),
    constraint fk_paper_page_paper_id_paper foreign key (paper_id) references practice.paper (id),
    constraint uq_paper_page_file_id_number unique (file_id, number),
    constraint uq_paper_page_paper_id_place unique (paper_id, place) deferrable initially deferred,
    constraint ck_paper_page_turn_known check (turn in (0, 90, 180, 270)),
    constraint ck_paper_page_text_sealed_bounded check (octet_length(text_sealed) <= 65536)
);
create index ix_paper_page_paper_id on practice.paper_page (paper_id);

-- One thing that was done with a paper.
create table practice.paper_step (
    id uuid not null,
    paper_id uuid not null, -- phi
    act varchar(16) not null,
    done_by varchar(80) not null,
    done_at timestamptz default now() not null,
    why varchar(40),
    before jsonb, -- phi
    after jsonb, -- phi
    undone_at timestamptz,
    undone_by varchar(80),
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_paper_step primary key (id),
    constraint ck_paper_step_never_exempt check (not hipaa_exempt),
    constraint ck_paper_step_before_bounded check (pg_column_size(before) <= 1048576),
    constraint ck_paper_step_after_bounded check (pg_column_size(after) <= 1048576),
    constraint fk_paper_step_paper_id_paper foreign key (paper_id) references practice.paper (id)
);
create index ix_paper_step_paper_id on practice.paper_step (paper_id);

-- How the tray's mailbox is, in one row.
create table practice.tray_mailbox (
    id uuid not null,
    number smallint not null,
    is_on boolean not null,
    said_at timestamptz not null,
    failing_since timestamptz,
    cause varchar(20),
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_tray_mailbox primary key (id),
    constraint ck_tray_mailbox_never_exempt check (not hipaa_exempt),
    constraint ck_tray_mailbox_only_one check (number = 1),
    constraint uq_tray_mailbox_number unique (number)
);
