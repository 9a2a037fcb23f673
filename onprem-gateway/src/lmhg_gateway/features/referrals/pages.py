"""Pages of referrals: the board, one referral, recording, moving and taking a step back."""

import uuid
from typing import Any

from litestar import Request, Response, get

from lmhg_gateway.features.clients.public import (
    names_of,
    payer_of,
    reach_of,
    search_among_others,
    shown_name,
    with_ids,
)
from lmhg_gateway.features.contacts.public import attempts_of, wrong_numbers
from lmhg_gateway.features.referrals import repository, rules, service, views
from lmhg_gateway.features.referrals.forms import MoveForm, NewReferral
from lmhg_gateway.features.referrals.listed import REFERRALS
from lmhg_gateway.features.referrals.planning import KIND
from lmhg_gateway.features.referrals.recording import form_facts
from lmhg_gateway.features.referrals.work_steps import STEPS
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.work_list.public import back_to, of_subject
from lmhg_gateway.web.points import ReferralSection
from lmhg_kit.errors import NotFound
from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.page import page
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import PRACTICE
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.formats import long_day

AnyRequest = Request[Any, Any, Any]


@get("/referrals", opt=needs("referrals.read"), include_in_schema=False)
async def board(request: AnyRequest) -> Response[Any]:
    """Open referrals by state, or those of a filter as a list."""
    wanted = REFERRALS.wanted(request)
    is_list = bool(wanted["state"] or wanted["urgency"] or wanted.is_file)
    states = [wanted["state"]] if wanted["state"] else list(rules.OPEN_STATES)
    now = PRACTICE.of(request).clock()
    async with reading(request, "referrals.board") as tx:
        counts = await repository.counts(tx)
        if is_list:
            found, total = await repository.listed(
                tx,
                states,
                urgency=wanted["urgency"],
                sort=wanted.sort,
                first=wanted.first,
                size=wanted.size,
            )
        else:
            found, total = await repository.in_states(tx, states), 0
        names = await names_of(tx, (each.client_id for each in found))
        await REFERRALS.audit(tx, wanted)
    rows = [views.row_of(each, names.get(each.client_id, views.NAMELESS), at=now) for each in found]
    if wanted.is_file:
        return REFERRALS.file(request, rows, total=total)
    return await page(
        request,
        "referrals/board.html",
        lanes=[] if is_list else views.board(rows, counts=counts),
        list=REFERRALS.made(wanted, rows if is_list else [], total=total),
        is_list=is_list,
        states=[(each.value, counts.get(each.value, 0)) for each in rules.State],
        state=wanted["state"],
        total=sum(counts.values()),
    )


@shows(
    "/clients/{client_id:uuid}/referrals/new",
    "referrals.write",
    template="referrals/form.html",
    purpose="referral.new",
)
async def new_referral(tx: ReadSession, ask: Ask[NewReferral], client_id: uuid.UUID) -> Context:
    """The form for a referral of this client; nothing in it is said but who pays, where the client's record says it."""
    today, form = ask.practice.today(), ask.form
    found = await with_ids(tx, [client_id])
    if not found:
        raise NotFound("client")
    if not form.values:
        payer = payer_of(found[0].payer)
        form.values = dict.fromkeys(NewReferral.__struct_fields__, "")
        form.values["received_on"] = today.isoformat()
        form.values["payer"] = payer.code if found[0].payer else ""
        form.values["payer_name"] = payer.name
    return {
        "client": shown_name(found[0]),
        "client_id": client_id,
        "today": today,
        **await form_facts(tx, form, client_id),
    }


@acts(
    "/clients/{client_id:uuid}/referrals",
    "referrals.write",
    purpose="referral.record",
    form=NewReferral,
    back=new_referral,
)
async def record_referral(
    tx: WriteSession, ask: Ask[NewReferral], data: NewReferral, client_id: uuid.UUID
) -> Done:
    """Write the referral down."""
    await _client_name(tx, client_id)
    referral = await service.record(tx, data, client_id=client_id, by=ask.by, practice=ask.practice)
    return Done(f"/referrals/{referral.id}", "referral.recorded", about=client_id)


@shows(
    "/referrals/{referral_id:uuid}",
    "referrals.read",
    template="referrals/referral.html",
    purpose="referral.view",
)
async def referral_page(tx: ReadSession, ask: Ask[MoveForm], referral_id: uuid.UUID) -> Context:
    """One referral: what is known, its way so far, and the steps that are open."""
    referral = await repository.by_id(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    parts = FEATURES.of(ask.request).contributions(ReferralSection)
    shown = [each for each in parts if ask.may(each.permission)]
    known, moves, edits, attempts, item, staff, *rows = await tx.together(
        reach_of(tx, [referral.client_id]),
        repository.moves_of(tx, referral_id),
        repository.edits_of(tx, referral_id),
        attempts_of(tx, referral_id),
        of_subject(tx, KIND, referral_id),
        staff_names(tx),
        *(each.load(tx, referral_id) for each in shown),
    )
    reach = known.get(referral.client_id)
    return {
        "sections": [
            views.Section(each.template, found) for each, found in zip(shown, rows, strict=True)
        ],
        "row": views.row_of(referral, reach.name if reach else views.NAMELESS, at=ask.at),
        "facts": views.facts(referral, staff),
        "concern": referral.concern,
        "steps": views.history(moves, edits, attempts, staff),
        "choices": views.choices(referral.state),
        "due": views.due(item, STEPS, at=ask.at, zone=ask.practice.zone),
        "ways": views.ways(reach, wrong_numbers(attempts)) if reach else [],
        "results": views.RESULT_OPTIONS,
        "seen": item.version if item else 0,
        "waits_for": views.waits_for(referral),
        "is_mine": referral.owner_id is not None and str(referral.owner_id) == ask.by,
        "owner": staff.get(str(referral.owner_id), "") if referral.owner_id else "",
        "today": ask.practice.today(),
    }


@acts(
    "/referrals/{referral_id:uuid}/move",
    "referrals.write",
    purpose="referral.move",
    form=MoveForm,
    back=referral_page,
)
async def move(
    tx: WriteSession, ask: Ask[MoveForm], data: MoveForm, referral_id: uuid.UUID
) -> Done:
    """Take one step of the transition table; for a while it can be taken back."""
    step = await service.move(tx, referral_id, data, by=ask.by, practice=ask.practice)
    own = f"/referrals/{referral_id}"
    about, undo = await service.client_of(tx, referral_id), f"{own}/undo/{step.id}"
    return Done(back_to(ask.request, own), "referral.moved", undo=undo, about=about)


@acts(
    "/referrals/{referral_id:uuid}/undo/{move_id:uuid}",
    "referrals.write",
    purpose="referral.undo",
    back=referral_page,
)
async def undo(tx: WriteSession, ask: Ask[Any], referral_id: uuid.UUID, move_id: uuid.UUID) -> Done:
    """Take back one's own last step, unless someone moved it since or it was too long ago."""
    found = await service.undo(tx, referral_id, move_id, by=ask.by, practice=ask.practice)
    return Done(f"/referrals/{referral_id}", "referral.back", about=found.client_id)


async def _client_name(tx: ReadSession, client_id: uuid.UUID) -> str:
    names = await names_of(tx, [client_id])
    if client_id not in names:
        raise NotFound("client")
    return names[client_id]


async def find_referrals(tx: ReadSession, asked: Asked) -> list[Hit]:
    """Referrals of the clients that the text finds, for those who may see clients too."""
    if not asked.may("clients.read"):
        return []
    clients = await search_among_others(tx, asked.text, limit=HITS_MAX)
    names = {client.id: shown_name(client) for client in clients}
    found = await repository.of_clients(tx, list(names), limit=HITS_MAX) if names else []
    return [
        Hit(
            label=names[each.client_id],
            href=f"/referrals/{each.id}",
            detail=f"{words(each.state)}, received {long_day(each.received_on)}",
            icon="referral",
        )
        for each in found
    ]
