"""What a handover finds and moves of the work list: what is owed to clients by a colleague."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.work_list import repository
from lmhg_gateway.web.away import CaseRow, CaseRows, Leave
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice


async def _find(tx: ReadSession, leaves: Sequence[Leave]) -> list[CaseRow]:
    """Rows of the work list that these colleagues own and that concern a client."""
    found = await repository.owned_by(tx, [each.person_id for each in leaves])
    return [
        CaseRow(each.id, each.client_id, each.owner_id)
        for each in found
        if each.owner_id is not None and each.client_id is not None
    ]


async def _move(
    tx: WriteSession,
    ids: Sequence[uuid.UUID],
    from_id: uuid.UUID,
    to_id: uuid.UUID,
    _practice: Practice,
) -> Sequence[uuid.UUID]:
    """Give those that the first still owns to the other."""
    return await repository.give(tx, ids, from_id, to_id)


CASE_ROWS = CaseRows(
    kind="work_item", noun="work item", permission="work.read", find=_find, move=_move
)
