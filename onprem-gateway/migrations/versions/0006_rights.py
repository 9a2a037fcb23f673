"""Rights of clients: requests, consents, estimates, the people around them. Credentials of colleagues.

Revision ID: 0006
Revises: 0005
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0006"
down_revision = "0005"

TABLES = (
    "privacy_notice",
    "related_token",
    "related_person",
    "estimate",
    "payer_panel",
    "staff_credential",
    "consent",
    "records_release",
    "records_request_step",
    "records_request",
)


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="practice")
