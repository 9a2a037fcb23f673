"""Uploads and documents: what is on its way in, what is kept, holds on it and its history.

Revision ID: 0004
Revises: 0003
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0004"
down_revision = "0003"

TABLES = ("document_step", "document_hold", "document_version", "document", "upload")


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="practice")
