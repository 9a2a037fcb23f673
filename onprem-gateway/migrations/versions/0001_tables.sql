-- What the gateway keeps: each feature's tables, in the order in which they need each other. A column says
-- after it what it may hold (phi, exempt, secret; nothing where it is operational); sealed columns hold
-- ciphertext. Functions, triggers, grants and the comments of columns are installed after every migration.
create schema if not exists practice;
create schema if not exists compliance;
create schema if not exists identity;
create schema if not exists ingress;

-- clients -----------------------------------------------------------------------------------------

-- A person the practice cares for, or may.
create table practice.client (
    id uuid not null,
    legal_name_sealed bytea, -- phi
    name_used_sealed bytea, -- phi
    pronouns_sealed bytea, -- phi
    birth_date_sealed bytea, -- phi
    phone_sealed bytea, -- phi
    mobile_sealed bytea, -- phi
    email_sealed bytea, -- phi
    address_sealed bytea, -- phi
    guardian_sealed bytea, -- phi
    payer_sealed bytea, -- phi
    language_sealed bytea, -- phi
    intakeq_number_sealed bytea, -- phi
    may_voicemail boolean default 'false' not null, -- phi
    may_text boolean default 'false' not null, -- phi
    may_email boolean default 'false' not null, -- phi
    may_mail boolean default 'false' not null, -- phi
    part2 boolean default 'false' not null, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_client primary key (id),
    constraint ck_client_never_exempt check (not hipaa_exempt),
    constraint ck_client_legal_name_sealed_bounded check (octet_length(legal_name_sealed) <= 65536),
    constraint ck_client_name_used_sealed_bounded check (octet_length(name_used_sealed) <= 65536),
    constraint ck_client_pronouns_sealed_bounded check (octet_length(pronouns_sealed) <= 65536),
    constraint ck_client_birth_date_sealed_bounded check (octet_length(birth_date_sealed) <= 65536),
    constraint ck_client_phone_sealed_bounded check (octet_length(phone_sealed) <= 65536),
    constraint ck_client_mobile_sealed_bounded check (octet_length(mobile_sealed) <= 65536),
    constraint ck_client_email_sealed_bounded check (octet_length(email_sealed) <= 65536),
    constraint ck_client_address_sealed_bounded check (octet_length(address_sealed) <= 65536),
    constraint ck_client_guardian_sealed_bounded check (octet_length(guardian_sealed) <= 65536),
    constraint ck_client_payer_sealed_bounded check (octet_length(payer_sealed) <= 65536),
    constraint ck_client_language_sealed_bounded check (octet_length(language_sealed) <= 65536),
    constraint ck_client_intakeq_number_sealed_bounded check (octet_length(intakeq_number_sealed) <=
        65536)
);

-- A blind-index token of a client: searchable without opening anything.
create table practice.client_token (
    client_id uuid not null,
    token bytea not null,
    constraint pk_client_token primary key (client_id, token),
    constraint fk_client_token_client_id_client foreign key(client_id) references practice.client
        (id) on delete cascade,
    constraint ck_client_token_token_bounded check (octet_length(token) <= 8)
);
create index ix_client_token_token_client_id on practice.client_token (token, client_id);

-- By which scheme a client's tokens were made: what is missing or older is made again.
create table practice.client_indexed (
    client_id uuid not null,
    scheme smallint not null,
    constraint pk_client_indexed primary key (client_id),
    constraint fk_client_indexed_client_id_client foreign key(client_id) references practice.client
        (id) on delete cascade
);

-- Which record of ours another system's id names; the id itself is a keyed token.
create table practice.external_id (
    system varchar(20) not null,
    kind varchar(40) not null,
    token bytea not null,
    record_id uuid not null,
    constraint pk_external_id primary key (system, kind, token),
    constraint ck_external_id_token_bounded check (octet_length(token) <= 8)
);

-- referrals ---------------------------------------------------------------------------------------

-- One way a person came to the practice, and where it stands.
create table practice.referral (
    id uuid not null,
    client_id uuid not null, -- phi
    source_category varchar(40) not null, -- phi
    source_sealed bytea, -- phi
    received_on date not null, -- phi
    channel varchar(40) not null, -- phi
    concern_code varchar(40) not null, -- phi
    concern_sealed bytea, -- phi
    urgency varchar(20) default 'routine' not null, -- phi
    payer varchar(40) default 'unknown' not null, -- phi
    may_contact boolean default 'false' not null, -- phi
    may_report_back boolean default 'false' not null, -- phi
    state varchar(20) default 'received' not null, -- phi
    state_reason varchar(40), -- phi
    state_at timestamptz default now() not null, -- phi
    owner_id uuid,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_referral primary key (id),
    constraint fk_referral_client_id_client foreign key(client_id) references practice.client (id),
    constraint ck_referral_never_exempt check (not hipaa_exempt),
    constraint ck_referral_source_sealed_bounded check (octet_length(source_sealed) <= 65536),
    constraint ck_referral_concern_sealed_bounded check (octet_length(concern_sealed) <= 65536)
);
create index ix_referral_client_id on practice.referral (client_id);
create index ix_referral_state on practice.referral (state);

-- One step of a referral along the transition table.
create table practice.referral_move (
    id uuid not null,
    referral_id uuid not null, -- phi
    from_state varchar(20), -- phi
    to_state varchar(20) not null, -- phi
    reason varchar(40), -- phi
    moved_by varchar(80) not null,
    moved_at timestamptz default now() not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_referral_move primary key (id),
    constraint fk_referral_move_referral_id_referral foreign key(referral_id) references
        practice.referral (id),
    constraint ck_referral_move_never_exempt check (not hipaa_exempt)
);
create index ix_referral_move_referral_id on practice.referral_move (referral_id);

-- appointments ------------------------------------------------------------------------------------

-- A client's appointment, as IntakeQ last told it.
create table practice.appointment (
    id uuid not null,
    client_id uuid not null, -- phi
    clinician_id uuid, -- phi
    starts_at timestamptz not null, -- phi
    ends_at timestamptz not null, -- phi
    status varchar(24) not null, -- phi
    changed_ms bigint default '0' not null,
    seen_at timestamptz default now() not null,
    service_sealed bytea, -- phi
    place_sealed bytea, -- phi
    local_note_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_appointment primary key (id),
    constraint fk_appointment_client_id_client foreign key(client_id) references practice.client
        (id),
    constraint ck_appointment_never_exempt check (not hipaa_exempt),
    constraint ck_appointment_service_sealed_bounded check (octet_length(service_sealed) <= 65536),
    constraint ck_appointment_place_sealed_bounded check (octet_length(place_sealed) <= 65536),
    constraint ck_appointment_local_note_sealed_bounded check (octet_length(local_note_sealed) <=
        65536)
);
create index ix_appointment_client_id on practice.appointment (client_id);
create index ix_appointment_clinician_id on practice.appointment (clinician_id);
create index ix_appointment_starts_at on practice.appointment (starts_at);

-- intakes -----------------------------------------------------------------------------------------

-- A form that a client submitted: its name and its answers, sealed.
create table practice.intake (
    id uuid not null,
    client_id uuid not null, -- phi
    status varchar(24) not null, -- phi
    submitted_at timestamptz, -- phi
    form_name_sealed bytea, -- phi
    answers_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_intake primary key (id),
    constraint fk_intake_client_id_client foreign key(client_id) references practice.client (id),
    constraint ck_intake_never_exempt check (not hipaa_exempt),
    constraint ck_intake_form_name_sealed_bounded check (octet_length(form_name_sealed) <= 65536),
    constraint ck_intake_answers_sealed_bounded check (octet_length(answers_sealed) <= 4194304)
);
create index ix_intake_client_id on practice.intake (client_id);

-- notes -------------------------------------------------------------------------------------------

-- A locked note. A re-lock raises `locks`; `content_token` tells whether its text changed.
create table practice.note (
    id uuid not null,
    client_id uuid not null, -- phi
    locked_at timestamptz not null, -- phi
    locks integer default '1' not null,
    content_token bytea not null, -- phi
    title_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_note primary key (id),
    constraint fk_note_client_id_client foreign key(client_id) references practice.client (id),
    constraint ck_note_never_exempt check (not hipaa_exempt),
    constraint ck_note_content_token_bounded check (octet_length(content_token) <= 32),
    constraint ck_note_title_sealed_bounded check (octet_length(title_sealed) <= 65536)
);
create index ix_note_client_id on practice.note (client_id);

-- calendar ----------------------------------------------------------------------------------------

-- A stretch of a clinician's time under the standing approval "calendar export".
create table practice.calendar_block (
    id uuid not null,
    appointment_id uuid not null, -- phi
    clinician_id uuid not null, -- exempt
    starts_at timestamptz not null, -- exempt
    ends_at timestamptz not null, -- exempt
    busy varchar(16) not null, -- exempt
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_calendar_block primary key (id),
    constraint uq_calendar_block_appointment_id unique (appointment_id),
    constraint ck_calendar_block_exemption_named check (not hipaa_exempt or exemption_id is not
        null)
);

-- announcements -----------------------------------------------------------------------------------

-- A notice to staff: local_only until a second person approved its exemption.
create table practice.announcement (
    id uuid not null,
    title varchar(120) not null, -- exempt
    body varchar(4000) not null, -- exempt
    author_id uuid not null, -- exempt
    published_at timestamptz not null, -- exempt
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_announcement primary key (id),
    constraint ck_announcement_exemption_named check (not hipaa_exempt or exemption_id is not null)
);

-- staff -------------------------------------------------------------------------------------------

-- A colleague at work, as the portal may know it; the address that IntakeQ knows stays here.
create table practice.staff_profile (
    id uuid not null,
    display_name varchar(120) not null, -- exempt
    roles varchar(40)[] not null, -- exempt
    active boolean default 'true' not null, -- exempt
    email varchar(200) not null,
    work_email varchar(200) default '' not null, -- exempt
    hired_on date, -- exempt
    manager_id uuid, -- exempt
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_staff_profile primary key (id),
    constraint uq_staff_profile_email unique (email),
    constraint ck_staff_profile_exemption_named check (not hipaa_exempt or exemption_id is not
        null),
    constraint ck_staff_profile_roles_bounded check (cardinality(roles) <= 64)
);

-- deliveries --------------------------------------------------------------------------------------

-- One webhook delivery. The process that stored it cannot read it back.
create table ingress.delivery (
    id uuid not null,
    received_at timestamptz default clock_timestamp() not null,
    source varchar(20) not null,
    peer varchar(45) not null,
    outcome varchar(20) not null,
    size integer not null,
    body_sealed bytea, -- phi
    turn_at timestamptz,
    due_at timestamptz,
    object_token bytea,
    event_token bytea,
    attempts integer default '0' not null,
    left_out varchar(40)[],
    result varchar(20),
    result_code varchar(60),
    finished_at timestamptz,
    constraint pk_delivery primary key (id),
    constraint ck_delivery_body_sealed_bounded check (octet_length(body_sealed) <= 4194304),
    constraint ck_delivery_object_token_bounded check (octet_length(object_token) <= 8),
    constraint ck_delivery_event_token_bounded check (octet_length(event_token) <= 8),
    constraint ck_delivery_left_out_bounded check (cardinality(left_out) <= 200)
);
create index ix_delivery_finished on ingress.delivery (finished_at);
create index ix_delivery_held on ingress.delivery (result_code) where result = 'held';
create index ix_delivery_object on ingress.delivery (object_token) where result is null;
create index ix_delivery_turn on ingress.delivery (turn_at, id) where result is null;
create index ix_delivery_waiting on ingress.delivery (received_at) where result is null;

-- A documented key of an event that is done, as a keyed token: duplicates stop here.
create table ingress.seen_event (
    token bytea not null,
    delivery_id uuid not null,
    seen_at timestamptz default now() not null,
    constraint pk_seen_event primary key (token),
    constraint ck_seen_event_token_bounded check (octet_length(token) <= 8)
);

-- One call to IntakeQ. It counts from `ended_at`, which lies ahead while it is under way.
create table ingress.api_call (
    id uuid not null,
    began_at timestamptz not null,
    ended_at timestamptz not null,
    constraint pk_api_call primary key (id)
);
create index ix_api_call_ended_at on ingress.api_call (ended_at);

-- When a client's profile was last asked for: a delivery from before needs no second call.
create table ingress.profile_fetch (
    token bytea not null,
    began_at timestamptz not null,
    constraint pk_profile_fetch primary key (token),
    constraint ck_profile_fetch_token_bounded check (octet_length(token) <= 8)
);

-- One row: the limits in force, and whether every call waits for IntakeQ to be well again.
create table ingress.intake_state (
    id smallint not null,
    per_minute integer not null,
    per_day integer not null,
    failures integer default '0' not null,
    paused_until timestamptz,
    pause_code varchar(20),
    constraint pk_intake_state primary key (id),
    constraint ck_intake_state_one_row check (id = 1)
);

-- oversight ---------------------------------------------------------------------------------------

-- One search for invented clients outside the wall: where it looked, and what it counted.
create table compliance.canary_sweep (
    id uuid not null,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    recorded_at timestamptz default now() not null,
    recorded_by varchar(80) not null,
    tokens integer not null,
    places jsonb not null,
    findings integer not null,
    constraint pk_canary_sweep primary key (id),
    constraint ck_canary_sweep_bounded check (octet_length(places::text) <= 65536),
    constraint ck_canary_sweep_places_bounded check (pg_column_size(places) <= 1048576)
);

-- exemptions --------------------------------------------------------------------------------------

-- Someone asks that one record may leave; another person decides.
create table compliance.exemption_request (
    id uuid not null,
    kind varchar(40) not null,
    record_id uuid,
    requested_by varchar(80) not null,
    requested_at timestamptz default now() not null,
    expires_at timestamptz,
    decided_by varchar(80),
    decided_at timestamptz,
    outcome varchar(16) default 'open' not null,
    exemption_id uuid,
    reason_sealed bytea, -- phi
    decision_sealed bytea, -- phi
    constraint pk_exemption_request primary key (id),
    constraint ck_exemption_request_reason_sealed_bounded check (octet_length(reason_sealed) <=
        65536),
    constraint ck_exemption_request_decision_sealed_bounded check (octet_length(decision_sealed) <=
        65536)
);
create index ix_exemption_request_record_id on compliance.exemption_request (record_id);

-- That an exemption was taken back, how many records it recalled, and why.
create table compliance.withdrawal (
    id uuid not null,
    exemption_id uuid not null,
    actor varchar(80) not null,
    at timestamptz default now() not null,
    records bigint default '0' not null,
    reason_sealed bytea, -- phi
    constraint pk_withdrawal primary key (id),
    constraint uq_withdrawal_exemption_id unique (exemption_id),
    constraint ck_withdrawal_reason_sealed_bounded check (octet_length(reason_sealed) <= 65536)
);

-- holds -------------------------------------------------------------------------------------------

-- A record that screening held: waiting, cleared by an officer, or kept here.
create table compliance.held_record (
    id uuid not null,
    kind varchar(40) not null,
    record_id uuid not null,
    version bigint not null,
    rule varchar(60) not null,
    place varchar(60),
    hits jsonb default '[]'::jsonb not null,
    digest bytea,
    held_at timestamptz default now() not null,
    decided_at timestamptz,
    decided_by varchar(80),
    outcome varchar(8) default 'waiting' not null,
    proposed_by varchar(80),
    proposed_at timestamptz,
    reason_sealed bytea, -- phi
    second_reason_sealed bytea, -- phi
    constraint pk_held_record primary key (id),
    constraint uq_held_record_kind_record_id_version unique (kind, record_id, version),
    constraint ck_held_record_hits_bounded check (jsonb_typeof(hits) = 'array' and
        octet_length(hits::text) <= 65536),
    constraint ck_held_record_digest_bounded check (octet_length(digest) <= 32),
    constraint ck_held_record_reason_sealed_bounded check (octet_length(reason_sealed) <= 65536),
    constraint ck_held_record_second_reason_sealed_bounded check (octet_length(second_reason_sealed)
        <= 65536)
);

-- incidents ---------------------------------------------------------------------------------------

-- Something the officer has to look at: what it is about, never what was found.
create table compliance.incident (
    id uuid not null,
    code varchar(40) not null,
    subject_kind varchar(40) not null,
    subject_id uuid,
    opened_at timestamptz default now() not null,
    closed_at timestamptz,
    closed_by varchar(80),
    assigned_to varchar(80),
    cause varchar(40),
    note_sealed bytea, -- phi
    constraint pk_incident primary key (id),
    constraint ck_incident_note_sealed_bounded check (octet_length(note_sealed) <= 65536)
);

-- One step in the life of an incident; none is ever changed or removed.
create table compliance.incident_event (
    id uuid not null,
    incident_id uuid not null,
    at timestamptz default clock_timestamp() not null,
    actor varchar(80) not null,
    act varchar(16) not null,
    assignee varchar(80),
    cause varchar(40),
    said_sealed bytea, -- phi
    constraint pk_incident_event primary key (id),
    constraint fk_incident_event_incident_id_incident foreign key(incident_id) references
        compliance.incident (id),
    constraint ck_incident_event_said_sealed_bounded check (octet_length(said_sealed) <= 65536)
);
create index ix_incident_event_incident_id on compliance.incident_event (incident_id);

-- cloud_copies ------------------------------------------------------------------------------------

-- One record that an officer keeps back although a standing approval covers its kind.
create table compliance.kept_back (
    id uuid not null,
    kind varchar(40) not null,
    record_id uuid not null,
    subject_id uuid,
    kept_by varchar(80) not null,
    kept_at timestamptz default now() not null,
    lifted_by varchar(80),
    lifted_at timestamptz,
    reason_sealed bytea, -- phi
    lifted_reason_sealed bytea, -- phi
    constraint pk_kept_back primary key (id),
    constraint ck_kept_back_other_person_lifts check (lifted_by is distinct from kept_by),
    constraint ck_kept_back_reason_sealed_bounded check (octet_length(reason_sealed) <= 65536),
    constraint ck_kept_back_lifted_reason_sealed_bounded check (octet_length(lifted_reason_sealed)
        <= 65536)
);
create index ix_kept_back_record_id on compliance.kept_back (record_id);
create index ix_kept_back_subject_id on compliance.kept_back (subject_id);

-- ledger_review -----------------------------------------------------------------------------------

-- What an entry of the relay ledger is found by.
create table compliance.ledger_row (
    n bigint not null,
    day date not null,
    decision varchar(40) not null,
    gate varchar(40),
    reason varchar(80),
    kind varchar(60),
    record_id uuid,
    batch bigint,
    exemption_id uuid,
    constraint pk_ledger_row primary key (n)
);
create index ix_ledger_row_batch on compliance.ledger_row (batch, n) where batch is not null;
create index ix_ledger_row_decision on compliance.ledger_row (decision, n);
create index ix_ledger_row_exemption on compliance.ledger_row (exemption_id, n)
    where exemption_id is not null;
create index ix_ledger_row_kind on compliance.ledger_row (kind, n);
create index ix_ledger_row_reason on compliance.ledger_row (reason, n) where reason is not null;
create index ix_ledger_row_record on compliance.ledger_row (record_id, n)
    where record_id is not null;

-- How many entries of one sort one day of the practice has, and between which numbers.
create table compliance.ledger_day (
    day date not null,
    decision varchar(40) not null,
    gate varchar(40) not null,
    reason varchar(80) not null,
    kind varchar(60) not null,
    entries bigint not null,
    first_n bigint not null,
    last_n bigint not null,
    constraint pk_ledger_day primary key (day, decision, gate, reason, kind)
);

-- Up to which entry a ledger has rows, and by which clock its days were cut.
create table compliance.review_state (
    ledger varchar(16) not null,
    next_n bigint not null,
    zone varchar(64) not null,
    constraint pk_review_state primary key (ledger)
);

-- One verification of a whole ledger that someone asked for: how far it is, and its verdict.
create table compliance.ledger_check (
    id uuid not null,
    ledger varchar(16) not null,
    asked_by varchar(80) not null,
    asked_at timestamptz default now() not null,
    why varchar(16) default 'asked' not null,
    starts smallint default '0' not null,
    started_at timestamptz,
    permille integer default '0' not null,
    finished_at timestamptz,
    size bigint,
    root varchar(64),
    is_sound boolean,
    signers jsonb,
    findings jsonb,
    constraint pk_ledger_check primary key (id),
    constraint ck_ledger_check_ledger_known check (ledger in ('relay', 'access')),
    constraint ck_ledger_check_why_known check (why in ('asked', 'daily', 'did_not_fit')),
    constraint ck_ledger_check_signers_bounded check (pg_column_size(signers) <= 1048576),
    constraint ck_ledger_check_findings_bounded check (pg_column_size(findings) <= 1048576)
);

-- A filter that someone keeps under a name: ids, codes and dates, never a client's name.
create table compliance.saved_view (
    id uuid not null,
    owner varchar(80) not null,
    page varchar(16) not null,
    name varchar(60) not null,
    query varchar(600) not null,
    kept_at timestamptz default now() not null,
    constraint pk_saved_view primary key (id),
    constraint uq_saved_view_name unique (owner, page, name)
);

-- access_log --------------------------------------------------------------------------------------

-- What an entry of the access ledger is found by; the minute and weekday are the practice's.
create table compliance.access_row (
    n bigint not null,
    at timestamptz not null,
    day date not null,
    minute smallint not null,
    weekday smallint not null,
    actor varchar(80) not null,
    is_person boolean not null,
    act varchar(60) not null,
    subject_kind varchar(60) not null,
    subject_ids uuid[] not null,
    outcome varchar(60) not null,
    purpose varchar(200) not null,
    constraint pk_access_row primary key (n),
    constraint ck_access_row_subject_ids_bounded check (cardinality(subject_ids) <= 500)
);
create index ix_access_row_act on compliance.access_row (act, n);
create index ix_access_row_actor on compliance.access_row (actor, n);
create index ix_access_row_kind on compliance.access_row (subject_kind, n);
create index ix_access_row_outcome on compliance.access_row (outcome, n) where outcome <> 'done';
create index ix_access_row_subjects on compliance.access_row using gin (subject_ids);

-- How many access entries one day of the practice has, and between which numbers.
create table compliance.access_day (
    day date not null,
    act varchar(60) not null,
    is_person boolean not null,
    entries bigint not null,
    first_n bigint not null,
    last_n bigint not null,
    constraint pk_access_day primary key (day, act, is_person)
);

-- A colleague who is a client too, or shares a client's surname: known by id alone.
create table compliance.staff_tie (
    account_id varchar(80) not null,
    client_id uuid not null,
    tie varchar(8) not null,
    constraint pk_staff_tie primary key (account_id, client_id)
);
create index ix_staff_tie_client on compliance.staff_tie (client_id);

-- One disclosure of a client's information that has to be accounted for.
create table compliance.disclosure (
    id uuid not null,
    client_id uuid not null,
    disclosed_on date not null,
    basis varchar(40) not null,
    corrects uuid,
    recorded_by varchar(80) not null,
    recorded_at timestamptz default now() not null,
    recipient_sealed bytea, -- phi
    address_sealed bytea, -- phi
    what_sealed bytea, -- phi
    why_sealed bytea, -- phi
    constraint pk_disclosure primary key (id),
    constraint ck_disclosure_recipient_sealed_bounded check (octet_length(recipient_sealed) <=
        65536),
    constraint ck_disclosure_address_sealed_bounded check (octet_length(address_sealed) <= 65536),
    constraint ck_disclosure_what_sealed_bounded check (octet_length(what_sealed) <= 65536),
    constraint ck_disclosure_why_sealed_bounded check (octet_length(why_sealed) <= 65536)
);
create index ix_disclosure_client_id on compliance.disclosure (client_id);

-- screening ---------------------------------------------------------------------------------------

-- One allowed word or phrase. It may be a client's surname, so it is sealed.
create table compliance.screening_allowance (
    id uuid not null,
    token bytea not null,
    asked_by varchar(80) not null,
    asked_at timestamptz default now() not null,
    approved_by varchar(80),
    approved_at timestamptz,
    removed_by varchar(80),
    removed_at timestamptz,
    term_sealed bytea, -- phi
    reason_sealed bytea, -- phi
    constraint pk_screening_allowance primary key (id),
    constraint ck_screening_allowance_other_person_approves check (approved_by is distinct from
        asked_by),
    constraint ck_screening_allowance_token_bounded check (octet_length(token) <= 8),
    constraint ck_screening_allowance_term_sealed_bounded check (octet_length(term_sealed) <=
        65536),
    constraint ck_screening_allowance_reason_sealed_bounded check (octet_length(reason_sealed) <=
        65536)
);
create unique index uq_screening_allowance_live on compliance.screening_allowance (token)
    where removed_at is null;

-- look_back ---------------------------------------------------------------------------------------

-- Up to which change of a client everything in the cloud was searched.
create table compliance.look_back_state (
    id SMALLSERIAL not null,
    cursor timestamptz,
    masks bytea,
    constraint pk_look_back_state primary key (id),
    constraint ck_look_back_state_only_one check (id = 1),
    constraint ck_look_back_state_masks_bounded check (octet_length(masks) <= 32)
);

-- One search of everything in the cloud; one that never finished was interrupted.
create table compliance.look_back_pass (
    id uuid not null,
    scope varchar(8) not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    clients integer not null,
    texts bigint default '0' not null,
    found integer default '0' not null,
    constraint pk_look_back_pass primary key (id),
    constraint ck_look_back_pass_scope_known check (scope in ('changed', 'whole'))
);
create index ix_look_back_pass_scope_finished_at on compliance.look_back_pass (scope, finished_at);

-- One record in the cloud that names someone who became a client later.
create table compliance.look_back_finding (
    id uuid not null,
    pass_id uuid not null,
    kind varchar(40) not null,
    record_id uuid not null,
    version bigint not null,
    rule varchar(60) not null,
    place varchar(60) not null,
    is_missed boolean not null,
    found_at timestamptz default now() not null,
    readable_since timestamptz,
    gone_at timestamptz,
    constraint pk_look_back_finding primary key (id),
    constraint uq_look_back_finding_kind_record_id_version unique (kind, record_id, version),
    constraint fk_look_back_finding_pass_id_look_back_pass foreign key(pass_id) references
        compliance.look_back_pass (id)
);
create index ix_look_back_finding_open on compliance.look_back_finding (found_at)
    where gone_at is null;

-- packets -----------------------------------------------------------------------------------------

-- One week, Monday to Sunday in the practice's zone. Once signed it stands for ever.
create table compliance.packet (
    id uuid not null,
    first_day date not null,
    last_day date not null,
    zone varchar(64) not null,
    made_at timestamptz default now() not null,
    due_at timestamptz not null,
    told_on date,
    signed_by varchar(80),
    signed_at timestamptz,
    digest varchar(64),
    constraint pk_packet primary key (id),
    constraint uq_packet_first_day unique (first_day),
    constraint ck_packet_signed_whole check ((signed_by is null) = (signed_at is null) and
        (signed_by is null) = (digest is null))
);

-- One question of a packet: the counts that answer it, and what an officer made of them.
create table compliance.packet_line (
    id uuid not null,
    packet_id uuid not null,
    position integer not null,
    code varchar(40) not null,
    facts jsonb not null,
    verdict varchar(8),
    judged_by varchar(80),
    judged_at timestamptz,
    incident_id uuid,
    comment_sealed bytea, -- phi
    constraint pk_packet_line primary key (id),
    constraint uq_packet_line_packet_id_code unique (packet_id, code),
    constraint fk_packet_line_packet_id_packet foreign key(packet_id) references compliance.packet
        (id),
    constraint ck_packet_line_bounded check (octet_length(facts::text) <= 65536),
    constraint ck_packet_line_facts_bounded check (pg_column_size(facts) <= 1048576),
    constraint ck_packet_line_comment_sealed_bounded check (octet_length(comment_sealed) <= 65536)
);

-- statements --------------------------------------------------------------------------------------

-- One statement that someone asked for. Once finished it stands for ever, made or refused.
create table compliance.statement (
    id uuid not null,
    month varchar(7) not null,
    zone varchar(64) not null,
    asked_by varchar(80) not null,
    asked_at timestamptz default now() not null,
    starts integer default '0' not null,
    moved_at timestamptz,
    permille integer default '0' not null,
    finished_at timestamptz,
    outcome varchar(8),
    body varchar(262144),
    findings jsonb,
    compared jsonb,
    seen jsonb,
    constraint pk_statement primary key (id),
    constraint ck_statement_finished_whole check ((finished_at is null) = (outcome is null) and
        (outcome is distinct from 'made' or body is not null)),
    constraint ck_statement_findings_bounded check (pg_column_size(findings) <= 1048576),
    constraint ck_statement_compared_bounded check (pg_column_size(compared) <= 1048576),
    constraint ck_statement_seen_bounded check (pg_column_size(seen) <= 1048576)
);
create unique index uq_statement_waiting on compliance.statement (month) where finished_at is null;

-- kept_texts --------------------------------------------------------------------------------------

-- The original of a portal text that names a client, as it arrived.
create table practice.kept_text (
    id uuid not null,
    source_kind varchar(40) not null,
    source_id uuid not null,
    source_version bigint not null,
    rule varchar(60) not null,
    arrived_at timestamptz default now() not null,
    subject_sealed bytea, -- phi
    body_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_kept_text primary key (id),
    constraint uq_kept_text_source_kind_source_id_source_version unique (source_kind, source_id,
        source_version),
    constraint ck_kept_text_never_exempt check (not hipaa_exempt),
    constraint ck_kept_text_subject_sealed_bounded check (octet_length(subject_sealed) <= 65536),
    constraint ck_kept_text_body_sealed_bounded check (octet_length(body_sealed) <= 65536)
);

-- An order to the portal to remove one of its own texts; exempt from birth.
create table practice.redaction_order (
    id uuid not null,
    reason varchar(40) not null, -- exempt
    target_kind varchar(40) not null, -- exempt
    target_id uuid not null, -- exempt
    target_version bigint not null, -- exempt
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_redaction_order primary key (id),
    constraint uq_redaction_order_target_kind_target_id_target_version unique (target_kind,
        target_id, target_version),
    constraint ck_redaction_order_exemption_named check (not hipaa_exempt or exemption_id is not
        null)
);

-- How far a portal text was screened: one row for each version that arrived.
create table practice.arrival (
    kind varchar(40) not null,
    record_id uuid not null,
    version bigint not null,
    thread_id uuid,
    outcome varchar(8) not null,
    screened_at timestamptz default now() not null,
    constraint pk_arrival primary key (kind, record_id)
);
create index ix_arrival_thread_id on practice.arrival (thread_id);

-- people ------------------------------------------------------------------------------------------

-- One offboarding: when it was done, by whom, and what ended in that instant.
create table practice.offboarding (
    id uuid not null,
    user_id uuid not null,
    by_id uuid not null,
    at timestamptz default now() not null,
    sessions integer not null,
    tokens integer not null,
    letters integer not null,
    clients integer not null,
    secrets integer default '0' not null,
    requests integer default '0' not null,
    profile_version bigint,
    constraint pk_offboarding primary key (id)
);
create index ix_offboarding_user_id on practice.offboarding (user_id);

-- decisions ---------------------------------------------------------------------------------------

-- Roles for someone, or a weaker rule about two-step sign-in: asked by one, decided by another.
create table compliance.decision (
    id uuid not null,
    kind varchar(16) not null,
    user_id uuid,
    roles varchar(40)[] not null,
    required_from timestamptz,
    requested_by uuid not null,
    requested_at timestamptz default now() not null,
    outcome varchar(12) default 'open' not null,
    decided_by uuid,
    decided_at timestamptz,
    reason_sealed bytea, -- phi
    constraint pk_decision primary key (id),
    constraint ck_decision_kind_known check (kind in ('roles', 'factor_rule')),
    constraint ck_decision_outcome_known check (outcome in ('open', 'approved', 'declined',
        'dropped')),
    constraint ck_decision_about_somebody check ((kind = 'roles') = (user_id is not null)),
    constraint ck_decision_day_of_a_rule check (kind = 'factor_rule' or required_from is null),
    constraint ck_decision_one_rule check (kind = 'roles' or cardinality(roles) = 1),
    constraint ck_decision_powers_only check (kind <> 'roles' or (cardinality(roles) > 0 and roles
        <@ array['admin', 'compliance']::varchar[])),
    constraint ck_decision_not_own check (user_id is distinct from requested_by),
    constraint ck_decision_second_person check (outcome <> 'approved' or (decided_by <> requested_by
        and decided_by is distinct from user_id)),
    constraint ck_decision_decided_whole check ((outcome = 'open') = (decided_by is null) and
        (decided_by is null) = (decided_at is null)),
    constraint ck_decision_roles_bounded check (cardinality(roles) <= 64),
    constraint ck_decision_reason_sealed_bounded check (octet_length(reason_sealed) <= 65536)
);
create index ix_decision_user_id on compliance.decision (user_id);
create unique index uq_decision_open_roles on compliance.decision (user_id)
    where outcome = 'open' and kind = 'roles';
create unique index uq_decision_open_rule on compliance.decision (roles)
    where outcome = 'open' and kind = 'factor_rule';

-- One line that the officers have to hear. The wall writes it; nobody else can.
create table compliance.officer_notice (
    id uuid not null,
    at timestamptz default now() not null,
    code varchar(24) not null,
    actor varchar(80) not null,
    subject uuid,
    roles varchar(40)[] not null,
    told_at timestamptz,
    seen_by uuid,
    seen_at timestamptz,
    constraint pk_officer_notice primary key (id),
    constraint ck_officer_notice_roles_bounded check (cardinality(roles) <= 64)
);
create index ix_officer_notice_at on compliance.officer_notice (at);

-- The first two people, made on the server while nobody held a power.
create table compliance.founding (
    id uuid not null,
    first_id uuid not null,
    second_id uuid not null,
    at timestamptz default now() not null,
    constraint pk_founding primary key (id),
    constraint ck_founding_two_people check (first_id <> second_id)
);

-- break_glass -------------------------------------------------------------------------------------

-- One opening. The wall lets nobody lengthen it, change its reason or review an own one.
create table compliance.break_glass (
    id uuid not null,
    user_id uuid not null,
    opened_at timestamptz not null,
    ends_at timestamptz not null,
    ended_at timestamptz,
    told_at timestamptz,
    reviewed_by uuid,
    reviewed_at timestamptz,
    outcome varchar(12) default 'open' not null,
    reason_sealed bytea, -- phi
    constraint pk_break_glass primary key (id),
    constraint ck_break_glass_time_boxed check (ends_at <= opened_at + interval '1 hour'),
    constraint ck_break_glass_other_person_reviews check (reviewed_by is distinct from user_id),
    constraint ck_break_glass_reason_sealed_bounded check (octet_length(reason_sealed) <= 65536)
);
create index ix_break_glass_user_id on compliance.break_glass (user_id);

-- oauth_clients -----------------------------------------------------------------------------------

-- A relying party or an API client. Its writes are audited, because its name is classified.
create table identity.oauth_client (
    id uuid not null,
    client_id varchar(64) not null,
    name varchar(120) not null, -- exempt
    kind varchar(16) not null,
    first_party boolean default 'false' not null,
    redirect_uris varchar(500)[] default '{}' not null,
    post_logout_uris varchar(500)[] default '{}' not null,
    backchannel_uri varchar(500),
    scopes varchar(40)[] default '{}' not null,
    active boolean default 'true' not null,
    created_at timestamptz default now() not null,
    constraint pk_oauth_client primary key (id),
    constraint uq_oauth_client_client_id unique (client_id),
    constraint ck_oauth_client_redirect_uris_bounded check (cardinality(redirect_uris) <= 64),
    constraint ck_oauth_client_post_logout_uris_bounded check (cardinality(post_logout_uris) <= 64),
    constraint ck_oauth_client_scopes_bounded check (cardinality(scopes) <= 64)
);

-- One secret of a client, as a hash; an older one may work beside it until it ends.
create table identity.client_secret (
    id uuid not null,
    client uuid not null,
    secret_hash bytea not null, -- secret
    made_at timestamptz default now() not null,
    ends_at timestamptz,
    shown_to varchar(80) default '' not null,
    constraint pk_client_secret primary key (id),
    constraint fk_client_secret_client_oauth_client foreign key(client) references
        identity.oauth_client (id) on delete cascade,
    constraint ck_client_secret_secret_hash_bounded check (octet_length(secret_hash) <= 32)
);
create index ix_client_secret_client on identity.client_secret (client);

-- One step in a client's history: who, when, and each field before and after.
create table identity.client_change (
    id uuid not null,
    client uuid not null,
    at timestamptz default now() not null,
    by varchar(80) not null,
    what varchar(40) not null,
    diff jsonb not null,
    constraint pk_client_change primary key (id),
    constraint ck_client_change_diff_bounded check (pg_column_size(diff) <= 1048576)
);
create index ix_client_change_client on identity.client_change (client);

-- Someone asks for scopes for a client; another person decides.
create table identity.scope_request (
    id uuid not null,
    client uuid not null,
    scopes varchar(40)[] not null,
    requested_by varchar(80) not null,
    requested_at timestamptz default now() not null,
    outcome varchar(16) default 'open' not null,
    decided_by varchar(80),
    decided_at timestamptz,
    constraint pk_scope_request primary key (id),
    constraint fk_scope_request_client_oauth_client foreign key(client) references
        identity.oauth_client (id) on delete cascade,
    constraint ck_scope_request_outcome_known check (outcome in ('open', 'approved', 'declined')),
    constraint ck_scope_request_second_person check (outcome <> 'approved' or decided_by <>
        requested_by),
    constraint ck_scope_request_decided check ((outcome = 'open') = (decided_by is null)),
    constraint ck_scope_request_scopes_bounded check (cardinality(scopes) <= 64)
);
create unique index uq_scope_request_open on identity.scope_request (client) where outcome = 'open';

-- What Hydra has of a client, and what is on its way there. No row: it has heard nothing.
create table identity.client_push (
    client uuid not null,
    digest varchar(64),
    told_at timestamptz,
    secret_sealed bytea, -- secret
    secret_at timestamptz,
    attempts integer default '0' not null,
    next_at timestamptz default now() not null,
    problem varchar(40),
    constraint pk_client_push primary key (client),
    constraint fk_client_push_client_oauth_client foreign key(client) references
        identity.oauth_client (id) on delete cascade,
    constraint ck_client_push_secret_sealed_bounded check (octet_length(secret_sealed) <= 65536)
);

-- accounts ----------------------------------------------------------------------------------------

-- A colleague's account. Its id is the id of the staff profile.
create table identity.user_account (
    id uuid not null,
    email varchar(200) not null, -- exempt
    display_name varchar(120) not null, -- exempt
    roles varchar(40)[] not null,
    password_hash varchar(200), -- secret
    active boolean default 'true' not null,
    created_at timestamptz default now() not null,
    password_changed_at timestamptz,
    ended_at timestamptz,
    forgotten_at timestamptz,
    created_by varchar(80) default '' not null,
    constraint pk_user_account primary key (id),
    constraint uq_user_account_email unique (email),
    constraint ck_user_account_roles_bounded check (cardinality(roles) <= 64)
);

-- How often sign-in failed for one account or network, by keyed digest of its name.
create table identity.sign_in_failures (
    subject_hash bytea not null, -- secret
    failures integer not null,
    not_before timestamptz not null,
    constraint pk_sign_in_failures primary key (subject_hash),
    constraint ck_sign_in_failures_subject_hash_bounded check (octet_length(subject_hash) <= 32)
);

-- A browser in which a person has signed in completely before, by the hash of its cookie.
create table identity.known_browser (
    browser_hash bytea not null, -- secret
    user_id uuid not null,
    seen_at timestamptz not null,
    constraint pk_known_browser primary key (browser_hash, user_id),
    constraint fk_known_browser_user_id_user_account foreign key(user_id) references
        identity.user_account (id) on delete cascade,
    constraint ck_known_browser_browser_hash_bounded check (octet_length(browser_hash) <= 32)
);
create index ix_known_browser_user_id on identity.known_browser (user_id);

-- What happened at someone's own sign-in, for their eyes.
create table identity.activity (
    id uuid not null,
    user_id uuid not null,
    at timestamptz default now() not null,
    act varchar(40) not null,
    method varchar(16) default '' not null,
    device varchar(120) default '' not null,
    address varchar(64) default '' not null,
    constraint pk_activity primary key (id),
    constraint fk_activity_user_id_user_account foreign key(user_id) references
        identity.user_account (id) on delete cascade
);
create index ix_activity_user_id on identity.activity (user_id);

-- A letter that waits to be mailed. Its token is made when it is sent, so none is stored.
create table identity.letter (
    id uuid not null,
    user_id uuid,
    purpose varchar(24) not null,
    token_hash bytea, -- secret
    asked_at timestamptz default now() not null,
    sent_at timestamptz,
    ends_at timestamptz,
    used_at timestamptz,
    attempts integer default '0' not null,
    next_at timestamptz default now() not null,
    constraint pk_letter primary key (id),
    constraint uq_letter_token_hash unique (token_hash),
    constraint fk_letter_user_id_user_account foreign key(user_id) references identity.user_account
        (id) on delete cascade,
    constraint ck_letter_token_hash_bounded check (octet_length(token_hash) <= 32)
);
create index ix_letter_next_at on identity.letter (next_at);
create index ix_letter_user_id on identity.letter (user_id);

-- sessions ----------------------------------------------------------------------------------------

-- A session of the identity process or the workspace; only the hash of its secret is stored.
create table identity.session (
    id_hash bytea not null, -- secret
    id uuid default gen_random_uuid() not null,
    user_id uuid not null,
    application varchar(16) default 'workspace' not null,
    stage varchar(16) default 'full' not null,
    parent uuid,
    started_at timestamptz not null,
    last_used_at timestamptz not null,
    ends_at timestamptz not null,
    authenticated_at timestamptz,
    methods varchar(8)[] default '{}' not null,
    device varchar(120) default '' not null,
    address varchar(64) default '' not null,
    constraint pk_session primary key (id_hash),
    constraint uq_session_id unique (id),
    constraint fk_session_user_id_user_account foreign key(user_id) references identity.user_account
        (id) on delete cascade,
    constraint fk_session_parent_session foreign key(parent) references identity.session (id) on
        delete cascade,
    constraint ck_session_application_known check (application in ('identity', 'workspace')),
    constraint ck_session_stage_known check (stage in ('password', 'enrol', 'full')),
    constraint ck_session_stage_at_identity check (stage = 'full' or application = 'identity'),
    constraint ck_session_id_hash_bounded check (octet_length(id_hash) <= 32),
    constraint ck_session_methods_bounded check (cardinality(methods) <= 64)
);
create index ix_session_parent on identity.session (parent);
create index ix_session_user_id on identity.session (user_id);

-- A one-time code from the identity process to the workspace; 60 seconds, once.
create table identity.handoff (
    code_hash bytea not null, -- secret
    user_id uuid not null,
    session_id uuid,
    ends_at timestamptz not null,
    used_at timestamptz,
    constraint pk_handoff primary key (code_hash),
    constraint fk_handoff_user_id_user_account foreign key(user_id) references identity.user_account
        (id) on delete cascade,
    constraint fk_handoff_session_id_session foreign key(session_id) references identity.session
        (id) on delete cascade,
    constraint ck_handoff_code_hash_bounded check (octet_length(code_hash) <= 32)
);
create index ix_handoff_session_id on identity.handoff (session_id);

-- factors -----------------------------------------------------------------------------------------

-- An authenticator app's secret, sealed; each time step opens once.
create table identity.totp (
    id uuid not null,
    user_id uuid not null,
    name varchar(60) not null,
    secret_sealed bytea not null, -- secret
    last_step bigint default '0' not null,
    confirmed_at timestamptz,
    created_at timestamptz default now() not null,
    constraint pk_totp primary key (id),
    constraint fk_totp_user_id_user_account foreign key(user_id) references identity.user_account
        (id) on delete cascade,
    constraint ck_totp_secret_sealed_bounded check (octet_length(secret_sealed) <= 65536)
);
create index ix_totp_user_id on identity.totp (user_id);

-- A security key or passkey, by its public key.
create table identity.passkey (
    id uuid not null,
    user_id uuid not null,
    name varchar(60) not null,
    credential_id bytea not null,
    public_key bytea not null,
    sign_count bigint not null,
    transports varchar(20)[] default '{}' not null,
    created_at timestamptz default now() not null,
    last_used_at timestamptz,
    constraint pk_passkey primary key (id),
    constraint uq_passkey_credential_id unique (credential_id),
    constraint fk_passkey_user_id_user_account foreign key(user_id) references identity.user_account
        (id) on delete cascade,
    constraint ck_passkey_credential_id_bounded check (octet_length(credential_id) <= 65536),
    constraint ck_passkey_public_key_bounded check (octet_length(public_key) <= 65536),
    constraint ck_passkey_transports_bounded check (cardinality(transports) <= 64)
);
create index ix_passkey_user_id on identity.passkey (user_id);

-- What a security key is asked to sign: for one session and one purpose, once, in time.
create table identity.challenge (
    challenge_hash bytea not null, -- secret
    user_id uuid not null,
    session_hash bytea not null, -- secret
    purpose varchar(16) not null,
    ends_at timestamptz not null,
    constraint pk_challenge primary key (challenge_hash),
    constraint fk_challenge_user_id_user_account foreign key(user_id) references
        identity.user_account (id) on delete cascade,
    constraint ck_challenge_challenge_hash_bounded check (octet_length(challenge_hash) <= 32),
    constraint ck_challenge_session_hash_bounded check (octet_length(session_hash) <= 32)
);
create index ix_challenge_user_id on identity.challenge (user_id);

-- One of ten codes for a lost device; opens once.
create table identity.recovery_code (
    id uuid not null,
    user_id uuid not null,
    code_hash bytea not null, -- secret
    used_at timestamptz,
    constraint pk_recovery_code primary key (id),
    constraint fk_recovery_code_user_id_user_account foreign key(user_id) references
        identity.user_account (id) on delete cascade,
    constraint ck_recovery_code_code_hash_bounded check (octet_length(code_hash) <= 32)
);
create index ix_recovery_code_user_id on identity.recovery_code (user_id);

-- From when a role needs a second factor. A role without a row needs none.
create table identity.mfa_rule (
    role varchar(40) not null,
    required_from timestamptz not null,
    constraint pk_mfa_rule primary key (role)
);

-- A colleague lost their device: two other people agree, then the factors are gone.
create table identity.device_reset (
    id uuid not null,
    user_id uuid not null,
    asked_by uuid not null,
    asked_at timestamptz default now() not null,
    approved_by uuid,
    approved_at timestamptz,
    constraint pk_device_reset primary key (id),
    constraint fk_device_reset_user_id_user_account foreign key(user_id) references
        identity.user_account (id) on delete cascade,
    constraint ck_device_reset_two_persons check (approved_by is null or approved_by <> asked_by),
    constraint ck_device_reset_not_own check (asked_by <> user_id and approved_by is distinct from
        user_id),
    constraint ck_device_reset_approval_whole check ((approved_by is null) = (approved_at is null))
);
create index ix_device_reset_user_id on identity.device_reset (user_id);

-- tokens ------------------------------------------------------------------------------------------

-- An access token of a program, by its hash: what proves the program to the workspace's database.
create table identity.access_token (
    id_hash bytea not null, -- secret
    client uuid not null,
    ends_at timestamptz not null,
    constraint pk_access_token primary key (id_hash),
    constraint fk_access_token_client_oauth_client foreign key(client) references
        identity.oauth_client (id) on delete cascade,
    constraint ck_access_token_id_hash_bounded check (octet_length(id_hash) <= 32)
);
create index ix_access_token_ends_at on identity.access_token (ends_at);

-- What an operator has said is proved elsewhere: `hydra_programs` in Hydra mode, and nothing else.
create table identity.trust (
    what varchar(40) not null,
    since timestamptz default now() not null,
    constraint pk_trust primary key (what),
    constraint ck_trust_what_known check (what = 'hydra_programs')
);

-- One RS256 key: published before it signs, kept until the last token under it is over.
create table identity.signing_key (
    kid varchar(43) not null,
    alg varchar(8) not null,
    private_sealed bytea, -- secret
    public_jwk jsonb not null,
    created_at timestamptz not null,
    active_from timestamptz not null,
    retired_at timestamptz,
    constraint pk_signing_key primary key (kid),
    constraint ck_signing_key_private_sealed_bounded check (octet_length(private_sealed) <= 65536),
    constraint ck_signing_key_public_jwk_bounded check (pg_column_size(public_jwk) <= 1048576)
);

-- A code for tokens: hashed, bound to client, address and verifier; a minute, once.
create table identity.authorization_code (
    code_hash bytea not null, -- secret
    client uuid not null,
    user_id uuid not null,
    session_id uuid not null,
    redirect_uri varchar(500) not null,
    scopes varchar(40)[] not null,
    nonce varchar(255), -- secret
    challenge varchar(43) not null, -- secret
    auth_time timestamptz not null,
    methods varchar(8)[] not null,
    family uuid not null,
    ends_at timestamptz not null,
    used_at timestamptz,
    jti varchar(43),
    constraint pk_authorization_code primary key (code_hash),
    constraint fk_authorization_code_client_oauth_client foreign key(client) references
        identity.oauth_client (id) on delete cascade,
    constraint fk_authorization_code_user_id_user_account foreign key(user_id) references
        identity.user_account (id) on delete cascade,
    constraint fk_authorization_code_session_id_session foreign key(session_id) references
        identity.session (id) on delete cascade,
    constraint ck_authorization_code_code_hash_bounded check (octet_length(code_hash) <= 32),
    constraint ck_authorization_code_scopes_bounded check (cardinality(scopes) <= 64),
    constraint ck_authorization_code_methods_bounded check (cardinality(methods) <= 64)
);
create index ix_authorization_code_session_id on identity.authorization_code (session_id);

-- One link of a family of refresh tokens: used once, then the next; a second use ends all.
create table identity.refresh_token (
    token_hash bytea not null, -- secret
    family uuid not null,
    client uuid not null,
    user_id uuid not null,
    session_id uuid not null,
    scopes varchar(40)[] not null,
    auth_time timestamptz not null,
    methods varchar(8)[] not null,
    made_at timestamptz not null,
    ends_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz,
    jti varchar(43) not null,
    answer_sealed bytea, -- secret
    constraint pk_refresh_token primary key (token_hash),
    constraint fk_refresh_token_client_oauth_client foreign key(client) references
        identity.oauth_client (id) on delete cascade,
    constraint fk_refresh_token_user_id_user_account foreign key(user_id) references
        identity.user_account (id) on delete cascade,
    constraint fk_refresh_token_session_id_session foreign key(session_id) references
        identity.session (id) on delete cascade,
    constraint ck_refresh_token_token_hash_bounded check (octet_length(token_hash) <= 32),
    constraint ck_refresh_token_scopes_bounded check (cardinality(scopes) <= 64),
    constraint ck_refresh_token_methods_bounded check (cardinality(methods) <= 64),
    constraint ck_refresh_token_answer_sealed_bounded check (octet_length(answer_sealed) <= 65536)
);
create index ix_refresh_token_family on identity.refresh_token (family);
create index ix_refresh_token_session_id on identity.refresh_token (session_id);
create index ix_refresh_token_user_id on identity.refresh_token (user_id);

-- An access token that is over before its time.
create table identity.revoked_token (
    jti varchar(43) not null,
    ends_at timestamptz not null,
    constraint pk_revoked_token primary key (jti)
);

-- What a person allowed a client to learn.
create table identity.consent (
    user_id uuid not null,
    client uuid not null,
    scopes varchar(40)[] not null,
    given_at timestamptz not null,
    constraint pk_consent primary key (user_id, client),
    constraint fk_consent_user_id_user_account foreign key(user_id) references identity.user_account
        (id) on delete cascade,
    constraint fk_consent_client_oauth_client foreign key(client) references identity.oauth_client
        (id) on delete cascade,
    constraint ck_consent_scopes_bounded check (cardinality(scopes) <= 64)
);

-- Where a session signed someone in. It outlives the session: sign-out has to reach there.
create table identity.session_client (
    session_id uuid not null,
    client uuid not null,
    user_id uuid not null,
    at timestamptz not null,
    constraint pk_session_client primary key (session_id, client),
    constraint fk_session_client_client_oauth_client foreign key(client) references
        identity.oauth_client (id) on delete cascade
);
create index ix_session_client_user_id on identity.session_client (user_id);

-- One back-channel logout on its way to a relying party, until it answers or is given up.
create table identity.logout_notice (
    id uuid not null,
    client uuid not null,
    user_id uuid not null,
    sid uuid,
    made_at timestamptz default now() not null,
    sent_at timestamptz,
    given_up_at timestamptz,
    attempts integer default '0' not null,
    next_at timestamptz default now() not null,
    constraint pk_logout_notice primary key (id),
    constraint fk_logout_notice_client_oauth_client foreign key(client) references
        identity.oauth_client (id) on delete cascade
);
create index ix_logout_notice_user_id on identity.logout_notice (user_id);

-- external ----------------------------------------------------------------------------------------

-- A sign-in that a browser began and has not come back from.
create table identity.external_request (
    state_hash bytea not null, -- secret
    nonce varchar(64) not null, -- secret
    verifier varchar(64) not null, -- secret
    handoff_state varchar(64) not null, -- secret
    next_path varchar(300) not null,
    fresh boolean not null,
    ends_at timestamptz not null,
    constraint pk_external_request primary key (state_hash),
    constraint ck_external_request_state_hash_bounded check (octet_length(state_hash) <= 32)
);
create index ix_external_request_ends_at on identity.external_request (ends_at);

insert into ingress.intake_state (id, per_minute, per_day) values (1, 10, 500);
