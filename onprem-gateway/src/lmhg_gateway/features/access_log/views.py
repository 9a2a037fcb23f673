"""The access log and the accounting of disclosures as pages show them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row

from lmhg_contracts.ledger.entries import AccessEntry
from lmhg_gateway.features.access_log.models import Disclosure
from lmhg_gateway.features.access_log.repository import DayCount
from lmhg_gateway.features.access_log.rules import BASES, VIEWS, AccessFilter
from lmhg_kit.http.paging import address
from lmhg_kit.ui.formats import day_span

PATH = "/compliance/access"
_decoder = msgspec.json.Decoder(AccessEntry)


@dataclass(frozen=True)
class AccessLine:
    """One entry of the access ledger in the list."""

    n: int
    at: datetime
    who: str
    act: str
    kind: str
    ids: list[str]
    count: int
    columns: str
    outcome: str
    is_refused: bool
    purpose: str
    zone: str


@dataclass(frozen=True)
class Group:
    """One hour in which one colleague opened many records."""

    who: str
    hour: datetime
    records: int
    href: str


@dataclass(frozen=True)
class PersonLine:
    """One colleague's dealings with one client's records."""

    who: str
    times: int
    changes: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class DisclosureLine:
    """One disclosure in an accounting."""

    id: uuid.UUID
    disclosed_on: date
    recipient: str
    address: str
    what: str
    why: str
    basis: str
    corrects: bool
    corrected: bool
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class Chart:
    """Counts by day, people and processes apart."""

    title: str
    labels: list[str]
    series: list[tuple[str, list[int], str]]
    hrefs: list[str]
    total: int


IDS_SHOWN = 3


def lines(entries: Iterable[bytes], names: Mapping[str, str]) -> list[AccessLine]:
    """Entries as the list shows them."""
    return [_line(_decoder.decode(raw), names) for raw in entries]


def _line(entry: AccessEntry, names: Mapping[str, str]) -> AccessLine:
    return AccessLine(
        n=entry.n,
        at=datetime.fromisoformat(entry.at),
        who=names.get(entry.actor, entry.actor),
        act=entry.act,
        kind=entry.subject_kind,
        ids=list(entry.subject_ids[:IDS_SHOWN]),
        count=len(entry.subject_ids),
        columns=", ".join(name.removesuffix("_sealed").replace("_", " ") for name in entry.columns),
        outcome=entry.outcome,
        is_refused=entry.outcome in {"refused", "not_sound"},
        purpose=entry.purpose,
        zone=entry.zone,
    )


def view_chips(wanted: AccessFilter) -> list[tuple[str, str, bool]]:
    """(name, address, whether it is the one shown) of everybody's views."""
    kept = {name: value for name, value in wanted.query().items() if name != "view"}
    return [
        ("Everything", address(PATH, kept), not wanted.view),
        *(
            (name, address(PATH, kept, view=code), wanted.view == code)
            for code, (name, _) in VIEWS.items()
        ),
    ]


def groups(rows: Sequence[Row[Any]], names: Mapping[str, str], *, zone: Any) -> list[Group]:  # noqa: ANN401 - a ZoneInfo
    """Bulk reads, each with the way to its entries."""
    return [
        Group(
            who=names.get(row.actor, row.actor),
            hour=row.hour,
            records=row.records,
            href=address(
                PATH,
                {
                    "actor": row.actor,
                    "act": "read",
                    "since": str(row.hour.astimezone(zone).date()),
                    "until": str(row.hour.astimezone(zone).date()),
                },
            ),
        )
        for row in rows
    ]


def people(rows: Sequence[Row[Any]], names: Mapping[str, str]) -> list[PersonLine]:
    """Who dealt with a client's records."""
    return [
        PersonLine(
            who=names.get(row.actor, row.actor),
            times=row.times,
            changes=row.changes,
            first_at=row.first_at,
            last_at=row.last_at,
        )
        for row in rows
    ]


def accounting(found: Sequence[Disclosure], names: Mapping[str, str]) -> list[DisclosureLine]:
    """Disclosures as an accounting lists them; a corrected one stays, and says so."""
    corrected = {each.corrects for each in found if each.corrects}
    return [
        DisclosureLine(
            id=each.id,
            disclosed_on=each.disclosed_on,
            recipient=each.recipient or "",
            address=each.address or "",
            what=each.what or "",
            why=each.why or "",
            basis=BASES.get(each.basis, each.basis),
            corrects=each.corrects is not None,
            corrected=each.id in corrected,
            recorded_by=names.get(each.recorded_by, each.recorded_by),
            recorded_at=each.recorded_at,
        )
        for each in found
    ]


def chart_of(counts: Sequence[DayCount], *, first: date, last: date) -> Chart:
    """The bars of a range of days."""
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    place = {day: at for at, day in enumerate(days)}
    bars = {True: [0] * len(days), False: [0] * len(days)}
    for found in counts:
        bars[found.is_person][place[found.day]] += int(found.entries)
    named = [("Colleagues", bars[True], "accent"), ("Background programs", bars[False], "quiet")]
    return Chart(
        title=f"Entries a day, {day_span(first, last)}",
        labels=[f"{day:%b %-d}" for day in days],
        series=[each for each in named if any(each[1])],
        hrefs=[address(PATH, {"since": str(day), "until": str(day)}) for day in days],
        total=sum(map(sum, bars.values())),
    )
