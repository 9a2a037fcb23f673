"""Pages of the weekly packet: the list, one packet, its judgement and its signature."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.packets import repository, service, views
from lmhg_gateway.features.packets.rules import (
    VERDICTS,
    check_judgement,
    in_order,
    week_before,
)
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.points import PacketLine
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.downloads import attachment
from lmhg_kit.http.forms import Fields, read_form
from lmhg_kit.http.page import go, page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import actor_of, reading, writing

AnyRequest = Request[Any, Any, Any]
LIST = "/compliance/packets"
ONE = f"{LIST}/{{packet_id:uuid}}"


@get(LIST, opt=needs("compliance.read"), include_in_schema=False)
async def listed(request: AnyRequest) -> Response[str]:
    """The packets, newest week first, and whether last week's is missing."""
    now = utc_now()
    week = week_before(now, SETTINGS.of(request).timezone)
    async with reading(request, "packets.list") as tx:
        rows = views.packet_rows(await repository.listed(tx), await staff_names(tx), at=now)
        began = await repository.began_at(tx)
    is_known = (
        began is None or began >= week.ends or any(row.first_day == week.first for row in rows)
    )
    missing = None if is_known else week
    return await page(request, "packets/list.html", rows=rows, missing=missing)


@post(LIST, opt=needs("packets.judge"), include_in_schema=False)
async def make(request: AnyRequest) -> Response[Any]:
    """Make last week's packet now."""
    now, settings = utc_now(), SETTINGS.of(request)
    week = week_before(now, settings.timezone)
    async with writing(request, "packet.make") as tx:
        made = await service.make(
            tx, week, lines_of(request), at=now, hours=settings.practice_hours
        )
    if made is None:
        return go(request, LIST, notice="packet.known")
    return go(request, f"{LIST}/{made.id}", notice="packet.made")


@get(ONE, opt=needs("compliance.read"), include_in_schema=False)
async def view(request: AnyRequest, packet_id: FromPath[uuid.UUID]) -> Response[str]:
    """One packet: each line with its counts, and what was made of it."""
    return await _show(request, packet_id)


@post(ONE, opt=needs("packets.judge"), include_in_schema=False)
async def judge(request: AnyRequest, packet_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Keep the judgement of every line that was filled in."""
    typed = _typed(await read_form(request), in_order(lines_of(request)))
    errors = {code: said for code, given in typed.items() if (said := check_judgement(*given))}
    if errors:
        return await _show(request, packet_id, typed=typed, errors=errors, status=422)
    async with writing(request, "packet.judge") as tx:
        await service.judge(tx, packet_id, typed, by=actor_of(request).id, at=utc_now())
    return go(request, f"{LIST}/{packet_id}", notice="packet.judged")


@post(f"{ONE}/sign", opt=needs("packets.sign", fresh=True), include_in_schema=False)
async def sign(request: AnyRequest, packet_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Close it, having proved again who one is."""
    async with writing(request, "packet.sign") as tx:
        await service.sign(tx, packet_id, by=actor_of(request).id, at=utc_now())
    return go(request, f"{LIST}/{packet_id}", notice="packet.signed")


@get(f"{ONE}/content", opt=needs("packets.export"), include_in_schema=False)
async def content(request: AnyRequest, packet_id: FromPath[uuid.UUID]) -> Response[bytes]:
    """The exact bytes that the signature covers, to be hashed elsewhere."""
    async with writing(request, "packet.export") as tx:
        packet = await repository.by_id(tx, packet_id)
        if packet is None or packet.signed_by is None:
            raise NotFound("packet")
        lines = await repository.lines_of(tx, packet.id)
        body = service.content_of(packet, lines, signed_by=packet.signed_by)
        await tx.audit("export", kind=service.KIND, ids=[packet.id])
    headers = attachment(f"packet-{packet.first_day}.json")
    return Response(body, media_type="application/json", headers=headers)


def lines_of(request: AnyRequest) -> list[PacketLine]:
    """What every feature asks the officer each week."""
    return FEATURES.of(request).contributions(PacketLine)


async def _show(
    request: AnyRequest,
    packet_id: uuid.UUID,
    *,
    typed: Mapping[str, tuple[str, str]] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[str]:
    async with reading(request, "packets.view") as tx:
        packet = await repository.by_id(tx, packet_id)
        if packet is None:
            raise NotFound("packet")
        names = await staff_names(tx)
        found = await repository.lines_of(tx, packet.id)
        lines = views.line_rows(
            found, names, words=in_order(lines_of(request)), typed=typed or {}, errors=errors or {}
        )
        row = views.packet_row(packet, names, at=utc_now())
        intact = views.is_intact(packet, found)
    return await page(
        request,
        "packets/packet.html",
        status=status,
        row=row,
        lines=lines,
        intact=intact,
        verdicts=VERDICTS,
        all_judged=all(line.verdict for line in found),
        errors=errors or {},
    )


def _typed(fields: Fields, codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Verdict and comment of each line that has either."""
    given: dict[str, tuple[str, str]] = {}
    for code in codes:
        verdict = next(iter(fields.get(f"verdict-{code}", [])), "")
        comment = next(iter(fields.get(f"comment-{code}", [])), "")
        if verdict or comment:
            given[code] = (verdict, comment)
    return given
