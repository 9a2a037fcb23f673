"""Clients: pairs of records that may be of one person, and merges that can be undone.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"

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
    """
alter table practice.client add column merged_into uuid
    constraint fk_client_merged_into_client references practice.client (id)
""",
    """
create index ix_client_merged_into on practice.client (merged_into) where merged_into is not null
""",
    "alter table practice.client_indexed add column to_check boolean default 'false' not null",
    "create index ix_client_indexed_to_check on practice.client_indexed (client_id) where to_check",
    f"""
create table practice.client_pair (
    one_id uuid not null,
    other_id uuid not null,
    points numeric(5, 1) not null,
    is_certain boolean default 'false' not null,
    level varchar(10) not null,
    reasons varchar(20)[] not null,
    state varchar(10) default 'open' not null,
    decided_by varchar(80),
    decided_at timestamptz,{RECORD},
    constraint pk_client_pair primary key (id),
    constraint ck_client_pair_never_exempt check (not hipaa_exempt),
    constraint uq_client_pair_one_id_other_id unique (one_id, other_id),
    constraint ck_client_pair_in_order check (one_id < other_id),
    constraint ck_client_pair_state_known check (state in ('open', 'not_same', 'gone')),
    constraint fk_client_pair_one_id_client foreign key (one_id) references practice.client (id),
    constraint fk_client_pair_other_id_client foreign key (other_id) references practice.client (id),
    constraint ck_client_pair_reasons_bounded check (cardinality(reasons) <= 64)
)
""",
    "create index ix_client_pair_other_id on practice.client_pair (other_id)",
    """
create index ix_client_pair_open on practice.client_pair (is_certain, points) where state = 'open'
""",
    f"""
create table practice.client_merge (
    survivor_id uuid not null,
    merged_id uuid not null,
    merged_by varchar(80) not null,
    merged_at timestamptz default now() not null,
    undone_by varchar(80),
    undone_at timestamptz,
    stayed varchar(20)[] default '{{}}' not null,
    fields_sealed bytea,{RECORD},
    constraint pk_client_merge primary key (id),
    constraint ck_client_merge_never_exempt check (not hipaa_exempt),
    constraint fk_client_merge_survivor_id_client
        foreign key (survivor_id) references practice.client (id),
    constraint fk_client_merge_merged_id_client
        foreign key (merged_id) references practice.client (id),
    constraint ck_client_merge_stayed_bounded check (cardinality(stayed) <= 64),
    constraint ck_client_merge_fields_sealed_bounded check (octet_length(fields_sealed) <= 65536)
)
""",
    "create index ix_client_merge_survivor_id on practice.client_merge (survivor_id)",
    "create index ix_client_merge_merged_id on practice.client_merge (merged_id)",
    """
create unique index uq_client_merge_holds on practice.client_merge (merged_id)
    where undone_at is null
""",
    """
create table practice.client_merge_row (
    merge_id uuid not null,
    kind varchar(40) not null,
    row_id uuid not null,
    constraint pk_client_merge_row primary key (merge_id, kind, row_id),
    constraint fk_client_merge_row_merge_id_client_merge
        foreign key (merge_id) references practice.client_merge (id)
)
""",
)


def upgrade() -> None:
    for sql in STEPS:
        op.execute(sql)


def downgrade() -> None:
    for table in ("client_merge_row", "client_merge", "client_pair"):
        op.execute(f"drop table practice.{table}")
    op.execute("alter table practice.client_indexed drop column to_check")
    op.execute("alter table practice.client drop column merged_into")
