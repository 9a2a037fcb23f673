"""The library: versions of documents with their files, what these say, and approvals of their bytes.

Revision ID: 0011
Revises: 0010
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0011"
down_revision = "0010"

TABLES = (
    "compliance.document_approval",
    "practice.shared_page",
    "practice.shared_file",
    "practice.document_ref",
)


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        schema, name = table.split(".")
        op.drop_table(name, schema=schema)
