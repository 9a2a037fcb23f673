"""The page of decisions: what waits, who asked and why, and what was decided."""

import uuid
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.decisions import repository, service, views
from lmhg_gateway.features.decisions.forms import SeenForm, VerdictForm
from lmhg_gateway.features.decisions.rules import NEW_HOLDER_DAYS
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.errors import Invalid
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import fill, read_form
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import actor_of, reading, writing

AnyRequest = Request[Any, Any, Any]
PATH = "/decisions"
PERMISSION = "powers.decide"


@get(PATH, opt=needs(PERMISSION), include_in_schema=False)
async def overview(request: AnyRequest) -> Response[str]:
    """What waits for a second person, what changed, and what was decided."""
    me = actor_of(request).id
    async with reading(request, "decisions.list") as tx:
        names = await staff_names(tx)
        waiting, done = await repository.opened(tx), await repository.decided(tx)
        askers = {str(each.requested_by) for each in waiting}
        linked = frozenset(
            [one for one in sorted(askers) if await repository.are_linked(tx, me, one)]
        )
        rows = [
            views.decision_row(each, names=names, me=me, linked=linked)
            for each in (*waiting, *done)
        ]
        unseen = await repository.unseen(tx, by=me)
    return await page(
        request,
        "decisions/overview.html",
        waiting=rows[: len(waiting)],
        decided=rows[len(waiting) :],
        notices=views.notice_rows(unseen, names),
        until=unseen[0].at.isoformat() if unseen else "",
        days=NEW_HOLDER_DAYS,
    )


@post(PATH + "/{decision:uuid}", opt=needs(PERMISSION, fresh=True), include_in_schema=False)
async def decide(request: AnyRequest, decision: FromPath[uuid.UUID]) -> Response[Any]:
    """Approve or decline it as the second person, or cancel an own request."""
    form = fill(VerdictForm, await read_form(request)).result()
    async with writing(request, "decisions.decide") as tx:
        made = await service.decide(tx, decision, form.verdict, by=actor_of(request).id)
        notice = f"decision.{made.outcome}"
    return go(request, PATH, notice=notice)


@post(PATH + "/seen", opt=needs(PERMISSION), include_in_schema=False)
async def seen(request: AnyRequest) -> Response[Any]:
    """Mark what others changed as read, up to the newest line that was shown."""
    form = fill(SeenForm, await read_form(request)).result()
    try:
        until = datetime.fromisoformat(form.until)
    except ValueError:
        raise Invalid(fields={"until": "unreadable"}) from None
    if until.tzinfo is None:
        raise Invalid(fields={"until": "unreadable"})
    async with writing(request, "decisions.seen") as tx:
        await repository.mark_seen(tx, by=uuid.UUID(actor_of(request).id), until=until)
        await tx.audit("officer_notice.seen", kind="officer_notice")
    return go(request, PATH, notice="decision.seen")
