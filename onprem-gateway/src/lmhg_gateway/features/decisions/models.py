"""Tables of decisions: what was asked and decided, what the officers hear, and who came first."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Index, String, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_gateway.features.decisions.rules import Outcome
from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import TWO_PERSONS, RowRules

REASON = 500


class Decision(Base):
    """Roles for someone, or a weaker rule about two-step sign-in: asked by one, decided by another.

    The wall carries an approval out in the same transaction; nothing else can.
    """

    __tablename__ = "decision"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__: Any = (
        CheckConstraint("kind in ('roles', 'factor_rule')", name="kind_known"),
        CheckConstraint(
            "outcome in ('open', 'approved', 'declined', 'dropped')", name="outcome_known"
        ),
        CheckConstraint("(kind = 'roles') = (user_id is not null)", name="about_somebody"),
        CheckConstraint("kind = 'factor_rule' or required_from is null", name="day_of_a_rule"),
        CheckConstraint("kind = 'roles' or cardinality(roles) = 1", name="one_rule"),
        CheckConstraint(
            "kind <> 'roles' or (cardinality(roles) > 0"
            " and roles <@ array['admin', 'compliance']::varchar[])",
            name="powers_only",
        ),
        CheckConstraint("user_id is distinct from requested_by", name="not_own"),
        CheckConstraint(
            "outcome <> 'approved' or (decided_by <> requested_by"
            " and decided_by is distinct from user_id)",
            name="second_person",
        ),
        CheckConstraint(
            "(outcome = 'open') = (decided_by is null)"
            " and (decided_by is null) = (decided_at is null)",
            name="decided_whole",
        ),
        Index(
            "uq_decision_open_roles",
            "user_id",
            unique=True,
            postgresql_where=text("outcome = 'open' and kind = 'roles'"),
        ),
        Index(
            "uq_decision_open_rule",
            "roles",
            unique=True,
            postgresql_where=text("outcome = 'open' and kind = 'factor_rule'"),
        ),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(
        refusal=TWO_PERSONS, fixed=("kind", "user_id", "roles", "requested_by")
    )
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = operational(String(16), nullable=False)
    user_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True, index=True)
    roles: Mapped[list[str]] = operational(ARRAY(String(40)), nullable=False)
    required_from: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    requested_by: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    requested_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    outcome: Mapped[str] = operational(
        String(12), nullable=False, server_default="open", default=Outcome.OPEN.value
    )
    decided_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    reason_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=REASON)


class OfficerNotice(Base):
    """One line that the officers have to hear. The wall writes it; nobody else can."""

    __tablename__ = "officer_notice"
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(
        fixed=("at", "code", "actor", "subject", "roles"),
        names_actor=("seen_by",),
        changed_by_power=("gw_workspace",),
    )
    __access__ = access(
        gw_worker="select, update (told_at)", gw_workspace="select, update (seen_at, seen_by)"
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now(), index=True
    )
    code: Mapped[str] = operational(String(24), nullable=False)
    actor: Mapped[str] = operational(String(80), nullable=False)
    subject: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    roles: Mapped[list[str]] = operational(ARRAY(String(40)), nullable=False)
    told_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    seen_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    seen_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class Founding(Base):
    """The first two people, made on the server while nobody held a power."""

    __tablename__ = "founding"
    __table_args__: Any = (
        CheckConstraint("first_id <> second_id", name="two_people"),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(is_final=True)
    __access__ = access(gw_worker="select", gw_workspace="select")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    first_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    second_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
