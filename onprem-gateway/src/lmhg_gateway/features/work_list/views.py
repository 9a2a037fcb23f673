"""The work list as pages show it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from lmhg_gateway.features.clients.public import Reach
from lmhg_gateway.features.work_list.models import WorkItem
from lmhg_gateway.features.work_list.rules import LANES, LATE, TODAY, URGENT, VIEWS, Urgency
from lmhg_gateway.web.points import WorkButton, WorkSource, WorkStep
from lmhg_kit.http.forms import fold
from lmhg_kit.http.list_part import Tag
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.formats import short_day
from lmhg_kit.ui.spans import clock_of

NOBODY = ""
_TAGS = {
    Urgency.RISK: Tag("At risk", "bad"),
    Urgency.URGENT: Tag("Urgent", "bad"),
    Urgency.SOON: Tag("Soon", "warn"),
}
KEYS_MAX = 9


class Press(msgspec.Struct, frozen=True):
    """A button of a row: the key that presses it, its words, where it goes and what it says."""

    key: int
    label: str
    path: str
    sent: str
    """What it sends, as one button says it."""


class WorkRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row: who, what next, until when, what was last, whose it is, and what one key does."""

    id: uuid.UUID
    version: int
    name: str
    href: str
    phone: str
    tag: Tag | None
    label: str
    lane: str
    due: str
    due_tone: str
    due_at: datetime | None
    last: str
    last_at: datetime | None
    owner: str
    presses: tuple[Press, ...]


def due_words(due_at: datetime | None, *, at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Until when, and how that is: "2 days late" is bad, "Due 3:00 PM" is today, "Due Mon, Nov 30" waits."""
    if due_at is None:
        return "", ""
    due, now = due_at.astimezone(zone), at.astimezone(zone)
    days = (now.date() - due.date()).days
    if days > 0:
        return f"{count_of(days, 'day')} late", "bad"
    if due <= now:
        return f"Late since {clock_of(due)}", "bad"
    if days == 0:
        return f"Due {clock_of(due)}", "warn"
    return f"Due {short_day(due.date())}", ""


def rows(
    items: Sequence[WorkItem],
    sources: Mapping[str, WorkSource],
    *,
    reach: Mapping[uuid.UUID, Reach],
    staff: Mapping[str, str],
    at: datetime,
    zone: ZoneInfo,
    may: Callable[[str], bool],
) -> list[WorkRow]:
    """Rows of the list, in the order given."""
    steps = {step.code: step for source in sources.values() for step in source.steps}
    can_write = {kind: may(source.write) for kind, source in sources.items()}
    return [
        _row(
            item,
            sources[item.subject_kind],
            steps[item.step],
            known=reach.get(item.client_id) if item.client_id else None,
            staff=staff,
            due=due_words(item.due_at, at=at, zone=zone),
            can_write=can_write[item.subject_kind],
        )
        for item in items
    ]


def _row(
    item: WorkItem,
    source: WorkSource,
    step: WorkStep,
    *,
    known: Reach | None,
    staff: Mapping[str, str],
    due: tuple[str, str],
    can_write: bool,
) -> WorkRow:
    return WorkRow(
        id=item.id,
        version=item.version,
        name=known.name if known else "(no name on file)",
        href=source.path.format(item.subject_id),
        phone=(known.mobile or known.phone) if known and step.is_call else "",
        tag=_TAGS.get(Urgency(item.urgency)),
        label=step.label,
        lane=LANES[step.lane],
        due=due[0],
        due_tone=due[1],
        due_at=item.due_at,
        last=item.last_words,
        last_at=item.last_at,
        owner=staff.get(str(item.owner_id), NOBODY) if item.owner_id else NOBODY,
        presses=_presses(step.buttons, item, known) if can_write else (),
    )


def _presses(
    buttons: Sequence[WorkButton], item: WorkItem, known: Reach | None
) -> tuple[Press, ...]:
    """The buttons that this client allows, each with its number key."""
    offered = [each for each in buttons if not each.needs or (known and getattr(known, each.needs))]
    return tuple(
        Press(
            number,
            each.label,
            each.path.format(item.subject_id),
            _sent(item.version, tuple(each.fields.items())),
        )
        for number, each in enumerate(offered[:KEYS_MAX], 1)
    )


@lru_cache(1024)
def _sent(version: int, fields: tuple[tuple[str, str], ...]) -> str:
    """What a button says: its own fields, and the version unless one of them says what was seen."""
    return fold({"seen": str(version), **dict(fields)})


def chips(
    counts: Sequence[tuple[str, int, int, int, int]], lanes: Mapping[str, str], *, view: str
) -> list[tuple[str, str, int, bool]]:
    """The views with their counts, those without a row left out unless they are chosen."""
    found = dict.fromkeys((each for each, _ in VIEWS), 0)
    for step, total, late, today, urgent in counts:
        found[""] += total
        found[LATE] += late
        found[TODAY] += today
        found[URGENT] += urgent
        found[lanes[step]] += total
    return [
        (code, label, found[code], code == view)
        for code, label in VIEWS
        if found[code] or code in ("", view)
    ]
