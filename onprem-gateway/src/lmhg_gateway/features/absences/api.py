"""Absences for programs: listed, read with their handover, written down, covered, canceled."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.absences import handover, repository, service
from lmhg_gateway.features.absences.forms import PAIRS_MAX, AbsenceForm, AllForm, DaysForm
from lmhg_gateway.features.absences.models import Absence
from lmhg_gateway.features.absences.pages import READ, WRITE, check_whose, points
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

PATH, TAG = "/api/v1/absences", "absences"
ONE = f"{PATH}/{{absence_id:uuid}}"
Id = FromPath[uuid.UUID]
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class AbsenceOut(msgspec.Struct, frozen=True, kw_only=True):
    """That a colleague is away; without a last day they leave for good."""

    id: uuid.UUID
    person_id: uuid.UUID
    reason: str
    first_on: date
    last_on: date | None
    canceled_at: datetime | None


class AbsencesOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the absences, and how many there are."""

    absences: list[AbsenceOut]
    total: int


class CaseOut(msgspec.Struct, frozen=True, kw_only=True):
    """One client of a handover: how many of what, when the first is, and who covers."""

    client_id: uuid.UUID
    counts: dict[str, int]
    first_at: datetime | None
    cover_id: uuid.UUID | None
    is_covered: bool


class HandoverOut(msgspec.Struct, frozen=True, kw_only=True):
    """An absence with every client that it concerns."""

    absence: AbsenceOut
    clients: list[CaseOut]
    without_cover: int


class CoverIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who covers for a client."""

    client_id: uuid.UUID
    cover_id: uuid.UUID


class CoversIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who covers for which clients."""

    covers: Annotated[list[CoverIn], msgspec.Meta(max_length=PAIRS_MAX)]


class ActOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in one go, by which it is undone; and for how many clients it changed something."""

    act_id: uuid.UUID
    changed: int


def _out(each: Absence) -> AbsenceOut:
    return msgspec.convert(each, AbsenceOut, from_attributes=True)


@answers(PATH, READ, purpose="absences.list", tag=TAG)
async def list_absences(
    tx: ReadSession,
    ask: Ask[Any],
    which: FromQuery[Literal["now", "over", "canceled"]] = "now",
    page: FromQuery[PageNumber] = 1,
) -> AbsencesOut:
    """Fifty absences: those now and to come earliest first, the others newest first."""
    found, total = await repository.listed(
        tx,
        which=which,
        today=ask.practice.today(),
        first=(page - 1) * PAGE_SIZE,
        size=PAGE_SIZE,
    )
    return AbsencesOut(absences=[_out(each) for each in found], total=total)


@answers(ONE, READ, purpose="absence.view", tag=TAG)
async def read_absence(tx: ReadSession, ask: Ask[Any], absence_id: Id) -> HandoverOut:
    """One absence with its handover."""
    found = await service.view(tx, absence_id)
    asked = points(ask.request) if found.canceled_at is None else []
    cases = (await handover.cases_of(tx, [found], asked, ask.practice))[found.id]
    return HandoverOut(
        absence=_out(found),
        clients=[msgspec.convert(each, CaseOut, from_attributes=True) for each in cases],
        without_cover=sum(not each.is_covered for each in cases),
    )


@does(PATH, WRITE, purpose="absence.add", tag=TAG, status=201)
async def write_absence(tx: WriteSession, ask: Ask[Any], data: JSONBody[AbsenceForm]) -> AbsenceOut:
    """Write down that someone is away."""
    check_whose(ask, data.person_id, data.reason)
    return _out(await service.add(tx, data, by=ask.by))


@does(f"{ONE}/covers", WRITE, purpose="absence.cover", tag=TAG)
async def write_covers(
    tx: WriteSession, ask: Ask[Any], absence_id: Id, data: JSONBody[CoversIn]
) -> ActOut:
    """Say who covers for these clients."""
    await _whose(tx, ask, absence_id)
    pairs = {each.client_id: each.cover_id for each in data.covers}
    act, count = await handover.cover(
        tx, absence_id, pairs, points(ask.request), by=ask.by, practice=ask.practice
    )
    return ActOut(act_id=act, changed=count)


@does(f"{ONE}/covers/all", WRITE, purpose="absence.cover", tag=TAG)
async def write_cover_all(
    tx: WriteSession, ask: Ask[Any], absence_id: Id, data: JSONBody[AllForm]
) -> ActOut:
    """Give every client without cover to one colleague."""
    await _whose(tx, ask, absence_id)
    act, count = await handover.cover(
        tx, absence_id, data.cover_id, points(ask.request), by=ask.by, practice=ask.practice
    )
    return ActOut(act_id=act, changed=count)


@does(f"{ONE}/covers/{{act_id:uuid}}/undo", WRITE, purpose="absence.cover", tag=TAG, status=204)
async def take_back_cover(tx: WriteSession, ask: Ask[Any], absence_id: Id, act_id: Id) -> None:
    """Take back what was said in one go."""
    await _whose(tx, ask, absence_id)
    await handover.undo(
        tx, absence_id, act_id, points(ask.request), by=ask.by, practice=ask.practice
    )


@does(f"{ONE}/days", WRITE, purpose="absence.change", tag=TAG)
async def write_days(
    tx: WriteSession, ask: Ask[Any], absence_id: Id, data: JSONBody[DaysForm]
) -> AbsenceOut:
    """Say until when someone is away now."""
    await _whose(tx, ask, absence_id)
    return _out(await service.set_last_day(tx, absence_id, data.last_on))


@does(f"{ONE}/cancel", WRITE, purpose="absence.cancel", tag=TAG)
async def write_cancel(tx: WriteSession, ask: Ask[Any], absence_id: Id) -> AbsenceOut:
    """Say that they are not away after all."""
    await _whose(tx, ask, absence_id)
    return _out(await service.cancel(tx, absence_id, by=ask.by, at=ask.at))


async def _whose(tx: WriteSession, ask: Ask[Any], absence_id: uuid.UUID) -> None:
    found = await service.held(tx, absence_id)
    check_whose(ask, found.person_id, found.reason)


HANDLERS = (
    list_absences,
    read_absence,
    write_absence,
    write_covers,
    write_cover_all,
    take_back_cover,
    write_days,
    write_cancel,
)
