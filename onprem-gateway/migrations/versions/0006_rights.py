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


WAYS = ("may_voicemail", "may_text", "may_email", "may_mail")


def upgrade() -> None:
    # Not asked is an answer of its own. What was said before stays: nobody can tell a no from a box left empty.
    for way in WAYS:
        op.execute(
            f"alter table practice.client alter column {way} drop not null,"
            f" alter column {way} drop default"
        )
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="practice")
    for way in WAYS:
        op.execute(
            f"alter table practice.client alter column {way} type boolean using coalesce({way}, false),"
            f" alter column {way} set default false, alter column {way} set not null"
        )
