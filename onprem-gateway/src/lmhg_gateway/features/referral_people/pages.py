"""Pages of the people of a referral: who takes part, find someone, add and remove them."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.clients.public import (
    names_of,
    search,
    search_among_others,
    shown_name,
)
from lmhg_gateway.features.referral_people import repository, service
from lmhg_gateway.features.referral_people.forms import FindPerson, NewPart
from lmhg_gateway.features.referral_people.rules import ROLES
from lmhg_kit.errors import Invalid, NotFound
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import Form, fill, read_form
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.formats import long_day

AnyRequest = Request[Any, Any, Any]
ONE = "/referrals/{referral_id:uuid}/people"


async def _context(tx: ReadSession, referral_id: uuid.UUID) -> dict[str, Any]:
    referral = await repository.referral(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    names = await names_of(tx, [referral.client_id])
    return {
        "referral_id": referral_id,
        "client_id": referral.client_id,
        "client": names.get(referral.client_id, service.NAMELESS),
        "people": await service.people_of(tx, referral_id),
        "roles": list(ROLES.items()),
        "found": None,
    }


@shows(
    ONE,
    "referral_people.read",
    template="referral_people/people.html",
    purpose="referral.people",
    form=NewPart,
)
async def referral_people(tx: ReadSession, _ask: Ask[Any], referral_id: uuid.UUID) -> Context:
    """Who takes part in a referral."""
    return await _context(tx, referral_id)


@get(f"{ONE}/find", opt=needs("referral_people.write"), include_in_schema=False)
async def find_page(request: AnyRequest, referral_id: FromPath[uuid.UUID]) -> Response[Any]:
    """The search for someone to add, before a word is typed."""
    return await _find(request, referral_id, Form(values={"q": ""}))


@post(
    f"{ONE}/find",
    opt=needs("referral_people.write"),
    status_code=200,
    include_in_schema=False,
)
async def find_person(request: AnyRequest, referral_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Clients that a name or number finds; the search is in no address."""
    return await _find(request, referral_id, fill(FindPerson, await read_form(request)))


async def _find(
    request: AnyRequest, referral_id: uuid.UUID, form: Form[FindPerson]
) -> Response[Any]:
    async with reading(request, "referral.people") as tx:
        context = await _context(tx, referral_id)
        there = {each.client_id for each in await service.people_of(tx, referral_id)}
        there.add(context["client_id"])
        if form.data is not None:
            try:
                hits = await search(tx, form.data.q)
                context["found"] = [
                    (each.id, shown_name(each)) for each in hits.clients if each.id not in there
                ]
            except Invalid as unclear:
                form.refuse(unclear.fields)
    status = 422 if form.errors else 200
    return await page(request, "referral_people/find.html", status=status, form=form, **context)


@acts(
    ONE,
    "referral_people.write",
    purpose="referral.add_person",
    form=NewPart,
    back=referral_people,
)
async def add_person(
    tx: WriteSession, ask: Ask[NewPart], data: NewPart, referral_id: uuid.UUID
) -> Done:
    """Add someone."""
    part = await service.add(tx, referral_id, data, by=ask.by, at=ask.at)
    own = f"/referrals/{referral_id}/people"
    return Done(own, "referral_people.added", undo=f"{own}/{part.id}/remove")


@acts(
    f"{ONE}/{{part_id:uuid}}/remove",
    "referral_people.write",
    purpose="referral.remove_person",
    back=referral_people,
)
async def remove_person(
    tx: WriteSession, ask: Ask[Any], referral_id: uuid.UUID, part_id: uuid.UUID
) -> Done:
    """Take someone out; their own record stays."""
    await service.remove(tx, referral_id, part_id, by=ask.by, at=ask.at)
    own = f"/referrals/{referral_id}/people"
    return Done(own, "referral_people.removed", undo=f"{own}/{part_id}/restore")


@acts(
    f"{ONE}/{{part_id:uuid}}/restore",
    "referral_people.write",
    purpose="referral.add_person",
    back=referral_people,
)
async def restore_person(
    tx: WriteSession, _ask: Ask[Any], referral_id: uuid.UUID, part_id: uuid.UUID
) -> Done:
    """Take a removal back."""
    await service.restore(tx, referral_id, part_id)
    return Done(f"/referrals/{referral_id}/people", "referral_people.added")


async def find_parts(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Referrals in which the clients that the text finds take part, for those who may see clients too."""
    if not asked.may("clients.read"):
        return []
    clients = await search_among_others(tx, asked.text, limit=HITS_MAX)
    names = {client.id: shown_name(client) for client in clients}
    found = await repository.of_clients(tx, list(names), limit=HITS_MAX) if names else []
    return [
        Hit(
            label=names[part.client_id],
            href=f"/referrals/{referral.id}",
            detail=(
                f"{ROLES[part.role]}. {words(referral.state)},"
                f" received {long_day(referral.received_on)}"
            ),
            icon="people",
        )
        for part, referral in found
    ]


PAGES = (referral_people, find_page, find_person, add_person, remove_person, restore_person)
