"""Tables of the access log: rows to find entries by, ties of colleagues to clients, disclosures."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Index,
    SmallInteger,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import ALL, access
from lmhg_kit.persistence.audit import SUBJECTS_MAX
from lmhg_kit.persistence.bounds import MAX
from lmhg_kit.persistence.row_rules import Refusal, RowRules

TEXT = 400


class AccessRow(Base):
    """What an entry of the access ledger is found by; the minute and weekday are the practice's."""

    __tablename__ = "access_row"
    __table_args__ = (
        Index("ix_access_row_subjects", "subject_ids", postgresql_using="gin"),
        Index("ix_access_row_actor", "actor", "n"),
        Index("ix_access_row_act", "act", "n"),
        Index("ix_access_row_kind", "subject_kind", "n"),
        Index("ix_access_row_outcome", "outcome", "n", postgresql_where=text("outcome <> 'done'")),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select", gw_workspace="select")

    n: Mapped[int] = operational(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    day: Mapped[date] = operational(Date, nullable=False)
    minute: Mapped[int] = operational(SmallInteger, nullable=False)
    weekday: Mapped[int] = operational(SmallInteger, nullable=False)
    actor: Mapped[str] = operational(String(80), nullable=False)
    is_person: Mapped[bool] = operational(Boolean, nullable=False)
    act: Mapped[str] = operational(String(60), nullable=False)
    subject_kind: Mapped[str] = operational(String(60), nullable=False)
    subject_ids: Mapped[list[uuid.UUID]] = operational(
        ARRAY(Uuid), nullable=False, info={MAX: SUBJECTS_MAX}
    )
    outcome: Mapped[str] = operational(String(60), nullable=False)
    purpose: Mapped[str] = operational(String(200), nullable=False)


class AccessDay(Base):
    """How many access entries one day of the practice has, and between which numbers."""

    __tablename__ = "access_day"
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace="select")

    day: Mapped[date] = operational(Date, primary_key=True)
    act: Mapped[str] = operational(String(60), primary_key=True)
    is_person: Mapped[bool] = operational(Boolean, primary_key=True)
    entries: Mapped[int] = operational(BigInteger, nullable=False)
    first_n: Mapped[int] = operational(BigInteger, nullable=False)
    last_n: Mapped[int] = operational(BigInteger, nullable=False)


class StaffTie(Base):
    """A colleague who is a client too, or shares a client's surname: known by id alone."""

    __tablename__ = "staff_tie"
    __disposal__ = Goes(where="r.client_id = any(who)")
    __table_args__ = (
        Index("ix_staff_tie_client", "client_id"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select, insert, delete", gw_workspace="select")

    account_id: Mapped[str] = operational(String(80), primary_key=True)
    client_id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
    tie: Mapped[str] = operational(String(8), nullable=False)  # own, surname


class Disclosure(Base):
    """One disclosure of a client's information that has to be accounted for.

    Never changed and never deleted: a correction is another row that names the one it corrects.
    Source: 45 CFR 164.528.
    """

    __tablename__ = "disclosure"
    __disposal__ = Goes(
        where="r.client_id = any(who) and r.disclosed_on < current_date - interval '6 years'"
    )
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(
        refusal=Refusal("disclosure_stands", "LM017"), is_final=True, by_actor=("recorded_by",)
    )
    __access__ = access(gw_worker="select, update", gw_workspace=ALL)

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    disclosed_on: Mapped[date] = operational(Date, nullable=False)
    basis: Mapped[str] = operational(String(40), nullable=False)
    corrects: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    recorded_by: Mapped[str] = operational(String(80), nullable=False)
    recorded_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    recipient_sealed: Mapped[bytes | None] = sealed()
    address_sealed: Mapped[bytes | None] = sealed()
    what_sealed: Mapped[bytes | None] = sealed()
    why_sealed: Mapped[bytes | None] = sealed()

    recipient = SealedText(max_chars=TEXT)
    address = SealedText(max_chars=TEXT)
    what = SealedText(max_chars=1000)
    why = SealedText(max_chars=1000)
