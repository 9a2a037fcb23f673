"""All SQL of outside services."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lmhg_gateway.features.vendors.models import Vendor
from lmhg_kit.persistence import ReadSession, WriteSession

VENDORS_MAX = 300


async def current(tx: ReadSession) -> Sequence[Vendor]:
    """Every service that the practice uses, by name."""
    query = select(Vendor).where(Vendor.ended_at.is_(None)).order_by(Vendor.name, Vendor.id)
    return (await tx.scalars(query.limit(VENDORS_MAX))).all()


async def former(tx: ReadSession) -> Sequence[Vendor]:
    """Services that the practice used, those that ended last on top."""
    query = select(Vendor).where(Vendor.ended_at.is_not(None)).order_by(Vendor.ended_at.desc())
    return (await tx.scalars(query.limit(VENDORS_MAX))).all()


async def by_id(tx: ReadSession, vendor_id: uuid.UUID) -> Vendor | None:
    """One service."""
    return await tx.scalar(select(Vendor).where(Vendor.id == vendor_id))


async def locked(tx: WriteSession, vendor_id: uuid.UUID) -> Vendor | None:
    """One service, held until this unit of work ends."""
    return await tx.scalar(select(Vendor).where(Vendor.id == vendor_id).with_for_update())


async def add(tx: WriteSession, vendor: Vendor) -> None:
    """Keep a service."""
    tx.sync_session.add(vendor)
    await tx.flush()
