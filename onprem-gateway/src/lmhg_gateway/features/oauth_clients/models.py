"""Tables of schema identity about OAuth clients: who they are, their secrets, and every change."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
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
from lmhg_kit.persistence import Base, exempt, operational, secret
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import TWO_PERSONS, UNPROVED, RowRules

_CLIENT = "identity.oauth_client.id"


class OAuthClient(Base):
    """A relying party or an API client. Its writes are audited, because its name is classified."""

    __tablename__ = "oauth_client"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(
        refusal=UNPROVED,
        is_kept=False,
        made_by_power=("gw_workspace",),
        changed_by_power=("gw_workspace",),
    )
    __access__ = access(gw_identity="select", gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[str] = operational(String(64), nullable=False, unique=True)
    name: Mapped[str] = exempt(String(120), nullable=False)
    kind: Mapped[str] = operational(String(16), nullable=False)  # web, public, service
    first_party: Mapped[bool] = operational(
        Boolean, nullable=False, server_default="false", default=False
    )
    redirect_uris: Mapped[list[str]] = operational(
        ARRAY(String(500)), nullable=False, server_default="{}", default=list
    )
    post_logout_uris: Mapped[list[str]] = operational(
        ARRAY(String(500)), nullable=False, server_default="{}", default=list
    )
    backchannel_uri: Mapped[str | None] = operational(String(500), nullable=True)
    scopes: Mapped[list[str]] = operational(
        ARRAY(String(40)), nullable=False, server_default="{}", default=list
    )
    active: Mapped[bool] = operational(Boolean, nullable=False, server_default="true", default=True)
    created_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )


class ClientSecret(Base):
    """One secret of a client, as a hash; an older one may work beside it until it ends."""

    __tablename__ = "client_secret"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(
        refusal=UNPROVED,
        is_kept=False,
        made_by_power=("gw_workspace",),
        changed_by_power=("gw_workspace",),
    )
    __access__ = access(
        gw_identity="select",
        gw_workspace="select (client, ends_at, id, made_at, shown_to), insert, update (ends_at)",
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    client: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_CLIENT, ondelete="CASCADE"), nullable=False, index=True
    )
    secret_hash: Mapped[bytes] = secret(LargeBinary(32), nullable=False)
    made_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    ends_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    shown_to: Mapped[str] = operational(String(80), nullable=False, server_default="")
    """Who has seen it; the wall writes it, and nothing changes it."""


class ClientChange(Base):
    """One step in a client's history: who, when, and each field before and after."""

    __tablename__ = "client_change"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(is_final=True)
    __access__ = access(gw_identity="select", gw_workspace="select, insert")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    client: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    by: Mapped[str] = operational(String(80), nullable=False)
    what: Mapped[str] = operational(String(40), nullable=False)
    diff: Mapped[dict[str, Any]] = operational(JSONB, nullable=False)


class ScopeRequest(Base):
    """Someone asks for scopes for a client; someone else decides."""

    __tablename__ = "scope_request"
    __table_args__ = (
        CheckConstraint("outcome in ('open', 'approved', 'declined')", name="outcome_known"),
        CheckConstraint(
            "outcome <> 'approved' or decided_by <> requested_by", name="second_person"
        ),
        CheckConstraint("(outcome = 'open') = (decided_by is null)", name="decided"),
        Index(
            "uq_scope_request_open",
            "client",
            unique=True,
            postgresql_where="outcome = 'open'",
        ),
        {"schema": "identity"},
    )
    __row_rules__ = RowRules(
        refusal=TWO_PERSONS,
        is_kept=False,
        fixed=("client", "scopes", "requested_by", "requested_at"),
        over_when="old.outcome <> 'open'",
        begins={"outcome": "'open'"},
        by_actor=("requested_by",),
        changed_by_actor=("decided_by",),
        changed_by_power=("gw_workspace",),
    )
    __access__ = access(
        gw_identity="select",
        gw_workspace="select, insert, update (decided_at, decided_by, outcome)",
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    client: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_CLIENT, ondelete="CASCADE"), nullable=False
    )
    scopes: Mapped[list[str]] = operational(ARRAY(String(40)), nullable=False)
    requested_by: Mapped[str] = operational(String(80), nullable=False)
    requested_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    outcome: Mapped[str] = operational(
        String(16), nullable=False, server_default="open", default="open"
    )
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class ClientPush(Base):
    """What Hydra has of a client, and what is on its way there. No row: it has heard nothing."""

    __tablename__ = "client_push"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_workspace="select, insert, update")

    client: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(_CLIENT, ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str | None] = operational(String(64), nullable=True)
    """Of the registration that Hydra has."""
    told_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    secret_sealed: Mapped[bytes | None] = secret(LargeBinary, nullable=True)
    """A secret on its way; gone the moment Hydra has it."""
    secret_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """When Hydra last got a secret of ours."""
    attempts: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    next_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    problem: Mapped[str | None] = operational(String(40), nullable=True)
    """The step that Hydra did not take last time."""
