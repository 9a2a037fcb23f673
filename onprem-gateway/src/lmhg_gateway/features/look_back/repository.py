"""All SQL of looking back: what is in the cloud, page by page, and what came of it."""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row, TextClause, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from lmhg_contracts.classification import Plane
from lmhg_contracts.registry import KINDS, Kind
from lmhg_gateway.features.look_back.models import (
    ONLY,
    LookBackFinding,
    LookBackPass,
    LookBackState,
)
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.release_triggers import projection

PAGE = 500
"""Texts in memory at a time."""
PASSES_SHOWN = 12
_BEFORE_LETTERS = 200
"""More than are read where one message ends and the next begins."""

_RELEASED = (
    "select n.id as record_id, n.version, {texts}"
    " from practice.{kind} n where n.hipaa_exempt and n.id > :after"
    " and not exists (select 1 from relay.verdict v where v.kind = '{kind}'"
    " and v.record_id = n.id and v.version = n.version and v.outcome = 'hold')"
    " and (not :judged or exists (select 1 from relay.verdict v where v.kind = '{kind}'"
    " and v.record_id = n.id and v.outcome = 'clear'))"
    " order by n.id limit :page"
)
"""What is held is not there; before its first verdict it is not there either, but about to be."""
_STILL_RELEASED = (
    "select n.exemption_id, sha256(convert_to({body}, 'UTF8')) as digest from practice.{kind} n"
    " where n.id = :id and n.version = :version and n.hipaa_exempt"
    " and cast(:kind as text) = '{kind}' for update"
)
_THREAD = (
    "case when r.kind = 'ticket' then r.record_id"
    " when pg_input_is_valid(r.body ->> 'ticket_id', 'uuid') then (r.body ->> 'ticket_id')::uuid end"
)
_WRITTEN = "coalesce(r.body ->> 'sent_at', r.body ->> 'filed_at')"
_ORDERED = (
    "exists (select 1 from practice.redaction_order o where o.target_kind = r.kind"
    " and o.target_id = r.record_id and o.target_version >= r.version)"
)
_REPLICAS = text(
    "select r.kind, r.record_id, r.version, r.body::text as body,"  # noqa: S608 - constant expressions
    f" {_THREAD} as thread_id, r.body -> 'redacted' = 'true'::jsonb or {_ORDERED}"
    " or (:judged and not exists (select 1 from practice.arrival a where a.kind = r.kind"
    " and a.record_id = r.record_id and a.version >= r.version)) as is_over"
    " from replica.record r where r.kind = any(:kinds) and not r.purged"
    f" order by thread_id, {_WRITTEN}, r.kind, r.record_id"
)
"""By ticket and time, so that each message follows what was written before it."""
_STILL_THERE = text(
    f"select r.received_at, {_THREAD} as thread_id, {_WRITTEN} as written"  # noqa: S608 - constant expressions
    " from replica.record r where r.kind = :kind and r.record_id = :id and r.version = :version"
    f" and not r.purged and not {_ORDERED}"
)
_CLEARED = text(
    "select h.hits from compliance.held_record h where h.kind = :kind and h.record_id = :id"
    " and h.outcome = 'cleared' and h.digest = :digest"
)
_RECALLED = text(
    "update compliance.look_back_finding f set gone_at = g.at from ("
    " select o.id, min(r.unreadable_at) as at from compliance.look_back_finding o"
    " join relay.recall_status r on r.kind = o.kind and r.record_id = o.record_id"
    " and r.version > o.version where o.gone_at is null group by o.id"
    ") g where g.id = f.id and f.gone_at is null and g.at is not null"
)
_REDACTED = text(
    "update compliance.look_back_finding f set gone_at = coalesce(r.purged_at, r.received_at)"
    " from replica.record r where f.gone_at is null and r.kind = f.kind"
    " and r.record_id = f.record_id"
    " and (r.purged or (r.version > f.version and r.body -> 'redacted' = 'true'::jsonb))"
)
_PRUNE = text(
    "delete from compliance.look_back_pass p where p.started_at < :before"
    " and not exists (select from compliance.look_back_finding f where f.pass_id = p.id)"
    " and p.id not in (select distinct on (scope) id from compliance.look_back_pass"
    " where finished_at is not null order by scope, finished_at desc)"
)


class Text(NamedTuple):
    """One record whose texts are in the cloud."""

    kind: str
    record_id: uuid.UUID
    version: int
    texts: Mapping[str, str]
    before: str = ""
    """The end of what was written right before it in the same ticket."""

    @property
    def has_file(self) -> bool:
        """Whether it names a file, whose text is searched too."""
        return bool(KINDS[self.kind].object_field)


def _of(home: Plane) -> list[Kind]:
    return [each for each in KINDS.values() if each.home is home and each.struct.SCREENED]


def _released_page(kind: Kind) -> TextClause:
    texts = ", ".join(f"n.{name} as text_{name}" for name in kind.struct.SCREENED)
    return text(_RELEASED.format(kind=kind.name, texts=texts))


RELEASED = {each.name: _released_page(each) for each in _of(Plane.ONPREM)}
"""Kinds of this plane with a text that a person types, each with the statement for its pages."""
REPLICAS = tuple(each.name for each in _of(Plane.CLOUD))
"""Kinds of the portal with such a text."""
_STILL = {
    each.name: text(_STILL_RELEASED.format(kind=each.name, body=projection(each, "n")))
    for each in _of(Plane.ONPREM)
} | dict.fromkeys(REPLICAS, _STILL_THERE)
START = uuid.UUID(int=0)


async def released(
    tx: ReadSession, kind: str, *, after: uuid.UUID, is_judged: bool
) -> Sequence[Text]:
    """The next texts of a kind of ours that are released; judged ones alone, or also the newest."""
    asked = {"after": after, "judged": is_judged, "page": PAGE}
    rows = (await tx.execute(RELEASED[kind], asked)).all()
    fields = KINDS[kind].struct.SCREENED
    return [
        Text(
            kind,
            row.record_id,
            row.version,
            {name: said for name in fields if (said := getattr(row, f"text_{name}"))},
        )
        for row in rows
    ]


async def replicas(tx: ReadSession, *, is_judged: bool) -> AsyncIterator[Text]:
    """Every text of the portal that is still there, ticket by ticket; a page in memory at most."""
    thread, before = None, ""
    asked = {"kinds": list(REPLICAS), "judged": is_judged}
    rows = await tx.stream(_REPLICAS, asked, execution_options={"yield_per": PAGE})
    async for row in rows:
        body = msgspec.json.decode(row.body)
        texts = {name: said for name in KINDS[row.kind].struct.SCREENED if (said := body.get(name))}
        follows = row.thread_id is not None and row.thread_id == thread
        if not row.is_over:
            yield Text(row.kind, row.record_id, row.version, texts, before if follows else "")
        thread, before = row.thread_id, texts.get("body", "")[-_BEFORE_LETTERS:]


async def still(tx: WriteSession, said: Text) -> Row[Any] | None:
    """The record as it is in the cloud now; None when it is another or was dealt with."""
    asked = {"kind": said.kind, "id": said.record_id, "version": said.version}
    return (await tx.execute(_STILL[said.kind], asked)).one_or_none()


async def cleared(tx: ReadSession, said: Text, *, digest: bytes) -> list[list[dict[str, str]]]:
    """The hits with which officers cleared this very body, by decision."""
    asked = {"kind": said.kind, "id": said.record_id, "digest": digest}
    rows = await tx.execute(_CLEARED, asked)
    return [row.hits for row in rows]


async def state(tx: ReadSession) -> LookBackState:
    """How far it is; an empty one before the first look."""
    return await tx.get(LookBackState, ONLY) or LookBackState(id=ONLY)


async def keep_state(tx: WriteSession, **facts: object) -> None:
    """Remember how far it is."""
    made = insert(LookBackState).values(id=ONLY, **facts)
    await tx.execute(made.on_conflict_do_update(index_elements=["id"], set_=facts))


async def begin(tx: WriteSession, *, scope: str, clients: int, at: datetime) -> uuid.UUID:
    """Write down that a pass began."""
    made = LookBackPass(id=uuid.uuid4(), scope=scope, clients=clients, started_at=at)
    tx.add(made)
    await tx.flush()
    return made.id


async def finish(
    tx: WriteSession, pass_id: uuid.UUID, *, texts: int, found: int, at: datetime
) -> None:
    """Write down that a pass read everything."""
    change = update(LookBackPass).where(LookBackPass.id == pass_id)
    await tx.execute(change.values(texts=texts, found=found, finished_at=at))


async def record(tx: WriteSession, finding: Mapping[str, object]) -> bool:
    """Write a finding down; False when another pass was first, which then did the rest as well."""
    row = {"id": uuid.uuid4(), **finding}
    made = insert(LookBackFinding).values(row).on_conflict_do_nothing()
    return (await tx.execute(made.returning(LookBackFinding.id))).one_or_none() is not None


async def close_gone(tx: WriteSession) -> int:
    """Give each finding its end, once the portal has confirmed it; how many."""
    done = [await tx.execute(each) for each in (_RECALLED, _REDACTED)]
    return sum(int(getattr(each, "rowcount", 0)) for each in done)


async def prune(tx: WriteSession, *, before: datetime) -> int:
    """Remove passes that began earlier and to which nothing points; how many.

    Of each scope the newest that finished stays, whatever its age: it says when that was.
    """
    return int(getattr(await tx.execute(_PRUNE, {"before": before}), "rowcount", 0))


async def last_whole(tx: ReadSession) -> LookBackPass | None:
    """The newest search of everything that finished."""
    query = select(LookBackPass).where(
        LookBackPass.scope == "whole", LookBackPass.finished_at.is_not(None)
    )
    return await tx.scalar(query.order_by(LookBackPass.finished_at.desc()).limit(1))


async def passes(tx: ReadSession) -> Sequence[LookBackPass]:
    """The newest passes, newest first."""
    query = select(LookBackPass).order_by(LookBackPass.started_at.desc()).limit(PASSES_SHOWN)
    return (await tx.scalars(query)).all()


async def findings(tx: ReadSession, *, page: int) -> Sequence[LookBackFinding]:
    """One page of findings and one more: what is still readable first, then the newest."""
    query = select(LookBackFinding).order_by(
        LookBackFinding.gone_at.is_not(None), LookBackFinding.found_at.desc(), LookBackFinding.id
    )
    part = query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1)
    return (await tx.scalars(part)).all()


async def still_open(tx: ReadSession, *, before: datetime) -> tuple[int, datetime | None]:
    """How many texts found before a moment are not confirmed gone, and since when the oldest is."""
    query = select(func.count(), func.min(LookBackFinding.found_at)).where(
        LookBackFinding.gone_at.is_(None), LookBackFinding.found_at < before
    )
    count, oldest = (await tx.execute(query)).one()
    return int(count), oldest
