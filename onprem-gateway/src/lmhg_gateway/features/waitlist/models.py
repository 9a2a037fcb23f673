"""Tables of the waitlist: wishes, freed times, offers, whom clinicians can see, and the practice's rules."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import LetsGo
from lmhg_kit.persistence import Base, LocalRecord, operational, phi
from lmhg_kit.persistence.access import ALL, access
from lmhg_kit.persistence.bounds import MAX
from lmhg_kit.persistence.row_rules import RowRules

CLINICIANS_MAX, TIMES_MAX = 20, 21
ROUND_MAX = 10
"""People who may be asked at the same time, as other waitlists have it."""
MINUTES_MAX = 480


class WaitWish(LocalRecord, Base):
    """What someone on the waitlist wishes for: nothing named means that anything will do."""

    __tablename__ = "wait_wish"
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(fixed=("referral_id",))

    referral_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=False, unique=True
    )
    clinicians: Mapped[list[uuid.UUID]] = phi(
        ARRAY(Uuid), nullable=False, server_default="{}", default=list, info={MAX: CLINICIANS_MAX}
    )
    times: Mapped[list[str]] = phi(
        ARRAY(String(16)), nullable=False, server_default="{}", default=list, info={MAX: TIMES_MAX}
    )
    meets: Mapped[str] = phi(String(16), nullable=False, server_default="", default="")
    payer: Mapped[str] = phi(String(40), nullable=False, server_default="", default="")
    """How the visits are paid, where it is not what the referral says."""
    state: Mapped[str] = phi(String(2), nullable=False, server_default="", default="")
    """The US state in which the person sits during a visit: the clinician's license counts there."""


class FreedSlot(LocalRecord, Base):
    """A time of a clinician that is free again, and what became of it."""

    __tablename__ = "freed_slot"
    __disposal__ = LetsGo("appointment_id")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("clinician_id", "starts_at", "minutes", "round_size", "hold_minutes", "came_by"),
        over_when=(
            "(old.state in ('filled', 'gone') and not relay_release.is_disposing()"
            " and not (old.filled_by = 'offer' and new.state = 'open'))"
        ),
    )

    clinician_id: Mapped[uuid.UUID] = phi(Uuid, nullable=False, index=True)
    starts_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    minutes: Mapped[int] = phi(SmallInteger, nullable=False)
    meets: Mapped[str] = phi(String(16), nullable=False)
    state: Mapped[str] = phi(String(16), nullable=False, server_default="open")
    came_by: Mapped[str] = phi(String(16), nullable=False)
    appointment_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.appointment.id"), nullable=True, unique=True
    )
    round_size: Mapped[int] = operational(SmallInteger, nullable=False)
    hold_minutes: Mapped[int] = operational(SmallInteger, nullable=False)
    filled_by: Mapped[str] = phi(String(16), nullable=False, server_default="", default="")
    ended_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """An offer names the size of its slot's rounds, so the two are unique together."""
        return (
            *super().constraints(),
            UniqueConstraint("id", "round_size"),
            CheckConstraint(f"round_size between 1 and {ROUND_MAX}", name="round_bounded"),
            CheckConstraint(f"minutes between 5 and {MINUTES_MAX}", name="minutes_bounded"),
            Index("ix_freed_slot_state_starts_at", "state", "starts_at"),
        )


_TAKEN_BACK = (
    "((old.state = 'accepted' and new.state = 'held' and old.answered_by = audit.actor())"
    " or (old.state = 'not_asked' and new.state = 'waiting')"
    " or (old.state = 'ended' and new.state in ('held', 'waiting')))"
    " and exists (select from practice.freed_slot s where s.id = old.slot_id and s.state = 'open')"
)
"""Who accepted an offer takes it back: the time is open again, and its line as it was."""


class SlotOffer(LocalRecord, Base):
    """One person's place in the order for a freed time, and what came of it.

    The database itself keeps that a slot is held by no more people than a round has seats, that nobody
    holds two slots, and that one person alone accepts it.
    """

    __tablename__ = "slot_offer"
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("slot_id", "referral_id", "position", "round_size"),
        begins={"state": "'waiting'"},
        over_when=(
            "((old.state in ('accepted', 'declined', 'expired', 'told', 'not_asked')"
            " and new.client_id = old.client_id)"
            " or (old.state = 'ended' and new.state not in ('ended', 'told')))"
            f" and not ({_TAKEN_BACK})"
        ),
        names_actor=("answered_by",),
    )

    slot_id: Mapped[uuid.UUID] = phi(Uuid, nullable=False, index=True)
    referral_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=False, index=True
    )
    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    position: Mapped[int] = operational(SmallInteger, nullable=False)
    round_size: Mapped[int] = operational(SmallInteger, nullable=False)
    state: Mapped[str] = phi(String(16), nullable=False, server_default="waiting")
    seat: Mapped[int | None] = operational(SmallInteger, nullable=True)
    round: Mapped[int | None] = operational(SmallInteger, nullable=True)
    offered_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    holds_until: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    answered_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    answered_by: Mapped[str | None] = operational(String(80), nullable=True)
    put_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """Seats of a round, one hold a person, one acceptance a slot."""
        held, taken = text("state = 'held'"), text("state = 'accepted'")
        in_line = text("state in ('waiting', 'held', 'accepted')")
        return (
            *super().constraints(),
            ForeignKeyConstraint(
                ["slot_id", "round_size"],
                ["practice.freed_slot.id", "practice.freed_slot.round_size"],
                name="fk_slot_offer_slot_id_freed_slot",
            ),
            CheckConstraint("(state = 'held') = (seat is not null)", name="held_has_seat"),
            CheckConstraint("seat is null or seat between 1 and round_size", name="seat_in_round"),
            Index("uq_slot_offer_seat", "slot_id", "seat", unique=True, postgresql_where=held),
            Index("uq_slot_offer_held", "referral_id", unique=True, postgresql_where=held),
            Index("uq_slot_offer_accepted", "slot_id", unique=True, postgresql_where=taken),
            Index(
                "uq_slot_offer_line",
                "slot_id",
                "referral_id",
                unique=True,
                postgresql_where=in_line,
            ),
        )


class WaitlistRule(Base):
    """One of the practice's own rules for offers, where it is not the usual one."""

    __tablename__ = "waitlist_rule"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace=ALL)

    name: Mapped[str] = operational(String(24), primary_key=True)
    value: Mapped[int] = operational(SmallInteger, nullable=False)
