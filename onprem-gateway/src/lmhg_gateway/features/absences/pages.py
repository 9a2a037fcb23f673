"""Pages of absences: the list, the form, and one absence with its handover."""

import uuid
from typing import Any

import msgspec
from litestar import Request, Response, get

from lmhg_gateway.features.absences import handover, repository, rules, service, views
from lmhg_gateway.features.absences.forms import (
    PAIRS_MAX,
    AbsenceForm,
    AllForm,
    CoversForm,
    DaysForm,
)
from lmhg_gateway.features.absences.listed import ABSENCES
from lmhg_gateway.features.absences.models import Absence
from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.away import CaseRows
from lmhg_kit.http.access import may, needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
LIST = "/absences"
ONE = f"{LIST}/{{absence_id:uuid}}"
READ, WRITE, MANAGE, LEAVE = "absences.read", "absences.write", "absences.manage", "people.manage"


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What an absence's page has fields for, in all its forms together."""

    last_on: str = ""
    cover_id: str = ""
    covers: str = ""


def points(request: AnyRequest) -> list[CaseRows]:
    """What a handover is about, of the features whose rows this person may see."""
    found = FEATURES.of(request).contributions(CaseRows)
    return [each for each in found if may(request, each.permission)]


def check_whose(ask: Ask[Any], person_id: uuid.UUID, reason: str) -> None:
    """Accept who changes an absence. Raises: Forbidden."""
    rules.check_whose(
        rules.Reason(reason),
        is_own=ask.by == str(person_id),
        may_all=ask.may(MANAGE),
        may_leave=ask.may(LEAVE),
    )


@get(LIST, opt=needs(READ), include_in_schema=False)
async def absence_list(request: AnyRequest) -> Response[Any]:
    """Who is away now and next, and how many clients no one covers."""
    wanted, practice = ABSENCES.wanted(request), PRACTICE.of(request)
    today, which = practice.today(), wanted["which"]
    async with reading(request, "absences.list") as tx:
        found, total = await repository.listed(
            tx, which=which, today=today, first=wanted.first, size=wanted.size
        )
        looked = list(found) if which == repository.NOW else []
        cases = await handover.cases_of(tx, looked, points(request), practice)
        staff = await staff_names(tx)
        await ABSENCES.audit(tx, wanted)
    rows = [views.row(each, staff, today=today, cases=cases.get(each.id)) for each in found]
    if wanted.is_file:
        return ABSENCES.file(request, rows, total=total)
    return await page(request, "absences/list.html", list=ABSENCES.made(wanted, rows, total=total))


@shows(
    f"{LIST}/new",
    WRITE,
    template="absences/form.html",
    purpose="absence.add",
    form=AbsenceForm,
)
async def new_absence(tx: ReadSession, ask: Ask[AbsenceForm]) -> Context:
    """The form for one more."""
    people = await service.who_works_here(tx)
    if not ask.may(MANAGE):
        people = {each: name for each, name in people.items() if each == ask.by}
    ask.form.values["person_id"] = ask.form.values.get("person_id") or ask.by
    reasons = [
        (reason.value, said)
        for reason, said in rules.REASONS.items()
        if reason is not rules.Reason.LEAVING or ask.may(LEAVE)
    ]
    return {"people": list(people.items()), "reasons": reasons, "may_leave": ask.may(LEAVE)}


@acts(f"{LIST}/new", WRITE, purpose="absence.add", form=AbsenceForm, back=new_absence)
async def add_absence(tx: WriteSession, ask: Ask[AbsenceForm], data: AbsenceForm) -> Done:
    """Write down that someone is away."""
    check_whose(ask, data.person_id, data.reason)
    made = await service.add(tx, data, by=ask.by)
    return Done(f"{LIST}/{made.id}", "absence.added", undo=f"{LIST}/{made.id}/cancel")


@shows(ONE, READ, template="absences/absence.html", purpose="absence.view", form=OnPage)
async def absence_page(tx: ReadSession, ask: Ask[OnPage], absence_id: uuid.UUID) -> Context:
    """Who is away until when, every client with something to come, and who covers."""
    found, practice = await service.view(tx, absence_id), ask.practice
    asked = points(ask.request) if found.canceled_at is None else []
    cases = (await handover.cases_of(tx, [found], asked, practice))[found.id]
    shown = cases[:PAIRS_MAX]
    names = await names_of(tx, (each.client_id for each in shown))
    staff = await staff_names(tx)
    people = await service.who_covers(tx, found)
    away = await service.spans(tx, practice.today(), None)
    span = service.span_of(found)
    here = [
        (each, name)
        for each, name in people.items()
        if not rules.cannot_cover(span, uuid.UUID(each), away)
    ]
    is_allowed = ask.may(WRITE) and (ask.may(MANAGE) or ask.by == str(found.person_id))
    row = views.row(found, staff, today=practice.today(), cases=cases)
    ask.form.values["last_on"] = ask.form.values.get("last_on") or str(found.last_on or "")
    return {
        "row": row,
        "cases": views.case_views(shown, names, staff, practice),
        "total": len(cases),
        "left": sum(not each.is_covered for each in cases),
        "people": here,
        "may_write": is_allowed and (not row.is_leaving or ask.may(LEAVE)) and not row.is_canceled,
        "moves": [each.noun for each in asked if each.move],
    }


async def _whose(tx: WriteSession, ask: Ask[Any], absence_id: uuid.UUID) -> Absence:
    """The absence, held, where this person may change it. Raises: NotFound, Forbidden."""
    found = await service.held(tx, absence_id)
    check_whose(ask, found.person_id, found.reason)
    return found


@acts(f"{ONE}/covers", WRITE, purpose="absence.cover", form=CoversForm, back=absence_page)
async def set_covers(
    tx: WriteSession, ask: Ask[CoversForm], data: CoversForm, absence_id: uuid.UUID
) -> Done:
    """Say who covers for these clients."""
    await _whose(tx, ask, absence_id)
    act, count = await handover.cover(
        tx, absence_id, data.pairs(), points(ask.request), by=ask.by, practice=ask.practice
    )
    return _covered(absence_id, act, count)


@acts(f"{ONE}/covers/all", WRITE, purpose="absence.cover", form=AllForm, back=absence_page)
async def cover_all(
    tx: WriteSession, ask: Ask[AllForm], data: AllForm, absence_id: uuid.UUID
) -> Done:
    """Give every client without cover to one colleague."""
    await _whose(tx, ask, absence_id)
    act, count = await handover.cover(
        tx, absence_id, data.cover_id, points(ask.request), by=ask.by, practice=ask.practice
    )
    return _covered(absence_id, act, count)


def _covered(absence_id: uuid.UUID, act_id: uuid.UUID, count: int) -> Done:
    if not count:
        return Done(f"{LIST}/{absence_id}", "absence.cover_same")
    undo = f"{LIST}/{absence_id}/covers/{act_id}/undo"
    return Done(f"{LIST}/{absence_id}", "absence.covered", undo=undo)


@acts(f"{ONE}/covers/{{act_id:uuid}}/undo", WRITE, purpose="absence.cover", back=absence_page)
async def undo_cover(
    tx: WriteSession, ask: Ask[Any], absence_id: uuid.UUID, act_id: uuid.UUID
) -> Done:
    """Take back what was said in one go."""
    await _whose(tx, ask, absence_id)
    await handover.undo(
        tx, absence_id, act_id, points(ask.request), by=ask.by, practice=ask.practice
    )
    return Done(f"{LIST}/{absence_id}", "absence.cover_undone")


@acts(f"{ONE}/days", WRITE, purpose="absence.change", form=DaysForm, back=absence_page)
async def change_days(
    tx: WriteSession, ask: Ask[DaysForm], data: DaysForm, absence_id: uuid.UUID
) -> Done:
    """Say until when someone is away now."""
    await _whose(tx, ask, absence_id)
    await service.set_last_day(tx, absence_id, data.last_on)
    return Done(f"{LIST}/{absence_id}", "absence.changed")


@acts(f"{ONE}/cancel", WRITE, purpose="absence.cancel", back=absence_page)
async def cancel_absence(tx: WriteSession, ask: Ask[Any], absence_id: uuid.UUID) -> Done:
    """Say that they are not away after all."""
    await _whose(tx, ask, absence_id)
    await service.cancel(tx, absence_id, by=ask.by, at=ask.at)
    undo = f"{LIST}/{absence_id}/restore"
    return Done(f"{LIST}/{absence_id}", "absence.canceled", undo=undo)


@acts(f"{ONE}/restore", WRITE, purpose="absence.cancel", back=absence_page)
async def restore_absence(tx: WriteSession, ask: Ask[Any], absence_id: uuid.UUID) -> Done:
    """Take that back."""
    await _whose(tx, ask, absence_id)
    await service.restore(tx, absence_id)
    return Done(f"{LIST}/{absence_id}", "absence.restored")


PAGES = (
    absence_list,
    new_absence,
    add_absence,
    absence_page,
    set_covers,
    cover_all,
    undo_cover,
    change_days,
    cancel_absence,
    restore_absence,
)
