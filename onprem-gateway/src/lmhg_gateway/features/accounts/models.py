"""Tables of accounts: who works here, how their sign-in went, and the letters that they get."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, exempt, operational, secret
from lmhg_kit.persistence.access import ALL, access
from lmhg_kit.persistence.row_rules import UNPROVED, RowRules

ACCOUNT = "identity.user_account.id"


class UserAccount(Base):
    """A colleague's account. Its id is the id of the staff profile."""

    __tablename__ = "user_account"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(
        refusal=UNPROVED,
        is_kept=False,
        made_by_power=("gw_workspace",),
        changed_by_power=("gw_workspace",),
    )
    __access__ = access(
        gw_identity="select, insert, update",
        gw_workspace="select (active, created_at, created_by, display_name, email, ended_at, id, roles), insert (active, display_name, email, id, roles), update (active, display_name, email, ended_at, roles)",
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
    email: Mapped[str] = exempt(String(200), nullable=False, unique=True)
    display_name: Mapped[str] = exempt(String(120), nullable=False)
    roles: Mapped[list[str]] = operational(ARRAY(String(40)), nullable=False)
    password_hash: Mapped[str | None] = secret(String(200), nullable=True)
    active: Mapped[bool] = operational(Boolean, nullable=False, server_default="true", default=True)
    created_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    password_changed_at: Mapped[datetime | None] = operational(
        DateTime(timezone=True), nullable=True
    )
    ended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    forgotten_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    created_by: Mapped[str] = operational(String(80), nullable=False, server_default="")
    """Who made the account; the wall writes it, and nothing changes it."""


class SignInFailures(Base):
    """How often sign-in failed for one account or network, by keyed digest of its name."""

    __tablename__ = "sign_in_failures"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_identity=ALL, gw_workspace="select, delete")

    subject_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    failures: Mapped[int] = operational(Integer, nullable=False)
    not_before: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class KnownBrowser(Base):
    """A browser in which a person has signed in completely before, by the hash of its cookie.

    It opens nothing by itself. Its own attempts are counted apart from those of strangers, and the second
    step that its person proved here may be remembered for some hours.
    """

    __tablename__ = "known_browser"
    __table_args__: Any = (
        CheckConstraint("step_at <= seen_at", name="step_was_seen"),
        CheckConstraint("(step_at is null) = (step_method is null)", name="step_says_how"),
        {"schema": "identity"},
    )
    __access__ = access(gw_identity=ALL, gw_workspace="select (user_id), update (step_at)")

    browser_hash: Mapped[bytes] = secret(LargeBinary(32), primary_key=True)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), primary_key=True, index=True
    )
    seen_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    counted_as: Mapped[uuid.UUID] = operational(
        Uuid, nullable=False, server_default=func.gen_random_uuid()
    )
    """What wrong attempts of this person here are counted by: it stays when the cookie changes."""
    step_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    step_method: Mapped[str | None] = operational(String(8), nullable=True)


class Activity(Base):
    """What happened at someone's own sign-in, for their eyes."""

    __tablename__ = "activity"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(
        gw_identity="select, insert",
        gw_workspace="select, insert (act, address, device, id, method, user_id)",
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), nullable=False, index=True
    )
    at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    act: Mapped[str] = operational(String(40), nullable=False)
    method: Mapped[str] = operational(String(16), nullable=False, server_default="", default="")
    device: Mapped[str] = operational(String(120), nullable=False, server_default="", default="")
    address: Mapped[str] = operational(String(64), nullable=False, server_default="", default="")


class Letter(Base):
    """A letter that waits to be mailed. Its token is made when it is sent, so none is stored.

    A request for an unknown account is kept as well, with nobody to mail it to.
    """

    __tablename__ = "letter"
    __table_args__ = {"schema": "identity"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(
        refusal=UNPROVED,
        is_kept=False,
        made_by_power=("gw_workspace",),
        changed_by_power=("gw_workspace",),
    )
    __access__ = access(
        gw_identity=ALL,
        gw_workspace="select (asked_at, ends_at, id, purpose, sent_at, used_at, user_id), insert (attempts, id, purpose, user_id), delete",
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID | None] = operational(
        Uuid, ForeignKey(ACCOUNT, ondelete="CASCADE"), nullable=True, index=True
    )
    purpose: Mapped[str] = operational(String(24), nullable=False)
    token_hash: Mapped[bytes | None] = secret(LargeBinary(32), nullable=True, unique=True)
    asked_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    sent_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    ends_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    used_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    attempts: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    next_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now(), index=True
    )
