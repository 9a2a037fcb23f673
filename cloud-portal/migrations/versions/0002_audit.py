"""The audit schema, standing approvals of the portal's own kinds, and indexes for its pages."""

from alembic import op

from lmhg_kit.persistence.audit import CREATE_AUDIT, run_script
from lmhg_kit.persistence.standing import seed_standing

revision = "0002"
down_revision = "0001"

INDEXES = """
create index record_calendar_starts on replica.record ((body ->> 'starts_at'))
    where kind = 'calendar_block' and not purged;
"""


def upgrade() -> None:
    run_script(op.get_bind(), CREATE_AUDIT)
    run_script(op.get_bind(), INDEXES)
    for sql in seed_standing(
        ("ticket", "ticket_message"),
        requested_by="policy: portal",
        approved_by="policy: compliance",
    ):
        op.execute(sql)


def downgrade() -> None:
    op.execute("drop schema audit cascade")
    op.execute("drop index replica.record_calendar_starts")
