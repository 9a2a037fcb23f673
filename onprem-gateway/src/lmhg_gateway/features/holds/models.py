"""The table of held records."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules


class HeldRecord(Base):
    """A record that screening held: waiting, cleared by an officer, or kept here."""

    __tablename__ = "held_record"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = (
        UniqueConstraint("kind", "record_id", "version"),
        CheckConstraint(
            "jsonb_typeof(hits) = 'array' and octet_length(hits::text) <= 65536",
            name="hits_bounded",
        ),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(
        refusal=Refusal("hold_stands", "LM014"),
        fixed=("kind", "record_id", "version", "rule", "place", "hits", "digest", "held_at"),
        over_when="old.outcome <> 'waiting'",
        begins={"outcome": "'waiting'", "decided_by": "null", "proposed_by": "null"},
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = operational(String(40), nullable=False)
    record_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    version: Mapped[int] = operational(BigInteger, nullable=False)
    rule: Mapped[str] = operational(String(60), nullable=False)
    """The strictest of the hits: how many people must clear the text is decided by all of them."""
    place: Mapped[str | None] = operational(String(60), nullable=True)
    hits: Mapped[list[dict[str, str]]] = operational(
        JSONB, nullable=False, server_default=text("'[]'::jsonb"), default=list
    )
    """Every rule that matched and the field it matched in; a hold made before 0040 has none."""
    digest: Mapped[bytes | None] = operational(LargeBinary(32), nullable=True)
    """SHA-256 of the text as it waited to leave, worked out by the database: a clearance is for it."""
    held_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    outcome: Mapped[str] = operational(
        String(8), nullable=False, server_default="waiting", default="waiting"
    )  # waiting, cleared, kept
    proposed_by: Mapped[str | None] = operational(String(80), nullable=True)
    proposed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    reason_sealed: Mapped[bytes | None] = sealed()
    second_reason_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=1000)
    second_reason = SealedText(max_chars=1000)

    @property
    def rules(self) -> list[str]:
        """Every rule that matched, the strictest first."""
        return list(dict.fromkeys([self.rule, *(hit["rule"] for hit in self.hits)]))
