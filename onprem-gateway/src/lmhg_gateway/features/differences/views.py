"""Differences as pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row

from lmhg_gateway.features.differences import repository
from lmhg_gateway.features.differences.models import IntakeqDifference
from lmhg_gateway.features.differences.service import Records
from lmhg_gateway.features.staff.public import who_words
from lmhg_gateway.web.points import Said
from lmhg_kit.persistence import ReadSession

PATH = "/intake/differences"
CHANGED_WORDS: Mapping[str, str] = {
    "theirs": "Changed in IntakeQ",
    "ours": "Changed here, not in IntakeQ",
    "both": "Changed here and in IntakeQ",
    "first": "Never the same",
}
"""Who changed it."""
SUGGEST_WORDS: Mapping[str, str] = {
    "theirs": "Use IntakeQ's",
    "ours": "Keep ours",
}
DECIDED_WORDS: Mapping[str, str] = {
    "theirs": "IntakeQ's is used",
    "ours": "Ours is kept",
    "gone": "Both are the same now",
}
EMPTY = "Nothing"
UNKNOWN = Said("A record that is not here any more", "")


@dataclass(frozen=True)
class DifferenceRow:
    """One difference in words."""

    id: uuid.UUID
    record: str
    href: str
    field: str
    changed: str
    theirs: str | datetime
    ours: str | datetime
    agreed: str | datetime
    suggests: str
    suggestion: str
    found_at: datetime
    state: str
    decided: str
    decided_at: datetime | None


@dataclass(frozen=True)
class Group:
    """Differences that one press decides."""

    kind: str
    field: str
    suggests: str
    label: str
    count: int
    newest: datetime

    @property
    def press(self) -> str:
        """What its button says."""
        if self.count == 1:
            return "Accept"
        if self.count > repository.ALL_MAX:
            return f"Accept the first {repository.ALL_MAX}"
        return f"Accept all {self.count}"

    @property
    def words(self) -> str:
        """How many, and what the rule would do."""
        return f"{self.count} to decide. We suggest: {SUGGEST_WORDS[self.suggests]}."


async def rows(
    tx: ReadSession,
    found: Sequence[IntakeqDifference],
    *,
    records: Records,
    staff: Mapping[str, str],
) -> list[DifferenceRow]:
    """Differences with the names of their records. Reading them is audited."""
    of_copy = await repository.copies_by_id(tx, (each.copy_id for each in found))
    named: dict[uuid.UUID, Said] = {}
    for kind, record in records.items():
        ids = [of_copy[each.copy_id] for each in found if each.kind == kind]
        named |= await record.named(tx, ids) if ids else {}
    return [
        await _row(tx, each, named.get(of_copy[each.copy_id], UNKNOWN), records, staff)
        for each in found
    ]


async def _row(
    tx: ReadSession,
    each: IntakeqDifference,
    record: Said,
    records: Records,
    staff: Mapping[str, str],
) -> DifferenceRow:
    of = records.get(each.kind)

    async def shown(text: str | None) -> str | datetime:
        return await of.shown(tx, each.field, text) if text and of else EMPTY

    decided = DECIDED_WORDS.get(each.state, "")
    if decided and each.decided_by:
        decided = f"{decided}, decided by {who_words(each.decided_by, staff)}"
    return DifferenceRow(
        id=each.id,
        record=record.sentence,
        href=record.href,
        field=of.fields[each.field].label if of else each.field,
        changed=CHANGED_WORDS[each.changed],
        theirs=await shown(each.theirs),
        ours=await shown(each.ours),
        agreed="Not agreed before" if each.changed == "first" else await shown(each.agreed),
        suggests=each.suggests,
        suggestion=SUGGEST_WORDS[each.suggests],
        found_at=each.found_at,
        state=each.state,
        decided=decided,
        decided_at=each.decided_at,
    )


def group_words(
    rows_: Sequence[Row[str, str, str, int, datetime]], records: Records
) -> list[Group]:
    """What can be decided with one press, the most frequent first."""
    return [
        Group(row[0], row[1], row[2], records[row[0]].fields[row[1]].label, row[3], row[4])
        for row in rows_
        if row[0] in records and row[1] in records[row[0]].fields
    ]
