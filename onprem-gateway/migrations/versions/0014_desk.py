"""Browsers remember a second step for some hours; packets for when the system is down; open referrals found fast.

Revision ID: 0014
Revises: 0013
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import run_script

revision = "0014"
down_revision = "0013"

TABLES = ("referral_edit", "downtime_opening", "downtime_packet", "downtime_key")


def upgrade() -> None:
    op.execute(
        "alter table identity.known_browser add column step_at timestamptz,"
        " add column step_method varchar(8),"
        " add column counted_as uuid not null default gen_random_uuid(),"
        " add constraint ck_known_browser_step_was_seen check (step_at <= seen_at),"
        " add constraint ck_known_browser_step_says_how check ((step_at is null) = (step_method is null))"
    )
    op.execute(
        "create index ix_referral_open on practice.referral (client_id) where state in"
        " ('received', 'contacted', 'screening', 'waitlisted', 'offered', 'booked')"
    )
    op.execute(
        "alter table practice.referral add column payer_name_sealed bytea,"
        " add constraint ck_referral_payer_name_sealed_bounded"
        " check (octet_length(payer_name_sealed) <= 65536)"
    )
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name, schema="practice")
    op.execute("drop index practice.ix_referral_open")
    op.execute("alter table practice.referral drop column payer_name_sealed")
    op.execute(
        "alter table identity.known_browser drop column step_at, drop column step_method,"
        " drop column counted_as"
    )
