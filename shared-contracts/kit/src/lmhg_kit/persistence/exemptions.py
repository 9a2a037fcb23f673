"""The table of exemptions: the approvals that records name. It is the relay's, read-only to it.

When a record under an exemption is released or recalled is decided in `release_triggers.py`.
"""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, LargeBinary, String, Uuid, func, inspect, or_, select
from sqlalchemy.orm import Mapped

from lmhg_contracts.classification import StoragePolicy
from lmhg_kit.clock import new_id
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.columns import exempt, operational
from lmhg_kit.persistence.records import Base, Record
from lmhg_kit.persistence.session import ReadSession, WriteSession


class Exemption(Base):
    """An approval by two people for one record, or a standing one for a kind.

    `record_id` is null for a standing approval. Withdrawal is one-way, and turns the exemption
    off on every record that names it in the same transaction.
    """

    __tablename__ = "exemption"
    __table_args__ = {"schema": "relay"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access()  # the relay says itself who may touch its tables

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = exempt(String(60), nullable=False)
    record_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    requested_by: Mapped[str] = operational(String(80), nullable=False)
    approved_by: Mapped[str] = operational(String(80), nullable=False)
    granted_at: Mapped[datetime] = operational(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    withdrawn_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    withdrawn_by: Mapped[str | None] = operational(String(80), nullable=True)
    text_digest: Mapped[bytes | None] = operational(LargeBinary(32), nullable=True)
    """SHA-256 of the one record's text as it was approved, worked out by the database."""


async def standing_approval(tx: ReadSession, kind: str) -> uuid.UUID | None:
    """The standing approval of a kind that is in force now."""
    query = select(Exemption.id).where(
        Exemption.kind == kind,
        Exemption.record_id.is_(None),
        Exemption.withdrawn_at.is_(None),
        or_(Exemption.expires_at.is_(None), Exemption.expires_at > func.now()),
    )
    return await tx.scalar(query.order_by(Exemption.granted_at.desc()).limit(1))


async def keep_as_approved(tx: WriteSession, record: Record, *, kind: str) -> None:
    """Keep a new or changed record: shared where its kind has a standing approval, else only here."""
    with tx.no_autoflush:
        approval = await standing_approval(tx, kind)
    record.exemption_id = approval
    if inspect(record).transient:
        policy = StoragePolicy.CLOUD_ALLOWED if approval else StoragePolicy.LOCAL_ONLY
        tx.add(record, storage_policy=policy)
    else:
        record.hipaa_exempt = approval is not None
