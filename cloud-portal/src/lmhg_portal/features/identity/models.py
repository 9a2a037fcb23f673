"""Tables of the portal's sign-in: its own sessions, sign-ins under way, logout tokens seen.

No account and no password is here: the practice's issuer has them.
"""

import uuid
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, DateTime, LargeBinary, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_kit.persistence import Base, operational, secret
from lmhg_kit.persistence.access import ALL, access

DEVICE_MAX = 120
PATH_MAX = 300
TOKEN_MAX = 8192


class _CloudTable:
    """The designator that every table of the cloud carries: only exempt data is here."""

    hipaa_exempt: Mapped[bool] = operational(
        Boolean, nullable=False, server_default="true", default=True
    )


class SignInSession(_CloudTable, Base):
    """A signed-in session; only the hash of its secret is stored."""

    __tablename__ = "session"
    __table_args__ = (CheckConstraint("hipaa_exempt", name="exempt_only"), {"schema": "portal"})
    __access__ = access(po_portal=ALL)

    id_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, unique=True)
    user_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    issuer_sid: Mapped[str] = operational(
        String(255), nullable=False, server_default="", default="", index=True
    )
    id_token: Mapped[str] = secret(String(TOKEN_MAX), nullable=False, server_default="", default="")
    """The hint that ends the session at the issuer too."""
    started_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    last_used_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    authenticated_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    methods: Mapped[list[str]] = operational(
        ARRAY(String(20)), nullable=False, server_default="{}", default=list
    )
    device: Mapped[str] = operational(
        String(DEVICE_MAX), nullable=False, server_default="", default=""
    )


class SignInRequest(_CloudTable, Base):
    """A sign-in that a browser began and has not come back from."""

    __tablename__ = "sign_in_request"
    __table_args__ = (CheckConstraint("hipaa_exempt", name="exempt_only"), {"schema": "portal"})
    __access__ = access(po_portal="select, insert, delete")

    state_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    """Of the state and the browser's cookie together: either alone finds nothing."""
    nonce: Mapped[str] = secret(String(64), nullable=False)
    verifier: Mapped[str] = secret(String(64), nullable=False)
    next_path: Mapped[str] = operational(String(PATH_MAX), nullable=False)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False, index=True)


class SeenLogoutToken(_CloudTable, Base):
    """A logout token that was accepted; the same one again is a replay."""

    __tablename__ = "seen_logout_token"
    __table_args__ = (CheckConstraint("hipaa_exempt", name="exempt_only"), {"schema": "portal"})
    __access__ = access(po_portal="select, insert, delete")

    jti: Mapped[str] = operational(String(255), primary_key=True)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False, index=True)
