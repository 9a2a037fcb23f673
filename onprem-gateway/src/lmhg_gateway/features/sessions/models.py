"""Tables of sessions: of the identity process, of the workspace, and the way from one to the other."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    LargeBinary,
    String,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_gateway.features.accounts.public import ACCOUNT
from lmhg_kit.persistence import Base, operational, secret
from lmhg_kit.persistence.access import ALL, access

SESSION_ID = "identity.session.id"


class SignInSession(Base):
    """A session of the identity process or the workspace; only the hash of its secret is stored.

    A workspace session is the child of the identity session that it came from.
    """

    __tablename__ = "session"
    __table_args__: Any = (
        CheckConstraint("application in ('identity', 'workspace')", name="application_known"),
        CheckConstraint("stage in ('password', 'enrol', 'full')", name="stage_known"),
        CheckConstraint("stage = 'full' or application = 'identity'", name="stage_at_identity"),
        {"schema": "identity"},
    )
    __access__ = access(gw_identity=ALL, gw_workspace="select, update (last_used_at), delete")

    id_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    id: Mapped[uuid.UUID] = operational(
        Uuid, nullable=False, unique=True, server_default=func.gen_random_uuid()
    )
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), nullable=False, index=True
    )
    application: Mapped[str] = operational(
        String(16), nullable=False, server_default="workspace", default="workspace"
    )
    stage: Mapped[str] = operational(
        String(16), nullable=False, server_default="full", default="full"
    )
    parent: Mapped[uuid.UUID | None] = operational(
        Uuid, ForeignKey(SESSION_ID, ondelete="CASCADE"), nullable=True, index=True
    )
    started_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    last_used_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    authenticated_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    methods: Mapped[list[str]] = operational(
        ARRAY(String(8)), nullable=False, server_default="{}", default=list
    )
    device: Mapped[str] = operational(String(120), nullable=False, server_default="", default="")
    address: Mapped[str] = operational(String(64), nullable=False, server_default="", default="")


class Handoff(Base):
    """A one-time code from the identity process to the workspace; 60 seconds, once."""

    __tablename__ = "handoff"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity="select, insert, delete")

    code_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), nullable=False
    )
    session_id: Mapped[uuid.UUID | None] = operational(
        Uuid, ForeignKey(SESSION_ID, ondelete="CASCADE"), nullable=True, index=True
    )
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    used_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
