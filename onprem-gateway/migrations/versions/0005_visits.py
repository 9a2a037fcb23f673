"""Appointments: what the desk says of a visit, its steps on the day board, and who is to be asked back.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"

RECORD = """
    id uuid not null,
    hipaa_exempt boolean default 'false' not null,
    storage_policy varchar(16) generated always as (
        case when hipaa_exempt then 'cloud_allowed' else 'local_only' end) stored not null,
    exemption_id uuid,
    version bigint default '1' not null,
    created_at timestamptz default now() not null,
    updated_at timestamptz default now() not null"""

STEPS = (
    f"""
create table practice.visit_desk (
    appointment_id uuid not null,
    said_of timestamptz not null,
    state varchar(20),
    client_state varchar(2),
    followed_at timestamptz,
    cancel_asked_at timestamptz,
    cancel_asked_by varchar(80),
    cancel_reason varchar(20),{RECORD},
    constraint pk_visit_desk primary key (id),
    constraint ck_visit_desk_never_exempt check (not hipaa_exempt),
    constraint uq_visit_desk_appointment_id unique (appointment_id),
    constraint fk_visit_desk_appointment_id_appointment
        foreign key (appointment_id) references practice.appointment (id)
)
""",
    f"""
create table practice.visit_step (
    appointment_id uuid not null,
    from_state varchar(20),
    to_state varchar(20) not null,
    stepped_by varchar(80) not null,
    stepped_at timestamptz not null,
    undone_at timestamptz,{RECORD},
    constraint pk_visit_step primary key (id),
    constraint ck_visit_step_never_exempt check (not hipaa_exempt),
    constraint fk_visit_step_appointment_id_appointment
        foreign key (appointment_id) references practice.appointment (id)
)
""",
    "create index ix_visit_step_appointment_id on practice.visit_step (appointment_id)",
    f"""
create table practice.recall (
    client_id uuid not null,
    outcome varchar(10) not null,
    month date,
    reason varchar(20) not null,
    decided_by varchar(80) not null,
    decided_at timestamptz not null,
    undone_at timestamptz,
    note_sealed bytea,{RECORD},
    constraint pk_recall primary key (id),
    constraint ck_recall_never_exempt check (not hipaa_exempt),
    constraint fk_recall_client_id_client foreign key (client_id) references practice.client (id),
    constraint ck_recall_note_sealed_bounded check (octet_length(note_sealed) <= 65536)
)
""",
    "create index ix_recall_client_id on practice.recall (client_id)",
    "create index ix_recall_month on practice.recall (month)",
    """
create index ix_client_listed on practice.client (updated_at desc, id) where merged_into is null
""",
)


def upgrade() -> None:
    for sql in STEPS:
        op.execute(sql)


def downgrade() -> None:
    op.execute("drop index practice.ix_client_listed")
    op.execute("drop table practice.recall")
    op.execute("drop table practice.visit_step")
    op.execute("drop table practice.visit_desk")
