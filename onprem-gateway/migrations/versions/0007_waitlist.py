"""The waitlist with its freed times and offers, people of a referral, and visits allowed.

Revision ID: 0007
Revises: 0006
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0007"
down_revision = "0006"

TABLES = (
    "visit_authorization",
    "referral_person",
    "waitlist_rule",
    "slot_offer",
    "freed_slot",
    "wait_wish",
)


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="practice")
