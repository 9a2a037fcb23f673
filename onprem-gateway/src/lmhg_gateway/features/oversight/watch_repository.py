"""All SQL of what the officer watches: matches, sweeps, witnesses and alarms."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text

from lmhg_gateway.features.oversight.models import CanarySweep
from lmhg_kit.persistence import ReadSession, WriteSession

SWEEPS_SHOWN = 30
_MATCHES = text(
    "select id, finished_at, clean, compared, differences from relay.match_result"
    " order by finished_at desc limit 30"
)
_MATCH = text(
    "select id, finished_at, clean, compared, differences from relay.match_result where id = :id"
)
_WAITING = text(
    "select count(*) from relay.match_request q"
    " where not exists (select 1 from relay.match_result r where r.id = q.id)"
)
_ASK = text("insert into relay.match_request (requested_by) values (:by)")
_WITNESSED = text(
    "select distinct on (origin) origin, size, note, at from relay.cosignature"
    " order by origin, seq desc"
)
_SHOWN = text("select origin, size, at, unsettled_at from relay.shown_checkpoint")
_HEADS = text(
    "select 'relay' as ledger, size from relay.ledger_head where ledger = 'relay'"
    " union all select 'access', size from audit.ledger_head where ledger = 'access'"
)
_ENTRY_AT = {
    "relay": text(
        "select convert_from(entry, 'utf8')::jsonb ->> 'at' from relay.ledger where n = :n"
    ),
    "access": text(
        "select convert_from(entry, 'utf8')::jsonb ->> 'at' from audit.ledger where n = :n"
    ),
}
_HEARD = text("select max(last_heard_at) from relay.peer")
_ALARMS = text(
    "select code, direction, detail, times, first_at, last_at from relay.alarm"
    " where cleared_at is null order by last_at desc limit 50"
)
_CLEAR = text(
    "update relay.alarm set cleared_at = now()"
    " where code = :code and direction = :direction and cleared_at is null"
)
_BEGAN = text(
    "select min((convert_from(entry, 'utf8')::jsonb ->> 'at')::timestamptz) from"
    " (select entry from relay.ledger where n = 0 union all"
    " select entry from audit.ledger where n = 0) firsts"
)


async def matches(tx: ReadSession) -> tuple[Sequence[Row[Any]], int]:
    """The last results of the three-way match, and how many are still running."""
    found = (await tx.execute(_MATCHES)).all()
    return found, int((await tx.execute(_WAITING)).scalar_one())


async def match_by_id(tx: ReadSession, match_id: uuid.UUID) -> Row[Any] | None:
    """One result."""
    return (await tx.execute(_MATCH, {"id": match_id})).one_or_none()


async def ask_match(tx: WriteSession, *, by: str) -> None:
    """Ask the relay for a match."""
    await tx.execute(_ASK, {"by": by})


async def sweeps(tx: ReadSession) -> Sequence[CanarySweep]:
    """The last sweeps, newest first."""
    query = select(CanarySweep).order_by(CanarySweep.finished_at.desc()).limit(SWEEPS_SHOWN)
    return (await tx.scalars(query)).all()


async def newest_sweep(tx: ReadSession) -> CanarySweep | None:
    """The newest sweep."""
    query = select(CanarySweep).order_by(CanarySweep.finished_at.desc()).limit(1)
    return await tx.scalar(query)


async def began(tx: ReadSession) -> datetime | None:
    """When this installation began: the first entry of either ledger; None before there is one."""
    return (await tx.execute(_BEGAN)).scalar_one_or_none()


async def witnessed(tx: ReadSession) -> Sequence[Row[Any]]:
    """The newest cosigned checkpoint of each ledger of both planes."""
    return (await tx.execute(_WITNESSED)).all()


async def shown(tx: ReadSession) -> Sequence[Row[Any]]:
    """What the portal says now that it has witnessed of our ledgers, and when it said so."""
    return (await tx.execute(_SHOWN)).all()


async def heads(tx: ReadSession) -> dict[str, int]:
    """How many entries each ledger of ours has."""
    return {row.ledger: int(row.size) for row in await tx.execute(_HEADS)}


async def unwitnessed_since(
    tx: ReadSession, found: Sequence[Row[Any]], *, site: str
) -> dict[str, datetime]:
    """When the first entry was made that the other plane has not witnessed, by ledger of ours."""
    sizes = {row.origin: int(row.size) for row in found}
    since: dict[str, datetime] = {}
    for ledger, query in _ENTRY_AT.items():
        first = sizes.get(f"lmhg/{site}/onprem/{ledger}", 0)
        said = (await tx.execute(query, {"n": first})).scalar_one_or_none()
        if said is not None:
            since[ledger] = datetime.fromisoformat(said)
    return since


async def heard_at(tx: ReadSession) -> datetime | None:
    """When the other plane was last heard."""
    return (await tx.execute(_HEARD)).scalar_one_or_none()


async def alarms(tx: ReadSession) -> Sequence[Row[Any]]:
    """The relay's alarms that nobody cleared."""
    return (await tx.execute(_ALARMS)).all()


async def clear_alarm(tx: WriteSession, *, code: str, direction: str) -> bool:
    """Note that someone has seen to an alarm; whether it was there."""
    done = await tx.execute(_CLEAR, {"code": code, "direction": direction})
    return bool(getattr(done, "rowcount", 0))
