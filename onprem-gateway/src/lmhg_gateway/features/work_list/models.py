"""The table behind the work list: one row for each thing that someone owes a step."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, SmallInteger, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, declared_attr

from lmhg_kit.persistence import Base, LocalRecord, operational, phi
from lmhg_kit.persistence.access import ALL, access


class WorkItem(LocalRecord, Base):
    """The next action on one subject, decided from its history by the feature whose it is."""

    __tablename__ = "work_item"

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:  # noqa: ANN401 - SQLAlchemy's declared name
        """One row a subject, in the order of the list."""
        return (
            *cls.constraints(),
            UniqueConstraint("subject_kind", "subject_id"),
            Index("ix_work_item_rank_due_at", "rank", "due_at"),
            {"schema": "practice"},
        )

    __access__ = access(gw_worker=ALL, gw_workspace=ALL)

    subject_kind: Mapped[str] = operational(String(24), nullable=False)
    subject_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    client_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=True, index=True
    )
    step: Mapped[str] = phi(String(24), nullable=False)
    urgency: Mapped[str] = phi(String(10), nullable=False)
    rank: Mapped[int] = phi(SmallInteger, nullable=False)
    since: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    due_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    last_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    last_words: Mapped[str] = phi(String(60), nullable=False, server_default="", default="")
    owner_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True, index=True)
    changes_at: Mapped[datetime | None] = operational(
        DateTime(timezone=True), nullable=True, index=True
    )
    """When time alone may change the step, and it has to be decided again."""
