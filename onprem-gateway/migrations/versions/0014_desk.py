"""Browsers: the second step that a person wants remembered in one for some hours.

Revision ID: 0014
Revises: 0010
"""

from alembic import op

revision = "0014"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        "alter table identity.known_browser add column step_at timestamptz,"
        " add column step_method varchar(8)"
    )


def downgrade() -> None:
    op.execute("alter table identity.known_browser drop column step_at, drop column step_method")
