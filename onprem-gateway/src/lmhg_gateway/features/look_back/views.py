"""Looking back as pages show it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lmhg_gateway.features.holds.public import place_words, reason_of
from lmhg_gateway.features.look_back.models import LookBackFinding, LookBackPass

_SCOPES = {
    "changed": "After a client was added or changed",
    "whole": "Nightly, for every client",
}


@dataclass(frozen=True)
class FindingRow:
    """One text that was found later."""

    id: uuid.UUID
    kind: str
    href: str
    reason: str
    place: str
    is_missed: bool
    found_at: datetime
    since: datetime | None
    until: datetime | None
    readable: str
    """For how long it could be read, in words."""
    act: str


@dataclass(frozen=True)
class PassRow:
    """One search."""

    id: uuid.UUID
    what: str
    state: str
    state_tone: str
    started_at: datetime
    took: str
    clients: int
    texts: int
    found: int


def finding_rows(found: Iterable[LookBackFinding], *, at: datetime) -> list[FindingRow]:
    """Findings as the page shows them."""
    return [_finding(each, at=at) for each in found]


def _finding(each: LookBackFinding, *, at: datetime) -> FindingRow:
    is_cloud = each.kind in ("ticket", "ticket_message")
    verb, done = (
        ("removed", "Removed from the portal") if is_cloud else ("taken back", "Taken back")
    )
    since, until = each.readable_since, each.gone_at
    return FindingRow(
        id=each.id,
        kind=each.kind,
        href=f"/compliance/cloud/{each.kind}/{each.record_id}",
        reason=reason_of(each.rule),
        place=place_words(each.place),
        is_missed=each.is_missed,
        found_at=each.found_at,
        since=since,
        until=until,
        readable=lasted((until or at) - since) if since else "",
        act=done if until else f"Being {verb}",
    )


def pass_rows(found: Iterable[LookBackPass]) -> list[PassRow]:
    """Passes as the page shows them; an unfinished one runs only if it is the newest of its kind."""
    rows: list[PassRow] = []
    seen: set[str] = set()
    for each in found:
        rows.append(_pass(each, is_newest=each.scope not in seen))
        seen.add(each.scope)
    return rows


def _pass(each: LookBackPass, *, is_newest: bool) -> PassRow:
    state, tone = ("Finished", "ok")
    if each.finished_at is None:
        state, tone = ("Not finished yet", "info") if is_newest else ("Interrupted", "warn")
    return PassRow(
        id=each.id,
        what=_SCOPES[each.scope],
        state=state,
        state_tone=tone,
        started_at=each.started_at,
        took=lasted(each.finished_at - each.started_at) if each.finished_at else "",
        clients=each.clients,
        texts=each.texts,
        found=each.found,
    )


def lasted(span: timedelta) -> str:
    """A span in the unit that says it best: 40 seconds, 3 minutes, 5 hours, 2 days."""
    seconds = max(0, round(span.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size or (seconds >= size and unit == "minute"):
            return _count(seconds // size, unit)
    return _count(seconds, "second")


def _count(count: int, unit: str) -> str:
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def open_sentence(count: int, oldest: datetime, *, at: datetime) -> str:
    """What is red about findings: how many, for how long, and what to do."""
    what = "1 text" if count == 1 else f"{count:,} texts"
    verb = "names a client and is" if count == 1 else "name clients and are"
    return f"{what} on the portal {verb} not confirmed gone, {lasted(at - oldest)} after we found it. Check that the office and the portal are connected."


def proof_sentence(last: datetime | None, *, at: datetime) -> str:
    """What is red about the nightly search: its age, and what to do."""
    if last is None:
        return "Shared texts have never been searched for newer clients. Ask IT to check the background program."
    return f"The nightly search of shared texts last finished {lasted(at - last)} ago. Ask IT to check the background program."
