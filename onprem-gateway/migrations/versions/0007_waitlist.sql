-- waitlist, people of a referral, visits allowed -----------------------------------------------------

-- What someone on the waitlist wishes for: nothing named means that anything will do.
create table practice.wait_wish (
    id uuid not null,
    referral_id uuid not null, -- phi
    clinicians uuid[] default '{}' not null, -- phi
    times varchar(16)[] default '{}' not null, -- phi
    meets varchar(16) default '' not null, -- phi
    payer varchar(40) default '' not null, -- phi
    state varchar(2) default '' not null, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_wait_wish primary key (id),
    constraint ck_wait_wish_never_exempt check (not hipaa_exempt),
    constraint uq_wait_wish_referral_id unique (referral_id),
    constraint fk_wait_wish_referral_id_referral foreign key(referral_id) references practice.referral (id),
    constraint ck_wait_wish_clinicians_bounded check (cardinality(clinicians) <= 20),
    constraint ck_wait_wish_times_bounded check (cardinality(times) <= 21)
);

-- A time of a clinician that is free again, and what became of it.
create table practice.freed_slot (
    id uuid not null,
    clinician_id uuid not null, -- phi
    starts_at timestamptz not null, -- phi
    minutes smallint not null, -- phi
    meets varchar(16) not null, -- phi
    state varchar(16) default 'open' not null, -- phi
    came_by varchar(16) not null, -- phi
    appointment_id uuid, -- phi
    round_size smallint not null,
    hold_minutes smallint not null,
    filled_by varchar(16) default '' not null, -- phi
    ended_at timestamptz, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_freed_slot primary key (id),
    constraint ck_freed_slot_never_exempt check (not hipaa_exempt),
    constraint uq_freed_slot_id_round_size unique (id, round_size),
    constraint ck_freed_slot_round_bounded check (round_size between 1 and 10),
    constraint ck_freed_slot_minutes_bounded check (minutes between 5 and 480),
    constraint uq_freed_slot_appointment_id unique (appointment_id),
    constraint fk_freed_slot_appointment_id_appointment foreign key(appointment_id) references practice.appointment (id)
);
create index ix_freed_slot_clinician_id on practice.freed_slot (clinician_id);
create index ix_freed_slot_state_starts_at on practice.freed_slot (state, starts_at);

-- One person's place in the order for a freed time, and what came of it.
create table practice.slot_offer (
    id uuid not null,
    slot_id uuid not null, -- phi
    referral_id uuid not null, -- phi
    client_id uuid not null, -- phi
    position smallint not null,
    round_size smallint not null,
    state varchar(16) default 'waiting' not null, -- phi
    seat smallint,
    round smallint,
    offered_at timestamptz, -- phi
    holds_until timestamptz, -- phi
    answered_at timestamptz, -- phi
    answered_by varchar(80),
    put_at timestamptz default now() not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_slot_offer primary key (id),
    constraint ck_slot_offer_never_exempt check (not hipaa_exempt),
    constraint fk_slot_offer_slot_id_freed_slot foreign key(slot_id, round_size) references practice.freed_slot (id, round_size),
    constraint ck_slot_offer_held_has_seat check ((state = 'held') = (seat is not null)),
    constraint ck_slot_offer_seat_in_round check (seat is null or seat between 1 and round_size),
    constraint fk_slot_offer_referral_id_referral foreign key(referral_id) references practice.referral (id),
    constraint fk_slot_offer_client_id_client foreign key(client_id) references practice.client (id)
);
create index ix_slot_offer_client_id on practice.slot_offer (client_id);
create index ix_slot_offer_referral_id on practice.slot_offer (referral_id);
create index ix_slot_offer_slot_id on practice.slot_offer (slot_id);
create unique index uq_slot_offer_accepted on practice.slot_offer (slot_id) where state = 'accepted';
create unique index uq_slot_offer_held on practice.slot_offer (referral_id) where state = 'held';
create unique index uq_slot_offer_line on practice.slot_offer (slot_id, referral_id) where state in ('waiting', 'held', 'accepted');
create unique index uq_slot_offer_seat on practice.slot_offer (slot_id, seat) where state = 'held';

-- One of the practice's own rules for offers, where it is not the usual one.
create table practice.waitlist_rule (
    name varchar(24) not null,
    value smallint not null,
    constraint pk_waitlist_rule primary key (name)
);

-- One more person of a referral besides the one it was made for, and their role in it.
create table practice.referral_person (
    id uuid not null,
    referral_id uuid not null, -- phi
    client_id uuid not null, -- phi
    role varchar(16) not null, -- phi
    added_by varchar(80) not null,
    added_at timestamptz default now() not null,
    removed_by varchar(80),
    removed_at timestamptz,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_referral_person primary key (id),
    constraint ck_referral_person_never_exempt check (not hipaa_exempt),
    constraint fk_referral_person_referral_id_referral foreign key(referral_id) references practice.referral (id),
    constraint fk_referral_person_client_id_client foreign key(client_id) references practice.client (id)
);
create index ix_referral_person_client_id on practice.referral_person (client_id);
create index ix_referral_person_referral_id on practice.referral_person (referral_id);

-- What one referral, or an insurer's authorization for it, allows: visits, and until when.
create table practice.visit_authorization (
    id uuid not null,
    referral_id uuid not null, -- phi
    client_id uuid not null, -- phi
    granted_by varchar(16) not null, -- phi
    units smallint, -- phi
    used smallint default '0' not null, -- phi
    counts_from date not null, -- phi
    valid_until date, -- phi
    warn_units smallint not null,
    warn_days smallint not null,
    asked_on date, -- phi
    ended_by varchar(80),
    ended_at timestamptz,
    put_at timestamptz default now() not null,
    number_sealed bytea, -- phi
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (case when hipaa_exempt then 'cloud_allowed' else
        'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null,
    constraint pk_visit_authorization primary key (id),
    constraint ck_visit_authorization_never_exempt check (not hipaa_exempt),
    constraint ck_visit_authorization_allows_something check (units is not null or valid_until is not null),
    constraint ck_visit_authorization_units_bounded check (units is null or units between 1 and 500),
    constraint ck_visit_authorization_used_bounded check (used between 0 and 999),
    constraint fk_visit_authorization_referral_id_referral foreign key(referral_id) references practice.referral (id),
    constraint fk_visit_authorization_client_id_client foreign key(client_id) references practice.client (id),
    constraint ck_visit_authorization_number_sealed_bounded check (octet_length(number_sealed) <= 65536)
);
create index ix_visit_authorization_client_id on practice.visit_authorization (client_id);
create index ix_visit_authorization_referral_id on practice.visit_authorization (referral_id);
