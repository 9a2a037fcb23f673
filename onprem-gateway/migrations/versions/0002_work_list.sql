-- work list ---------------------------------------------------------------------------------------

-- The next action on one subject, decided from its history by the feature whose it is.
create table practice.work_item (
    id uuid not null,
    subject_kind varchar(24) not null,
    subject_id uuid not null,
    client_id uuid, -- phi
    step varchar(24) not null, -- phi
    urgency varchar(10) not null, -- phi
    rank smallint not null, -- phi
    since timestamptz not null, -- phi
    due_at timestamptz, -- phi
    last_at timestamptz, -- phi
    last_words varchar(60) default '' not null, -- phi
    owner_id uuid,
    changes_at timestamptz,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_work_item primary key (id),
    constraint ck_work_item_never_exempt check (not hipaa_exempt),
    constraint uq_work_item_subject_kind_subject_id unique (subject_kind, subject_id),
    constraint fk_work_item_client_id_client foreign key(client_id) references practice.client (id)
);
create index ix_work_item_rank_due_at on practice.work_item (rank, due_at);
create index ix_work_item_changes_at on practice.work_item (changes_at);
create index ix_work_item_client_id on practice.work_item (client_id);
create index ix_work_item_owner_id on practice.work_item (owner_id);

-- contacts ----------------------------------------------------------------------------------------

-- One try to reach a person, or one time that they reached us.
create table practice.contact_attempt (
    id uuid not null,
    client_id uuid not null, -- phi
    referral_id uuid, -- phi
    channel varchar(20) not null, -- phi
    result varchar(20) not null, -- phi
    again_on date, -- phi
    used_sealed bytea, -- phi
    note_sealed bytea, -- phi
    tried_by varchar(80) not null,
    tried_at timestamptz not null, -- phi
    moved_by uuid,
    undone_at timestamptz,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_contact_attempt primary key (id),
    constraint ck_contact_attempt_never_exempt check (not hipaa_exempt),
    constraint fk_contact_attempt_client_id_client foreign key(client_id) references practice.client
        (id),
    constraint fk_contact_attempt_referral_id_referral foreign key(referral_id) references
        practice.referral (id),
    constraint ck_contact_attempt_used_sealed_bounded check (octet_length(used_sealed) <= 65536),
    constraint ck_contact_attempt_note_sealed_bounded check (octet_length(note_sealed) <= 65536)
);
create index ix_contact_attempt_client_id on practice.contact_attempt (client_id);
create index ix_contact_attempt_referral_id on practice.contact_attempt (referral_id);
create index ix_contact_attempt_tried_at on practice.contact_attempt (tried_at);

-- office hours ------------------------------------------------------------------------------------

-- A weekday on which the practice works, Monday (0) to Sunday (6), and its hours.
create table practice.office_day (
    weekday smallint not null,
    opens time not null,
    closes time not null,
    constraint pk_office_day primary key (weekday)
);

-- A day on which the practice is closed though its week says otherwise.
create table practice.holiday (
    day date not null,
    name varchar(80) not null,
    constraint pk_holiday primary key (day)
);

-- referrals ---------------------------------------------------------------------------------------

-- One of the practice's own rules for calls, where it is not the usual one.
create table practice.call_rule (
    name varchar(24) not null,
    value smallint not null,
    constraint pk_call_rule primary key (name)
);

-- Who took the call, since when the person waits, and what a referral waits for.
alter table practice.referral
    add column taken_by uuid,
    add column arrived_at timestamptz,
    add column waits_for varchar(20),
    add column waits_since timestamptz;

-- handoff -----------------------------------------------------------------------------------------

-- What one person leaves for the next shift on one day.
create table practice.shift_note (
    id uuid not null,
    day date not null,
    written_by varchar(80) not null,
    written_at timestamptz default now() not null,
    note_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_shift_note primary key (id),
    constraint ck_shift_note_never_exempt check (not hipaa_exempt),
    constraint ck_shift_note_note_sealed_bounded check (octet_length(note_sealed) <= 65536)
);
create index ix_shift_note_day on practice.shift_note (day);

-- Who has read a note.
create table practice.shift_read (
    note_id uuid not null,
    reader_id uuid not null,
    read_at timestamptz default now() not null,
    constraint pk_shift_read primary key (note_id, reader_id),
    constraint fk_shift_read_note_id_shift_note foreign key(note_id) references practice.shift_note
        (id)
);

-- risk answers ------------------------------------------------------------------------------------

-- One answer that must be seen at once: a question by its id, and what its answer must not be.
create table practice.risk_rule (
    id uuid not null,
    name varchar(80) not null,
    question_id varchar(80) not null,
    row varchar(200) default '' not null,
    at_least smallint,
    says varchar(200) default '' not null,
    minutes smallint default '10' not null,
    constraint pk_risk_rule primary key (id)
);

-- Who is told of a risk answer, in this order.
create table practice.on_call (
    position smallint not null,
    person_id uuid not null,
    constraint pk_on_call primary key (position)
);

-- One form with answers that a rule names: what they say, who read it when, and what was done.
create table practice.risk_answer (
    id uuid not null,
    client_id uuid not null, -- phi
    intake_id uuid not null, -- phi
    said_sealed bytea, -- phi
    found_at timestamptz not null, -- phi
    minutes smallint not null,
    told smallint default '0' not null,
    tell_at timestamptz,
    read_by varchar(80),
    read_at timestamptz,
    closed_by varchar(80),
    closed_at timestamptz,
    outcome_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_risk_answer primary key (id),
    constraint ck_risk_answer_never_exempt check (not hipaa_exempt),
    constraint fk_risk_answer_client_id_client foreign key(client_id) references practice.client
        (id),
    constraint fk_risk_answer_intake_id_intake foreign key(intake_id) references practice.intake
        (id),
    constraint ck_risk_answer_said_sealed_bounded check (octet_length(said_sealed) <= 131072),
    constraint ck_risk_answer_outcome_sealed_bounded check (octet_length(outcome_sealed) <= 65536)
);
create index ix_risk_answer_client_id on practice.risk_answer (client_id);
create index ix_risk_answer_intake_id on practice.risk_answer (intake_id);
create index ix_risk_answer_found_at on practice.risk_answer (found_at);
create index ix_risk_answer_tell_at on practice.risk_answer (tell_at);

-- appointments ------------------------------------------------------------------------------------

-- How fresh the day list is: the newest of all, at each look.
create index ix_appointment_seen_at on practice.appointment (seen_at);
