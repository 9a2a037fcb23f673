"""Tables of schema identity: accounts, sessions and the one-time codes between processes."""

import uuid
from datetime import datetime

from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, LargeBinary, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_kit.persistence import Base, exempt, operational, secret


class UserAccount(Base):
    """A colleague's account. Its id is the id of the staff profile."""

    __tablename__ = "user_account"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
    email: Mapped[str] = exempt(String(200), nullable=False, unique=True)
    display_name: Mapped[str] = exempt(String(120), nullable=False)
    roles: Mapped[list[str]] = operational(ARRAY(String(40)), nullable=False)
    password_hash: Mapped[str] = secret(String(200), nullable=False)
    active: Mapped[bool] = operational(Boolean, nullable=False, server_default="true", default=True)


class SignInFailures(Base):
    """How often sign-in failed for one account or network, by keyed digest of its name."""

    __tablename__ = "sign_in_failures"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name

    subject_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    failures: Mapped[int] = operational(Integer, nullable=False)
    not_before: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class SignInSession(Base):
    """A signed-in session; only the hash of its id is stored."""

    __tablename__ = "session"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name

    id_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("identity.user_account.id", ondelete="CASCADE"), nullable=False, index=True
    )
    started_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    last_used_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class Handoff(Base):
    """A one-time code from the identity process to the workspace; 60 seconds, once."""

    __tablename__ = "handoff"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name

    code_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("identity.user_account.id", ondelete="CASCADE"), nullable=False
    )
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    used_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
