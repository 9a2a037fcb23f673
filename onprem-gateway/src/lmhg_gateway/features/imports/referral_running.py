"""Rows of files of referrals: decided, written, and taken back again."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lmhg_gateway.features.clients.public import blind_index, typed_traits, with_ids
from lmhg_gateway.features.contacts.public import attempts_of
from lmhg_gateway.features.duplicates.public import find
from lmhg_gateway.features.imports import repository
from lmhg_gateway.features.imports.models import ClientImport, ImportRow
from lmhg_gateway.features.imports.referral_rows import (
    ReferralRow,
    referral_differences,
    referral_of,
    referral_row_of,
)
from lmhg_gateway.features.imports.rules import Fate, RowRefused, Undone
from lmhg_gateway.features.referrals.public import (
    OPEN_STATES,
    Referral,
    change_referral,
    held_referral,
    record_referral,
    referral_values,
    referrals_of,
    withdraw_referral,
)
from lmhg_kit.errors import Conflict
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

OF_ONE_MAX = 100
"""Referrals of one client that are looked at."""


@dataclass(frozen=True, kw_only=True)
class ReferralDecision:
    """One row's fate, whose referral it is, and what would change there."""

    fate: Fate
    why: str = ""
    client_id: uuid.UUID | None = None
    referral: Referral | None = None
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    token: bytes | None = None


async def decide_referral(
    tx: WriteSession, made: ClientImport, kept: ImportRow, *, columns: Sequence[str], today: date
) -> ReferralDecision:
    """The one fate of a row. The check and the run both ask here, so that they agree."""
    if kept.cells is None:
        return ReferralDecision(fate=Fate.FAILED, why="row_long")
    cells: list[str] = json.loads(kept.cells)
    if not any(cells):
        return ReferralDecision(fate=Fate.SKIPPED, why="empty")
    try:
        row = referral_row_of(cells, columns, today=today)
        if row.record:
            return await _of_record(tx, made, kept, row)
        return await _new(tx, kept, row)
    except RowRefused as refused:
        return ReferralDecision(fate=Fate.FAILED, why=refused.code)


async def _of_record(
    tx: WriteSession, made: ClientImport, kept: ImportRow, row: ReferralRow
) -> ReferralDecision:
    """A row that names a referral of ours."""
    found = await held_referral(tx, row.record) if row.record else None
    if found is None:
        raise RowRefused("record_unknown")
    known = ReferralDecision(fate=Fate.SKIPPED, client_id=found.client_id, referral=found)
    if await repository.referral_above(tx, kept, found.id):
        return replace(known, why="twice")
    changes = referral_differences(row, referral_values(found))
    if not changes:
        return replace(known, why="same")
    if not made.may_update:
        return replace(known, why="differs")
    return replace(known, fate=Fate.UPDATED, changes=changes)


async def _new(tx: ReadSession, kept: ImportRow, row: ReferralRow) -> ReferralDecision:
    """A row that begins a referral of a client on record."""
    client_id = await _client(tx, row)
    token = blind_index().token("import", row.key(client_id))
    known = ReferralDecision(fate=Fate.SKIPPED, client_id=client_id, token=token)
    if await repository.twin_above(tx, kept, token):
        return replace(known, why="twice")
    if await repository.imported_as(tx, kept, token):
        return replace(known, why="imported")
    others = await referrals_of(tx, [client_id], limit=OF_ONE_MAX)
    is_open = any(each.state in OPEN_STATES for each in others)
    if is_open or await repository.named_above(tx, kept, client_id):
        return replace(known, why="open")
    return replace(known, fate=Fate.CREATED, changes=dict(row.values))


async def _client(tx: ReadSession, row: ReferralRow) -> uuid.UUID:
    """Whose referral it is: by the record's id, or someone who certainly is that person. Raises: RowRefused."""
    if row.client:
        found = await with_ids(tx, [row.client])
        if not found:
            raise RowRefused("record_unknown")
        if found[0].merged_into is not None:
            raise RowRefused("merged")
        return found[0].id
    alike = await find(tx, [typed_traits(row.who)])
    known = next((each.records.client.id for each in alike if each.likeness.is_certain), None)
    if known is None:
        raise RowRefused("client_unknown")
    return known


async def run_referral(
    tx: WriteSession, row: ImportRow, decided: ReferralDecision, *, by: str, practice: Practice
) -> None:
    """Do with a row what was decided."""
    row.fate, row.why, row.key_token = decided.fate.value, decided.why, decided.token
    row.client_id = decided.client_id
    row.referral_id = decided.referral.id if decided.referral else None
    if decided.fate is Fate.CREATED and decided.client_id is not None:
        form = referral_of(decided.changes)
        made = await record_referral(
            tx, form, client_id=decided.client_id, by=by, practice=practice
        )
        row.referral_id, row.client_version = made.id, await _version(tx, made)
    elif decided.fate is Fate.UPDATED and decided.referral is not None:
        before = referral_values(decided.referral)
        row.before = json.dumps({n: before[n] for n in decided.changes}, default=str)
        await change_referral(tx, decided.referral, decided.changes, by=by, practice=practice)
        row.client_version = await _version(tx, decided.referral)


async def _version(tx: WriteSession, referral: Referral) -> int:
    await tx.flush()
    await tx.refresh(referral)
    return referral.version


async def undo_referral(tx: WriteSession, row: ImportRow, *, by: str, practice: Practice) -> None:
    """Take one row back where nobody touched the referral since: one that it began is closed as a mistake."""
    found = await held_referral(tx, row.referral_id) if row.referral_id else None
    if found is None:
        row.undone = Undone.STAYS_CHANGED.value
        return
    await tx.refresh(found)
    if found.version != row.client_version:
        row.undone = Undone.STAYS_CHANGED.value
    elif row.fate == Fate.UPDATED:
        before = json.loads(row.before or "{}")
        if "received_on" in before:
            before["received_on"] = date.fromisoformat(before["received_on"])
        await change_referral(tx, found, before, by=by, practice=practice)
        row.undone = Undone.PUT_BACK.value
    elif await attempts_of(tx, found.id):
        row.undone = Undone.STAYS_USED.value
    else:
        try:
            await withdraw_referral(tx, found.id, by=by, practice=practice)
            row.undone = Undone.CLOSED.value
        except Conflict:
            row.undone = Undone.STAYS_CHANGED.value
    await tx.flush()
