"""The page of retention: the schedule with its changes, and what was disposed of."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request

from lmhg_gateway.features.retention import repository, service, views
from lmhg_gateway.features.retention.forms import ChangeForm, VerdictForm
from lmhg_gateway.features.retention.morning_page import PATH
from lmhg_gateway.features.retention.rules import Outcome, State, is_too_many
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

READ, ASK, DECIDE, HOLD = "retention.read", "retention.ask", "retention.decide", "retention.hold"
AnyRequest = Request[Any, Any, Any]


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page of the schedule has fields for."""

    code: str = ""
    years: str = ""
    why: str = ""


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
        "unset": [each.title for each in rows if each.tone == "warn"],
        "waiting": [views.change_row(each, titles, names, me=ask.by) for each in waiting],
        "decided": [views.change_row(each, titles, names, me=ask.by) for each in decided],
        "batches": [views.batch_row(each, counts, names) for each in batches],
        "has_open": any(
            each.state in (State.PROPOSED, State.ASKED, State.APPROVED) for each in batches
        ),
        "holds": now.holds,
        "batches_total": now.batches,
        "swept": now.swept,
        "swept_too_many": now.swept is not None
        and is_too_many(now.swept.strays, of=now.swept.objects),
        "decided_total": now.decided,
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


PAGES = (overview, ask_change, decide_change, approve_change)
