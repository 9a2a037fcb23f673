"""Intake: the delivery is its own job, calls are counted one by one, and the queue's log is gone.

Revision ID: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0013"

STAMP = sa.DateTime(timezone=True)
TOKEN = sa.LargeBinary(8)


def _column(name: str, kind: sa.types.TypeEngine, **more: object) -> sa.Column:
    more.setdefault("nullable", False)
    return sa.Column(name, kind, comment="class:operational", **more)


def upgrade() -> None:
    for column in (
        _column("turn_at", STAMP, nullable=True),
        _column("due_at", STAMP, nullable=True),
        _column("object_token", TOKEN, nullable=True),
        _column("event_token", TOKEN, nullable=True),
        _column("left_out", postgresql.ARRAY(sa.String(40)), nullable=True),
    ):
        op.add_column("delivery", column, schema="ingress")
    _index("ix_delivery_turn", ["turn_at", "id"], where="result is null")
    _index("ix_delivery_object", ["object_token"], where="result is null")
    _index("ix_delivery_held", ["result_code"], where="result = 'held'")
    _index("ix_delivery_finished", ["finished_at"])
    _calls()
    op.create_table(
        "profile_fetch",
        _column("token", TOKEN),
        _column("began_at", STAMP),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_profile_fetch")),
        schema="ingress",
    )
    _state()
    op.execute("delete from jobs.pgqueuer where entrypoint = 'pull_delivery'")
    op.execute("truncate jobs.pgqueuer_log")


def _index(name: str, columns: list[str], *, where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, "delivery", columns, schema="ingress", postgresql_where=condition)


def _calls() -> None:
    """One row a call in the place of one row a minute; the last day's calls are kept."""
    op.create_table(
        "api_call",
        _column("id", sa.Uuid()),
        _column("began_at", STAMP),
        _column("ended_at", STAMP),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_call")),
        schema="ingress",
    )
    op.create_index("ix_api_call_ended_at", "api_call", ["ended_at"], schema="ingress")
    op.execute(
        "insert into ingress.api_call (id, began_at, ended_at)"
        " select gen_random_uuid(), minute, minute + interval '1 minute'"
        " from ingress.call_budget, generate_series(1, calls)"
        " where minute > now() - interval '24 hours'"
    )
    op.drop_table("call_budget", schema="ingress")


def _state() -> None:
    op.create_table(
        "intake_state",
        _column("id", sa.SmallInteger(), autoincrement=False),
        _column("per_minute", sa.Integer()),
        _column("per_day", sa.Integer()),
        _column("failures", sa.Integer(), server_default="0"),
        _column("paused_until", STAMP, nullable=True),
        _column("pause_code", sa.String(20), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_intake_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_state")),
        schema="ingress",
    )
    op.execute("insert into ingress.intake_state (id, per_minute, per_day) values (1, 10, 500)")


def downgrade() -> None:
    raise RuntimeError("calls that were counted one by one cannot be counted by the minute again")
