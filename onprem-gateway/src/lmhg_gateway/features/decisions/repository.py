"""All SQL of decisions."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, case, cast, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import array

from lmhg_gateway.features.decisions.models import Decision, OfficerNotice
from lmhg_gateway.features.decisions.rules import ABOUT_A_RULE, POWERS, Kind, Outcome
from lmhg_kit.feature import PERSON, PERSON_TEXT
from lmhg_kit.persistence import ReadSession, WriteSession

OPEN_MAX = 100
HISTORY_MAX = 50
NOTICES_MAX = 100
BATCH = 100
"""Notices in one mail."""

TO_DECIDE = select(func.count(Decision.id)).where(
    Decision.outcome == Outcome.OPEN.value,
    Decision.requested_by != PERSON,
    Decision.user_id.is_distinct_from(PERSON),
)
"""How many wait that someone else asked for, about someone else."""
_UNSEEN = (
    select(
        OfficerNotice.code,
        OfficerNotice.actor,
        case(
            (OfficerNotice.code.in_(sorted(ABOUT_A_RULE)), cast(OfficerNotice.subject, String)),
            else_=cast(OfficerNotice.roles, String),
        ).label("about"),
    )
    .where(OfficerNotice.seen_at.is_(None), OfficerNotice.actor != PERSON_TEXT)
    .order_by(OfficerNotice.at.desc())
    .limit(NOTICES_MAX)
    .subquery()
)
NEWS = select(func.count()).select_from(select(_UNSEEN).distinct().subquery())
"""How many sentences the unseen notices of what others did make (`notices.lines_of`)."""
_LINKED = text("select relay_release.are_linked(:one, :other)")
_HOLDERS = text(
    "select id::text from identity.user_account where active and roles && cast(:roles as varchar[])"
)


async def opened(tx: ReadSession) -> Sequence[Decision]:
    """What waits for a second person, oldest first."""
    query = select(Decision).where(Decision.outcome == Outcome.OPEN.value)
    return (await tx.scalars(query.order_by(Decision.requested_at).limit(OPEN_MAX))).all()


async def decided(tx: ReadSession) -> Sequence[Decision]:
    """What was decided, the newest first."""
    query = select(Decision).where(Decision.outcome != Outcome.OPEN.value)
    query = query.order_by(Decision.decided_at.desc()).limit(HISTORY_MAX)
    return (await tx.scalars(query)).all()


async def open_roles_of(tx: ReadSession, user_id: uuid.UUID) -> Decision | None:
    """The request about someone's roles that waits."""
    return await tx.scalar(
        select(Decision).where(
            Decision.user_id == user_id,
            Decision.kind == Kind.ROLES.value,
            Decision.outcome == Outcome.OPEN.value,
        )
    )


async def is_rule_asked(tx: ReadSession, role: str) -> bool:
    """Whether a weaker rule for a role waits already."""
    query = select(Decision.id).where(
        Decision.kind == Kind.FACTOR_RULE.value,
        Decision.outcome == Outcome.OPEN.value,
        Decision.roles == array([role]),
    )
    return await tx.scalar(query) is not None


async def count_of(tx: ReadSession, user_id: uuid.UUID) -> int:
    """How many wait that someone asked for or that are about them."""
    query = select(func.count()).where(
        Decision.outcome == Outcome.OPEN.value,
        or_(Decision.requested_by == user_id, Decision.user_id == user_id),
    )
    return int(await tx.scalar(query) or 0)


async def locked(tx: WriteSession, decision_id: uuid.UUID) -> Decision | None:
    """One decision, held until this unit of work ends."""
    return await tx.get(Decision, decision_id, with_for_update=True)


async def are_linked(tx: ReadSession, one: str, other: str) -> bool:
    """Whether one brought the other lately, so that they are no two persons."""
    return bool((await tx.execute(_LINKED, {"one": one, "other": other})).scalar_one())


async def holders(tx: ReadSession) -> Sequence[str]:
    """Ids of the active people with a power: two are needed to give one."""
    return (await tx.execute(_HOLDERS, {"roles": list(POWERS)})).scalars().all()


async def unseen(tx: ReadSession, *, by: str) -> Sequence[OfficerNotice]:
    """Notices that nobody has marked as read, of what others did; the newest first."""
    query = select(OfficerNotice).where(OfficerNotice.seen_at.is_(None), OfficerNotice.actor != by)
    return (await tx.scalars(query.order_by(OfficerNotice.at.desc()).limit(NOTICES_MAX))).all()


async def mark_seen(tx: WriteSession, *, by: uuid.UUID, until: datetime) -> int:
    """Mark the notices of what others did as read, up to the newest that was shown."""
    done: Any = await tx.execute(
        update(OfficerNotice)
        .where(
            OfficerNotice.seen_at.is_(None),
            OfficerNotice.actor != str(by),
            OfficerNotice.at <= until,
        )
        .values(seen_by=by, seen_at=func.now())
    )
    return int(done.rowcount)


async def untold(tx: ReadSession) -> Sequence[OfficerNotice]:
    """Notices that no mail has told yet, oldest first."""
    query = select(OfficerNotice).where(OfficerNotice.told_at.is_(None))
    return (await tx.scalars(query.order_by(OfficerNotice.at).limit(BATCH))).all()
