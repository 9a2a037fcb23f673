"""All SQL of credentials."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from lmhg_gateway.features.credentials.models import PayerPanel, StaffCredential
from lmhg_gateway.features.credentials.rules import STAGES, Kind
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

LISTED_MAX = 1000
OVER, SOON, ALL = "over", "soon", "all"
_COUNTS = StaffCredential.ended_at.is_(None)


async def listed(
    tx: ReadSession, *, which: str, today: date, first: int, size: int
) -> tuple[Sequence[StaffCredential], int]:
    """A part of the credentials that count, those that end first on top; and how many there are."""
    chosen: list[ColumnElement[bool]] = [_COUNTS]
    if which == OVER:
        chosen.append(StaffCredential.valid_until < today)
    if which == SOON:
        chosen.append(StaffCredential.valid_until <= today + timedelta(days=STAGES[0]))
    query = select(StaffCredential).where(*chosen)
    ordered = query.order_by(StaffCredential.valid_until, StaffCredential.id)
    return await part_of(tx, ordered, first=first, size=size)


async def of_person(tx: ReadSession, person_id: uuid.UUID) -> Sequence[StaffCredential]:
    """A colleague's credentials that count, those that end first on top."""
    query = select(StaffCredential).where(_COUNTS, StaffCredential.person_id == person_id)
    return (await tx.scalars(query.order_by(StaffCredential.valid_until).limit(LISTED_MAX))).all()


async def panels_of(tx: ReadSession, person_id: uuid.UUID) -> Sequence[PayerPanel]:
    """The panels a clinician is or was on, newest first."""
    query = select(PayerPanel).where(PayerPanel.person_id == person_id)
    ordered = query.order_by(PayerPanel.ends_on.is_not(None), PayerPanel.begins_on.desc())
    return (await tx.scalars(ordered.limit(LISTED_MAX))).all()


async def by_id(tx: ReadSession, credential_id: uuid.UUID) -> StaffCredential | None:
    """One credential."""
    return await tx.scalar(select(StaffCredential).where(StaffCredential.id == credential_id))


async def locked(tx: WriteSession, credential_id: uuid.UUID) -> StaffCredential | None:
    """One credential, held until this unit of work ends."""
    query = select(StaffCredential).where(StaffCredential.id == credential_id)
    return await tx.scalar(query.with_for_update())


async def locked_panel(tx: WriteSession, panel_id: uuid.UUID) -> PayerPanel | None:
    """One panel, held until this unit of work ends."""
    return await tx.scalar(select(PayerPanel).where(PayerPanel.id == panel_id).with_for_update())


async def add(tx: WriteSession, row: StaffCredential | PayerPanel) -> None:
    """Keep a credential or a panel."""
    tx.sync_session.add(row)
    await tx.flush()


async def counted(tx: ReadSession, *, today: date, until: date) -> tuple[int, int]:
    """How many are over, and how many more end until a day."""
    query = select(
        func.count().filter(StaffCredential.valid_until < today),
        func.count().filter(StaffCredential.valid_until.between(today, until)),
    ).where(_COUNTS)
    row = (await tx.execute(query)).one()
    return int(row[0]), int(row[1])


async def to_remind(
    tx: WriteSession, *, today: date, at: datetime, limit: int
) -> Sequence[StaffCredential]:
    """Credentials whose next reminder is due, or due again, those that end first on top, held."""
    left = StaffCredential.valid_until - today
    told = StaffCredential.told_stage
    is_due = or_(
        StaffCredential.owed_again_at <= at,
        (left < 0) & (func.coalesce(told, 1) > 0),
        *((left.between(0, stage)) & (func.coalesce(told, stage + 1) > stage) for stage in STAGES),
    )
    query = select(StaffCredential).where(_COUNTS, is_due)
    ordered = query.order_by(StaffCredential.valid_until, StaffCredential.id).limit(limit)
    return (await tx.scalars(ordered.with_for_update(skip_locked=True))).all()


async def licenses_on(tx: ReadSession, day: date) -> Sequence[tuple[uuid.UUID, str, bool]]:
    """Every license on record: whose, of which state, and whether it counts on a day."""
    counts = StaffCredential.valid_until >= day
    query = select(StaffCredential.person_id, StaffCredential.state, counts).where(
        _COUNTS, StaffCredential.kind == Kind.LICENSE
    )
    found = (await tx.execute(query.limit(LISTED_MAX))).all()
    return [(row[0], row[1] or "", bool(row[2])) for row in found]


async def panels_on(tx: ReadSession, day: date) -> Sequence[tuple[uuid.UUID, str, str, bool]]:
    """Every panel on record: whose, the payer, the plan's name, and whether it counts on a day."""
    counts = (PayerPanel.begins_on <= day) & (func.coalesce(PayerPanel.ends_on, day) >= day)
    query = select(PayerPanel.person_id, PayerPanel.payer, PayerPanel.name, counts)
    found = (await tx.execute(query.limit(LISTED_MAX))).all()
    return [(row[0], row[1], row[2], bool(row[3])) for row in found]
