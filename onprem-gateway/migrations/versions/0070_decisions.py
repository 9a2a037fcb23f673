"""Decisions that take two people, what the officers hear of them, and what ends with a leaver.

Revision ID: 0070
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0070"
down_revision = "0030"

STAMP = sa.DateTime(timezone=True)
ROLES = postgresql.ARRAY(sa.String(40))
NOW = sa.text("now()")


def _column(name: str, kind: sa.types.TypeEngine, **more: object) -> sa.Column:
    more.setdefault("nullable", False)
    return sa.Column(name, kind, comment="class:operational", **more)


def _optional(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return _column(name, kind, nullable=True)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _table(name: str, *columns: object) -> None:
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    op.create_table(name, _column("id", sa.Uuid()), *columns, key, schema="compliance")


def _decision() -> None:
    _table(
        "decision",
        _column("kind", sa.String(16)),
        _optional("user_id", sa.Uuid()),
        _column("roles", ROLES),
        _optional("required_from", STAMP),
        _column("requested_by", sa.Uuid()),
        _column("requested_at", STAMP, server_default=NOW),
        _column("outcome", sa.String(12), server_default="open"),
        _optional("decided_by", sa.Uuid()),
        _optional("decided_at", STAMP),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        _check("decision", "kind_known", "kind in ('roles', 'factor_rule')"),
        _check(
            "decision", "outcome_known", "outcome in ('open', 'approved', 'declined', 'dropped')"
        ),
        _check("decision", "about_somebody", "(kind = 'roles') = (user_id is not null)"),
        _check("decision", "day_of_a_rule", "kind = 'factor_rule' or required_from is null"),
        _check("decision", "one_rule", "kind = 'roles' or cardinality(roles) = 1"),
        _check(
            "decision",
            "powers_only",
            "kind <> 'roles' or (cardinality(roles) > 0"
            " and roles <@ array['admin', 'compliance']::varchar[])",
        ),
        _check("decision", "not_own", "user_id is distinct from requested_by"),
        _check(
            "decision",
            "second_person",
            "outcome <> 'approved' or (decided_by <> requested_by"
            " and decided_by is distinct from user_id)",
        ),
        _check(
            "decision",
            "decided_whole",
            "(outcome = 'open') = (decided_by is null)"
            " and (decided_by is null) = (decided_at is null)",
        ),
    )
    op.create_index(op.f("ix_decision_user_id"), "decision", ["user_id"], schema="compliance")
    for name, column, kind in (
        ("uq_decision_open_roles", "user_id", "roles"),
        ("uq_decision_open_rule", "roles", "factor_rule"),
    ):
        op.create_index(
            name,
            "decision",
            [column],
            unique=True,
            schema="compliance",
            postgresql_where=sa.text(f"outcome = 'open' and kind = '{kind}'"),
        )


def upgrade() -> None:
    """The tables, who made an account, who saw a secret, and the rule for those who hold a power."""
    _decision()
    _table(
        "officer_notice",
        _column("at", STAMP, server_default=NOW),
        _column("code", sa.String(24)),
        _column("actor", sa.String(80)),
        _optional("subject", sa.Uuid()),
        _column("roles", ROLES),
        _optional("told_at", STAMP),
        _optional("seen_by", sa.Uuid()),
        _optional("seen_at", STAMP),
    )
    op.create_index(op.f("ix_officer_notice_at"), "officer_notice", ["at"], schema="compliance")
    _table(
        "founding",
        _column("first_id", sa.Uuid()),
        _column("second_id", sa.Uuid()),
        _column("at", STAMP, server_default=NOW),
        _check("founding", "two_people", "first_id <> second_id"),
    )
    op.add_column(
        "user_account",
        _column("created_by", sa.String(80), server_default=""),
        schema="identity",
    )
    # A practice that works already. A new one gets the rule with its first two people.
    op.execute(
        "insert into identity.mfa_rule (role, required_from)"
        " select r, now() from unnest(array['admin', 'compliance']) r where exists ("
        "   select 1 from identity.user_account u"
        "   where u.active and u.roles && array['admin', 'compliance']::varchar[])"
        " on conflict (role) do nothing"
    )
    _leaving()


def _leaving() -> None:
    op.add_column(
        "client_secret", _column("shown_to", sa.String(80), server_default=""), schema="identity"
    )
    op.execute(
        "update identity.client_secret s set shown_to = coalesce((select c.by"
        " from identity.client_change c where c.client = s.client and c.what = 'secret'"
        " order by abs(extract(epoch from c.at - s.made_at)) limit 1), '')"
    )
    for name in ("secrets", "requests"):
        op.add_column(
            "offboarding",
            _column(name, sa.Integer(), server_default="0"),
            schema="practice",
        )


def downgrade() -> None:
    raise RuntimeError("a decision that two people took stays on record")
