"""What IntakeQ and the office agreed on last, record by record, and where they differ now."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules

TOKEN_BYTES = 8
VALUE_MAX = 2_000
_TOKEN = LargeBinary(TOKEN_BYTES)


class IntakeqCopy(LocalRecord, Base):
    """One record that IntakeQ has too: its id there, and what both had when they agreed last."""

    __tablename__ = "intakeq_copy"
    __disposal__ = Goes(
        where="r.record_id = any(who) or r.record_id in"
        " (select a.id from practice.appointment a where a.client_id = any(who))"
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(fixed=("kind", "token"))

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """One row for one object there."""
        return (*super().constraints(), UniqueConstraint("kind", "token"))

    kind: Mapped[str] = operational(String(20), nullable=False)
    token: Mapped[bytes] = operational(_TOKEN, nullable=False)
    """Of its id there, keyed."""
    record_id: Mapped[uuid.UUID] = phi(Uuid, nullable=False, index=True)
    seen_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    gone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """Since when IntakeQ has it no more."""
    row_token: Mapped[bytes | None] = operational(_TOKEN, nullable=True)
    """Of its line in a list there, keyed: equal while the line says the same."""
    remote_id_sealed: Mapped[bytes | None] = sealed()
    agreed_sealed: Mapped[bytes | None] = sealed()

    remote_id = SealedText(max_chars=80)
    agreed = SealedText(max_chars=12_000)  # JSON: field to text


class IntakeqDifference(LocalRecord, Base):
    """One field that IntakeQ and the office have differently, and what someone decided."""

    __tablename__ = "intakeq_difference"
    __disposal__ = Goes(moves_when="session_user = 'gw_worker'")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("copy_id", "field", "kind", "found_at"),
        names_actor=("decided_by",),
        together=(("decided_by", "decided_at"),),
    )

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """One open row for one field of one record."""
        waits = text("state = 'open'")
        return (
            *super().constraints(),
            CheckConstraint("state in ('open', 'theirs', 'ours', 'gone')", name="state_known"),
            CheckConstraint("suggests in ('theirs', 'ours')", name="suggests_known"),
            Index(
                "uq_intakeq_difference_open",
                "copy_id",
                "field",
                unique=True,
                postgresql_where=waits,
            ),
            Index("ix_intakeq_difference_found_at", "found_at", "id", postgresql_where=waits),
        )

    copy_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.intakeq_copy.id"), nullable=False, index=True
    )
    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    kind: Mapped[str] = operational(String(20), nullable=False)
    field: Mapped[str] = operational(String(20), nullable=False)
    changed: Mapped[str] = operational(String(8), nullable=False)
    """Whose text is not what was agreed: theirs, ours, both, or first where nothing was agreed."""
    suggests: Mapped[str] = operational(String(8), nullable=False)
    state: Mapped[str] = operational(
        String(8), nullable=False, server_default="open", default="open"
    )
    pair_token: Mapped[bytes] = operational(_TOKEN, nullable=False)
    """Of both texts, keyed: a decision holds for as long as both stay."""
    found_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    batch: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True, index=True)
    """Rows that were decided with one press."""
    theirs_sealed: Mapped[bytes | None] = sealed()
    ours_sealed: Mapped[bytes | None] = sealed()
    agreed_sealed: Mapped[bytes | None] = sealed()

    theirs = SealedText(max_chars=VALUE_MAX)
    ours = SealedText(max_chars=VALUE_MAX)
    agreed = SealedText(max_chars=VALUE_MAX)
