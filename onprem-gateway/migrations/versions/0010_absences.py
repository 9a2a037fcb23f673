"""Absences: who is away, who covers, what moved with that; turns on call by dates.

Revision ID: 0010
Revises: 0008
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0010"
down_revision = "0008"

TABLES = ("absence_move", "absence_cover", "absence", "on_call_turn")


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="practice")
