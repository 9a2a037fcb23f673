"""The handover of an absence: every client with something to come, who covers, and what moves with that."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from lmhg_gateway.features.absences import repository, service
from lmhg_gateway.features.absences.models import Absence, AbsenceCover, AbsenceMove
from lmhg_gateway.features.absences.rules import Reason, cannot_cover
from lmhg_gateway.web.away import AwaySpan, CaseRow, CaseRows, Leave
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

COVER = "absence_cover"
NOT_ONE = "Choose one from the list who is not away."


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One client of who is away: what there is of each noun, when the first takes place, who covers."""

    client_id: uuid.UUID
    counts: Mapping[str, int]
    first_at: datetime | None
    cover_id: uuid.UUID | None
    is_covered: bool
    """Whether the one who covers is here then."""


def leave_of(absence: Absence, practice: Practice) -> Leave:
    """Which hours an absence is about: what is over already is no longer handed over."""
    begins = practice.bounds(absence.first_on)[0]
    ends = practice.bounds(absence.last_on)[1] if absence.last_on else None
    return Leave(absence.person_id, max(begins, practice.clock()), ends)


async def cases_of(
    tx: ReadSession,
    absences: Sequence[Absence],
    points: Sequence[CaseRows],
    practice: Practice,
) -> dict[uuid.UUID, list[Case]]:
    """Of each absence its clients: those whom no one covers first, then what takes place first."""
    leaves = {each.id: leave_of(each, practice) for each in absences}
    rows = [
        (point.noun, row) for point in points for row in await point.find(tx, [*leaves.values()])
    ]
    covers = await repository.covers_of(tx, [each.id for each in absences])
    away = await service.spans(tx, practice.today(), None) if absences else []
    return {
        each.id: _cases(
            service.span_of(each),
            [(noun, row) for noun, row in rows if _is_of(row, leaves[each.id])],
            [cover for cover in covers if cover.absence_id == each.id],
            away,
        )
        for each in absences
    }


def _is_of(row: CaseRow, leave: Leave) -> bool:
    if row.person_id != leave.person_id:
        return False
    if row.at is None:
        return True
    return leave.begins <= row.at and (leave.ends is None or row.at < leave.ends)


def _cases(
    span: AwaySpan,
    rows: Sequence[tuple[str, CaseRow]],
    covers: Sequence[AbsenceCover],
    away: Sequence[AwaySpan],
) -> list[Case]:
    counts: defaultdict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    first: dict[uuid.UUID, datetime] = {}
    for noun, row in rows:
        own = counts[row.client_id]
        own[noun] = own.get(noun, 0) + 1
        if row.at is not None:
            first[row.client_id] = min(row.at, first.get(row.client_id, row.at))
    covered = {each.client_id: each.cover_id for each in covers}
    made = [
        Case(
            client_id=client_id,
            counts=counts.get(client_id, {}),
            first_at=first.get(client_id),
            cover_id=covered.get(client_id),
            is_covered=client_id in covered and not cannot_cover(span, covered[client_id], away),
        )
        for client_id in {**counts, **dict.fromkeys(covered)}
    ]
    return sorted(made, key=_order)


def _order(case: Case) -> tuple[bool, bool, float, uuid.UUID]:
    at = case.first_at.timestamp() if case.first_at else 0.0
    return case.is_covered, case.first_at is None, at, case.client_id


async def cover(
    tx: WriteSession,
    absence_id: uuid.UUID,
    wanted: Mapping[uuid.UUID, uuid.UUID] | uuid.UUID,
    points: Sequence[CaseRows],
    *,
    by: str,
    practice: Practice,
) -> tuple[uuid.UUID, int]:
    """Say who covers: for these clients, or one for every client without anyone; the act, and how many.

    Where someone leaves, what they own of these clients goes to who covers in the same unit of work.
    Raises: NotFound, Conflict, Invalid.
    """
    absence = await service.held(tx, absence_id)
    if absence.canceled_at is not None:
        raise Conflict("absence_over")
    cases = (await cases_of(tx, [absence], points, practice))[absence.id]
    if isinstance(wanted, uuid.UUID):
        pairs = {each.client_id: wanted for each in cases if not each.is_covered}
        people = {wanted}
    else:
        known = {each.client_id: each.cover_id for each in cases}
        if not set(wanted) <= set(known):
            raise Conflict("absence_list_changed")
        pairs = {client: who for client, who in wanted.items() if known[client] != who}
        people = set(pairs.values())
    await _check_people(tx, absence, people, practice)
    act_id = new_id()
    made: list[AbsenceCover] = []
    for client_id, person_id in pairs.items():
        row = AbsenceCover(
            absence_id=absence.id,
            client_id=client_id,
            cover_id=person_id,
            act_id=act_id,
            set_by=by,
            set_at=practice.clock(),
        )
        await repository.add_cover(tx, row)
        made.append(row)
    if absence.reason == Reason.LEAVING:
        await _move(tx, absence, made, points, practice)
    return act_id, len(made)


async def _check_people(
    tx: WriteSession, absence: Absence, people: set[uuid.UUID], practice: Practice
) -> None:
    offered = await service.who_covers(tx, absence)
    away = await service.spans(tx, practice.today(), None)
    span = service.span_of(absence)
    if any(str(each) not in offered or cannot_cover(span, each, away) for each in people):
        raise Invalid("absence_cover", fields={"covers": NOT_ONE, "cover_id": NOT_ONE})


async def _move(
    tx: WriteSession,
    absence: Absence,
    covers: Sequence[AbsenceCover],
    points: Sequence[CaseRows],
    practice: Practice,
) -> None:
    """Give what the one who leaves owns, or gave to someone else before, to who covers now."""
    by_client = {each.client_id: each for each in covers}
    former = [
        each
        for each in await repository.covers_of(tx, [absence.id])
        if each.client_id in by_client and each.id != by_client[each.client_id].id
    ]
    client_of = {each.id: each.client_id for each in former}
    given = await repository.moves_of(tx, list(client_of))
    leave = leave_of(absence, practice)
    for point in points:
        if point.move is None:
            continue
        owned = [
            (row.client_id, row.subject_id, absence.person_id)
            for row in await point.find(tx, [leave])
        ]
        owned += [
            (client_of[each.cover_row_id], each.subject_id, each.to_id)
            for each in given
            if each.kind == point.kind
        ]
        parts: defaultdict[tuple[uuid.UUID, uuid.UUID], list[uuid.UUID]] = defaultdict(list)
        for client_id, subject_id, from_id in owned:
            if client_id in by_client and from_id != by_client[client_id].cover_id:
                parts[client_id, from_id].append(subject_id)
        for (client_id, from_id), ids in parts.items():
            row = by_client[client_id]
            for moved in await point.move(tx, ids, from_id, row.cover_id, practice):
                await repository.add(
                    tx,
                    AbsenceMove(
                        cover_row_id=row.id,
                        kind=point.kind,
                        subject_id=moved,
                        from_id=from_id,
                        to_id=row.cover_id,
                    ),
                )


async def undo(
    tx: WriteSession,
    absence_id: uuid.UUID,
    act_id: uuid.UUID,
    points: Sequence[CaseRows],
    *,
    by: str,
    practice: Practice,
) -> None:
    """Take back what was said in one go, and move back what moved with it. Raises: NotFound.

    What went on to someone else meanwhile stays with them.
    """
    await service.held(tx, absence_id)
    covers = [
        each for each in await repository.covers_of_act(tx, act_id) if each.absence_id == absence_id
    ]
    if not covers:
        raise NotFound("absence_act")
    moves = await repository.moves_of(tx, [each.id for each in covers])
    for each in covers:
        each.undone_at, each.undone_by = practice.clock(), by
    await tx.flush()
    for point in points:
        if point.move is None:
            continue
        for each in moves:
            if each.kind == point.kind:
                await point.move(tx, [each.subject_id], each.to_id, each.from_id, practice)
