"""What the other plane says now that it has witnessed of a ledger of ours.

The row is written again with each of its heartbeats, so nobody on this plane can take it back for long.

Revision ID: 0005
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

READERS = ("gw_workspace", "gw_worker", "po_portal", "po_worker")


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE relay.shown_checkpoint (
            origin varchar(128) PRIMARY KEY,
            size bigint NOT NULL,
            root bytea NOT NULL,
            note varchar(16384) NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT shown_checkpoint_root CHECK (octet_length(root) = 32)
        )
        """
    )
    for column in ("origin", "size", "root", "note", "at"):
        op.execute(f"COMMENT ON COLUMN relay.shown_checkpoint.{column} IS 'class:operational'")
    _grant("SELECT, INSERT, UPDATE", "relay")
    for role in READERS:
        _grant("SELECT", role)


def _grant(what: str, role: str) -> None:
    op.execute(
        f"""
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                GRANT {what} ON relay.shown_checkpoint TO {role};
            END IF;
        END $$
        """
    )


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
