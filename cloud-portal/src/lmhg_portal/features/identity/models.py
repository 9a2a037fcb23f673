"""Tables of the portal's own sign-in."""

import uuid
from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_kit.persistence import Base, exempt, operational, secret


class _CloudTable:
    """The designator that every table of the cloud carries: only exempt data is here."""

    hipaa_exempt: Mapped[bool] = operational(
        Boolean, nullable=False, server_default="true", default=True
    )


class Account(_CloudTable, Base):
    """A colleague's portal account. Its id is the id of the staff profile."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("hipaa_exempt", name="exempt_only"), {"schema": "portal"})

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
    email: Mapped[str] = exempt(String(200), nullable=False, unique=True)
    display_name: Mapped[str] = exempt(String(120), nullable=False)
    roles: Mapped[list[str]] = operational(ARRAY(String(40)), nullable=False)
    password_hash: Mapped[str] = secret(String(200), nullable=False)
    active: Mapped[bool] = operational(Boolean, nullable=False, server_default="true", default=True)


class SignInFailures(_CloudTable, Base):
    """How often sign-in failed for one account or network, by keyed digest of its name."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (CheckConstraint("hipaa_exempt", name="exempt_only"), {"schema": "portal"})

    subject_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    failures: Mapped[int] = operational(Integer, nullable=False)
    not_before: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class SignInSession(_CloudTable, Base):
    """A signed-in session; only the hash of its id is stored."""

    __tablename__ = "session"
    __table_args__ = (CheckConstraint("hipaa_exempt", name="exempt_only"), {"schema": "portal"})

    id_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("portal.account.id", ondelete="CASCADE"), nullable=False, index=True
    )
    started_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    last_used_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
