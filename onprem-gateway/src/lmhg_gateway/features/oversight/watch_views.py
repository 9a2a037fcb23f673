"""What the officer watches, as pages show it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from lmhg_contracts.ledger.checkpoint import origin
from lmhg_gateway.features.oversight.alarm_rules import is_portal_silent, is_witness_late
from lmhg_gateway.features.oversight.alarm_words import UNKNOWN, alarm_words
from lmhg_gateway.features.oversight.match_words import DIFFERENCES
from lmhg_gateway.features.oversight.models import CanarySweep
from lmhg_gateway.features.staff.public import who_words
from lmhg_gateway.kernel.released import RELEASED

DIFFERENCES_SHOWN = 200


@dataclass(frozen=True)
class DifferenceRow:
    """One difference of a match, named to the record."""

    said: str
    kind: str
    record_id: str
    href: str
    ledger: str


@dataclass(frozen=True)
class MatchRow:
    """One result of the three-way match."""

    id: uuid.UUID
    label: str
    label_tone: str
    compared: int
    finished_at: datetime
    count: int
    differences: Sequence[DifferenceRow]
    more: int


@dataclass(frozen=True)
class SweepPlace:
    """Where one sweep looked."""

    name: str
    items: int
    megabytes: float
    findings: int
    where: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class SweepRow:
    """One sweep."""

    id: uuid.UUID
    finished_at: datetime
    seconds: float
    by: str
    tokens: int
    findings: int
    places: Sequence[SweepPlace]


@dataclass(frozen=True)
class WitnessRow:
    """One ledger and how far it is witnessed."""

    plane: str
    ledger: str
    origin: str
    size: int
    at: datetime | None
    behind: int | None
    late: bool
    missing: int
    """Entries that the portal has witnessed and that are not here; 0 of a ledger of its own."""
    said_at: datetime | None
    """When the portal last said how far it has witnessed a ledger of ours."""
    unsettled_at: datetime | None
    """Since when a declared restore of this plane waits for the portal to join it."""
    note: str


@dataclass(frozen=True)
class AlarmRow:
    """One alarm of the relay in words."""

    code: str
    direction: str
    detail: str
    times: int
    first_at: datetime
    last_at: datetime
    means: str
    todo: str
    runbook: str


def match_rows(found: Iterable[Row[Any]]) -> list[MatchRow]:
    """Results as the list shows them."""
    return [match_row(row) for row in found]


def match_row(row: Row[Any]) -> MatchRow:
    """One result with its differences."""
    found: list[dict[str, str]] = row.differences
    silent = any(each.get("what") == "peer_silent" for each in found)
    label, tone = ("All three agree", "ok") if row.clean else ("They differ", "bad")
    if silent:
        label, tone = "Not compared", "warn"
    return MatchRow(
        id=row.id,
        label=label,
        label_tone=tone,
        compared=row.compared,
        finished_at=row.finished_at,
        count=len(found),
        differences=[_difference(each) for each in found[:DIFFERENCES_SHOWN]],
        more=max(len(found) - DIFFERENCES_SHOWN, 0),
    )


def _difference(found: Mapping[str, str]) -> DifferenceRow:
    what, kind = found.get("what", ""), found.get("kind", "")
    record_id = found.get("record_id", "")
    is_ours = kind in RELEASED and bool(record_id)
    return DifferenceRow(
        said=DIFFERENCES.get(what, what.replace("_", " ")),
        kind=kind,
        record_id=record_id,
        href=f"/compliance/cloud/{kind}/{record_id}" if is_ours else "",
        ledger=f"/compliance/ledger?record_id={record_id}" if record_id else "",
    )


def sweep_rows(found: Iterable[CanarySweep]) -> list[SweepRow]:
    """Sweeps as the page shows them."""
    return [
        SweepRow(
            id=each.id,
            finished_at=each.finished_at,
            seconds=(each.finished_at - each.started_at).total_seconds(),
            by=who_words(each.recorded_by, {}),
            tokens=each.tokens,
            findings=each.findings,
            places=[
                SweepPlace(
                    name=name,
                    items=looked["items"],
                    megabytes=looked["bytes"] / 1e6,
                    findings=looked["findings"],
                    where=sorted(looked["where"].items()),
                )
                for name, looked in sorted(each.places.items())
            ],
        )
        for each in found
    ]


def witness_rows(
    found: Iterable[Row[Any]],
    heads: Mapping[str, int],
    *,
    shown: Iterable[Row[Any]],
    site: str,
    at: datetime,
    since: Mapping[str, datetime],
    heard_at: datetime | None,
) -> list[WitnessRow]:
    """Both ledgers of both planes, witnessed or not.

    Ours is late when an entry has waited for the witness too long. Of theirs we only know what
    they show us, so it is late when nothing was heard of them for as long.
    """
    newest = {row.origin: row for row in found}
    said = {row.origin: row for row in shown}
    is_silent = is_portal_silent(heard_at, at=at)
    rows: list[WitnessRow] = []
    for plane in ("onprem", "cloud"):
        for ledger in ("relay", "access"):
            log = origin(site, plane, ledger)
            row, word = newest.get(log), said.get(log)
            waits = since.get(ledger) if plane == "onprem" else None
            size = int(row.size) if row else 0
            unsettled_at = word.unsettled_at if word else None
            known = max(size, int(word.size) if word and unsettled_at is None else 0)
            here = heads.get(ledger, 0)
            late = is_silent if plane == "cloud" else is_witness_late(waits, at=at)
            rows.append(
                WitnessRow(
                    plane=plane,
                    ledger=ledger,
                    origin=log,
                    size=known,
                    at=row.at if row else None,
                    behind=max(here - size, 0) if plane == "onprem" else None,
                    late=late,
                    missing=max(known - here, 0) if plane == "onprem" else 0,
                    said_at=word.at if word else None,
                    unsettled_at=unsettled_at,
                    note=row.note if row else "",
                )
            )
    return rows


def alarm_rows(found: Iterable[Row[Any]]) -> list[AlarmRow]:
    """Alarms in words."""
    rows: list[AlarmRow] = []
    for row in found:
        words = alarm_words(row.code) or UNKNOWN
        rows.append(
            AlarmRow(
                code=row.code,
                direction=row.direction,
                detail=row.detail or "",
                times=row.times,
                first_at=row.first_at,
                last_at=row.last_at,
                means=words.means,
                todo=words.todo,
                runbook=words.runbook,
            )
        )
    return rows
