"""Tables of schema identity about tokens: keys, codes, refresh tokens, consents, notices."""

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
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational, secret
from lmhg_kit.persistence.access import ALL, access

_CLIENT = "identity.oauth_client.id"
_USER = "identity.user_account.id"
_SESSION = "identity.session.id"


class SigningKey(Base):
    """One RS256 key: published before it signs, kept until the last token under it is over."""

    __tablename__ = "signing_key"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(
        gw_identity="select, insert, update",
        gw_workspace="select (active_from, alg, created_at, kid, public_jwk, retired_at)",
    )

    kid: Mapped[str] = operational(String(43), primary_key=True)
    alg: Mapped[str] = operational(String(8), nullable=False)
    private_sealed: Mapped[bytes | None] = secret(LargeBinary, nullable=True)
    public_jwk: Mapped[dict[str, Any]] = operational(JSONB, nullable=False)
    created_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    active_from: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    retired_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class AccessToken(Base):
    """An access token of a program, by its hash: what proves the program to the workspace's database."""

    __tablename__ = "access_token"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity="select, insert, delete")

    id_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    client: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("identity.oauth_client.id", ondelete="CASCADE"), nullable=False
    )
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False, index=True)


class Trust(Base):
    """What an operator has said is proved elsewhere: `hydra_programs` in Hydra mode, and nothing else."""

    __tablename__ = "trust"
    __table_args__: Any = (
        CheckConstraint("what = 'hydra_programs'", name="what_known"),
        {"schema": "identity"},
    )
    __access__ = access()

    what: Mapped[str] = operational(String(40), primary_key=True)
    since: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )


class AuthorizationCode(Base):
    """A code for tokens: hashed, bound to client, address and verifier; a minute, once."""

    __tablename__ = "authorization_code"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity=ALL, gw_workspace="select (family, jti, session_id, user_id)")

    code_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    client: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_CLIENT, ondelete="CASCADE"), nullable=False
    )
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_USER, ondelete="CASCADE"), nullable=False
    )
    session_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_SESSION, ondelete="CASCADE"), nullable=False, index=True
    )
    redirect_uri: Mapped[str] = operational(String(500), nullable=False)
    scopes: Mapped[list[str]] = operational(ARRAY(String(40)), nullable=False)
    nonce: Mapped[str | None] = secret(String(255), nullable=True)
    challenge: Mapped[str] = secret(String(43), nullable=False)
    auth_time: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    methods: Mapped[list[str]] = operational(ARRAY(String(8)), nullable=False)
    family: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    used_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    jti: Mapped[str | None] = operational(String(43), nullable=True)
    """The access token that the code gave."""


class RefreshToken(Base):
    """One link of a family of refresh tokens: used once, then the next; a second use ends all."""

    __tablename__ = "refresh_token"
    __table_args__ = (
        Index("ix_refresh_token_family", "family"),
        {"schema": "identity"},
    )
    __access__ = access(
        gw_identity=ALL,
        gw_workspace="select (client, family, jti, revoked_at, session_id, user_id), update (revoked_at)",
    )

    token_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    family: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    client: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_CLIENT, ondelete="CASCADE"), nullable=False
    )
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_USER, ondelete="CASCADE"), nullable=False, index=True
    )
    session_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_SESSION, ondelete="CASCADE"), nullable=False, index=True
    )
    scopes: Mapped[list[str]] = operational(ARRAY(String(40)), nullable=False)
    auth_time: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    methods: Mapped[list[str]] = operational(ARRAY(String(8)), nullable=False)
    made_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    used_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    revoked_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    jti: Mapped[str] = operational(String(43), nullable=False)
    """The access token given beside it."""
    answer_sealed: Mapped[bytes | None] = secret(LargeBinary, nullable=True)
    """What its use was answered with, for a few seconds: a client whose answer was lost asks again."""


class RevokedToken(Base):
    """An access token that is over before its time."""

    __tablename__ = "revoked_token"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity="select, insert, delete", gw_workspace="select, insert")

    jti: Mapped[str] = operational(String(43), primary_key=True)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class Consent(Base):
    """What a person allowed a client to learn."""

    __tablename__ = "consent"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity="select, insert, update")

    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_USER, ondelete="CASCADE"), primary_key=True
    )
    client: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_CLIENT, ondelete="CASCADE"), primary_key=True
    )
    scopes: Mapped[list[str]] = operational(ARRAY(String(40)), nullable=False)
    given_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class SessionClient(Base):
    """Where a session signed someone in. It outlives the session: sign-out has to reach there."""

    __tablename__ = "session_client"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity=ALL, gw_workspace="select")

    session_id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
    client: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_CLIENT, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class LogoutNotice(Base):
    """One back-channel logout on its way to a relying party, until it answers or is given up."""

    __tablename__ = "logout_notice"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity=ALL, gw_workspace="select, insert")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    client: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_CLIENT, ondelete="CASCADE"), nullable=False
    )
    user_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    sid: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    """The session that ended; none means every session of the person."""
    made_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    sent_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    given_up_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    attempts: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    next_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
