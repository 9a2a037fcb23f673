"""Incidents as pages show them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.incidents.models import Incident, IncidentEvent
from lmhg_gateway.features.incidents.rules import ACTS, CAUSES, Vocabulary, is_record
from lmhg_gateway.features.staff.public import who_words


@dataclass(frozen=True)
class IncidentRow:
    """One incident."""

    id: uuid.UUID
    code: str
    title: str
    happened: str
    todo: str
    subject_kind: str
    subject_id: uuid.UUID | None
    href: str
    is_record: bool
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    cause: str
    assignee_id: str
    assignee: str


@dataclass(frozen=True)
class EventRow:
    """One step in its timeline."""

    title: str
    at: datetime
    tone: str
    text: str


def incident_row(each: Incident, names: Mapping[str, str], said: Vocabulary) -> IncidentRow:
    """One incident in words."""
    words = said.codes.get(each.code)
    return IncidentRow(
        id=each.id,
        code=each.code,
        title=words.title if words else each.code,
        happened=words.happened if words else "",
        todo=words.todo if words else "",
        subject_kind=each.subject_kind,
        subject_id=each.subject_id,
        href=said.place_of(each.subject_kind, each.subject_id),
        is_record=is_record(each.subject_kind),
        opened_at=each.opened_at,
        closed_at=each.closed_at,
        closed_by=who_words(each.closed_by or "", names),
        cause=CAUSES.get(each.cause or "", ""),
        assignee_id=each.assigned_to or "",
        assignee=names.get(each.assigned_to or "", ""),
    )


def incident_rows(
    found: Iterable[Incident], names: Mapping[str, str], said: Vocabulary
) -> list[IncidentRow]:
    """Incidents as the list shows them."""
    return [incident_row(each, names, said) for each in found]


def event_rows(
    incident: Incident, found: Iterable[IncidentEvent], names: Mapping[str, str]
) -> list[EventRow]:
    """The whole trail, beginning with the moment it was noticed."""
    rows = [EventRow("Noticed", incident.opened_at, "warn", "")]
    tones = {"resolved": "ok", "reopened": "warn"}
    for each in found:
        who = who_words(each.actor, names)
        title = f"{ACTS.get(each.act, each.act)} by {who}"
        if each.act == "assigned":
            to = who_words(each.assignee, names) if each.assignee else "no one"
            title = f"{title} to {to}"
        cause = CAUSES.get(each.cause or "", "")
        text = ". ".join(part for part in (cause, each.said or "") if part)
        rows.append(EventRow(title, each.at, tones.get(each.act, ""), text))
    return rows
