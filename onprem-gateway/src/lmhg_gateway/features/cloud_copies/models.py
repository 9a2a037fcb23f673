"""The table of records that are kept back."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    String,
    Uuid,
    func,
)
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules


class KeptBack(Base):
    """One record that an officer keeps back although a standing approval covers its kind.

    The wall turns its exemption off, now and on every later write, until another person lifts
    it. `subject_id` is what the record is about, so that a record made again stays back too.
    """

    __tablename__ = "kept_back"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = (
        CheckConstraint("lifted_by is distinct from kept_by", name="other_person_lifts"),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(
        refusal=Refusal("kept_back_stands", "LM020"),
        fixed=("kind", "record_id", "subject_id", "kept_by", "kept_at", "reason_sealed"),
        over_when="old.lifted_at is not null",
        begins={"lifted_at": "null"},
        by_actor=("kept_by",),
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = operational(String(40), nullable=False)
    record_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    subject_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True, index=True)
    kept_by: Mapped[str] = operational(String(80), nullable=False)
    kept_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    lifted_by: Mapped[str | None] = operational(String(80), nullable=True)
    lifted_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    reason_sealed: Mapped[bytes | None] = sealed()
    lifted_reason_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=1000)
    lifted_reason = SealedText(max_chars=1000)
