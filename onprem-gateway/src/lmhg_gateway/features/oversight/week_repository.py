"""Counts of one stretch of time, for the weekly packet: never a value, never a name."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from lmhg_gateway.features.oversight.models import CanarySweep
from lmhg_kit.persistence import ReadSession

_SIZE = text("select coalesce(max(n) + 1, 0) from relay.ledger")
_AT = text("select convert_from(entry, 'utf8')::jsonb ->> 'at' from relay.ledger where n = :n")
_DECISIONS = text(
    "select said ->> 'decision' as decision, said ->> 'op' as op, said ->> 'gate' as gate,"
    " said ->> 'reason' as reason, said ->> 'kind' as kind, count(*) as times from ("
    "  select convert_from(entry, 'utf8')::jsonb as said from relay.ledger"
    "  where n >= :first and n < :stop"
    ") l group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5"
)
_MATCHES = text(
    "select count(*) as runs, count(*) filter (where not clean) as differing,"
    " coalesce(sum(jsonb_array_length(differences)), 0) as differences,"
    " count(distinct (finished_at at time zone :zone)::date) as days"
    " from relay.match_result where finished_at >= :start and finished_at < :end"
)
_WITNESS = text(
    "select c.origin, c.size, c.at from (select distinct on (origin) origin, size, at"
    " from relay.cosignature order by origin, seq desc) c order by c.origin"
)
_ALARMS = text("select count(*) from relay.alarm where cleared_at is null")
_HEADS = text(
    "select 'relay' as ledger, size from relay.ledger_head where ledger = 'relay'"
    " union all select 'access', size from audit.ledger_head where ledger = 'access'"
)


async def first_entry_at(tx: ReadSession, at: datetime) -> int:
    """The number of the first ledger entry at or after a moment: entries are in order of time."""
    low, high = 0, int((await tx.execute(_SIZE)).scalar_one())
    while low < high:
        middle = (low + high) // 2
        said = (await tx.execute(_AT, {"n": middle})).scalar_one()
        if datetime.fromisoformat(said) < at:
            low = middle + 1
        else:
            high = middle
    return low


async def decisions(tx: ReadSession, start: datetime, end: datetime) -> dict[str, dict[str, int]]:
    """What crossed by kind, and what was refused by gate and reason."""
    span = {"first": await first_entry_at(tx, start), "stop": await first_entry_at(tx, end)}
    found: dict[str, dict[str, int]] = {"crossed": {}, "refused": {}}
    for row in await tx.execute(_DECISIONS, span):
        if row.decision == "ship":
            name = row.kind if row.op == "put" else f"{row.kind}_recalled"
            _add(found["crossed"], name, row.times)
        elif row.decision == "refuse":
            _add(found["refused"], f"{row.kind}_{row.gate}_{row.reason}", row.times)
    return found


async def matches(tx: ReadSession, start: datetime, end: datetime, *, zone: str) -> dict[str, int]:
    """Matches that ran, that differed, and days without one."""
    given = {"start": start, "end": end, "zone": zone}
    row = (await tx.execute(_MATCHES, given)).one()
    return {
        "runs": row.runs,
        "differing": row.differing,
        "differences": int(row.differences),
        "nights_without": max((end - start).days - row.days, 0),
    }


async def sweeps(tx: ReadSession, start: datetime, end: datetime, *, zone: str) -> dict[str, int]:
    """Sweeps that ran, that found something, and days without one."""
    inside = CanarySweep.finished_at >= start, CanarySweep.finished_at < end
    days = select(
        func.count(func.distinct(func.date(func.timezone(zone, CanarySweep.finished_at))))
    ).where(*inside)
    return {
        "runs": await _count(tx, CanarySweep.id, *inside),
        "with_findings": await _count(tx, CanarySweep.id, CanarySweep.findings > 0, *inside),
        "days_without": max((end - start).days - int(await tx.scalar(days) or 0), 0),
    }


async def witness(tx: ReadSession, *, at: datetime, late_after: timedelta) -> dict[str, int]:
    """How far each ledger of ours is witnessed, which of them late, and alarms that stand."""
    found: dict[str, int] = {}
    cosigned = {row.origin: row for row in await tx.execute(_WITNESS)}
    late = 0
    for head in await tx.execute(_HEADS):
        mine = next(
            (row for name, row in cosigned.items() if name.endswith(f"/onprem/{head.ledger}")), None
        )
        found[f"{head.ledger}_entries"] = int(head.size)
        found[f"{head.ledger}_witnessed"] = int(mine.size) if mine else 0
        is_behind = head.size > (mine.size if mine else 0)
        is_old = mine is None or at - mine.at > late_after
        late += int(is_behind and is_old)
    alarms = int((await tx.execute(_ALARMS)).scalar_one())
    return {**found, "late": late, "open_alarms": alarms}


def _add(found: dict[str, int], name: str, count: int) -> None:
    found[name] = found.get(name, 0) + int(count)


async def _count(tx: ReadSession, column: Any, *where: Any) -> int:  # noqa: ANN401 - SQL expressions
    return int(await tx.scalar(select(func.count(column)).where(*where)) or 0)
