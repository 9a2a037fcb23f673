"""All SQL of exports of everything, but for the tables that it streams."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, text

from lmhg_gateway.features.leaving.models import LeavingExport
from lmhg_gateway.features.leaving.rules import State
from lmhg_kit.persistence import ReadSession, WriteSession

SHOWN_MAX = 50


async def exports(tx: ReadSession) -> Sequence[LeavingExport]:
    """Every export, newest first."""
    query = select(LeavingExport).order_by(LeavingExport.asked_at.desc())
    return (await tx.scalars(query.limit(SHOWN_MAX))).all()


async def locked(tx: WriteSession, export_id: uuid.UUID) -> LeavingExport | None:
    """One export, held until this unit of work ends."""
    query = select(LeavingExport).where(LeavingExport.id == export_id)
    return await tx.scalar(query.with_for_update())


async def approved(tx: ReadSession) -> LeavingExport | None:
    """The one that two people agreed to and that is not written."""
    query = select(LeavingExport).where(LeavingExport.state == State.APPROVED.value)
    return await tx.scalar(query)


async def add(tx: WriteSession, row: LeavingExport) -> None:
    """Keep an export."""
    tx.sync_session.add(row)
    await tx.flush()


async def client_ids(tx: ReadSession, *, after: uuid.UUID, limit: int) -> Sequence[uuid.UUID]:
    """The next clients, by their id."""
    query = text("select id from practice.client where id > :after order by id limit :most")
    return (await tx.scalars(query, {"after": after, "most": limit})).all()
