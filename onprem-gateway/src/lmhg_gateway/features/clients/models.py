"""Tables of clients. Every text about a person is sealed."""

import uuid

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, SmallInteger, String, Uuid, text
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import ALL, access

TEXT = 200


class Client(LocalRecord, Base):
    """A person the practice cares for, or may."""

    __tablename__ = "client"
    __disposal__ = Goes(last_at="r.created_at")
    __access__ = access(gw_worker=ALL, gw_workspace="select, insert, update")

    legal_name_sealed: Mapped[bytes | None] = sealed()
    name_used_sealed: Mapped[bytes | None] = sealed()
    pronouns_sealed: Mapped[bytes | None] = sealed()
    birth_date_sealed: Mapped[bytes | None] = sealed()
    phone_sealed: Mapped[bytes | None] = sealed()
    mobile_sealed: Mapped[bytes | None] = sealed()
    email_sealed: Mapped[bytes | None] = sealed()
    address_sealed: Mapped[bytes | None] = sealed()
    guardian_sealed: Mapped[bytes | None] = sealed()
    payer_sealed: Mapped[bytes | None] = sealed()
    language_sealed: Mapped[bytes | None] = sealed()
    intakeq_number_sealed: Mapped[bytes | None] = sealed()

    legal_name = SealedText(max_chars=TEXT)
    name_used = SealedText(max_chars=TEXT)
    pronouns = SealedText(max_chars=60)
    birth_date = SealedText(max_chars=10)  # yyyy-mm-dd
    phone = SealedText(max_chars=40)
    mobile = SealedText(max_chars=40)
    email = SealedText(max_chars=TEXT)
    address = SealedText(max_chars=400)
    guardian = SealedText(max_chars=TEXT)
    payer = SealedText(max_chars=TEXT)
    language = SealedText(max_chars=60)
    intakeq_number = SealedText(max_chars=40)

    # Safe, not safe, or never asked.
    may_voicemail: Mapped[bool | None] = phi(Boolean, nullable=True)
    may_text: Mapped[bool | None] = phi(Boolean, nullable=True)
    may_email: Mapped[bool | None] = phi(Boolean, nullable=True)
    may_mail: Mapped[bool | None] = phi(Boolean, nullable=True)
    part2: Mapped[bool] = phi(Boolean, server_default="false", default=False)
    merged_into: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=True
    )
    """The record that goes on for both, where two were of one person: this one is kept as it was."""

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """With the index of what was merged, and of the list of everyone else, last changed first."""
        merged, goes_on = text("merged_into is not null"), text("merged_into is null")
        return (
            *super().constraints(),
            Index("ix_client_merged_into", "merged_into", postgresql_where=merged),
            Index("ix_client_listed", text("updated_at desc"), "id", postgresql_where=goes_on),
        )


class ClientToken(Base):
    """A blind-index token of a client: searchable without opening anything."""

    __tablename__ = "client_token"
    __table_args__ = (
        Index("ix_client_token_token_client_id", "token", "client_id"),
        {"schema": "practice"},
    )
    __access__ = access(gw_worker="select, insert, delete", gw_workspace="select, insert, delete")

    client_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.client.id", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[bytes] = operational(LargeBinary(8), primary_key=True)


class ClientIndexed(Base):
    """By which scheme a client's tokens were made: what is missing or older is made again."""

    __tablename__ = "client_indexed"
    __table_args__ = (
        Index("ix_client_indexed_to_check", "client_id", postgresql_where=text("to_check")),
        {"schema": "practice"},
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    client_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.client.id", ondelete="CASCADE"), primary_key=True
    )
    scheme: Mapped[int] = operational(SmallInteger, nullable=False)
    to_check: Mapped[bool] = operational(
        Boolean, nullable=False, server_default="false", default=False
    )
    """Whether what the client is found by changed since someone looked who else they may be."""


class ExternalId(Base):
    """Which record of ours another system's id names; the id itself is a keyed token."""

    __tablename__ = "external_id"
    __disposal__ = Goes(
        where="r.record_id = any(who) or r.record_id in ("
        "select x.id from practice.appointment x where x.client_id = any(who)"
        " union all select x.id from practice.intake x where x.client_id = any(who)"
        " union all select x.id from practice.note x where x.client_id = any(who))"
    )
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select, insert", gw_workspace="select, insert")

    system: Mapped[str] = operational(String(20), primary_key=True)
    kind: Mapped[str] = operational(String(40), primary_key=True)
    token: Mapped[bytes] = operational(LargeBinary(8), primary_key=True)
    record_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
