"""Absences with their handover, turns on call by dates; breach cases and who was told; outside services.

Revision ID: 0010
Revises: 0009
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0010"
down_revision = "0009"

TABLES = (
    "compliance.vendor",
    "compliance.breach_notice",
    "compliance.breach_case",
    "practice.absence_move",
    "practice.absence_cover",
    "practice.absence",
    "practice.on_call_turn",
)


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        schema, name = table.split(".")
        op.drop_table(name, schema=schema)
