"""Retention: schedule, legal holds, batches of records that are disposed of; exports of everything.

Revision ID: 0013
Revises: 0012
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0013"
down_revision = "0012"

TABLES = (
    "compliance.leaving_export",
    "compliance.store_sweep",
    "compliance.disposal_object",
    "compliance.disposal_certificate",
    "compliance.disposal_count",
    "compliance.disposal_item",
    "compliance.disposal_batch",
    "compliance.retention_change",
    "compliance.retention_years",
    "practice.legal_hold",
)


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        schema, name = table.split(".")
        op.drop_table(name, schema=schema)
