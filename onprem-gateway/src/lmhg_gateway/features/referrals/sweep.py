"""The sweep: everyone who was contacted lately and with whom nothing has happened since."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.contacts.public import result_words
from lmhg_gateway.features.referrals import repository
from lmhg_gateway.features.referrals.views import NAMELESS
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.http.access import needs
from lmhg_kit.http.list_part import Column, Link, ListPart
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.practice import PRACTICE
from lmhg_kit.ui.coded import words

DAYS = 14
PATH = "/referrals/sweep"
AnyRequest = Request[Any, Any, Any]


class SweptRow(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who was contacted, and what came of it."""

    id: uuid.UUID
    name: str
    state: str
    last: str
    last_on: date
    last_at: datetime
    owner: str


SWEEP = ListPart[SweptRow](
    path=PATH,
    noun="person",
    kind="referral",
    columns=(
        Column(
            label="Client", phone="lead", get=lambda row: Link(row.name, f"/referrals/{row.id}")
        ),
        Column(label="State", phone="end", get=lambda row: words(row.state)),
        Column(label="Last contact", get=lambda row: row.last),
        Column(label="On", get=lambda row: row.last_on),
        Column(label="Owner", get=lambda row: row.owner),
    ),
)


@get(PATH, opt=needs("referrals.read"), include_in_schema=False)
async def sweep(request: AnyRequest) -> Response[Any]:
    """Everyone contacted in the last two weeks with no step since, the longest ago first."""
    wanted, practice = SWEEP.wanted(request), PRACTICE.of(request)
    since = practice.clock() - timedelta(days=DAYS)
    async with reading(request, "referrals.sweep") as tx:
        found, total = await repository.quiet_since(tx, since, first=wanted.first, size=wanted.size)
        names = await names_of(tx, (each.client_id for each, _ in found))
        staff = await staff_names(tx)
        await SWEEP.audit(tx, wanted)
    rows = [
        SweptRow(
            id=each.id,
            name=names.get(each.client_id, NAMELESS),
            state=each.state,
            last=result_words(last.channel, last.result),
            last_on=practice.day_of(last.tried_at),
            last_at=last.tried_at,
            owner=staff.get(str(each.owner_id), "") if each.owner_id else "",
        )
        for each, last in found
    ]
    if wanted.is_file:
        return SWEEP.file(request, rows, total=total)
    shown = SWEEP.made(wanted, rows, total=total)
    return await page(request, "referrals/sweep.html", list=shown, days=DAYS)
