"""Tables of downtime: printed keys, hourly packets, and who opened one."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.bounds import MAX
from lmhg_kit.persistence.row_rules import RowRules

CLIENTS_MAX, PAGE_MAX_BYTES = 2_000, 2_097_152
"""More visits than any practice of this size has in two days."""


class DowntimeKey(LocalRecord, Base):
    """A key that was printed. The newest one seals; the worker finds it here, under the practice's own key."""

    __tablename__ = "downtime_key"
    __disposal__ = Stays("A printed key is about no client.")
    __access__ = access(gw_worker="select, update (code_sealed)", gw_workspace="select, insert")
    __row_rules__ = RowRules(fixed=("number", "printed_by", "printed_at"), by_actor=("printed_by",))

    number: Mapped[int] = operational(Integer, nullable=False, unique=True)
    printed_by: Mapped[str] = operational(String(80), nullable=False)
    printed_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    code_sealed: Mapped[bytes | None] = sealed()

    code = SealedText(max_chars=40)


class DowntimePacket(LocalRecord, Base):
    """One hour's packet as the page that opens it, who is in it, and whether it reached the folder."""

    __tablename__ = "downtime_packet"
    __disposal__ = Stays("A packet has the visits of two days, and is deleted by itself.")
    __access__ = access(gw_worker="select, insert, delete", gw_workspace="select")
    __row_rules__ = RowRules(is_kept=False, fixed=("made_at", "key_number", "client_ids", "page"))

    made_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, unique=True, index=True
    )
    key_number: Mapped[int] = operational(Integer, nullable=False)
    visits: Mapped[int] = operational(Integer, nullable=False)
    folder: Mapped[str] = operational(String(10), nullable=False)
    """none, written or failed: what became of it in the folder of the settings."""
    client_ids: Mapped[list[uuid.UUID]] = phi(ARRAY(Uuid), nullable=False, info={MAX: CLIENTS_MAX})
    page: Mapped[Any] = phi(LargeBinary, nullable=False, info={MAX: PAGE_MAX_BYTES})
    """The page of its own, whose schedule is ciphertext under the printed key."""


class DowntimeOpening(LocalRecord, Base):
    """What was said about a packet: who opened it and why, or that nobody did."""

    __tablename__ = "downtime_opening"
    __access__ = access(gw_worker="select", gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True, by_actor=("noted_by",))

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """Nobody says of someone else that they opened it; that nobody did is said once."""
        return (
            *super().constraints(),
            CheckConstraint("opened_by::text = noted_by", name="opener_says_so"),
            Index(
                "uq_downtime_opening_unopened",
                "packet_made_at",
                unique=True,
                postgresql_where=text("opened_by is null"),
            ),
        )

    packet_made_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, index=True
    )
    key_number: Mapped[int] = operational(Integer, nullable=False)
    opened_by: Mapped[uuid.UUID | None] = operational(
        Uuid, ForeignKey("practice.staff_profile.id"), nullable=True
    )
    """Nobody, where the packet before an outage stayed closed."""
    why: Mapped[str] = operational(String(16), nullable=False)
    noted_by: Mapped[str] = operational(String(80), nullable=False)
    noted_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
