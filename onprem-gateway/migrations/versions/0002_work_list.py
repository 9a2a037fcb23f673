"""The work list, contact attempts, the handoff, office hours and rules for calls.

Revision ID: 0002
Revises: 0001
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("drop index practice.ix_appointment_seen_at")
    for table in (
        "risk_answer",
        "on_call",
        "risk_rule",
        "shift_read",
        "shift_note",
        "contact_attempt",
        "work_item",
        "call_rule",
        "holiday",
        "office_day",
    ):
        op.execute(f"drop table practice.{table}")
    for column in ("taken_by", "arrived_at", "waits_for", "waits_since"):
        op.execute(f"alter table practice.referral drop column {column}")
