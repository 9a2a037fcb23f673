"""What a handover finds and moves of referrals: the open ones of a colleague, with their work."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.referrals import repository
from lmhg_gateway.features.referrals.planning import plan
from lmhg_gateway.features.work_list.public import plan_again
from lmhg_gateway.web.away import CaseRow, CaseRows, Leave
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice


async def _find(tx: ReadSession, leaves: Sequence[Leave]) -> list[CaseRow]:
    """Open referrals that these colleagues see to."""
    found = await repository.owned_by(tx, [each.person_id for each in leaves])
    return [
        CaseRow(each.id, each.client_id, each.owner_id)
        for each in found
        if each.owner_id is not None
    ]


async def _move(
    tx: WriteSession,
    ids: Sequence[uuid.UUID],
    from_id: uuid.UUID,
    to_id: uuid.UUID,
    practice: Practice,
) -> list[uuid.UUID]:
    """Give those that the first still sees to the other, and plan their work again."""
    moved: list[uuid.UUID] = []
    for referral_id in ids:
        referral = await repository.locked(tx, referral_id)
        if referral is not None and referral.owner_id == from_id:
            referral.owner_id = to_id
            await plan(tx, referral, practice)
            await plan_again(tx, client_id=referral.client_id)
            moved.append(referral_id)
    return moved


CASE_ROWS = CaseRows(
    kind="referral", noun="open referral", permission="referrals.read", find=_find, move=_move
)
