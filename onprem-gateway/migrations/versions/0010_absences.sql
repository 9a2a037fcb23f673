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
