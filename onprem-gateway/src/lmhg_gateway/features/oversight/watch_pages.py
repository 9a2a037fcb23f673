"""Pages of what the officer watches: the match, the sweeps, the witness and the alarms."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.oversight import watch_repository as repository
from lmhg_gateway.features.oversight import watch_views as views
from lmhg_gateway.features.oversight.alarm_rules import SweepDue, sweep_due
from lmhg_gateway.features.oversight.models import CanarySweep
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import fill, read_form
from lmhg_kit.http.page import go, page, part
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession

AnyRequest = Request[Any, Any, Any]
MATCH, SWEEPS, WITNESS = "/compliance/match", "/compliance/sweeps", "/compliance/witness"


class AlarmForm(msgspec.Struct, frozen=True):
    """Which alarm someone has seen to."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    direction: Annotated[str, msgspec.Meta(max_length=4)] = ""


@get(MATCH, opt=needs("compliance.read"), include_in_schema=False)
async def matches(request: AnyRequest) -> Response[str]:
    """The last matches, and one that runs."""
    return await page(request, "oversight/match.html", **await _matches(request))


@get(f"{MATCH}/runs", opt=needs("compliance.read", passive=True), include_in_schema=False)
async def runs(request: AnyRequest) -> Response[str]:
    """The list alone, for the page to ask again while one runs."""
    return part(request, "oversight/match_part.html", **await _matches(request))


@post(MATCH, opt=needs("compliance.read"), include_in_schema=False)
async def ask(request: AnyRequest) -> Response[Any]:
    """Ask the relay to compare ledger, receipts and replica."""
    async with writing(request, "match.request") as tx:
        await repository.ask_match(tx, by=actor_of(request).id)
    return go(request, MATCH, notice="match.asked")


@get(f"{MATCH}/{{match_id:uuid}}", opt=needs("compliance.read"), include_in_schema=False)
async def match(request: AnyRequest, match_id: FromPath[uuid.UUID]) -> Response[str]:
    """One match with each difference, down to the record."""
    async with reading(request, "compliance.match") as tx:
        found = await repository.match_by_id(tx, match_id)
    if found is None:
        raise NotFound("match")
    return await page(request, "oversight/match_one.html", row=views.match_row(found))


@get(SWEEPS, opt=needs("compliance.read"), include_in_schema=False)
async def sweeps(request: AnyRequest) -> Response[str]:
    """The last sweeps: where each looked, and what it counted."""
    async with reading(request, "compliance.sweeps") as tx:
        found = await repository.sweeps(tx)
        due = await sweep_state(tx, found[0] if found else None, at=utc_now())
    return await page(request, "oversight/sweeps.html", rows=views.sweep_rows(found), due=due)


@get(WITNESS, opt=needs("compliance.read"), include_in_schema=False)
async def witness(request: AnyRequest) -> Response[str]:
    """How far each ledger is witnessed, and what each alarm means."""
    site = SETTINGS.of(request).site
    async with reading(request, "compliance.witness") as tx:
        rows = await witness_state(tx, site=site, at=utc_now())
        alarms = views.alarm_rows(await repository.alarms(tx))
    return await page(request, "oversight/witness.html", rows=rows, alarms=alarms)


@post(f"{WITNESS}/alarms", opt=needs("alarms.clear"), include_in_schema=False)
async def clear(request: AnyRequest) -> Response[Any]:
    """Say that someone has seen to an alarm; it comes back if its cause does."""
    form = fill(AlarmForm, await read_form(request)).result()
    async with writing(request, "alarm.clear") as tx:
        if not await repository.clear_alarm(tx, code=form.code, direction=form.direction):
            raise NotFound("alarm")
        await tx.audit("clear", kind="alarm", columns=[form.code[:63]])
    return go(request, WITNESS, notice="alarm.cleared")


async def sweep_state(tx: ReadSession, newest: CanarySweep | None, *, at: datetime) -> SweepDue:
    """Whether the leak check is late, and until when the next one is due."""
    began = None if newest else await repository.began(tx)
    return sweep_due(newest.finished_at if newest else None, began=began, at=at)


async def witness_state(tx: ReadSession, *, site: str, at: datetime) -> list[views.WitnessRow]:
    """How far each ledger of both planes is witnessed now."""
    found = await repository.witnessed(tx)
    return views.witness_rows(
        found,
        await repository.heads(tx),
        shown=await repository.shown(tx),
        site=site,
        at=at,
        since=await repository.unwitnessed_since(tx, found, site=site),
        heard_at=await repository.heard_at(tx),
    )


async def _matches(request: AnyRequest) -> dict[str, Any]:
    async with reading(request, "compliance.match") as tx:
        found, waiting = await repository.matches(tx)
    return {"rows": views.match_rows(found), "matching": waiting}


HANDLERS = (matches, runs, ask, match, sweeps, witness, clear)
NOTICES = {
    "match.asked": "The match is running; its result appears here in a moment.",
    "alarm.cleared": "Alarm cleared. It comes back if the problem does.",
}
MESSAGES = {
    "match": "There is no such match.",
    "alarm": "There is no such alarm, or someone already cleared it.",
}
