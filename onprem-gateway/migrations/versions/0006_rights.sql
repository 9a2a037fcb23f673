-- One request of a person, or of someone for them, and how it ended.
create table practice.records_request (
    client_id uuid not null, -- phi
    kind varchar(16) not null, -- phi
    asked_by varchar(24) not null, -- phi
    purpose varchar(24) not null, -- phi
    form varchar(16) not null, -- phi
    received_on date not null, -- phi
    due_on date not null, -- phi
    taken_by varchar(80) not null,
    is_paid_in_full boolean default 'false' not null, -- phi
    checked_by varchar(80),
    checked_at timestamptz,
    checked_how varchar(24), -- phi
    extended_by varchar(80),
    extended_at timestamptz,
    outcome varchar(16), -- phi
    denied_for varchar(24), -- phi
    answered_on date, -- phi
    fee_cents integer, -- phi
    closed_by varchar(80),
    closed_at timestamptz,
    ended_by varchar(80),
    ended_at timestamptz,
    asker_sealed bytea, -- phi
    what_sealed bytea, -- phi
    extension_why_sealed bytea, -- phi
    decision_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_records_request primary key (id),
    constraint ck_records_request_never_exempt check (not hipaa_exempt),
    constraint ck_records_request_fee_bounded check (fee_cents between 0 and 1000000),
    constraint ck_records_request_ended_once_answered check (ended_at is null or closed_at is not null),
    constraint fk_records_request_client_id_client foreign key(client_id) references practice.client (id),
    constraint ck_records_request_asker_sealed_bounded check (octet_length(asker_sealed) <= 65536),
    constraint ck_records_request_what_sealed_bounded check (octet_length(what_sealed) <= 65536),
    constraint ck_records_request_extension_why_sealed_bounded check (octet_length(extension_why_sealed) <= 65536),
    constraint ck_records_request_decision_sealed_bounded check (octet_length(decision_sealed) <= 65536)
);
create index ix_records_request_client_id on practice.records_request (client_id);
create index ix_records_request_open on practice.records_request (due_on) where closed_at is null;

-- One thing that was done about a request: a letter, a call, a note, an extension, an answer.
create table practice.records_request_step (
    request_id uuid not null, -- phi
    act varchar(20) not null, -- phi
    day date not null, -- phi
    done_by varchar(80) not null,
    done_at timestamptz default now() not null,
    said_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_records_request_step primary key (id),
    constraint ck_records_request_step_never_exempt check (not hipaa_exempt),
    constraint fk_records_request_step_request_id_records_request foreign key(request_id) references practice.records_request (id),
    constraint ck_records_request_step_said_sealed_bounded check (octet_length(said_sealed) <= 65536)
);
create index ix_records_request_step_request_id on practice.records_request_step (request_id);

-- What was handed over for a request: to whom, what, how; the accounting has it too.
create table practice.records_release (
    request_id uuid not null, -- phi
    disclosure_id uuid not null,
    released_on date not null, -- phi
    how varchar(16) not null, -- phi
    released_by varchar(80) not null,
    released_at timestamptz default now() not null,
    recipient_sealed bytea, -- phi
    what_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_records_release primary key (id),
    constraint ck_records_release_never_exempt check (not hipaa_exempt),
    constraint fk_records_release_request_id_records_request foreign key(request_id) references practice.records_request (id),
    constraint ck_records_release_recipient_sealed_bounded check (octet_length(recipient_sealed) <= 65536),
    constraint ck_records_release_what_sealed_bounded check (octet_length(what_sealed) <= 65536)
);
create index ix_records_release_request_id on practice.records_release (request_id);

-- One consent. What it says is never changed: it ends, and another one is recorded.
create table practice.consent (
    client_id uuid not null, -- phi
    scope varchar(20) not null, -- phi
    given_by varchar(16) not null, -- phi
    how varchar(16) not null, -- phi
    given_on date not null, -- phi
    expires_on date, -- phi
    document_id uuid, -- phi
    recorded_by varchar(80) not null,
    ended_by varchar(80),
    ended_at timestamptz,
    ended_why varchar(16), -- phi
    turned_off boolean default 'false' not null, -- phi
    stopped uuid[] default '{}' not null,
    giver_sealed bytea, -- phi
    party_sealed bytea, -- phi
    about_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_consent primary key (id),
    constraint ck_consent_never_exempt check (not hipaa_exempt),
    constraint ck_consent_ends_after_it_begins check (expires_on >= given_on),
    constraint ck_consent_stopped_bounded check (cardinality(stopped) <= 64),
    constraint fk_consent_client_id_client foreign key(client_id) references practice.client (id),
    constraint fk_consent_document_id_document foreign key(document_id) references practice.document (id),
    constraint ck_consent_giver_sealed_bounded check (octet_length(giver_sealed) <= 65536),
    constraint ck_consent_party_sealed_bounded check (octet_length(party_sealed) <= 65536),
    constraint ck_consent_about_sealed_bounded check (octet_length(about_sealed) <= 65536)
);
create index ix_consent_client_id on practice.consent (client_id);
create index ix_consent_expires on practice.consent (expires_on) where ended_at is null;

-- One license, insurance or attestation of a colleague, with the last day on which it counts.
create table practice.staff_credential (
    id uuid not null,
    person_id uuid not null,
    kind varchar(16) not null,
    state varchar(2),
    number varchar(60) default '' not null,
    issuer varchar(120) default '' not null,
    valid_until date not null,
    told_stage smallint,
    owed_to uuid[] default '{}' not null,
    owed_again_at timestamptz,
    changed_by varchar(80) not null,
    ended_by varchar(80),
    ended_at timestamptz,
    constraint pk_staff_credential primary key (id),
    constraint ck_staff_credential_owed_to_bounded check (cardinality(owed_to) <= 500),
    constraint ck_staff_credential_license_has_a_state check ((kind = 'license') = (state is not null))
);
create index ix_staff_credential_person_id on practice.staff_credential (person_id);
create index ix_staff_credential_until on practice.staff_credential (valid_until) where ended_at is null;

-- That a clinician is on the panel of a payer, from a day until a day.
create table practice.payer_panel (
    id uuid not null,
    person_id uuid not null,
    payer varchar(40) not null,
    name varchar(120) default '' not null,
    begins_on date not null,
    ends_on date,
    changed_by varchar(80) not null,
    constraint pk_payer_panel primary key (id),
    constraint ck_payer_panel_ends_after_it_begins check (ends_on >= begins_on)
);
create index ix_payer_panel_person_id on practice.payer_panel (person_id);

-- One estimate that a person who pays themselves is owed. Source: 45 CFR 149.610.
create table practice.estimate (
    client_id uuid not null, -- phi
    referral_id uuid, -- phi
    appointment_id uuid, -- phi
    why varchar(12) not null, -- phi
    began_at timestamptz not null, -- phi
    visit_on date, -- phi
    due_at timestamptz not null, -- phi
    opened_by varchar(80) not null,
    outcome varchar(16), -- phi
    given_on date, -- phi
    how varchar(16), -- phi
    amount_cents integer, -- phi
    document_id uuid, -- phi
    closed_by varchar(80),
    closed_at timestamptz,
    note_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_estimate primary key (id),
    constraint ck_estimate_never_exempt check (not hipaa_exempt),
    constraint ck_estimate_amount_bounded check (amount_cents between 0 and 10000000),
    constraint ck_estimate_given_on_a_day check ((outcome = 'given') = (given_on is not null)),
    constraint fk_estimate_client_id_client foreign key(client_id) references practice.client (id),
    constraint fk_estimate_referral_id_referral foreign key(referral_id) references practice.referral (id),
    constraint fk_estimate_appointment_id_appointment foreign key(appointment_id) references practice.appointment (id),
    constraint fk_estimate_document_id_document foreign key(document_id) references practice.document (id),
    constraint ck_estimate_note_sealed_bounded check (octet_length(note_sealed) <= 65536)
);
create index ix_estimate_appointment_id on practice.estimate (appointment_id);
create index ix_estimate_client_id on practice.estimate (client_id);
create index ix_estimate_owed on practice.estimate (due_at) where closed_at is null;
create index ix_estimate_referral_id on practice.estimate (referral_id);

-- A guardian or emergency contact of a client: how to reach them, and what they may decide and know.
create table practice.related_person (
    client_id uuid not null, -- phi
    role varchar(16) not null, -- phi
    consents varchar(12) not null, -- phi
    is_emergency boolean default 'false' not null, -- phi
    may_know boolean default 'false' not null, -- phi
    may_voicemail boolean, -- phi
    may_text boolean, -- phi
    may_email boolean, -- phi
    document_id uuid, -- phi
    ended_by varchar(80),
    ended_at timestamptz,
    name_sealed bytea, -- phi
    phone_sealed bytea, -- phi
    email_sealed bytea, -- phi
    limits_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_related_person primary key (id),
    constraint ck_related_person_never_exempt check (not hipaa_exempt),
    constraint fk_related_person_client_id_client foreign key(client_id) references practice.client (id),
    constraint fk_related_person_document_id_document foreign key(document_id) references practice.document (id),
    constraint ck_related_person_name_sealed_bounded check (octet_length(name_sealed) <= 65536),
    constraint ck_related_person_phone_sealed_bounded check (octet_length(phone_sealed) <= 65536),
    constraint ck_related_person_email_sealed_bounded check (octet_length(email_sealed) <= 65536),
    constraint ck_related_person_limits_sealed_bounded check (octet_length(limits_sealed) <= 65536)
);
create index ix_related_person_client_id on practice.related_person (client_id);

-- A blind-index token of such a person: searchable without opening anything.
create table practice.related_token (
    person_id uuid not null,
    token bytea not null,
    constraint pk_related_token primary key (person_id, token),
    constraint fk_related_token_person_id_related_person foreign key(person_id) references practice.related_person (id) on delete cascade,
    constraint ck_related_token_token_bounded check (octet_length(token) <= 8)
);
create index ix_related_token_token_person_id on practice.related_token (token, person_id);

-- That a client got the notice of privacy practices, or why that could not be confirmed.
create table practice.privacy_notice (
    client_id uuid not null, -- phi
    outcome varchar(16) not null, -- phi
    day date not null, -- phi
    recorded_by varchar(80) not null,
    note_sealed bytea, -- phi
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_privacy_notice primary key (id),
    constraint ck_privacy_notice_never_exempt check (not hipaa_exempt),
    constraint fk_privacy_notice_client_id_client foreign key(client_id) references practice.client (id),
    constraint ck_privacy_notice_note_sealed_bounded check (octet_length(note_sealed) <= 65536)
);
create index ix_privacy_notice_client_id on practice.privacy_notice (client_id);

