-- calls by priority -----------------------------------------------------------------------------------

alter table ingress.api_call add column priority smallint default '1' not null;
alter table ingress.delivery add column priority smallint default '1' not null;
drop index ingress.ix_delivery_turn;
create index ix_delivery_turn on ingress.delivery (priority, turn_at, id) where result is null;

-- the nightly check, what was agreed last, differences, and clients that IntakeQ has twice -------------

-- One row: since which day the next check asks, and where the one is that runs.
create table ingress.sync_state (
    id smallint not null,
    since date,
    began_at timestamptz,
    ended_at timestamptz,
    wanted_at timestamptz,
    asks_since date,
    is_catch_up boolean default 'false' not null,
    step smallint default '0' not null,
    page integer default '1' not null,
    looked integer default '0' not null,
    left_out integer default '0' not null,
    constraint pk_sync_state primary key (id),
    constraint ck_sync_state_one_row check (id = 1)
);

-- One object of IntakeQ's that a list named and that has to be asked for by its id.
create table practice.intakeq_object (
    kind varchar(20) not null,
    token bytea not null,
    number_token bytea not null,
    line_token bytea not null,
    is_catch_up boolean not null,
    turn smallint not null,
    near_s integer not null, -- phi
    found_at timestamptz not null,
    due_at timestamptz not null,
    attempts integer default '0' not null,
    held_code varchar(60),
    remote_id_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_intakeq_object primary key (id),
    constraint ck_intakeq_object_never_exempt check (not hipaa_exempt),
    constraint uq_intakeq_object_kind_token unique (kind, token),
    constraint ck_intakeq_object_token_bounded check (octet_length(token) <= 8),
    constraint ck_intakeq_object_number_token_bounded check (octet_length(number_token) <= 8),
    constraint ck_intakeq_object_line_token_bounded check (octet_length(line_token) <= 8),
    constraint ck_intakeq_object_remote_id_sealed_bounded check (octet_length(remote_id_sealed) <= 65536)
);
create index ix_intakeq_object_turn on practice.intakeq_object (turn, near_s, id) where held_code is null;

-- One record that IntakeQ has too: its id there, and what both had when they agreed last.
create table practice.intakeq_copy (
    kind varchar(20) not null,
    token bytea not null,
    record_id uuid not null, -- phi
    seen_at timestamptz default now() not null,
    gone_at timestamptz,
    row_token bytea,
    remote_id_sealed bytea, -- phi
    agreed_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_intakeq_copy primary key (id),
    constraint ck_intakeq_copy_never_exempt check (not hipaa_exempt),
    constraint uq_intakeq_copy_kind_token unique (kind, token),
    constraint ck_intakeq_copy_token_bounded check (octet_length(token) <= 8),
    constraint ck_intakeq_copy_row_token_bounded check (octet_length(row_token) <= 8),
    constraint ck_intakeq_copy_remote_id_sealed_bounded check (octet_length(remote_id_sealed) <= 65536),
    constraint ck_intakeq_copy_agreed_sealed_bounded check (octet_length(agreed_sealed) <= 65536)
);
create index ix_intakeq_copy_record_id on practice.intakeq_copy (record_id);

-- One field that IntakeQ and the office have differently, and what someone decided.
create table practice.intakeq_difference (
    copy_id uuid not null,
    client_id uuid not null, -- phi
    kind varchar(20) not null,
    field varchar(20) not null,
    changed varchar(8) not null,
    suggests varchar(8) not null,
    state varchar(8) default 'open' not null,
    pair_token bytea not null,
    found_at timestamptz default now() not null,
    decided_by varchar(80),
    decided_at timestamptz,
    batch uuid,
    theirs_sealed bytea, -- phi
    ours_sealed bytea, -- phi
    agreed_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_intakeq_difference primary key (id),
    constraint ck_intakeq_difference_never_exempt check (not hipaa_exempt),
    constraint ck_intakeq_difference_state_known check (state in ('open', 'theirs', 'ours', 'gone')),
    constraint ck_intakeq_difference_suggests_known check (suggests in ('theirs', 'ours')),
    constraint fk_intakeq_difference_copy_id_intakeq_copy foreign key (copy_id) references practice.intakeq_copy (id),
    constraint fk_intakeq_difference_client_id_client foreign key (client_id) references practice.client (id),
    constraint ck_intakeq_difference_pair_token_bounded check (octet_length(pair_token) <= 8),
    constraint ck_intakeq_difference_theirs_sealed_bounded check (octet_length(theirs_sealed) <= 65536),
    constraint ck_intakeq_difference_ours_sealed_bounded check (octet_length(ours_sealed) <= 65536),
    constraint ck_intakeq_difference_agreed_sealed_bounded check (octet_length(agreed_sealed) <= 65536)
);
create index ix_intakeq_difference_batch on practice.intakeq_difference (batch);
create index ix_intakeq_difference_client_id on practice.intakeq_difference (client_id);
create index ix_intakeq_difference_copy_id on practice.intakeq_difference (copy_id);
create index ix_intakeq_difference_found_at on practice.intakeq_difference (found_at, id) where state = 'open';
create unique index uq_intakeq_difference_open on practice.intakeq_difference (copy_id, field) where state = 'open';

-- A client who is new in IntakeQ and looks like someone on record.
create table practice.intakeq_arrival (
    token bytea not null,
    client_id uuid not null, -- phi
    level varchar(10) not null, -- phi
    reasons varchar(20)[] not null, -- phi
    state varchar(10) default 'open' not null, -- phi
    found_at timestamptz default now() not null,
    decided_by varchar(80),
    decided_at timestamptz,
    profile_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_intakeq_arrival primary key (id),
    constraint ck_intakeq_arrival_never_exempt check (not hipaa_exempt),
    constraint uq_intakeq_arrival_token unique (token),
    constraint ck_intakeq_arrival_state_known check (state in ('open', 'same', 'other', 'linked', 'added')),
    constraint fk_intakeq_arrival_client_id_client foreign key (client_id) references practice.client (id),
    constraint ck_intakeq_arrival_token_bounded check (octet_length(token) <= 8),
    constraint ck_intakeq_arrival_reasons_bounded check (cardinality(reasons) <= 20),
    constraint ck_intakeq_arrival_profile_sealed_bounded check (octet_length(profile_sealed) <= 65536)
);
create index ix_intakeq_arrival_client_id on practice.intakeq_arrival (client_id);
create index ix_intakeq_arrival_found_at on practice.intakeq_arrival (found_at);
create index ix_intakeq_arrival_open on practice.intakeq_arrival (found_at, id) where state = 'open';

-- IntakeQ made one client of two: one is gone there and what they had names the other.
create table practice.intakeq_merge (
    gone_id uuid not null, -- phi
    into_id uuid not null, -- phi
    moved integer default '0' not null,
    state varchar(10) default 'hint' not null, -- phi
    found_at timestamptz default now() not null,
    undone_at timestamptz,
    decided_by varchar(80),
    decided_at timestamptz,
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_intakeq_merge primary key (id),
    constraint ck_intakeq_merge_never_exempt check (not hipaa_exempt),
    constraint uq_intakeq_merge_gone_id_into_id unique (gone_id, into_id),
    constraint ck_intakeq_merge_two_clients check (gone_id <> into_id),
    constraint ck_intakeq_merge_state_known check (state in ('hint', 'open', 'undone', 'apart')),
    constraint ck_intakeq_merge_moved_counted check (moved >= 0),
    constraint fk_intakeq_merge_gone_id_client foreign key (gone_id) references practice.client (id),
    constraint fk_intakeq_merge_into_id_client foreign key (into_id) references practice.client (id)
);
create index ix_intakeq_merge_into_id on practice.intakeq_merge (into_id);

-- One change that someone asked for.
create table practice.intakeq_change (
    act varchar(10) not null,
    client_id uuid not null, -- phi
    subject_id uuid not null, -- phi
    state varchar(10) default 'waiting' not null,
    was_called boolean default 'false' not null,
    attempts integer default '0' not null,
    code varchar(60),
    asked_by varchar(80) not null,
    asked_at timestamptz default now() not null,
    due_at timestamptz not null,
    unwanted_at timestamptz,
    done_at timestamptz,
    order_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_intakeq_change primary key (id),
    constraint ck_intakeq_change_never_exempt check (not hipaa_exempt),
    constraint ck_intakeq_change_act_known check (act in ('client', 'book', 'move', 'cancel')),
    constraint ck_intakeq_change_state_known check (state in ('waiting', 'done', 'held', 'taken_back')),
    constraint fk_intakeq_change_client_id_client foreign key (client_id) references practice.client (id),
    constraint ck_intakeq_change_order_sealed_bounded check (octet_length(order_sealed) <= 65536)
);
create index ix_intakeq_change_asked_at on practice.intakeq_change (asked_at, id);
create index ix_intakeq_change_client_id on practice.intakeq_change (client_id);
create unique index uq_intakeq_change_waits on practice.intakeq_change (act, subject_id) where state = 'waiting';

-- The first check is that of the next night.
insert into ingress.sync_state (id, since, began_at) values (1, current_date, now());
