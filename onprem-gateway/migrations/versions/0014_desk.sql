-- Packets for when the system is down: printed keys, hourly packets, and what was said of them.

-- A key that was printed; the newest one seals.
create table practice.downtime_key (
    number integer not null,
    printed_by varchar(80) not null,
    printed_at timestamptz not null,
    code_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_downtime_key primary key (id),
    constraint ck_downtime_key_never_exempt check (not hipaa_exempt),
    constraint uq_downtime_key_number unique (number),
    constraint ck_downtime_key_code_sealed_bounded check (octet_length(code_sealed) <= 65536)
);

-- One hour's packet as the page that opens it, who is in it, and whether it reached the folder.
create table practice.downtime_packet (
    made_at timestamptz not null,
    key_number integer not null,
    visits integer not null,
    folder varchar(10) not null,
    client_ids uuid[] not null, -- phi
    page bytea not null, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_downtime_packet primary key (id),
    constraint ck_downtime_packet_never_exempt check (not hipaa_exempt),
    constraint ck_downtime_packet_client_ids_bounded check (cardinality(client_ids) <= 2000),
    constraint ck_downtime_packet_page_bounded check (octet_length(page) <= 2097152)
);
create unique index ix_downtime_packet_made_at on practice.downtime_packet (made_at);

-- What was said about a packet: who opened it and why, or that nobody did.
create table practice.downtime_opening (
    packet_made_at timestamptz not null,
    key_number integer not null,
    opened_by uuid,
    why varchar(16) not null,
    noted_by varchar(80) not null,
    noted_at timestamptz not null,
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_downtime_opening primary key (id),
    constraint ck_downtime_opening_never_exempt check (not hipaa_exempt),
    constraint ck_downtime_opening_opener_says_so check (opened_by::text = noted_by),
    constraint fk_downtime_opening_opened_by_staff_profile foreign key (opened_by) references practice.staff_profile (id)
);
create index ix_downtime_opening_packet_made_at on practice.downtime_opening (packet_made_at);
create unique index uq_downtime_opening_unopened on practice.downtime_opening (packet_made_at) where opened_by is null;

-- That someone changed what is known of a referral, and which of its fields.
create table practice.referral_edit (
    referral_id uuid not null, -- phi
    fields varchar(24)[] not null,
    edited_by varchar(80) not null,
    edited_at timestamptz default now() not null,
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_referral_edit primary key (id),
    constraint ck_referral_edit_never_exempt check (not hipaa_exempt),
    constraint ck_referral_edit_fields_bounded check (cardinality(fields) <= 16),
    constraint fk_referral_edit_referral_id_referral foreign key(referral_id) references practice.referral (id)
);
create index ix_referral_edit_referral_id on practice.referral_edit (referral_id);
