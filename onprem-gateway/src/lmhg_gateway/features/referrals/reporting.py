"""Whether the referrer is told how it went: as the person agrees, for each referral that is not closed."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.referrals import repository
from lmhg_gateway.features.referrals.planning import plan
from lmhg_kit.persistence import WriteSession
from lmhg_kit.practice import Practice


async def stop_report_back(
    tx: WriteSession, client_id: uuid.UUID, *, most: int, practice: Practice
) -> Sequence[uuid.UUID]:
    """Tell the referrer of a client nothing more; of which referrals that was allowed until now."""
    return await _change(tx, client_id, allowed=False, only=None, most=most, practice=practice)


async def start_report_back(
    tx: WriteSession,
    client_id: uuid.UUID,
    *,
    only: Sequence[uuid.UUID] | None = None,
    practice: Practice,
) -> Sequence[uuid.UUID]:
    """Allow it, for all referrals of a client that are not closed or for some; which ones."""
    return await _change(
        tx, client_id, allowed=True, only=only, most=repository.REPORTED_MAX, practice=practice
    )


async def _change(
    tx: WriteSession,
    client_id: uuid.UUID,
    *,
    allowed: bool,
    only: Sequence[uuid.UUID] | None,
    most: int,
    practice: Practice,
) -> list[uuid.UUID]:
    found = await repository.to_report(tx, client_id, allowed=not allowed, only=only, most=most)
    for referral in found:
        referral.may_report_back = allowed
        await plan(tx, referral, practice)
    return [each.id for each in found]
