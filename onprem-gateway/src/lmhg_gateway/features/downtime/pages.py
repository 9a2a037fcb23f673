"""Pages of downtime: how the packets are, a key on paper, the packet to keep, and what was opened."""

import uuid
from typing import Any

from litestar import Request, Response, get, post

from lmhg_gateway.features.downtime import repository, service
from lmhg_gateway.features.downtime.forms import OpeningForm
from lmhg_gateway.features.downtime.making import FILE
from lmhg_gateway.features.downtime.rules import WHY_WORDS, Why
from lmhg_gateway.features.staff.public import staff_names, who_words
from lmhg_kit.http.access import needs
from lmhg_kit.http.downloads import attachment
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE
from lmhg_kit.ui.formats import LocalTimes

AnyRequest = Request[Any, Any, Any]
PATH = "/downtime"
READ, WRITE, KEY = "downtime.read", "downtime.write", "downtime.key"
CHOICES = 30
_WORDS = {
    **{each.value: said for each, said in WHY_WORDS.items()},
    Why.UNOPENED.value: "Not opened",
}


@shows(PATH, READ, template="downtime/downtime.html", purpose="downtime.look", form=OpeningForm)
async def downtime_page(tx: ReadSession, ask: Ask[OpeningForm]) -> Context:
    """How the packets are, and what to do before, during and after an outage."""
    found = await service.health(tx, at=ask.at)
    key, packets, openings, names = await tx.together(
        repository.newest_key_facts(tx),
        repository.packets(tx),
        repository.openings(tx),
        staff_names(tx),
    )
    times = LocalTimes(ask.practice.timezone, ask.practice.clock)
    by_time = {each.made_at: each.id for each in packets}
    return {
        "health": found,
        "key": key,
        "newest": packets[0] if packets else None,
        "printed_by": who_words(key.printed_by, names) if key else "",
        "packets": [(each.id, times.moment(each.made_at)) for each in packets[:CHOICES]],
        "reasons": [(each.value, said) for each, said in WHY_WORDS.items()],
        "outages": [(by_time[each.begins], each) for each in found.unanswered],
        "openings": [
            (each, names.get(str(each.opened_by), "No one"), _WORDS[each.why]) for each in openings
        ],
    }


@acts(f"{PATH}/openings", WRITE, purpose="downtime.note", form=OpeningForm, back=downtime_page)
async def record_opening(tx: WriteSession, ask: Ask[OpeningForm], data: OpeningForm) -> Done:
    """Note that one opened a packet oneself."""
    await service.record_opening(tx, data, by=ask.by, at=ask.at)
    return Done(PATH, "downtime.opened")


@acts(f"{PATH}/packets/{{packet_id:uuid}}/unopened", WRITE, purpose="downtime.note")
async def record_unopened(tx: WriteSession, ask: Ask[Any], packet_id: uuid.UUID) -> Done:
    """Note that nobody opened the packet before an outage."""
    await service.record_unopened(tx, packet_id, by=ask.by, at=ask.at)
    return Done(PATH, "downtime.unopened")


@get(f"{PATH}/packet", opt=needs(WRITE), include_in_schema=False)
async def take_packet(request: AnyRequest) -> Response[bytes]:
    """The last packet, sealed, to be kept on a computer of the office."""
    async with reading(request, "downtime.take") as tx:
        found = await service.take(tx)
    return Response(
        found.page,
        media_type="application/octet-stream",
        headers={**attachment(FILE), "x-content-type-options": "nosniff"},
    )


@post(f"{PATH}/key", opt=needs(KEY, fresh=True), include_in_schema=False, status_code=200)
async def print_key(request: AnyRequest) -> Response[str]:
    """A new key on a page to print, shown this once."""
    async with writing(request, "downtime.print") as tx:
        made = await service.print_key(tx, by=actor_of(request).id, at=PRACTICE.of(request).clock())
        code, number, printed_at = made.code, made.number, made.printed_at
    return await page(request, "downtime/key.html", code=code, number=number, printed_at=printed_at)


PAGES = (downtime_page, record_opening, record_unopened, take_packet, print_key)
