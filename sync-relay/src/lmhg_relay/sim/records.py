"""Rows of the simulated database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lmhg_contracts.wire import Op


@dataclass
class HomeRecord:
    """A record on its home plane."""

    kind: str
    id: UUID
    version: int = 0
    body: str = ""
    is_exempt: bool = False
    exemption: UUID | None = None
    is_locked: bool = False


@dataclass
class Exemption:
    """An approval, and whether it was withdrawn."""

    kind: str
    record_id: UUID
    is_withdrawn: bool = False


@dataclass
class OutboxRow:
    """One row of the outbox."""

    xid: int
    seq: int
    kind: str
    record_id: UUID
    version: int
    op: Op
    body: str | None
    exemption_id: UUID | None
    created_at: datetime


@dataclass
class Change:
    """What a transaction does to one record."""

    row: OutboxRow
    record: HomeRecord
    grants: tuple[UUID, Exemption] | None
    withdraws: UUID | None


@dataclass
class RecallLine:
    """The compliance officer's line."""

    batch: int
    generation: int
    unreadable: bool = False
    broker_purged: bool = False
