"""The access log and the accounting of disclosures as pages show them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row

from lmhg_contracts.ledger.entries import AccessEntry
from lmhg_gateway.features.access_log.act_words import act_words, column_words, counted, kind_words
from lmhg_gateway.features.access_log.models import Disclosure
from lmhg_gateway.features.access_log.purpose_words import purpose_words
from lmhg_gateway.features.access_log.repository import DayCount
from lmhg_gateway.features.access_log.rules import BASES, VIEWS, AccessFilter
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.http.paging import address
from lmhg_kit.ui.formats import day_span, month_day, short_number

PATH = "/compliance/access"
_decoder = msgspec.json.Decoder(AccessEntry)


@dataclass(frozen=True)
class Subject:
    """One record that an entry is about: what it is called, and where more of it is said."""

    label: str
    href: str


@dataclass(frozen=True)
class AccessLine:
    """One entry of the access ledger in the list."""

    n: int
    at: datetime
    who: str
    act: str
    records: str
    """What it is about: how many of which kind."""
    subjects: list[Subject]
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
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...], str], ...]
    hrefs: tuple[str, ...]
    total: int


IDS_SHOWN = 3
ACCOUNT_KINDS = frozenset({"account", "user_account", "staff_profile"})
"""Kinds of which one record is one colleague."""
APP_KIND = "oauth_client"


def decoded(entries: Iterable[bytes]) -> list[AccessEntry]:
    """Entries as they were written."""
    return [_decoder.decode(raw) for raw in entries]


def apps_in(entries: Iterable[AccessEntry]) -> list[uuid.UUID]:
    """The connected apps that entries are about, as far as their lines show them."""
    found = (each.subject_ids[:IDS_SHOWN] for each in entries if each.subject_kind == APP_KIND)
    return sorted({uuid.UUID(each) for ids in found for each in ids})


def lines(
    entries: Iterable[AccessEntry], names: Mapping[str, str], apps: Mapping[str, str]
) -> list[AccessLine]:
    """Entries as the list shows them: colleagues and apps by name, clients by number alone.

    Who may see a client's name finds it on the report about the client, which is a look by itself.
    """
    return [_line(each, names, apps) for each in entries]


def _subject(kind: str, record_id: str, called: Mapping[str, str]) -> Subject:
    if kind == "client":
        return Subject(short_number(record_id, "C"), f"{PATH}/clients/{record_id}")
    label = called.get(record_id) or short_number(record_id)
    return Subject(label, address(PATH, {"record_id": record_id}))


def _line(entry: AccessEntry, names: Mapping[str, str], apps: Mapping[str, str]) -> AccessLine:
    called = apps if entry.subject_kind == APP_KIND else names
    called = called if entry.subject_kind in {APP_KIND, *ACCOUNT_KINDS} else {}
    return AccessLine(
        n=entry.n,
        at=datetime.fromisoformat(entry.at),
        who=who_words(entry.actor, names),
        act=act_words(entry.act),
        records=counted(len(entry.subject_ids), entry.subject_kind)
        if entry.subject_ids
        else kind_words(entry.subject_kind).capitalize(),
        subjects=[
            _subject(entry.subject_kind, each, called) for each in entry.subject_ids[:IDS_SHOWN]
        ],
        count=len(entry.subject_ids),
        columns=", ".join(map(column_words, entry.columns)),
        outcome=entry.outcome,
        is_refused=entry.outcome in {"refused", "not_sound"},
        purpose=purpose_words(entry.purpose),
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
            who=who_words(row.actor, names),
            hour=row.hour,
            records=row.records,
            href=address(
                PATH,
                {
                    "actor": row.actor,
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
            who=who_words(row.actor, names),
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
            recorded_by=who_words(each.recorded_by, names),
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
        labels=tuple([month_day(day) for day in days]),
        series=tuple([(name, tuple(bar), tone) for name, bar, tone in named if any(bar)]),
        hrefs=tuple([f"{PATH}?since={day}&until={day}" for day in days]),
        total=sum(map(sum, bars.values())),
    )
