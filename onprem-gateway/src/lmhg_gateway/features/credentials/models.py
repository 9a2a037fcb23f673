"""Tables of credentials: what lets a colleague work, until when, and whose insurance they may bill."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, Index, SmallInteger, String, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.bounds import MAX
from lmhg_kit.persistence.row_rules import RowRules

NUMBER_MAX, NAME_MAX, OWED_MAX = 60, 120, 500


class StaffCredential(Base):
    """One license, insurance or attestation of a colleague, with the last day on which it counts."""

    __tablename__ = "staff_credential"
    __table_args__ = (
        CheckConstraint("(kind = 'license') = (state is not null)", name="license_has_a_state"),
        Index(
            "ix_staff_credential_until", "valid_until", postgresql_where=text("ended_at is null")
        ),
        {"schema": "practice"},
    )
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("person_id", "kind", "state"),
        begins={"ended_at": "null"},
        together=(("ended_at", "ended_by"),),
        names_actor=("ended_by",),
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    kind: Mapped[str] = operational(String(16), nullable=False)
    state: Mapped[str | None] = operational(String(2), nullable=True)
    number: Mapped[str] = operational(String(NUMBER_MAX), nullable=False, server_default="")
    issuer: Mapped[str] = operational(String(NAME_MAX), nullable=False, server_default="")
    valid_until: Mapped[date] = operational(Date, nullable=False)
    told_stage: Mapped[int | None] = operational(SmallInteger, nullable=True)
    """The last reminder that was sent for this day: 60, 30, 7, or 0 once it is over."""
    owed_to: Mapped[list[uuid.UUID]] = operational(
        ARRAY(Uuid), nullable=False, server_default="{}", default=list, info={MAX: OWED_MAX}
    )
    """Whom that reminder could not be sent to yet."""
    owed_again_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """When it is sent to them again."""
    changed_by: Mapped[str] = operational(String(80), nullable=False)
    ended_by: Mapped[str | None] = operational(String(80), nullable=True)
    ended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class PayerPanel(Base):
    """That a clinician is on the panel of a payer, from a day until a day."""

    __tablename__ = "payer_panel"
    __table_args__ = (
        CheckConstraint("ends_on >= begins_on", name="ends_after_it_begins"),
        {"schema": "practice"},
    )
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(fixed=("person_id", "payer", "name", "begins_on"))

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    payer: Mapped[str] = operational(String(40), nullable=False)
    name: Mapped[str] = operational(String(NAME_MAX), nullable=False, server_default="")
    """The plan, where a payer has several."""
    begins_on: Mapped[date] = operational(Date, nullable=False)
    ends_on: Mapped[date | None] = operational(Date, nullable=True)
    changed_by: Mapped[str] = operational(String(80), nullable=False)
