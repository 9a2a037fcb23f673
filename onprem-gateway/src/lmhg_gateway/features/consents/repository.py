"""All SQL of consents."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import bindparam, func, select

from lmhg_gateway.features.consents.models import Consent
from lmhg_gateway.features.consents.rules import WARN_DAYS, Scope
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession

OF_CLIENT_MAX = 200
_IN_FORCE = Consent.ended_at.is_(None)


async def by_id(tx: ReadSession, consent_id: uuid.UUID) -> Consent | None:
    """One consent."""
    return await tx.get(Consent, consent_id)


async def locked(tx: WriteSession, consent_id: uuid.UUID) -> Consent | None:
    """One consent, held until this unit of work ends."""
    query = select(Consent).where(Consent.id == consent_id).with_for_update()
    return await tx.scalar(query.execution_options(populate_existing=True))


async def of_client(
    tx: ReadSession, client_id: uuid.UUID, *, scope: Scope | None = None
) -> Sequence[Consent]:
    """A client's consents, all or of one scope: those in force first, then the newest."""
    query = _OF_CLIENT.where(Consent.scope == scope.value) if scope else _OF_CLIENT
    return (await tx.scalars(query, {"client_id": client_id})).all()


_OF_CLIENT = (
    select(Consent)
    .where(Consent.client_id == bindparam("client_id"))
    .order_by(Consent.ended_at.is_not(None), Consent.given_on.desc(), Consent.id)
    .limit(OF_CLIENT_MAX)
)


async def others_like(tx: ReadSession, consent: Consent, *, today: date) -> Sequence[Consent]:
    """Other consents of the same scope that are in force."""
    query = select(Consent).where(
        Consent.client_id == consent.client_id,
        Consent.scope == consent.scope,
        Consent.id != consent.id,
        _IN_FORCE,
        func.coalesce(Consent.expires_on, today) >= today,
    )
    return (await tx.scalars(query.limit(OF_CLIENT_MAX))).all()


async def add(tx: WriteSession, consent: Consent) -> None:
    """Keep a consent; it stays on-prem."""
    tx.add(consent)
    await tx.flush()


async def expired(tx: ReadSession, *, today: date, limit: int) -> Sequence[uuid.UUID]:
    """Consents in force whose last day has passed, longest ago first."""
    query = select(Consent.id).where(_IN_FORCE, Consent.expires_on < today)
    return (await tx.scalars(query.order_by(Consent.expires_on).limit(limit))).all()


async def not_on(
    tx: ReadSession, work_kind: str, *, today: date, limit: int
) -> Sequence[uuid.UUID]:
    """Consents that end soon and have no row on the work list."""
    on_list = select(WorkItem.subject_id).where(WorkItem.subject_kind == work_kind)
    query = select(Consent.id).where(
        _IN_FORCE,
        Consent.expires_on.between(today, today + timedelta(days=WARN_DAYS)),
        Consent.id.not_in(on_list),
    )
    return (await tx.scalars(query.order_by(Consent.expires_on).limit(limit))).all()
