"""Pages of the access log: who saw and did what, per client too, and what has to be accounted for."""

import uuid
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from lmhg_gateway.features.access_log import repository, service, views
from lmhg_gateway.features.access_log.about_clients import client_kinds
from lmhg_gateway.features.access_log.act_words import act_words, kind_words
from lmhg_gateway.features.access_log.forms import FindClient, NewDisclosure
from lmhg_gateway.features.access_log.rules import (
    BASES,
    BULK_DAYS,
    VIEWS,
    AccessFilter,
    Hours,
    accounting_period,
    practice_hours,
)
from lmhg_gateway.features.clients.public import (
    birth_date_of,
    names_of,
    record_ids,
    search,
    shown_name,
)
from lmhg_gateway.features.ledger_review.public import (
    Span,
    day_of,
    entry_number,
    export_ledger,
    index,
    newest_check,
    saved_links,
)
from lmhg_gateway.features.oauth_clients.public import app_names
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.errors import Invalid, NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.paging import PAGE_SIZE, address, slice_before
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
INDEX_MOST = 5_000
CHART_DAYS = 31
NO_STORE = {"cache-control": "no-store"}


def _zone(request: AnyRequest) -> str:
    return str(SETTINGS.of(request).timezone)


def _hours(request: AnyRequest) -> Hours:
    return practice_hours(SETTINGS.of(request).practice_hours)


def _today(request: AnyRequest) -> date:
    return PRACTICE.of(request).today()


@get(views.PATH, opt=needs("compliance.read"), include_in_schema=False)
async def access_log(request: AnyRequest) -> Response[str]:
    """The access ledger, newest first, with its filters and views in the address."""
    query = query_of(request)
    wanted = AccessFilter.of(query)
    errors, today = wanted.errors(), _today(request)
    async with writing(request, "compliance.access_log") as tx:
        await index(tx, "access", zone=_zone(request), most=INDEX_MOST)
        names = await staff_names(tx)
        context: dict[str, Any] = {"rows": [], "groups": [], "slice": None}
        if wanted.view == "bulk":
            context["groups"] = await _bulk(tx, request, wanted, names=names)
        elif not errors:
            context |= await _rows(tx, request, wanted, before=query.get("before", ""), names=names)
        context["size"], context["checkpoint"] = await repository.head(tx)
        acts = await repository.acts(tx)
        context["acts"] = [("", "Any"), *((each, act_words(each)) for each in acts)]
        last = today
        first = today - timedelta(days=CHART_DAYS - 1)
        counts = await repository.days(tx, first=first, last=last) if wanted.is_empty else []
        context["own"] = await saved_links(
            tx, owner=actor_of(request).id, page="access", query=wanted.query()
        )
        context["check"] = await newest_check(tx, "access")
        await tx.audit("read", kind="access_ledger")
    return await page(
        request,
        "access_log/log.html",
        wanted=wanted,
        form=Form(values=wanted.query(), errors=errors),
        query=address("", wanted.query()).removeprefix("?"),
        meaning=VIEWS.get(wanted.view, ("", ""))[1],
        chips=views.view_chips(wanted),
        chart=views.chart_of(counts, first=first, last=last),
        kinds=[("", "Any"), *((each, kind_words(each).capitalize()) for each in client_kinds())],
        names=names,
        **context,
    )


async def _rows(
    tx: ReadSession,
    request: AnyRequest,
    wanted: AccessFilter,
    *,
    before: str,
    names: dict[str, str],
) -> dict[str, Any]:
    """The rows of one page with where they stand."""
    hours = _hours(request)
    size, _ = await repository.head(tx)
    span = Span(0, size)
    if wanted.since or wanted.until:
        first, last = day_of(wanted.since), day_of(wanted.until)
        span = await repository.span_of(tx, first=first, last=last) or Span(0, 0)
    start_at = entry_number(before)
    stop = size if start_at is None else start_at
    found = await repository.page_of(tx, wanted, hours=hours, span=span, before=stop)
    rows = await _lines(tx, found[:PAGE_SIZE], names)
    total = await repository.count(tx, wanted, hours=hours)
    more = len(found) > PAGE_SIZE
    return {
        "rows": rows,
        "slice": slice_before(
            views.PATH,
            wanted.query(),
            is_newest=start_at is None,
            before=rows[-1].n if more else None,
            total=total,
        ),
    }


async def _lines(
    tx: ReadSession, entries: list[bytes], names: dict[str, str]
) -> list[views.AccessLine]:
    """Entries in words, with the names of the apps that they are about."""
    found = views.decoded(entries)
    apps = views.apps_in(found)
    return views.lines(found, names, await app_names(tx, apps) if apps else {})


async def _bulk(
    tx: ReadSession, request: AnyRequest, wanted: AccessFilter, *, names: dict[str, str]
) -> list[views.Group]:
    last = day_of(wanted.until) or _today(request)
    first = day_of(wanted.since) or last - timedelta(days=BULK_DAYS)
    found = await repository.bulk(tx, first=first, last=last)
    return views.groups(found, names, zone=ZoneInfo(_zone(request)))


@get(views.PATH + "/export", opt=needs("access_log.export", fresh=True), include_in_schema=False)
async def export(request: AnyRequest) -> Stream:
    """The access ledger as a file for lmhg-verify."""
    return await export_ledger(request, "access")


@get(views.PATH + "/clients", opt=needs("compliance.read"), include_in_schema=False)
async def find_client(request: AnyRequest) -> Response[str]:
    """Whose records are asked about."""
    return await page(
        request, "access_log/find.html", form=start(FindClient), found=None, more=False
    )


@post(
    views.PATH + "/clients", opt=needs("compliance.read"), status_code=200, include_in_schema=False
)
async def found_clients(request: AnyRequest) -> Response[str]:
    """Clients that a name, number, address or birth date finds; the search is in no address."""
    form = fill(FindClient, await read_form(request))
    found: list[tuple[uuid.UUID, str, date | None]] | None = None
    more = False
    if form.data is not None:
        async with writing(request, "compliance.client_report") as tx:
            try:
                hits = await search(tx, form.data.q)
                found = [(each.id, shown_name(each), birth_date_of(each)) for each in hits.clients]
                more = hits.total > len(found)
            except Invalid as unclear:
                form.refuse(unclear.fields)
    return await page(
        request,
        "access_log/find.html",
        status=200 if form.data else 422,
        headers=NO_STORE,
        form=form,
        found=found,
        more=more,
    )


@get(
    views.PATH + "/clients/{client_id:uuid}",
    opt=needs("compliance.read"),
    include_in_schema=False,
)
async def client_report(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[str]:
    """Who saw this client's records, and what was disclosed of them."""
    return await _report(request, client_id, start(NewDisclosure, disclosed_on=_today(request)))


async def _report(
    request: AnyRequest, client_id: uuid.UUID, form: Form[NewDisclosure], *, status: int = 200
) -> Response[str]:
    first, last = accounting_period(_today(request))
    async with writing(request, "compliance.client_report") as tx:
        await index(tx, "access", zone=_zone(request), most=INDEX_MOST)
        found = await names_of(tx, [client_id])
        if client_id not in found:
            raise NotFound("client")
        names = await staff_names(tx)
        records = await record_ids(tx, client_id)
        about = await repository.ids_about(tx, records)
        people = views.people(await repository.by_person(tx, about), names)
        rows = await _lines(tx, await repository.entries_about(tx, about), names)
        told = await repository.disclosures(tx, records, first=first, last=last)
        disclosures = views.accounting(told, names)
    return await page(
        request,
        "access_log/client.html",
        status=status,
        headers=NO_STORE,
        client_id=client_id,
        name=found[client_id],
        people=people,
        rows=rows,
        disclosures=disclosures,
        first=first,
        last=last,
        bases=[("", "Choose one"), *BASES.items()],
        form=form,
    )


@post(
    views.PATH + "/clients/{client_id:uuid}/disclosures",
    opt=needs("disclosures.record"),
    include_in_schema=False,
)
async def add_disclosure(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Put a disclosure on record, for good."""
    form = fill(NewDisclosure, await read_form(request), today=_today(request))
    if form.data is None:
        return await _report(request, client_id, form, status=422)
    try:
        async with writing(request, "disclosure.record") as tx:
            if client_id not in await names_of(tx, [client_id]):
                raise NotFound("client")
            await service.record_disclosure(
                tx, client_id, form.data, by=actor_of(request).id, today=_today(request)
            )
    except Invalid as refused:
        form.refuse(refused.fields)
        return await _report(request, client_id, form, status=422)
    return go(request, f"{views.PATH}/clients/{client_id}", notice="disclosure.recorded")


@get(
    views.PATH + "/clients/{client_id:uuid}/accounting",
    opt=needs("access_log.export", fresh=True),
    include_in_schema=False,
)
async def accounting_page(request: AnyRequest, client_id: FromPath[uuid.UUID]) -> Response[str]:
    """The accounting of disclosures of six years, for printing and handing over."""
    first, last = accounting_period(_today(request))
    async with reading(request, "disclosure.accounting") as tx:
        found = await names_of(tx, [client_id])
        if client_id not in found:
            raise NotFound("client")
        records = await record_ids(tx, client_id)
        told = await repository.disclosures(tx, records, first=first, last=last)
        disclosures = views.accounting(told, await staff_names(tx))
        await tx.audit("export", kind="disclosure", ids=[client_id])
    return await page(
        request,
        "access_log/accounting.html",
        headers=NO_STORE,
        client_id=client_id,
        name=found[client_id],
        disclosures=disclosures,
        first=first,
        last=last,
    )
