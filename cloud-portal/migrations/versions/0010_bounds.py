"""Audit events are bounded where they are written; one that cannot be an entry is set aside.

Revision ID: 0010
"""

from alembic import op

from lmhg_kit.persistence.audit import run_script
from lmhg_kit.persistence.audit_bounds import BOUND_EVENTS, tell_revision

revision = "0010"
down_revision = "0003"


def upgrade() -> None:
    run_script(op.get_bind(), BOUND_EVENTS)
    run_script(op.get_bind(), tell_revision("portal"))


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
