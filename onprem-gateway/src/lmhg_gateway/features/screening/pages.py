"""Pages of screening: what it looks for, and the words that an officer allowed."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.screening import allowances, repository, views
from lmhg_gateway.features.screening.forms import AllowForm
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing

AnyRequest = Request[Any, Any, Any]
PERMISSION = "screening.decide"
PATH = "/compliance/screening"
KNOWN = "This is already allowed, or waiting for a second person."


@get(PATH, opt=needs(PERMISSION), include_in_schema=False)
async def overview(request: AnyRequest) -> Response[str]:
    """The allowed words with their history, the form, and the rules in words."""
    return await _show(request, start(AllowForm))


@post(PATH, opt=needs(PERMISSION), include_in_schema=False)
async def ask(request: AnyRequest) -> Response[Any]:
    """Ask that a word be allowed."""
    form = fill(AllowForm, await read_form(request))
    if form.data is None:
        return await _show(request, form, status=422)
    try:
        async with writing(request, "screening.ask_allowance") as tx:
            asked = await allowances.ask(tx, form.data, by=actor_of(request).id)
    except Invalid as wrong:
        form.refuse(wrong.fields)
        return await _show(request, form, status=422)
    except Conflict:
        form.refuse({"term": KNOWN})
        return await _show(request, form, status=409)
    return go(request, PATH, notice="allowance.asked", undo=f"{PATH}/{asked.id}/remove")


@post(PATH + "/{allowance:uuid}/approve", opt=needs(PERMISSION), include_in_schema=False)
async def approve(request: AnyRequest, allowance: FromPath[uuid.UUID]) -> Response[Any]:
    """Allow it, as the second person."""
    async with writing(request, "screening.approve_allowance") as tx:
        await allowances.approve(tx, allowance, by=actor_of(request).id, at=utc_now())
    return go(request, PATH, notice="allowance.approved")


@post(PATH + "/{allowance:uuid}/remove", opt=needs(PERMISSION), include_in_schema=False)
async def remove(request: AnyRequest, allowance: FromPath[uuid.UUID]) -> Response[Any]:
    """Take it back; screening holds it again from its next look."""
    async with writing(request, "screening.remove_allowance") as tx:
        counted = await allowances.remove(tx, allowance, by=actor_of(request).id, at=utc_now())
    return go(request, PATH, notice="allowance.removed" if counted else "allowance.declined")


async def _show(request: AnyRequest, form: Form[AllowForm], *, status: int = 200) -> Response[str]:
    async with reading(request, "screening.allowances") as tx:
        found = await repository.listed(tx)
        names = await staff_names(tx)
        shown = views.rows(found, names=names, me=actor_of(request).id)
    return await page(
        request,
        "screening/overview.html",
        status=status,
        form=form,
        rows=shown,
        rules=views.rule_rows(),
    )
