"""Everything that the portal keeps, the ledger of who did what, and the standing approvals of its own kinds.

Revision ID: 0001
"""

from pathlib import Path

from alembic import op

from lmhg_kit.persistence.audit import TABLES, run_script
from lmhg_kit.persistence.standing_approvals import seed_standing

revision = "0001"
down_revision = None


def upgrade() -> None:
    link = op.get_bind()
    run_script(link, TABLES)
    run_script(link, Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    for sql in seed_standing(
        ("ticket", "ticket_message"),
        requested_by="policy: portal",
        approved_by="policy: compliance",
    ):
        op.execute(sql)


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
