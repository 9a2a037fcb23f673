"""Tables of second factors: codes, keys, recovery, the rule that demands them, and their loss."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
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
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational, secret
from lmhg_kit.persistence.access import ALL, access
from lmhg_kit.persistence.row_rules import TWO_PERSONS, RowRules


class Totp(Base):
    """An authenticator app's secret, sealed; each time step opens once."""

    __tablename__ = "totp"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(
        gw_identity=ALL, gw_workspace="select (confirmed_at, created_at, id, name, user_id)"
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), nullable=False, index=True
    )
    name: Mapped[str] = operational(String(60), nullable=False)
    secret_sealed: Mapped[bytes] = secret(LargeBinary, nullable=False)
    last_step: Mapped[int] = operational(BigInteger, nullable=False, server_default="0", default=0)
    confirmed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    created_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )


class Passkey(Base):
    """A security key or passkey, by its public key."""

    __tablename__ = "passkey"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(
        gw_identity=ALL, gw_workspace="select (created_at, id, last_used_at, name, user_id)"
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), nullable=False, index=True
    )
    name: Mapped[str] = operational(String(60), nullable=False)
    credential_id: Mapped[bytes] = operational(LargeBinary, nullable=False, unique=True)
    public_key: Mapped[bytes] = operational(LargeBinary, nullable=False)
    sign_count: Mapped[int] = operational(BigInteger, nullable=False)
    transports: Mapped[list[str]] = operational(
        ARRAY(String(20)), nullable=False, server_default="{}", default=list
    )
    created_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    last_used_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class Challenge(Base):
    """What a security key is asked to sign: for one session and one purpose, once, in time."""

    __tablename__ = "challenge"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity="select, insert, delete")

    challenge_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), nullable=False, index=True
    )
    session_hash: Mapped[bytes] = secret(LargeBinary(32), nullable=False)
    purpose: Mapped[str] = operational(String(16), nullable=False)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class RecoveryCode(Base):
    """One of ten codes for a lost device; opens once."""

    __tablename__ = "recovery_code"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity=ALL, gw_workspace="select (id, used_at, user_id)")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), nullable=False, index=True
    )
    code_hash: Mapped[bytes] = secret(LargeBinary(32), nullable=False)
    used_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class MfaRule(Base):
    """From when a role needs a second factor. A role without a row needs none."""

    __tablename__ = "mfa_rule"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity="select", gw_workspace="select, insert, update")

    role: Mapped[str] = operational(String(40), primary_key=True)
    required_from: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class DeviceReset(Base):
    """A colleague lost their device: two other people agree, then the factors are gone."""

    __tablename__ = "device_reset"
    __table_args__: Any = (
        CheckConstraint("approved_by is null or approved_by <> asked_by", name="two_persons"),
        CheckConstraint(
            "asked_by <> user_id and approved_by is distinct from user_id", name="not_own"
        ),
        CheckConstraint("(approved_by is null) = (approved_at is null)", name="approval_whole"),
        {"schema": "identity"},
    )
    __row_rules__ = RowRules(
        refusal=TWO_PERSONS,
        is_kept=False,
        fixed=("user_id", "asked_by", "asked_at"),
        over_when="old.approved_by is not null",
        begins={"approved_by": "null"},
        by_actor=("asked_by",),
        changed_by_actor=("approved_by",),
        changed_by_power=("gw_workspace",),
    )
    __access__ = access(gw_workspace="select, insert, update (approved_at, approved_by)")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), nullable=False, index=True
    )
    asked_by: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    asked_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    approved_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    approved_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
