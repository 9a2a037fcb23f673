"""Pages of held records: what screening said of them, and what officers decide."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.holds import repository, service, views
from lmhg_gateway.features.holds.forms import HeldDecision
from lmhg_gateway.features.holds.listed import HELD
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing

AnyRequest = Request[Any, Any, Any]
LIST = "/compliance/held"
ONE = f"{LIST}/{{held_id:uuid}}"


@get(LIST, opt=needs("compliance.read"), include_in_schema=False)
async def listed(request: AnyRequest) -> Response[Any]:
    """Records that screening held, by what became of them."""
    wanted = HELD.wanted(request)
    async with reading(request, "compliance.held") as tx:
        found, total = await repository.held_records(
            tx,
            outcome=wanted["outcome"],
            rule=wanted["rule"],
            kind=wanted["kind"],
            first=wanted.first,
            size=wanted.size,
        )
        rows = views.held_rows(found, await staff_names(tx), at=utc_now())
        await HELD.audit(tx, wanted)
    if wanted.is_file:
        return HELD.file(request, rows, total=total)
    return await page(
        request,
        "holds/held.html",
        list=HELD.made(wanted, rows, total=total),
        outcome=wanted["outcome"],
        is_narrow=bool(wanted["rule"] or wanted["kind"]),
    )


@get(ONE, opt=needs("compliance.read"), include_in_schema=False)
async def view(request: AnyRequest, held_id: FromPath[uuid.UUID]) -> Response[str]:
    """One hold: the rule in words, the field, the version, and the decision."""
    return await _show(request, held_id, start(HeldDecision))


@post(ONE, opt=needs("holds.decide"), include_in_schema=False)
async def decide(request: AnyRequest, held_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Keep it here, clear it, or ask a second officer to clear it; with a reason."""
    form = fill(HeldDecision, await read_form(request))
    if form.data is None:
        return await _show(request, held_id, form, status=422)
    async with writing(request, "held.decide") as tx:
        done = await service.decide_held(
            tx,
            held_id,
            outcome=form.data.outcome,
            reason=form.data.reason,
            by=actor_of(request).id,
            at=utc_now(),
        )
    return go(request, f"{LIST}/{held_id}", notice=f"held.{done}")


async def _show(
    request: AnyRequest, held_id: uuid.UUID, form: Form[HeldDecision], *, status: int = 200
) -> Response[str]:
    async with reading(request, "compliance.held_record") as tx:
        found = await repository.held_by_id(tx, held_id)
        if found is None:
            raise NotFound("held_record")
        first = found.proposed_by if found.outcome == "waiting" else None
        is_void = first is not None and not await repository.is_officer(tx, first)
        row = views.held_row(found, await staff_names(tx), at=utc_now(), is_proposal_void=is_void)
        is_changed = row.outcome == "waiting" and await repository.is_changed(tx, found)
    return await page(
        request,
        "holds/held_record.html",
        status=status,
        form=form,
        row=row,
        is_changed=is_changed,
    )


HANDLERS = (listed, view, decide)
NOTICES = {
    "held.cleared": "Sharing allowed. The record is on its way.",
    "held.kept": "The record stays in the office.",
    "held.proposed": "Your reason is saved. Another officer must agree too.",
}
MESSAGES = {
    "held_record": "There is no such record held for review.",
    "hold_stands": "Only a compliance officer can decide this. Nothing was changed.",
    "two_officers": "This may name a client, so two officers must agree. Nothing was changed.",
    "held_decided": "Someone already decided about this record. Nothing was changed.",
    "held_changed": "The record changed since it was held. The new text is checked separately.",
}
