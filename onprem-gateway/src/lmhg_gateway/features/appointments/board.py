"""The day board: each visit of a day, how far it is, what overlaps, and where the client sits."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request

from lmhg_gateway.features.appointments import desk_repository, repository
from lmhg_gateway.features.appointments.board_rules import Desk, Stand, stand
from lmhg_gateway.features.appointments.models import Appointment, VisitDesk
from lmhg_gateway.features.appointments.overlap_rules import By, Overlap, overlaps
from lmhg_gateway.features.appointments.places import PLACES, license_words
from lmhg_gateway.features.appointments.views import (
    NO_ONE,
    clinician_chips,
    is_canceled_here,
    span_of,
    takes_place,
)
from lmhg_gateway.features.clients.public import Reach, reach_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.away import AwayPeople
from lmhg_gateway.web.points import ClinicianRights
from lmhg_kit.http.list_part import Tag
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice
from lmhg_kit.ui.spans import clock_of, span_on

BUTTONS: Mapping[Desk, str] = {
    Desk.ARRIVED: "Arrived",
    Desk.IN_SESSION: "In session",
    Desk.DONE: "Done",
    Desk.MISSED: "Did not come",
}
"""The words of the button that takes each step."""
VIEWS: Sequence[tuple[str, str, frozenset[str]]] = (
    ("", "Everyone", frozenset()),
    ("open", "To come", frozenset({"expected", "late"})),
    ("here", "Here", frozenset({"arrived", "in_session"})),
    ("over", "Over", frozenset({"done", "missed", "unmarked"})),
    ("off", "Canceled", frozenset({"gone"})),
)
"""What the board can be narrowed to, and which visits each shows."""
PATH = "/appointments/board"


class Press(msgspec.Struct, frozen=True):
    """A button of a row: the step it takes, and its words."""

    to: str
    label: str


class BoardRow(msgspec.Struct, frozen=True, kw_only=True):
    """One visit on the board."""

    id: uuid.UUID
    client_id: uuid.UUID
    client: str
    clinician: str
    clinician_id: uuid.UUID | None
    starts_at: datetime
    ends_at: datetime
    time: str
    code: str
    tag: Tag
    seen: str
    presses: tuple[Press, ...]
    phone: str
    service: str
    note: str
    overlap: tuple[str, ...]
    place: str
    license: str
    last_place: str
    """The code of the place where the client was last, while no one said where they are now."""
    last_place_name: str


@dataclass(frozen=True, kw_only=True)
class Board:
    """One day: its visits, how many there are of each view, and its clinicians."""

    rows: Sequence[BoardRow]
    counts: Sequence[tuple[str, str, int]]
    clinicians: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the rows are made of, besides the appointments."""

    desks: Mapping[uuid.UUID, VisitDesk]
    reach: Mapping[uuid.UUID, Reach]
    staff: Mapping[str, str]
    shared: Mapping[uuid.UUID, tuple[Overlap, ...]]
    licensed: Mapping[uuid.UUID, frozenset[str]]
    away: frozenset[uuid.UUID]
    last_places: Mapping[uuid.UUID, str]


@dataclass(frozen=True, kw_only=True)
class Points:
    """What other features know of clinicians: where they may work, and when they are away."""

    rights: Sequence[ClinicianRights]
    away: Sequence[AwayPeople]


def points_of(request: Request[Any, Any, Any]) -> Points:
    """Those of the features that are on."""
    features = FEATURES.of(request)
    return Points(
        rights=features.contributions(ClinicianRights), away=features.contributions(AwayPeople)
    )


async def read_board(
    tx: ReadSession,
    day: date,
    practice: Practice,
    points: Points,
    *,
    clinician: str = "",
    view: str = "",
) -> Board:
    """The visits of a day at the practice, earliest first."""
    fixed = {"day": day.isoformat()} if day != practice.today() else {}
    begins, ends = practice.bounds(day)
    found, _ = await repository.between(tx, begins, ends)
    clients = list({each.client_id for each in found})
    desks, reach, staff, last_places = await tx.together(
        desk_repository.desks_of(tx, [each.id for each in found]),
        reach_of(tx, clients),
        staff_names(tx),
        desk_repository.last_states(tx, clients, before=begins),
    )
    known = Known(
        desks=desks,
        reach=reach,
        staff=staff,
        shared=overlaps(span_of(each) for each in found if takes_place(each, desks)),
        licensed=await licensed_of(tx, points.rights, day),
        away=await away_on(tx, points.away, day),
        last_places=last_places,
    )
    rows = [row_of(each, known, day=day, practice=practice) for each in found]
    mine = [each for each in rows if clinician in ("", str(each.clinician_id))]
    wanted = next((codes for name, _, codes in VIEWS if name == view), frozenset[str]())
    return Board(
        rows=[each for each in mine if not wanted or each.code in wanted],
        counts=[(name, label, _count(mine, codes)) for name, label, codes in VIEWS],
        clinicians=clinician_chips(found, staff, path=PATH, fixed=fixed, chosen=clinician),
    )


async def licensed_of(
    tx: ReadSession, rights: Sequence[ClinicianRights], day: date
) -> dict[uuid.UUID, frozenset[str]]:
    """The states in which clinicians have a license on a day; nothing of one without any on record."""
    known: dict[uuid.UUID, frozenset[str]] = {}
    for point in rights:
        known.update(await point.licence_states(tx, day))
    return known


async def away_on(tx: ReadSession, points: Sequence[AwayPeople], day: date) -> frozenset[uuid.UUID]:
    """The colleagues who are away on a day."""
    spans = [each for point in points for each in await point.spans(tx, day, day)]
    return frozenset(each.person_id for each in spans)


def overlap_words(
    shared: Sequence[Overlap], *, zone: ZoneInfo, name: Callable[[uuid.UUID], str]
) -> tuple[str, ...]:
    """What else is at the same time: "Also with Ana Roy at 10:30 AM"; once for each other appointment."""
    words: dict[uuid.UUID, str] = {}
    for each in shared:
        starts = clock_of(each.other.starts_at.astimezone(zone))
        same = each.by is By.CLIENT
        said = (
            f"Booked twice: {starts} too"
            if same
            else f"{starts}: also {name(each.other.client_id)}"
        )
        words.setdefault(each.other.id, said)
    return tuple(words.values())


def _count(rows: Sequence[BoardRow], codes: frozenset[str]) -> int:
    return sum(not codes or each.code in codes for each in rows)


def row_of(appointment: Appointment, known: Known, *, day: date, practice: Practice) -> BoardRow:
    """One visit as the board shows it on a day."""
    at, zone = practice.clock(), practice.zone
    desk = known.desks.get(appointment.id)
    reach = known.reach.get(appointment.client_id)
    now = _stand(appointment, desk, at=at)
    place = (desk.client_state if desk else None) or ""
    licensed = known.licensed.get(appointment.clinician_id) if appointment.clinician_id else None
    asks = not place and now.code in ("expected", "late", "arrived")
    last = known.last_places.get(appointment.client_id, "") if asks else ""
    clinician = known.staff.get(str(appointment.clinician_id), NO_ONE)
    is_away = appointment.clinician_id in known.away and now.code != "gone"
    return BoardRow(
        id=appointment.id,
        client_id=appointment.client_id,
        client=reach.name if reach else "",
        clinician=clinician,
        clinician_id=appointment.clinician_id,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        time=span_on(day, appointment.starts_at, appointment.ends_at, zone),
        code=now.code,
        tag=Tag(now.label, now.badge),
        seen=_seen(now),
        presses=tuple(Press(each.value, BUTTONS[each]) for each in now.steps),
        phone=(reach.mobile or reach.phone) if reach and now.code in ("late", "missed") else "",
        service=appointment.service or "",
        note=appointment.local_note or "",
        overlap=(
            *([f"{clinician} is away this day"] if is_away else []),
            *overlap_words(
                known.shared.get(appointment.id, ()),
                zone=zone,
                name=lambda client: known.reach[client].name if client in known.reach else "",
            ),
        ),
        place=PLACES.get(place, ""),
        license=license_words(place, licensed),
        last_place=last,
        last_place_name=PLACES.get(last, ""),
    )


def _stand(appointment: Appointment, desk: VisitDesk | None, *, at: datetime) -> Stand:
    return stand(
        desk.state if desk else None,
        appointment.status,
        is_canceled_here=is_canceled_here(desk),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        at=at,
    )


def _seen(now: Stand) -> str:
    """How far the visit is, as its buttons say that the person saw it."""
    return Desk.EXPECTED.value if now.code in ("late", "unmarked") else now.code
