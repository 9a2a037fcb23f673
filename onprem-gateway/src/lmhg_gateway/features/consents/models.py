"""The table of consents: who agreed to what, from when until when, and what followed when it ended."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    String,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules

LINE_MAX, TEXT_MAX, STOPPED_MAX = 200, 1000, 64


class Consent(LocalRecord, Base):
    """One consent. What it says is never changed: it ends, and another one is recorded."""

    __tablename__ = "consent"
    __disposal__ = Goes(last_at="r.created_at")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=Refusal("consent_stands", "LM071"),
        fixed=(
            "scope", "given_by", "how", "given_on", "expires_on", "recorded_by", "giver_sealed",
            "party_sealed", "about_sealed",
        ),
        begins={"ended_at": "null"},
        by_actor=("recorded_by",),
        together=(("ended_at", "ended_by"), ("ended_at", "ended_why")),
        names_actor=("ended_by",),
    )  # fmt: skip

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """With the index of what is in force and has an end."""
        return (
            *super().constraints(),
            CheckConstraint("expires_on >= given_on", name="ends_after_it_begins"),
            CheckConstraint(f"cardinality(stopped) <= {STOPPED_MAX}", name="stopped_bounded"),
            Index("ix_consent_expires", "expires_on", postgresql_where=text("ended_at is null")),
        )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    scope: Mapped[str] = phi(String(20), nullable=False)
    given_by: Mapped[str] = phi(String(16), nullable=False)
    how: Mapped[str] = phi(String(16), nullable=False)
    given_on: Mapped[date] = phi(Date, nullable=False)
    expires_on: Mapped[date | None] = phi(Date, nullable=True)
    """The last day on which it counts; none where it has no end of its own."""
    document_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.document.id"), nullable=True
    )
    recorded_by: Mapped[str] = operational(String(80), nullable=False)
    ended_by: Mapped[str | None] = operational(String(80), nullable=True)
    ended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    ended_why: Mapped[str | None] = phi(String(16), nullable=True)
    turned_off: Mapped[bool] = phi(Boolean, nullable=False, server_default="false", default=False)
    """Whether its end turned a way to contact off, which an undo turns on again."""
    stopped: Mapped[list[uuid.UUID]] = operational(
        ARRAY(Uuid), nullable=False, server_default="{}", default=list
    )
    """Referrals of which the referrer is told no more since its end."""
    giver_sealed: Mapped[bytes | None] = sealed()
    party_sealed: Mapped[bytes | None] = sealed()
    about_sealed: Mapped[bytes | None] = sealed()

    giver = SealedText(max_chars=LINE_MAX)
    party = SealedText(max_chars=LINE_MAX)
    about = SealedText(max_chars=TEXT_MAX)
