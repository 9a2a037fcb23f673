"""Pages of clients that IntakeQ has twice or merged."""

import uuid
from datetime import date, timedelta
from typing import Any

from lmhg_gateway.features.clients.public import names_of, shown_name, with_ids
from lmhg_gateway.features.intakeq_people import repository, service, views
from lmhg_gateway.features.intakeq_people.views import PATH
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.ui.formats import long_day

DECIDE = "intakeq_people.decide"
ONE = f"{PATH}/{{arrival_id:uuid}}"
WEEK = timedelta(days=7)


@shows(PATH, DECIDE, template="intakeq_people/list.html", purpose="intakeq_people.list")
async def people(tx: ReadSession, ask: Ask[Any]) -> Context:
    """Who waits for a decision, which merges of IntakeQ's we may follow, and how many came this week."""
    found = await repository.waiting(tx)
    merges = await repository.to_follow(tx)
    ids = [each.client_id for each in found]
    ids += [one for each in merges for one in (each.gone_id, each.into_id)]
    names = await names_of(tx, ids)
    return {
        "arrivals": views.arrivals(found, names),
        "merges": views.merges(merges, names),
        "this_week": await repository.count_since(tx, ask.at - WEEK),
        "week_before": await repository.count_since(tx, ask.at - 2 * WEEK),
    }


@shows(ONE, DECIDE, template="intakeq_people/arrival.html", purpose="intakeq_people.view")
async def arrival(tx: ReadSession, _ask: Ask[Any], arrival_id: uuid.UUID) -> Context:
    """A client of IntakeQ's beside the person on record."""
    found = await repository.by_id(tx, arrival_id)
    if found is None:
        raise NotFound("arrival")
    clients = await with_ids(tx, [found.client_id])
    client = clients[0] if clients else None
    born = client.birth_date if client else None
    ours = (
        (
            client.legal_name,
            long_day(date.fromisoformat(born)) if born else "",
            client.mobile,
            client.phone,
            client.email,
            client.address,
        )
        if client
        else ("",) * 6
    )
    theirs = views.facts_of(found)
    names = {found.client_id: shown_name(client)} if client else {}
    return {
        "row": views.arrival(found, names),
        "is_open": found.state == "open",
        "compared": [
            (label, text, here or views.EMPTY)
            for (label, text), here in zip(theirs, ours, strict=True)
        ],
    }


@acts(f"{ONE}/same", DECIDE, purpose="intakeq_people.decide", back=arrival)
async def is_same(tx: WriteSession, ask: Ask[Any], arrival_id: uuid.UUID) -> Done:
    """Say that it is the person on record."""
    row = await service.decide_same(tx, arrival_id, by=ask.by, at=ask.at)
    return Done(f"/clients/{row.client_id}", "intakeq_people.same")


@acts(f"{ONE}/other", DECIDE, purpose="intakeq_people.decide", back=arrival)
async def is_other(tx: WriteSession, ask: Ask[Any], arrival_id: uuid.UUID) -> Done:
    """Say that it is someone else."""
    await service.decide_other(tx, arrival_id, by=ask.by, at=ask.at)
    return Done(PATH, "intakeq_people.other")


@acts(
    f"{PATH}/merges/{{merge_id:uuid}}/leave",
    DECIDE,
    purpose="intakeq_people.decide",
    back=people,
)
async def leave_merge(tx: WriteSession, ask: Ask[Any], merge_id: uuid.UUID) -> Done:
    """Do not follow a merge of IntakeQ's."""
    await service.leave_apart(tx, merge_id, by=ask.by, at=ask.at)
    return Done(PATH, "intakeq_people.left", undo=f"{PATH}/merges/{merge_id}/ask-again")


@acts(
    f"{PATH}/merges/{{merge_id:uuid}}/ask-again",
    DECIDE,
    purpose="intakeq_people.decide",
    back=people,
)
async def ask_merge_again(tx: WriteSession, _ask: Ask[Any], merge_id: uuid.UUID) -> Done:
    """Ask again whether to follow it."""
    await service.ask_again(tx, merge_id)
    return Done(PATH, "intakeq_people.asked_again")
