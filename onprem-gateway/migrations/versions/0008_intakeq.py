"""IntakeQ: calls by priority, the nightly check and catch-up, what was agreed last, and differences.

Revision ID: 0008
Revises: 0007
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0008"
down_revision = "0007"

TABLES = (
    "practice.intakeq_change",
    "practice.intakeq_merge",
    "practice.intakeq_arrival",
    "practice.intakeq_difference",
    "practice.intakeq_copy",
    "ingress.sync_object",
    "ingress.sync_state",
)


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        schema, name = table.split(".")
        op.drop_table(name, schema=schema)
    op.execute("drop index ingress.ix_delivery_turn")
    op.execute("alter table ingress.delivery drop column priority")
    op.execute("alter table ingress.api_call drop column priority")
    op.execute(
        "create index ix_delivery_turn on ingress.delivery (turn_at, id) where result is null"
    )
