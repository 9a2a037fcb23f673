"""The tray: loose papers, the files they came as, their pages, and what was done with them.

Revision ID: 0012
Revises: 0011
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0012"
down_revision = "0011"

TABLES = ("tray_mailbox", "paper_step", "paper_page", "paper_file", "paper")


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="practice")
