"""Pages of merges: find the other record, see what would move, merge, and look at a merge or undo it."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.clients.public import (
    card,
    names_of,
    search,
    shown_name,
    with_ids,
)
from lmhg_gateway.features.duplicates.public import next_waiting
from lmhg_gateway.features.merging import repository, service, views
from lmhg_gateway.features.merging.forms import FindOther, MergeForm
from lmhg_gateway.features.merging.views import PATH
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.points import MergeRows
from lmhg_kit.errors import Invalid, NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
QUEUE = "/clients/duplicates"


def merge_rows(request: AnyRequest) -> list[MergeRows]:
    """What the features have of clients."""
    return list(FEATURES.of(request).contributions(MergeRows))


@get("/clients/{client_id:uuid}/merge", opt=needs("clients.merge"), include_in_schema=False)
async def find_page(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Which record is of the same person."""
    return await _find(request, client_id, start(FindOther))


@post(
    "/clients/{client_id:uuid}/merge",
    opt=needs("clients.merge"),
    status_code=200,
    include_in_schema=False,
)
async def find_other(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Records that a name or number finds; the search is in no address."""
    return await _find(request, client_id, fill(FindOther, await read_form(request)))


async def _find(request: AnyRequest, client_id: uuid.UUID, form: Form[FindOther]) -> Response[Any]:
    found: list[tuple[uuid.UUID, str]] | None = None
    async with reading(request, "client.merge") as tx:
        names = await names_of(tx, [client_id])
        if client_id not in names:
            raise NotFound("client")
        if form.data is not None:
            try:
                hits = await search(tx, form.data.q)
                found = [(each.id, shown_name(each)) for each in hits.clients]
            except Invalid as unclear:
                form.refuse(unclear.fields)
    return await page(
        request,
        "merging/find.html",
        status=422 if form.errors else 200,
        client_id=client_id,
        name=names[client_id],
        form=form,
        found=[each for each in found if each[0] != client_id] if found is not None else None,
    )


@shows(
    "/clients/{client_id:uuid}/merge/{other_id:uuid}",
    "clients.merge",
    template="merging/preview.html",
    purpose="client.merge",
    form=MergeForm,
)
async def preview_page(
    tx: ReadSession, ask: Ask[MergeForm], client_id: uuid.UUID, other_id: uuid.UUID
) -> Context:
    """What a merge would move and keep; nothing is done yet."""
    found = await service.preview(tx, client_id, other_id, rows=merge_rows(ask.request))
    choices = views.choices(found.survivor, found.other)
    values = ask.form.values
    for each in choices:
        values[each.name] = values.get(each.name) or "survivor"
    from_queue = values.get("from_queue") or ask.query.get("from") == "queue"
    return {
        "survivor": views.head_of(found.survivor),
        "other": views.head_of(found.other),
        "is_newer": found.other.created_at < found.survivor.created_at,
        "choices": [each for each in choices if each.is_open],
        "settled": [(each.label, each.kept) for each in choices if not each.is_open],
        "fixed": views.fixed_fields(found.survivor, found.other),
        "moves": views.going_words(found.going, is_moved=True),
        "stays": views.going_words(found.going, is_moved=False),
        "from_queue": bool(from_queue),
    }


@acts(
    "/clients/{client_id:uuid}/merge/{other_id:uuid}",
    "clients.merge",
    purpose="client.merge",
    form=MergeForm,
    back=preview_page,
)
async def merge(
    tx: WriteSession,
    ask: Ask[MergeForm],
    data: MergeForm,
    client_id: uuid.UUID,
    other_id: uuid.UUID,
) -> Done:
    """Make one record of two; from the queue, go on to the next pair."""
    made = await service.merge(
        tx, client_id, other_id, data, rows=merge_rows(ask.request), by=ask.by, at=ask.at
    )
    after = f"/clients/{client_id}"
    if data.from_queue:
        await tx.flush()
        pair = await next_waiting(tx)
        after = f"{QUEUE}/{pair}" if pair else QUEUE
    return Done(after, "client.merge", undo=f"{PATH}/{made.id}/undo")


@shows(
    PATH + "/{merge_id:uuid}",
    "clients.merge",
    template="merging/merge.html",
    purpose="client.merge_view",
)
async def merge_page(tx: ReadSession, ask: Ask[Any], merge_id: uuid.UUID) -> Context:
    """One merge: what it moved and changed, the record as it was, and what an undo would do."""
    made = await repository.by_id(tx, merge_id)
    if made is None:
        raise NotFound("client_merge")
    records = {each.id: each for each in await with_ids(tx, [made.survivor_id, made.merged_id])}
    survivor, merged = records[made.survivor_id], records[made.merged_id]
    nouns = {each.kind: each.noun for each in merge_rows(ask.request)} | {
        service.RECORDS: "earlier merged record"
    }
    return {
        "row": views.row_of(
            made, {each.id: shown_name(each) for each in records.values()}, await staff_names(tx)
        ),
        "survivor_id": made.survivor_id,
        "moved": views.moved_words(await repository.rows_of(tx, merge_id), nouns),
        "changes": views.field_changes(service.fields_of(made)),
        "card": card(merged),
        "stays": views.labels(
            made.stayed if made.undone_at else service.would_stay(made, survivor)
        ),
        "is_inside": survivor.merged_into is not None,
    }


@acts(
    PATH + "/{merge_id:uuid}/undo",
    "clients.merge",
    purpose="client.merge_undo",
    back=merge_page,
)
async def undo(tx: WriteSession, ask: Ask[Any], merge_id: uuid.UUID) -> Done:
    """Make two records of one again; the page says what stayed."""
    await service.undo(tx, merge_id, rows=merge_rows(ask.request), by=ask.by, at=ask.at)
    return Done(f"{PATH}/{merge_id}", "client.merge_undone")
