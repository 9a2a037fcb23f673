"""Pages of retention: the schedule with its changes, and legal holds."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.documents.public import held_documents
from lmhg_gateway.features.referrals.public import referrals_of
from lmhg_gateway.features.retention import repository, service, views
from lmhg_gateway.features.retention.forms import ChangeForm, HoldForm, VerdictForm
from lmhg_gateway.features.retention.morning_page import PATH
from lmhg_gateway.features.retention.rules import Outcome, State
from lmhg_gateway.features.staff.public import staff_names, who_words
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

READ, ASK, DECIDE, HOLD = "retention.read", "retention.ask", "retention.decide", "retention.hold"
HOLDS, OF_CLIENT = f"{PATH}/holds", "/clients/{client_id:uuid}/hold"
REFERRALS_MAX = 50
AnyRequest = Request[Any, Any, Any]


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page of the schedule has fields for."""

    code: str = ""
    years: str = ""
    why: str = ""


class HoldOnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a page of holds has fields for."""

    why: str = ""
    referral_id: str = ""


def lines_of(request: AnyRequest) -> Sequence[RetentionLine]:
    """The lines that the features contribute."""
    return list(FEATURES.of(request).contributions(RetentionLine))


def titles_of(request: AnyRequest) -> dict[str, str]:
    """What each line is about, by its code."""
    return {each.code: each.title for each in lines_of(request)}


@shows(PATH, READ, template="retention/overview.html", purpose="retention.schedule", form=OnPage)
async def overview(tx: ReadSession, ask: Ask[OnPage]) -> Context:
    """The schedule, what waits for a second person, and the batches."""
    names, waiting, decided, batches, found = await tx.together(
        staff_names(tx),
        repository.open_changes(tx),
        repository.decided_changes(tx),
        repository.batches(tx),
        service.schedule(tx, lines_of(ask.request)),
    )
    counts, now = await tx.together(
        repository.item_counts(tx, [each.id for each in batches]), repository.waiting(tx)
    )
    titles, rows = titles_of(ask.request), [views.line_row(each) for each in found]
    return {
        "lines": rows,
        "options": [("", "Choose one"), *((e.code, e.title) for e in rows if e.is_settable)],
        "unset": [each.title for each in rows if each.kind == "warn"],
        "waiting": [views.change_row(each, titles, names, me=ask.by) for each in waiting],
        "decided": [views.change_row(each, titles, names, me=ask.by) for each in decided],
        "batches": [views.batch_row(each, counts, names) for each in batches],
        "has_open": any(
            each.state in (State.PROPOSED, State.ASKED, State.APPROVED) for each in batches
        ),
        "holds": now.holds,
        "may_ask": ask.may(ASK),
        "may_decide": ask.may(DECIDE),
    }


@acts(f"{PATH}/changes", ASK, purpose="retention.ask", form=ChangeForm, back=overview, fresh=True)
async def ask_change(tx: WriteSession, ask: Ask[ChangeForm], data: ChangeForm) -> Done:
    """Ask for other years."""
    await service.ask_change(tx, data, lines=lines_of(ask.request), by=ask.by)
    return Done(PATH, "retention.asked")


@acts(
    f"{PATH}/changes/{{change_id:uuid}}",
    READ,
    purpose="retention.decide",
    form=VerdictForm,
    back=overview,
    fresh=True,
)
async def decide_change(
    tx: WriteSession, ask: Ask[VerdictForm], data: VerdictForm, change_id: uuid.UUID
) -> Done:
    """Decline as a second person, or cancel an own request."""
    made = await service.decide_change(tx, change_id, data.verdict, by=ask.by, at=ask.at)
    return Done(PATH, f"retention.{made.outcome}")


@acts(
    f"{PATH}/changes/{{change_id:uuid}}/approve",
    DECIDE,
    purpose="retention.decide",
    back=overview,
    fresh=True,
)
async def approve_change(tx: WriteSession, ask: Ask[Any], change_id: uuid.UUID) -> Done:
    """Approve as a second person."""
    verdict = Outcome.APPROVED.value
    await service.decide_change(tx, change_id, verdict, by=ask.by, at=ask.at)
    return Done(PATH, "retention.approved")


@shows(HOLDS, READ, template="retention/holds.html", purpose="retention.holds", form=HoldOnPage)
async def holds_page(tx: ReadSession, ask: Ask[HoldOnPage]) -> Context:
    """Every hold that lasts: on everything, on clients, on documents."""
    found, papers, names = await tx.together(
        repository.open_holds(tx), held_documents(tx), staff_names(tx)
    )
    ids = {each.client_id for each in found if each.client_id}
    clients = await names_of(tx, ids | {document.client_id for document, _ in papers})
    rows = [views.hold_row(each, clients, names) for each in found]
    rows += [
        views.HoldRow(
            None,
            f"{clients.get(document.client_id, '')}: {document.name}",
            f"/documents/{document.id}",
            hold.why or "",
            who_words(hold.placed_by, names),
            hold.placed_at,
        )
        for document, hold in papers
    ]
    return {
        "rows": rows,
        "everything": [each for each in rows if each.id and not each.href],
        "may_hold": ask.may(HOLD),
    }


@acts(HOLDS, HOLD, purpose="retention.hold", form=HoldForm, back=holds_page, fresh=True)
async def hold_everything(tx: WriteSession, ask: Ask[HoldForm], data: HoldForm) -> Done:
    """Put everything on hold."""
    await service.place_hold(tx, data, client_id=None, by=ask.by, at=ask.at)
    return Done(HOLDS, "retention.held")


@acts(f"{HOLDS}/{{hold_id:uuid}}/lift", HOLD, purpose="retention.lift", back=holds_page, fresh=True)
async def lift_hold(tx: WriteSession, ask: Ask[Any], hold_id: uuid.UUID) -> Done:
    """End a hold."""
    lifted = await service.lift_hold(tx, hold_id, by=ask.by, at=ask.at)
    own = f"/clients/{lifted.client_id}/hold" if lifted.client_id else HOLDS
    return Done(own, "retention.lifted")


@shows(
    OF_CLIENT,
    READ,
    template="retention/client_hold.html",
    purpose="retention.client",
    form=HoldOnPage,
)
async def client_hold(tx: ReadSession, ask: Ask[HoldOnPage], client_id: uuid.UUID) -> Context:
    """The holds on a client, and the form for one more."""
    names, found, staff, referrals = await tx.together(
        names_of(tx, [client_id]),
        repository.holds_on(tx, client_id),
        staff_names(tx),
        referrals_of(tx, [client_id], limit=REFERRALS_MAX),
    )
    if client_id not in names:
        raise NotFound("client")
    others = {each.client_id for each in found if each.client_id} - names.keys()
    names = {**names, **(await names_of(tx, list(others)) if others else {})}
    return {
        "client_id": client_id,
        "name": names[client_id],
        "rows": [views.hold_row(each, names, staff) for each in found],
        "choices": views.hold_choices(referrals),
        "may_hold": ask.may(HOLD),
    }


@acts(OF_CLIENT, HOLD, purpose="retention.hold", form=HoldForm, back=client_hold, fresh=True)
async def hold_client(
    tx: WriteSession, ask: Ask[HoldForm], data: HoldForm, client_id: uuid.UUID
) -> Done:
    """Put a client on hold."""
    await service.place_hold(tx, data, client_id=client_id, by=ask.by, at=ask.at)
    return Done(f"/clients/{client_id}/hold", "retention.held")


PAGES = (
    overview,
    ask_change,
    decide_change,
    approve_change,
    holds_page,
    hold_everything,
    lift_hold,
    client_hold,
    hold_client,
)
