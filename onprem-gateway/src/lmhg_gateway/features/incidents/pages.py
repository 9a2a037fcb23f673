"""Pages of incidents: what happened, what to do, who does it, and what came of it."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_contracts.roles import COMPLIANCE
from lmhg_gateway.features.incidents import repository, service, views
from lmhg_gateway.features.incidents.forms import (
    IncidentAssign,
    IncidentComment,
    IncidentResolve,
    OpenIncident,
)
from lmhg_gateway.features.incidents.listed import INCIDENTS, filters_of
from lmhg_gateway.features.incidents.rules import CAUSES, Vocabulary, vocabulary
from lmhg_gateway.features.staff.public import colleagues_with, staff_names
from lmhg_gateway.web.points import IncidentAct, IncidentCode, SubjectPage
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import may, needs
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import WriteSession

AnyRequest = Request[Any, Any, Any]
LIST = "/compliance/incidents"
ONE = f"{LIST}/{{incident_id:uuid}}"
F = TypeVar("F", bound=msgspec.Struct)


@get(LIST, opt=needs("compliance.read"), include_in_schema=False)
async def listed(request: AnyRequest) -> Response[Any]:
    """Incidents, open or closed, by kind and by who looks after them."""
    return await _show_list(request, start(OpenIncident))


@post(LIST, opt=needs("incidents.decide"), include_in_schema=False)
async def report(request: AnyRequest) -> Response[Any]:
    """Open one for what an officer saw."""
    form = fill(OpenIncident, await read_form(request))
    if form.data is None:
        return await _show_list(request, form, status=422)
    async with writing(request, "incident.open") as tx:
        made = await service.report(tx, said=form.data.said, by=actor_of(request).id)
    return go(request, f"{LIST}/{made}", notice="incident.opened")


@get(ONE, opt=needs("compliance.read"), include_in_schema=False)
async def view(request: AnyRequest, incident_id: FromPath[uuid.UUID]) -> Response[str]:
    """One incident with its trail."""
    return await _show(request, incident_id, start(IncidentComment))


@post(f"{ONE}/assign", opt=needs("incidents.decide"), include_in_schema=False)
async def assign(request: AnyRequest, incident_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Take it, or give it to another officer."""

    async def act(tx: WriteSession, data: IncidentAssign, by: str) -> None:
        officers = set(await colleagues_with(tx, COMPLIANCE))
        await service.assign(tx, incident_id, assignee=data.assignee, officers=officers, by=by)

    return await _act(request, incident_id, IncidentAssign, act, "assigned")


@post(f"{ONE}/comment", opt=needs("incidents.decide"), include_in_schema=False)
async def comment(request: AnyRequest, incident_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Write down what was found."""

    async def act(tx: WriteSession, data: IncidentComment, by: str) -> None:
        await service.comment(tx, incident_id, said=data.said, by=by)

    return await _act(request, incident_id, IncidentComment, act, "commented")


@post(f"{ONE}/resolve", opt=needs("incidents.decide"), include_in_schema=False)
async def resolve(request: AnyRequest, incident_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Close it with a cause and a note."""

    async def act(tx: WriteSession, data: IncidentResolve, by: str) -> None:
        await service.resolve(
            tx, incident_id, cause=data.cause, note=data.note, by=by, at=utc_now()
        )

    return await _act(request, incident_id, IncidentResolve, act, "resolved")


@post(f"{ONE}/reopen", opt=needs("incidents.decide"), include_in_schema=False)
async def reopen(request: AnyRequest, incident_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Take a closed one up again."""

    async def act(tx: WriteSession, data: IncidentComment, by: str) -> None:
        await service.reopen(tx, incident_id, said=data.said, by=by)

    return await _act(request, incident_id, IncidentComment, act, "reopened")


async def _act(
    request: AnyRequest,
    incident_id: uuid.UUID,
    struct: type[F],
    act: Callable[[WriteSession, F, str], Awaitable[None]],
    done: str,
) -> Response[Any]:
    """One step on an incident: its form, its unit of work, and back to its page."""
    form = fill(struct, await read_form(request))
    if form.data is None:
        return await _show(request, incident_id, form, status=422)
    async with writing(request, f"incident.{done}") as tx:
        await act(tx, form.data, actor_of(request).id)
    return go(request, f"{LIST}/{incident_id}", notice=f"incident.{done}")


async def _show(
    request: AnyRequest, incident_id: uuid.UUID, form: Form[Any], *, status: int = 200
) -> Response[str]:
    async with reading(request, "compliance.incident") as tx:
        found = await repository.by_id(tx, incident_id)
        if found is None:
            raise NotFound("incident")
        names = await staff_names(tx)
        row = views.incident_row(found, names, vocabulary_of(request))
        events = views.event_rows(found, await repository.events_of(tx, incident_id), names)
        officers = await colleagues_with(tx, COMPLIANCE)
    return await page(
        request,
        "incidents/incident.html",
        status=status,
        form=form,
        row=row,
        events=events,
        acts=[
            (each.label, each.path.format(incident_id))
            for each in FEATURES.of(request).contributions(IncidentAct)
            if may(request, each.permission)
        ],
        officers=[("", "Not assigned"), *sorted(officers.items(), key=lambda each: each[1])],
        causes=[("", "Choose one"), *CAUSES.items()],
    )


async def _show_list(
    request: AnyRequest, form: Form[OpenIncident], *, status: int = 200
) -> Response[Any]:
    said = vocabulary_of(request)
    filters = filters_of((name, each.title) for name, each in said.codes.items())
    wanted = INCIDENTS.wanted(request, filters=filters)
    assignee = {"mine": actor_of(request).id, "nobody": "nobody"}.get(wanted["who"], "")
    is_open = wanted["state"] == "open"
    async with reading(request, "compliance.incidents") as tx:
        found, total = await repository.listed(
            tx,
            is_open=is_open,
            code=wanted["code"],
            assignee=assignee,
            first=wanted.first,
            size=wanted.size,
            sort=wanted.sort,
        )
        rows = views.incident_rows(found, await staff_names(tx), said)
        await INCIDENTS.audit(tx, wanted)
    if wanted.is_file:
        return INCIDENTS.file(request, rows, total=total)
    return await page(
        request,
        "incidents/incidents.html",
        status=status,
        form=form,
        is_open=is_open,
        list=INCIDENTS.made(wanted, rows, total=total, filters=filters),
    )


def vocabulary_of(request: AnyRequest) -> Vocabulary:
    """What every feature says of its incidents, also those that are off."""
    features = FEATURES.of(request)
    return vocabulary(features.declared(IncidentCode), features.declared(SubjectPage))


HANDLERS = (listed, report, view, assign, comment, resolve, reopen)
NOTICES = {
    "incident.opened": "Incident opened and assigned to you.",
    "incident.assigned": "Incident assigned.",
    "incident.commented": "Comment added.",
    "incident.resolved": "Incident resolved.",
    "incident.reopened": "Incident reopened.",
}
MESSAGES = {
    "incident": "There is no such incident.",
    "incident_closed": "Someone already closed this incident. Nothing was changed.",
    "incident_open": "This incident is already open.",
}
