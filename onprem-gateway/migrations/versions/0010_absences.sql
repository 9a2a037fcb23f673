-- From which day until which day someone is on call: told first. No two turns share a day.
create table practice.on_call_turn (
    id uuid not null,
    first_on date not null,
    last_on date not null,
    person_id uuid not null,
    set_by varchar(80) not null,
    removed_at timestamptz,
    removed_by varchar(80),
    constraint pk_on_call_turn primary key (id),
    constraint ck_on_call_turn_last_after_first check (last_on >= first_on),
    constraint ex_on_call_turn_days
        exclude using gist (daterange(first_on, last_on, '[]') with &&) where (removed_at is null)
);

-- That a colleague is away from a day until a day, or leaves for good.
create table practice.absence (
    id uuid not null,
    person_id uuid not null,
    reason varchar(16) not null,
    first_on date not null,
    last_on date,
    noted_by varchar(80) not null,
    noted_at timestamptz default now() not null,
    canceled_by varchar(80),
    canceled_at timestamptz,
    constraint pk_absence primary key (id),
    constraint ck_absence_leaving_has_no_end check ((reason = 'leaving') = (last_on is null)),
    constraint ck_absence_last_after_first check (last_on >= first_on)
);
create index ix_absence_person_id on practice.absence (person_id);

-- Who covers for one client during an absence; the newest that was not undone counts.
create table practice.absence_cover (
    absence_id uuid not null,
    client_id uuid not null, -- phi
    cover_id uuid not null,
    act_id uuid not null,
    set_by varchar(80) not null,
    set_at timestamptz not null,
    undone_by varchar(80),
    undone_at timestamptz,
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_absence_cover primary key (id),
    constraint ck_absence_cover_never_exempt check (not hipaa_exempt),
    constraint fk_absence_cover_absence_id_absence foreign key (absence_id) references practice.absence (id),
    constraint fk_absence_cover_client_id_client foreign key (client_id) references practice.client (id)
);
create index ix_absence_cover_absence_id on practice.absence_cover (absence_id);
create index ix_absence_cover_client_id on practice.absence_cover (client_id);
create index ix_absence_cover_act_id on practice.absence_cover (act_id);

-- One row of a feature that went from one colleague to another when the first one left.
create table practice.absence_move (
    id uuid not null,
    cover_row_id uuid not null,
    kind varchar(24) not null,
    subject_id uuid not null,
    from_id uuid not null,
    to_id uuid not null,
    constraint pk_absence_move primary key (id),
    constraint fk_absence_move_cover_row_id_absence_cover
        foreign key (cover_row_id) references practice.absence_cover (id)
);
create index ix_absence_move_cover_row_id on practice.absence_move (cover_row_id);

-- Whether an incident is a breach (45 CFR 164.402): four factors, a decision, and who agreed to it.
create table compliance.breach_case (
    id uuid not null,
    incident_id uuid not null,
    discovered_on date not null,
    people integer,
    opened_by varchar(80) not null,
    opened_at timestamptz default now() not null,
    nature_level varchar(8),
    recipient_level varchar(8),
    viewed_level varchar(8),
    mitigated_level varchar(8),
    nature_sealed bytea, -- phi
    recipient_sealed bytea, -- phi
    viewed_sealed bytea, -- phi
    mitigated_sealed bytea, -- phi
    assessed_by varchar(80),
    assessed_at timestamptz,
    decision varchar(8),
    why_sealed bytea, -- phi
    decided_by varchar(80),
    decided_at timestamptz,
    confirmed_by varchar(80),
    confirmed_at timestamptz,
    constraint pk_breach_case primary key (id),
    constraint uq_breach_case_incident_id unique (incident_id),
    constraint fk_breach_case_incident_id_incident foreign key (incident_id) references compliance.incident (id),
    constraint ck_breach_case_two_persons check (confirmed_by is null or confirmed_by <> decided_by),
    constraint ck_breach_case_assessed_first check (decision is null or assessed_at is not null),
    constraint ck_breach_case_decided_first check (confirmed_at is null or decided_at is not null),
    constraint ck_breach_case_nature_sealed_bounded check (octet_length(nature_sealed) <= 65536),
    constraint ck_breach_case_recipient_sealed_bounded check (octet_length(recipient_sealed) <= 65536),
    constraint ck_breach_case_viewed_sealed_bounded check (octet_length(viewed_sealed) <= 65536),
    constraint ck_breach_case_mitigated_sealed_bounded check (octet_length(mitigated_sealed) <= 65536),
    constraint ck_breach_case_why_sealed_bounded check (octet_length(why_sealed) <= 65536)
);

-- Who was told of a breach, and when.
create table compliance.breach_notice (
    id uuid not null,
    case_id uuid not null,
    who varchar(12) not null,
    told_on date not null, -- phi
    how_sealed bytea, -- phi
    noted_by varchar(80) not null,
    noted_at timestamptz default now() not null,
    undone_by varchar(80),
    undone_at timestamptz,
    constraint pk_breach_notice primary key (id),
    constraint fk_breach_notice_case_id_breach_case foreign key (case_id) references compliance.breach_case (id),
    constraint ck_breach_notice_how_sealed_bounded check (octet_length(how_sealed) <= 65536)
);
create index ix_breach_notice_case_id on compliance.breach_notice (case_id);

-- One outside service, with its business associate agreement where it has one.
create table compliance.vendor (
    id uuid not null,
    name varchar(120) not null,
    does varchar(300) not null,
    sees varchar(16) not null,
    contact varchar(300) default '' not null,
    contract_on date,
    contract_until date,
    review_on date,
    version integer default '1' not null,
    changed_by varchar(80) not null,
    ended_by varchar(80),
    ended_at timestamptz,
    constraint pk_vendor primary key (id),
    constraint ck_vendor_contract_ends_after_it_begins check (contract_until >= contract_on)
);
