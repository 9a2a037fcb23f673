"""Imports: files of clients, and each of their rows with its one fate.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"

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
create table practice.client_import (
    upload_id uuid not null,
    what varchar(12) default 'clients' not null,
    state varchar(16) default 'reading' not null,
    refused_why varchar(40),
    may_update boolean default 'false' not null,
    row_count integer default '0' not null,
    begun_by varchar(80) not null,
    begun_at timestamptz not null,
    ran_by varchar(80),
    finished_at timestamptz,
    undone_by varchar(80),
    failed_at timestamptz,
    forgotten_at timestamptz,
    file_name_sealed bytea,
    heads_sealed bytea,
    columns_sealed bytea,{RECORD},
    constraint pk_client_import primary key (id),
    constraint ck_client_import_never_exempt check (not hipaa_exempt),
    constraint uq_client_import_upload_id unique (upload_id),
    constraint ck_client_import_file_name_sealed_bounded check (octet_length(file_name_sealed) <= 65536),
    constraint ck_client_import_heads_sealed_bounded check (octet_length(heads_sealed) <= 65536),
    constraint ck_client_import_columns_sealed_bounded check (octet_length(columns_sealed) <= 65536)
)
""",
    "create index ix_client_import_state on practice.client_import (state)",
    f"""
create table practice.import_row (
    import_id uuid not null,
    number integer not null,
    key_token bytea,
    check_fate varchar(10),
    check_why varchar(20),
    fate varchar(10),
    why varchar(20),
    client_id uuid,
    referral_id uuid,
    client_version bigint,
    undone varchar(16),
    cells_sealed bytea,
    before_sealed bytea,{RECORD},
    constraint pk_import_row primary key (id),
    constraint ck_import_row_never_exempt check (not hipaa_exempt),
    constraint uq_import_row_import_id_number unique (import_id, number),
    constraint fk_import_row_import_id_client_import
        foreign key (import_id) references practice.client_import (id),
    constraint fk_import_row_client_id_client foreign key (client_id) references practice.client (id),
    constraint ck_import_row_key_token_bounded check (octet_length(key_token) <= 8),
    constraint ck_import_row_cells_sealed_bounded check (octet_length(cells_sealed) <= 65536),
    constraint ck_import_row_before_sealed_bounded check (octet_length(before_sealed) <= 65536)
)
""",
    "create index ix_import_row_key_token on practice.import_row (key_token)",
    "create index ix_import_row_client_id on practice.import_row (client_id)",
)


def upgrade() -> None:
    for sql in STEPS:
        op.execute(sql)


def downgrade() -> None:
    op.execute("drop table practice.import_row")
    op.execute("drop table practice.client_import")
