"""All SQL of deliveries. Every statement names its rows by id or token, and none reads a value."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, LargeBinary, SmallInteger, String, Uuid

from lmhg_gateway.features.deliveries.models import LEFT_OUT_MAX, Delivery
from lmhg_gateway.features.deliveries.priorities import Priority
from lmhg_gateway.features.deliveries.rules import RETRY
from lmhg_kit.persistence import ReadSession, WriteSession

STAMPS = ARRAY(DateTime(timezone=True))

_NOW = text("select clock_timestamp()")
_UNSORTED = text(
    "select id, received_at, body_sealed from ingress.delivery"
    " where result is null and turn_at is null order by received_at, id limit :limit"
    " for update skip locked"
)
_SORT = text(
    "update ingress.delivery d set turn_at = v.turn_at, due_at = :now, priority = v.priority,"
    " object_token = v.object_token, event_token = v.event_token,"
    " result = case when s.token is null then v.result else 'duplicate' end,"
    " result_code = case when s.token is null then v.code else 'seen_before' end,"
    " finished_at = case when s.token is not null or v.result is not null then :now end"
    " from unnest(:ids, :turns, :priorities, :objects, :events, :results, :codes)"
    " as v(id, turn_at, priority, object_token, event_token, result, code)"
    " left join ingress.seen_event s on s.token = v.event_token"
    " where d.id = v.id"
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("turns", type_=STAMPS),
    bindparam("priorities", type_=ARRAY(SmallInteger)),
    bindparam("objects", type_=ARRAY(LargeBinary)),
    bindparam("events", type_=ARRAY(LargeBinary)),
    bindparam("results", type_=ARRAY(String)),
    bindparam("codes", type_=ARRAY(String)),
    bindparam("now", type_=DateTime(timezone=True)),
)
# Materialized, so that exactly one row is chosen once: a plain subquery with a limit may be run
# again for each row that the planner joins it to, and then claims two.
_CLAIM = text(
    "with next as materialized (select id from ingress.delivery where result is null"  # noqa: S608 - our numbers
    "  and turn_at is not null and due_at <= :now and attempts < :attempts_max"
    "  and priority <= :priority"
    "  order by priority, turn_at, id limit 1 for update skip locked)"
    " update ingress.delivery d set attempts = d.attempts + 1,"
    f" due_at = :now + {RETRY.in_sql('d.attempts')}"
    " from next where d.id = next.id"
    " returning d.id, d.received_at, d.body_sealed, d.object_token, d.attempts"
).bindparams(bindparam("now", type_=DateTime(timezone=True)))
_GIVE_BACK = text(
    "update ingress.delivery set attempts = attempts - 1, due_at = :due_at"
    " where id = :id and result is null"
)
_FINISH = text(
    "update ingress.delivery set result = :result, result_code = :code, left_out = :left_out,"
    " finished_at = :now where id = :id and result is null"
).bindparams(bindparam("left_out", type_=ARRAY(String)))
_ANSWER = text(
    "update ingress.delivery set result = :result, result_code = :code, finished_at = :now"
    " where result is null and object_token = :token and received_at < :before and id <> :id"
)
_SEEN = text(
    "insert into ingress.seen_event (token, delivery_id, seen_at)"
    " select distinct on (event_token) event_token, id, :now from ingress.delivery"
    " where event_token is not null and result = 'done' and finished_at = :now"
    " and object_token = :token order by event_token, id"
    " on conflict do nothing"
)
_ENDLESS = text(
    "update ingress.delivery set result = 'held', result_code = 'attempts_ended',"
    " finished_at = :now where result is null and attempts >= :attempts_max and due_at <= :now"
)
HELD_COUNT = select(func.count()).select_from(Delivery).where(Delivery.result == "held")
"""How many are held, for the bell."""
_HELD_AGAIN = text(
    "update ingress.delivery set result = null, result_code = null, finished_at = null,"
    " attempts = 0, turn_at = null, due_at = null"
    " where result = any(:states) and (:one is null or id = :one)"
    " and (:codes is null or result_code = any(:codes))"
).bindparams(
    bindparam("one", type_=Uuid),
    bindparam("states", type_=ARRAY(String)),
    bindparam("codes", type_=ARRAY(String)),
)
_HELD_ASIDE = text(
    "update ingress.delivery set result = 'set_aside', finished_at = clock_timestamp()"
    " where result = 'held' and (:one is null or id = :one)"
    " and (:codes is null or result_code = any(:codes))"
).bindparams(bindparam("one", type_=Uuid), bindparam("codes", type_=ARRAY(String)))
_PROFILE_FRESH = text("select began_at > :received from ingress.profile_fetch where token = :token")
_PROFILE_SEEN = text(
    "insert into ingress.profile_fetch (token, began_at) values (:token, :began)"
    " on conflict (token) do update"
    " set began_at = greatest(ingress.profile_fetch.began_at, excluded.began_at)"
)
_PURGES = (
    text("delete from ingress.api_call where ended_at < :calls"),
    text("delete from ingress.profile_fetch where began_at < :fetches"),
    text("delete from ingress.seen_event where seen_at < :events"),
)
CALLS_KEPT, FETCHES_KEPT, EVENTS_KEPT = timedelta(hours=49), timedelta(days=30), timedelta(days=90)


class Sorted(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker read in one delivery: whose turn it is when, or why there is nothing to do."""

    id: uuid.UUID
    turn_at: datetime
    priority: Priority = Priority.WEBHOOK
    object_token: bytes | None = None
    event_token: bytes | None = None
    result: str | None = None
    code: str | None = None


async def database_now(tx: ReadSession) -> datetime:
    """The database's clock, which also stamps what arrives."""
    return (await tx.execute(_NOW)).scalar_one()


async def unsorted(tx: WriteSession, *, limit: int) -> Sequence[Row[Any]]:
    """Deliveries that nobody has read yet, oldest first, locked."""
    return (await tx.execute(_UNSORTED, {"limit": limit})).all()


async def sort(tx: WriteSession, found: Sequence[Sorted], *, now: datetime) -> None:
    """Write what was read, in one statement: one audit event for the whole batch."""
    columns = {
        "ids": [one.id for one in found],
        "turns": [one.turn_at for one in found],
        "priorities": [int(one.priority) for one in found],
        "objects": [one.object_token for one in found],
        "events": [one.event_token for one in found],
        "results": [one.result for one in found],
        "codes": [one.code for one in found],
    }
    await tx.execute(_SORT, {**columns, "now": now})


async def claim(
    tx: WriteSession, *, now: datetime, priority: Priority = Priority.WEBHOOK
) -> Row[Any] | None:
    """The delivery whose turn it is, of this class or one before it. Its attempt counts from here, so a crash counts too."""
    asked = {"now": now, "attempts_max": RETRY.attempts_max, "priority": int(priority)}
    return (await tx.execute(_CLAIM, asked)).one_or_none()


async def give_back(tx: WriteSession, delivery_id: uuid.UUID, *, due_at: datetime) -> None:
    """Undo a claim: the attempt was none, because no call was free."""
    await tx.execute(_GIVE_BACK, {"id": delivery_id, "due_at": due_at})


async def finish(
    tx: WriteSession,
    delivery_id: uuid.UUID,
    *,
    result: str,
    code: str,
    now: datetime,
    left_out: Sequence[str] = (),
) -> None:
    """The result of one delivery."""
    facts = {"id": delivery_id, "result": result, "code": code[:60], "now": now}
    await tx.execute(_FINISH, {**facts, "left_out": list(left_out)[:LEFT_OUT_MAX] or None})


async def answer_others(
    tx: WriteSession,
    claimed: Row[Any],
    *,
    result: str,
    code: str,
    before: datetime,
    now: datetime,
) -> int:
    """Give every delivery about the same object that came before the call the same answer."""
    facts = {"id": claimed.id, "token": claimed.object_token, "before": before, "now": now}
    done: Any = await tx.execute(_ANSWER, {**facts, "result": result, "code": code[:60]})
    return int(done.rowcount)


async def remember_events(tx: WriteSession, object_token: bytes, *, now: datetime) -> None:
    """The events that are done by now: their repetitions are duplicates."""
    await tx.execute(_SEEN, {"token": object_token, "now": now})


async def hold_endless(tx: WriteSession, *, now: datetime) -> int:
    """Hold what ended the process at its last attempt, so that it had no result."""
    done: Any = await tx.execute(_ENDLESS, {"now": now, "attempts_max": RETRY.attempts_max})
    return int(done.rowcount)


async def try_held_again(
    tx: WriteSession,
    *,
    codes: Sequence[str] = (),
    one: uuid.UUID | None = None,
    state: str = "held",
) -> int:
    """Read and work on deliveries from the beginning: all of a state, those of some codes, or one; how many.

    One may be tried again by its id whether it is held or set aside.
    """
    states = [state] if one is None else ["held", "set_aside"]
    asked = {"states": states, "codes": list(codes) or None, "one": one}
    done: Any = await tx.execute(_HELD_AGAIN, asked)
    return int(done.rowcount)


async def set_held_aside(
    tx: WriteSession, *, codes: Sequence[str] = (), one: uuid.UUID | None = None
) -> int:
    """End held deliveries: all, those of some codes, or one; how many. Code and body are kept."""
    done: Any = await tx.execute(_HELD_ASIDE, {"codes": list(codes) or None, "one": one})
    return int(done.rowcount)


async def is_profile_fresh(tx: ReadSession, token: bytes, *, received_at: datetime) -> bool:
    """Whether a client's profile was asked for after this moment."""
    facts = {"token": token, "received": received_at}
    return bool((await tx.execute(_PROFILE_FRESH, facts)).scalar_one_or_none())


async def record_profile(tx: WriteSession, token: bytes, *, began_at: datetime) -> None:
    """A client's profile was asked for."""
    await tx.execute(_PROFILE_SEEN, {"token": token, "began": began_at})


async def purge(tx: WriteSession, *, now: datetime) -> int:
    """Remove what no decision can ask for any more; how many rows."""
    spans = {
        "calls": now - CALLS_KEPT,
        "fetches": now - FETCHES_KEPT,
        "events": now - EVENTS_KEPT,
    }
    gone = 0
    for statement in _PURGES:
        (name,) = statement.compile().params
        done: Any = await tx.execute(statement, {name: spans[name]})
        gone += int(done.rowcount)
    return gone
