"""All SQL of retention."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Uuid, bindparam, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from lmhg_gateway.features.retention.models import (
    DisposalBatch,
    DisposalCertificate,
    DisposalCount,
    DisposalItem,
    DisposalObject,
    LegalHold,
    RetentionChange,
    RetentionYears,
)
from lmhg_gateway.features.retention.rules import OPEN, ItemState, NotDue, Outcome, State
from lmhg_kit.persistence import Base, ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

EVERYTHING_MAX, BATCHES_MAX, CHANGES_MAX = 20, 60, 60
PAGE = 500
"""Records that one look for what is due reads at a time."""


async def add(tx: WriteSession, row: Base) -> None:
    """Keep a row."""
    tx.sync_session.add(row)
    await tx.flush()


async def years(tx: ReadSession) -> Mapping[str, int]:
    """The years that the practice set, by the line's code."""
    found = (await tx.scalars(select(RetentionYears))).all()
    return {each.code: each.years for each in found}


async def open_changes(tx: ReadSession) -> Sequence[RetentionChange]:
    """Changes that wait for a second person, oldest first."""
    query = select(RetentionChange).where(RetentionChange.outcome == Outcome.OPEN.value)
    return (await tx.scalars(query.order_by(RetentionChange.asked_at).limit(CHANGES_MAX))).all()


async def decided_changes(tx: ReadSession) -> Sequence[RetentionChange]:
    """Changes that were decided, newest first."""
    query = select(RetentionChange).where(RetentionChange.outcome != Outcome.OPEN.value)
    newest = query.order_by(RetentionChange.decided_at.desc())
    return (await tx.scalars(newest.limit(CHANGES_MAX))).all()


async def locked_change(tx: WriteSession, change_id: uuid.UUID) -> RetentionChange | None:
    """One change, held until this unit of work ends."""
    query = select(RetentionChange).where(RetentionChange.id == change_id)
    return await tx.scalar(query.with_for_update())


_OPEN_HOLDS = (
    select(LegalHold)
    .where(LegalHold.lifted_at.is_(None))
    .order_by(LegalHold.client_id.is_not(None), LegalHold.placed_at.desc(), LegalHold.id)
)


async def open_holds(tx: ReadSession, *, first: int, size: int) -> tuple[Sequence[LegalHold], int]:
    """A part of the holds that last, those on everything first, then the newest; and how many there are in all."""
    return await part_of(tx, _OPEN_HOLDS, first=first, size=size)


async def holds_on_everything(tx: ReadSession) -> Sequence[LegalHold]:
    """The newest holds on everything that last: while one does nothing goes."""
    query = select(LegalHold).where(LegalHold.lifted_at.is_(None), LegalHold.client_id.is_(None))
    newest = query.order_by(LegalHold.placed_at.desc(), LegalHold.id)
    return (await tx.scalars(newest.limit(EVERYTHING_MAX))).all()


async def holds_on(tx: ReadSession, client_id: uuid.UUID) -> Sequence[LegalHold]:
    """Holds that last on one client, also those placed while a merge held that was undone, or on everything."""
    who = func.relay_release.one_person(client_id)
    theirs = LegalHold.id.in_(select(func.relay_release.holds_of(who)))
    query = select(LegalHold).where(
        LegalHold.lifted_at.is_(None), or_(theirs, LegalHold.client_id.is_(None))
    )
    return (await tx.scalars(query.order_by(LegalHold.placed_at))).all()


async def locked_hold(tx: WriteSession, hold_id: uuid.UUID) -> LegalHold | None:
    """One hold, held until this unit of work ends."""
    return await tx.scalar(select(LegalHold).where(LegalHold.id == hold_id).with_for_update())


async def batches(tx: ReadSession) -> Sequence[DisposalBatch]:
    """Batches, newest first."""
    query = select(DisposalBatch).order_by(DisposalBatch.proposed_at.desc())
    return (await tx.scalars(query.limit(BATCHES_MAX))).all()


async def open_batch(tx: ReadSession) -> DisposalBatch | None:
    """The batch that is not over; there is one at most."""
    states = [each.value for each in OPEN]
    return await tx.scalar(select(DisposalBatch).where(DisposalBatch.state.in_(states)))


async def batch(tx: ReadSession, batch_id: uuid.UUID) -> DisposalBatch | None:
    """One batch."""
    return await tx.scalar(select(DisposalBatch).where(DisposalBatch.id == batch_id))


async def locked_batch(tx: WriteSession, batch_id: uuid.UUID) -> DisposalBatch | None:
    """One batch, held until this unit of work ends."""
    query = select(DisposalBatch).where(DisposalBatch.id == batch_id)
    return await tx.scalar(query.with_for_update())


async def items(tx: ReadSession, batch_id: uuid.UUID) -> Sequence[DisposalItem]:
    """The records of a batch, what was due first on top."""
    query = select(DisposalItem).where(DisposalItem.batch_id == batch_id)
    return (await tx.scalars(query.order_by(DisposalItem.due_on, DisposalItem.id))).all()


async def item(tx: ReadSession, item_id: uuid.UUID) -> DisposalItem | None:
    """One record of a batch."""
    return await tx.scalar(select(DisposalItem).where(DisposalItem.id == item_id))


async def item_counts(
    tx: ReadSession, batches: Sequence[uuid.UUID]
) -> Mapping[tuple[uuid.UUID, str], int]:
    """How many records of each batch are in which state."""
    query = (
        select(DisposalItem.batch_id, DisposalItem.state, func.count())
        .where(DisposalItem.batch_id.in_(list(batches)))
        .group_by(DisposalItem.batch_id, DisposalItem.state)
    )
    return {(row[0], row[1]): int(row[2]) for row in (await tx.execute(query)).all()}


async def counts(tx: ReadSession, batch_id: uuid.UUID) -> Sequence[DisposalCount]:
    """How many rows of each table a batch took away."""
    query = select(DisposalCount).where(DisposalCount.batch_id == batch_id)
    return (await tx.scalars(query.order_by(DisposalCount.kind))).all()


async def file_count(tx: ReadSession, batch_id: uuid.UUID) -> int:
    """How many files of a batch are gone from the store."""
    query = (
        select(func.count())
        .select_from(DisposalObject)
        .join(DisposalItem, DisposalItem.id == DisposalObject.item_id)
        .where(DisposalItem.batch_id == batch_id, DisposalObject.gone_at.is_not(None))
    )
    return int(await tx.scalar(query) or 0)


class Candidate(NamedTuple):
    """A record whose clock may be over: when something was last done with the person."""

    client_id: uuid.UUID
    last_at: datetime
    kept_until: date | None
    was_seen: bool


_CANDIDATES = text("""
with these as materialized (
    select c.id from practice.client c
    where c.merged_into is null and c.id > :after and c.created_at < :before
    order by c.id limit :page)
select s.id, relay_release.last_at(p.who) as last_at,
    greatest(relay_release.kept_until(p.who), relay_release.kept_until(o.others)) as kept_until,
    relay_release.was_seen(p.who) as was_seen, relay_release.is_held(p.who || o.others) as is_held
from these s cross join lateral (select relay_release.one_person(s.id) as who) p
    cross join lateral (select relay_release.beside(p.who) as others) o order by s.id
""")


async def candidates(
    tx: ReadSession, *, after: uuid.UUID, before: datetime
) -> tuple[Sequence[Candidate], uuid.UUID | None]:
    """Of the next clients, those with nothing newer than this and without a hold; and behind whom to go on."""
    given = {"after": after, "before": before, "page": PAGE}
    rows = (await tx.execute(_CANDIDATES, given)).all()
    found = [
        Candidate(row.id, row.last_at, row.kept_until, row.was_seen)
        for row in rows
        if row.last_at < before and not row.is_held
    ]
    return found, rows[-1].id if len(rows) == PAGE else None


async def oldest_message(tx: ReadSession, *, before: datetime) -> bool:
    """Whether there is a message of IntakeQ that was worked on and is older than this."""
    query = text(
        "select exists (select from ingress.delivery where received_at < :before and result is not null)"
    )
    return bool(await tx.scalar(query, {"before": before}))


class Facts(NamedTuple):
    """What is so now of one record of an approved batch, and under which line it was listed."""

    client_id: uuid.UUID
    line: str
    last_at: datetime
    kept_until: date | None
    was_seen: bool


_FACTS = text("""
select f.client_id, i.line, f.last_at, f.kept_until, f.was_seen
from relay_release.disposal_facts(:item) f, compliance.disposal_item i where i.id = :item
""")


async def facts(tx: WriteSession, item_id: uuid.UUID) -> Facts | None:
    """What is so now of a record, held until this unit of work ends; None where there is no such record."""
    row = (await tx.execute(_FACTS, {"item": item_id})).one_or_none()
    return Facts(*row) if row else None


async def dispose(
    tx: WriteSession, item_id: uuid.UUID, *, years: int, not_due: NotDue | None = None
) -> str:
    """Take the rows of one record away, in the database, or leave it out; what came of it."""
    query = text("select relay_release.dispose(:item, :years, :not_due)")
    given = {"item": item_id, "years": years, "not_due": not_due.value if not_due else None}
    return str(await tx.scalar(query, given))


async def dispose_messages(tx: WriteSession, batch_id: uuid.UUID) -> int:
    """Take some old messages away; how many."""
    query = text("select relay_release.dispose_messages(:batch)")
    return int(await tx.scalar(query, {"batch": batch_id}) or 0)


async def messages_kept(tx: ReadSession, batch_id: uuid.UUID) -> str | None:
    """Why the messages that a batch lists stay; None where they go."""
    query = text("select relay_release.messages_kept(:batch)")
    found = await tx.scalar(query, {"batch": batch_id})
    return str(found) if found else None


async def listed_items(tx: ReadSession, batch_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The records of a batch whose rows are still there; a batch has a bounded number."""
    query = select(DisposalItem.id).where(
        DisposalItem.batch_id == batch_id, DisposalItem.state == ItemState.LISTED.value
    )
    return (await tx.scalars(query.order_by(DisposalItem.id))).all()


async def files_left(tx: ReadSession, *, after: uuid.UUID, limit: int) -> Sequence[DisposalObject]:
    """The next files of records that are gone which are still in the store, by their object's id."""
    query = select(DisposalObject).where(
        DisposalObject.gone_at.is_(None), DisposalObject.object_id > after
    )
    return (await tx.scalars(query.order_by(DisposalObject.object_id).limit(limit))).all()


async def certificate(tx: ReadSession, batch_id: uuid.UUID) -> DisposalCertificate | None:
    """The certificate that was kept when a batch was done."""
    query = select(DisposalCertificate).where(DisposalCertificate.batch_id == batch_id)
    return await tx.scalar(query)


async def file_gone(tx: WriteSession, object_id: uuid.UUID, *, at: datetime) -> None:
    """Say that a file is not in the store anymore."""
    gone = update(DisposalObject).where(DisposalObject.object_id == object_id)
    await tx.execute(gone.where(DisposalObject.gone_at.is_(None)).values(gone_at=at))


async def approved(tx: ReadSession) -> DisposalBatch | None:
    """The batch that two people agreed to and that is not done."""
    query = select(DisposalBatch).where(DisposalBatch.state == State.APPROVED.value)
    return await tx.scalar(query)


async def objects_named(tx: ReadSession, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these objects of the document store a row names."""
    query = text("select * from relay_release.objects_named(:ids)").bindparams(
        bindparam("ids", type_=ARRAY(Uuid))
    )
    return set(await tx.scalars(query, {"ids": list(ids)})) if ids else set()


class Swept(NamedTuple):
    """The last look through the document store."""

    at: datetime
    objects: int
    strays: int
    removed: int
    unknown: int


class Waiting(NamedTuple):
    """What waits, for the officer's first page."""

    batch_state: str | None
    changes: int
    holds: int
    """On clients, on documents, and on everything."""
    batches: int
    decided: int
    swept: Swept | None


_WAITING = text("""
select (select b.state from compliance.disposal_batch b where b.state in ('proposed', 'asked', 'approved')),
    (select count(*) from compliance.retention_change c where c.outcome = 'open'),
    (select count(*) from practice.legal_hold h where h.lifted_at is null)
        + (select count(*) from practice.document_hold h where h.lifted_at is null),
    (select count(*) from compliance.disposal_batch),
    (select count(*) from compliance.retention_change c where c.outcome <> 'open'),
    s.swept_at, s.objects, s.strays, s.removed, s.unknown
from (select 1) one left join lateral (
    select * from compliance.store_sweep order by swept_at desc limit 1) s on true
""")


async def waiting(tx: ReadSession) -> Waiting:
    """How far the open batch is, how many changes wait and holds last, how long the lists are, and the last sweep."""
    row = (await tx.execute(_WAITING)).one()
    return Waiting(
        batch_state=row[0],
        changes=int(row[1]),
        holds=int(row[2]),
        batches=int(row[3]),
        decided=int(row[4]),
        swept=Swept(*row[5:]) if row[5] else None,
    )


class Alarms(NamedTuple):
    """What may turn the officer's first page red."""

    batch_id: uuid.UUID | None
    decided_at: datetime | None
    objects: int | None
    strays: int | None


_ALARMS = text("""
select b.id, b.decided_at, s.objects, s.strays
from (select 1) one left join compliance.disposal_batch b on b.state = 'approved' left join lateral (
    select * from compliance.store_sweep order by swept_at desc limit 1) s on true
""")


async def alarms(tx: ReadSession) -> Alarms:
    """The batch that is carried out, and what the last look through the store found."""
    return Alarms(*(await tx.execute(_ALARMS)).one())
