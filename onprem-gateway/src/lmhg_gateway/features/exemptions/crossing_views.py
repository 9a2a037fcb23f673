"""How far a record is on its way, as pages show it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.holds.public import (
    FoundRow,
    HeldRecord,
    found_in,
    place_words,
    reason_of,
    takes_two,
)
from lmhg_gateway.features.ledger_review.public import why
from lmhg_kit.persistence.exemptions import Exemption


@dataclass(frozen=True)
class Step:
    """One entry of a timeline."""

    title: str
    at: datetime | None
    tone: str
    text: str = ""


@dataclass(frozen=True)
class Hold:
    """Why an approved record is not shared, as its author may know it: kinds of things, no match."""

    found: list[FoundRow]
    is_waiting: bool
    """Whether an officer still has to decide; else one decided that it stays."""
    takes_two: bool


@dataclass(frozen=True)
class Crossing:
    """How far one record is on its way out or back."""

    state: str
    tone: str
    steps: list[Step]
    requested_by: str | None
    is_open: bool
    exemption_id: uuid.UUID | None
    """Of the approval in force, if there is one."""
    reason: str
    hold: Hold | None = None
    """What holds an approved record here."""


def crossing_of(
    *,
    exemption: Exemption | None,
    request: ExemptionRequest | None,
    verdict: Row[Any] | None,
    shipment: Row[Any] | None,
    recall: Row[Any] | None,
    held: HeldRecord | None,
) -> Crossing:
    """One record's state in words, and how it came to it."""
    in_force = exemption is not None and exemption.withdrawn_at is None
    steps = _asked(request) + _approved(exemption)
    if exemption is not None:
        steps += _screened(verdict, held) + _crossed(shipment)
        steps += _recalled(exemption, recall, was_held=is_held(held, exemption))
    state, tone = state_of(exemption=exemption, request=request, held=held, recall=recall)
    return Crossing(
        state=state,
        tone=tone,
        steps=steps,
        requested_by=request.requested_by if request else None,
        is_open=_is_open(request),
        exemption_id=exemption.id if exemption and in_force else None,
        reason=(request.reason or "") if request else "",
        hold=_hold(held) if in_force and is_held(held, exemption) else None,
    )


def is_held(held: HeldRecord | None, exemption: Exemption | None) -> bool:
    """Whether the text of this approval was held, and not cleared: then it never left."""
    if held is None or exemption is None:
        return False
    return held.outcome != "cleared" and held.held_at >= exemption.granted_at


def _hold(held: HeldRecord | None) -> Hold | None:
    if held is None:
        return None
    return Hold(found_in(held), held.outcome == "waiting", takes_two(held.rules))


def _is_open(request: ExemptionRequest | None) -> bool:
    return request is not None and request.outcome == "open"


def state_of(
    *,
    exemption: Exemption | None,
    request: ExemptionRequest | None,
    held: HeldRecord | None,
    recall: Row[Any] | None,
) -> tuple[str, str]:
    """Where a record is, in words, with the badge that repeats it."""
    if _is_open(request):
        return "Waiting for a second person", "warn"
    if exemption is None:
        return "Only in the office", ""
    if held is not None and is_held(held, exemption):
        return _held_state(held, exemption)
    if exemption.withdrawn_at is None:
        return "Shared with the portal", "ok"
    if recall is None or _is_older(recall, exemption) or recall.unreadable_at is None:
        return "Being taken back", "warn"
    return "Taken back", "info"


def _held_state(held: HeldRecord, exemption: Exemption) -> tuple[str, str]:
    """Of what never left: where it waits, or that it is as if nobody had asked."""
    if exemption.withdrawn_at is not None:
        return "Only in the office", ""
    return ("Held for review" if held.outcome == "waiting" else "Stays in the office"), "bad"


def _asked(request: ExemptionRequest | None) -> list[Step]:
    if request is None:
        return []
    steps = [Step("Waiting for approval", request.requested_at, "", request.reason or "")]
    if request.outcome == "declined":
        steps.append(Step("Declined", request.decided_at, "bad"))
    return steps


def _approved(exemption: Exemption | None) -> list[Step]:
    if exemption is None:
        return []
    return [Step("Approved by a second person", exemption.granted_at, "ok")]


def _screened(verdict: Row[Any] | None, held: HeldRecord | None) -> list[Step]:
    steps: list[Step] = []
    if verdict is None:
        steps.append(
            Step(
                "Check for client names",
                None,
                "warn",
                "Not checked yet. It stays in the office until then.",
            )
        )
    elif verdict.outcome == "clear":
        steps.append(Step("No client names found", verdict.decided_at, "ok"))
    else:
        said = f"Found in the {place_words(verdict.place or '')}: {reason_of(verdict.rule)}"
        steps.append(Step("Held for review", verdict.decided_at, "bad", said))
    if held is not None and held.outcome != "waiting":
        title = (
            "Allowed by an officer"
            if held.outcome == "cleared"
            else "An officer kept it in the office"
        )
        steps.append(Step(title, held.decided_at, "info"))
    return steps


def _crossed(shipment: Row[Any] | None) -> list[Step]:
    if shipment is None or shipment.entry.get("op") != "put":
        return []
    if shipment.entry["decision"] != "ship":
        said = why("refuse", shipment.entry["reason"] or "")
        return [Step("Not sent: a check stopped it", _moment(shipment.entry["at"]), "bad", said)]
    steps = [Step("Sent", _moment(shipment.entry["at"]), "ok")]
    steps.append(Step("On the portal", shipment.closed_at, "ok" if shipment.closed_at else "warn"))
    return steps


def _recalled(exemption: Exemption, recall: Row[Any] | None, *, was_held: bool) -> list[Step]:
    if exemption.withdrawn_at is None:
        return []
    if was_held:
        return [Step("Approval taken back", exemption.withdrawn_at, "info", "It was never shared.")]
    known = recall if recall is not None and not _is_older(recall, exemption) else None
    waiting = "Waiting for the portal to confirm" if known else "Waiting to be sent"
    steps = [Step("Taken back", exemption.withdrawn_at, "ok")]
    for title, at in (
        ("removed from the portal", known.unreadable_at if known else None),
        ("deleted in transit", known.broker_purged_at if known else None),
    ):
        said = title.capitalize() if at else f"Not yet {title}"
        steps.append(Step(said, at, "ok" if at else "warn", "" if at else waiting))
    return steps


def _is_older(recall: Row[Any], exemption: Exemption) -> bool:
    """Whether a recall is that of an earlier approval, which says nothing about this one."""
    return bool(recall.withdrawn_at < exemption.granted_at)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
