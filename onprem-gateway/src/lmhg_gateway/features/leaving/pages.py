"""The page of an export of everything: asked for by one person, approved by another, written on the server."""

import uuid
from typing import Any, NamedTuple

import msgspec

from lmhg_gateway.features.leaving import repository, service
from lmhg_gateway.features.leaving.forms import AskForm, VerdictForm
from lmhg_gateway.features.leaving.models import LeavingExport
from lmhg_gateway.features.leaving.rules import STATES, State, is_valid
from lmhg_gateway.features.staff.public import staff_names, who_words
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/compliance/leaving"
READ, ASK, DECIDE = "leaving.read", "leaving.ask", "leaving.decide"


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page has fields for."""

    recipient: str = ""
    why: str = ""


class ExportRow(NamedTuple):
    """One export as the page shows it."""

    id: uuid.UUID
    facts: LeavingExport
    asked: str
    decided: str
    state: str
    tone: str
    is_own: bool
    is_asked: bool
    is_open: bool
    is_late: bool


def _row(each: LeavingExport, ask: Ask[Any], names: dict[str, str]) -> ExportRow:
    state, tone = STATES[State(each.state)]
    is_approved = each.state == State.APPROVED
    return ExportRow(
        id=each.id,
        facts=each,
        asked=who_words(str(each.asked_by), names),
        decided=who_words(str(each.decided_by), names) if each.decided_by else "",
        state=state,
        tone=tone,
        is_own=str(each.asked_by) == ask.by,
        is_asked=each.state == State.ASKED,
        is_open=is_approved or each.state == State.ASKED,
        is_late=is_approved and not is_valid(each.decided_at, at=ask.at),
    )


@shows(PATH, READ, template="leaving/leaving.html", purpose="leaving.list", form=OnPage)
async def leaving_page(tx: ReadSession, ask: Ask[OnPage]) -> Context:
    """What such an export is, who asked for one, and what comes next."""
    names, found = await tx.together(staff_names(tx), repository.exports(tx))
    rows = [_row(each, ask, names) for each in found]
    return {
        "rows": rows,
        "has_open": any(each.is_open for each in rows),
        "may_ask": ask.may(ASK),
        "may_decide": ask.may(DECIDE),
    }


@acts(PATH, ASK, purpose="leaving.ask", form=AskForm, back=leaving_page, fresh=True)
async def ask_leaving(tx: WriteSession, ask: Ask[AskForm], data: AskForm) -> Done:
    """Ask for everything."""
    await service.ask(tx, data, by=ask.by)
    return Done(PATH, "leaving.asked")


@acts(
    f"{PATH}/{{export_id:uuid}}",
    READ,
    purpose="leaving.decide",
    form=VerdictForm,
    back=leaving_page,
    fresh=True,
)
async def decide_leaving(
    tx: WriteSession, ask: Ask[VerdictForm], data: VerdictForm, export_id: uuid.UUID
) -> Done:
    """Decline as a second person, or cancel."""
    made = await service.decide(tx, export_id, data.verdict, by=ask.by, at=ask.at)
    return Done(PATH, f"leaving.{made.state}")


@acts(
    f"{PATH}/{{export_id:uuid}}/approve",
    DECIDE,
    purpose="leaving.decide",
    back=leaving_page,
    fresh=True,
)
async def approve_leaving(tx: WriteSession, ask: Ask[Any], export_id: uuid.UUID) -> Done:
    """Approve as a second person."""
    await service.decide(tx, export_id, State.APPROVED.value, by=ask.by, at=ask.at)
    return Done(PATH, "leaving.approved")


PAGES = (leaving_page, ask_leaving, decide_leaving, approve_leaving)
