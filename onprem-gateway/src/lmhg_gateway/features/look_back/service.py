"""Searches what is in the cloud for anyone who became a client later: after each change, and at night.

A pass may be repeated and may run beside another: a text that is taken back is not in the cloud
any more, and of two passes that find one text, the database lets one act. How far the search is
moves on only after a whole pass, so a process that dies leaves nothing out.
"""

import asyncio
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import Row

from lmhg_gateway.features.clients.public import changes_since, with_ids
from lmhg_gateway.features.exemptions.public import take_back
from lmhg_gateway.features.incidents.public import open_incident
from lmhg_gateway.features.kept_texts.public import (
    CLIENT_NAMED_LATER,
    Arrived,
    keep_original,
    record_arrival,
)
from lmhg_gateway.features.ledger_review.public import newest_entry
from lmhg_gateway.features.look_back import repository
from lmhg_gateway.features.look_back.meters import Meters
from lmhg_gateway.features.look_back.repository import Text
from lmhg_gateway.features.look_back.rules import PASSES_KEPT, is_cleared, is_due, masks_digest
from lmhg_gateway.features.screening.public import (
    BEFORE,
    IN_FILE,
    ClientIndex,
    Hit,
    Person,
    allowed_terms,
    hits,
    hits_in,
    pages_of,
    person_of,
)
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database, ReadSession, WriteSession

ACTOR = Actor("process: worker")
PURPOSE = "search of what was shared before"
REASON = "It names someone who is now a client."
OVERLAP = timedelta(minutes=2)
"""A row is stamped before it commits; no transaction of ours may last this long."""
LOADED_AT_ONCE = 500
"""Clients opened in one unit of work."""
PAUSE_EVERY = 50
"""Texts between two pauses, so that the worker's other loops go on."""
_BEGINNING = datetime(1971, 1, 1, tzinfo=UTC)
_log = get_logger()


class LookBackIncomplete(RuntimeError):
    """Some texts could not be dealt with. All others were; the pass is made again."""


@dataclass
class Pass:
    """One search while it runs."""

    id: uuid.UUID
    scope: str
    index: ClientIndex
    is_proof: bool
    """Whether what it finds should have been found by the search after a change."""
    started: datetime
    texts: int = 0
    found: int = 0
    failed: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it searches for every client."""
        return self.scope == "whole"


@dataclass
class LookBack:
    """Looks back for clients that changed, and at night for all of them."""

    db: Database
    timezone: str
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    clock: Clock = utc_now
    grace: timedelta = OVERLAP
    """A client's change that is no older is left to the search after it, which may still run."""
    _known: dict[uuid.UUID, Person] = field(default_factory=dict[uuid.UUID, Person])
    _looked: dict[uuid.UUID, datetime] = field(default_factory=dict[uuid.UUID, datetime])

    def __post_init__(self) -> None:
        """Make the figures that monitoring reads."""
        self._meters = Meters(self.registry)

    async def look(self) -> int:
        """Search for clients that are new or bear something new; how many those are."""
        async with self.db.read(ACTOR, PURPOSE) as tx:
            cursor = (await repository.state(tx)).cursor
            changes = await changes_since(tx, (cursor or _BEGINNING) - OVERLAP)
        fresh = {row.id: row.updated_at for row in changes if self._is_news(row)}
        people = await self._people(fresh)
        new = {each: one for each, one in people.items() if self._known.get(each) != one}
        if new:
            await self._search(new, scope="changed")
        if fresh or cursor is None:
            await self._move(max(fresh.values(), default=self.clock()), cursor)
            self._known |= new
            self._looked |= fresh
        return len(new)

    async def prove(self) -> int:
        """Search for every client, once a night and when what is nobody's name changed."""
        async with self.db.read(ACTOR, PURPOSE) as tx:
            last, masks = await repository.last_whole(tx), (await repository.state(tx)).masks
            now_masks = masks_digest(*await _masks(tx))
        is_proof = masks == now_masks
        if is_proof and not is_due(last and last.started_at, self.clock(), self.timezone):
            return 0
        until = self.clock() - self.grace
        async with self.db.read(ACTOR, PURPOSE) as tx:
            changes = await changes_since(tx, _BEGINNING)
        people = await self._people(row.id for row in changes if row.updated_at <= until)
        await self._search(people, scope="whole", is_proof=is_proof)
        async with self.db.uow(ACTOR, PURPOSE) as tx:
            await repository.keep_state(tx, masks=now_masks)
        return 1

    async def close_gone(self) -> int:
        """Write down which texts the portal has confirmed gone since; how many."""
        async with self.db.uow(ACTOR, PURPOSE) as tx:
            return await repository.close_gone(tx)

    async def prune(self) -> int:
        """Forget old searches that found nothing; how many."""
        async with self.db.uow(ACTOR, PURPOSE) as tx:
            return await repository.prune(tx, before=self.clock() - PASSES_KEPT)

    def _is_news(self, row: Row[uuid.UUID, datetime]) -> bool:
        return self._looked.get(row.id) != row.updated_at

    async def _move(self, newest: datetime, cursor: datetime | None) -> None:
        """Remember how far it is, never backwards; forget what cannot come again."""
        cursor = max(newest, cursor or _BEGINNING)
        async with self.db.uow(ACTOR, PURPOSE) as tx:
            await repository.keep_state(tx, cursor=cursor)
        self._looked = {k: at for k, at in self._looked.items() if at > cursor - OVERLAP}

    async def _people(self, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Person]:
        """What these clients could be named by; opened a few at a time."""
        found: dict[uuid.UUID, Person] = {}
        wanted = list(ids)
        for start in range(0, len(wanted), LOADED_AT_ONCE):
            some = wanted[start : start + LOADED_AT_ONCE]
            async with self.db.read(ACTOR, PURPOSE) as tx:
                found |= {each.id: person_of(each) for each in await with_ids(tx, some)}
            await asyncio.sleep(0)
        return found

    async def _search(
        self, people: Mapping[uuid.UUID, Person], *, scope: str, is_proof: bool = False
    ) -> None:
        """One pass over everything in the cloud. Raises: LookBackIncomplete."""
        one = await self._begin(people, scope=scope, is_proof=is_proof)
        for kind in repository.RELEASED:
            await self._search_released(one, kind)
        async with self.db.read(ACTOR, PURPOSE) as tx:
            async for said in repository.replicas(tx, is_judged=one.is_whole):
                await self._look_at(one, said)
        if one.failed:
            raise LookBackIncomplete("texts_failed")
        finished = self.clock()
        async with self.db.uow(ACTOR, PURPOSE) as tx:
            await repository.finish(tx, one.id, texts=one.texts, found=one.found, at=finished)
        self._meters.passed(
            scope, started=one.started, finished=finished, texts=one.texts, found=one.found
        )
        _log.info(
            "look_back.passed", scope=scope, clients=len(people), texts=one.texts, found=one.found
        )

    async def _begin(
        self, people: Mapping[uuid.UUID, Person], *, scope: str, is_proof: bool
    ) -> Pass:
        index, started = ClientIndex(), self.clock()
        for number, (each, person) in enumerate(people.items()):
            index.put(str(each), person)
            if number % PAUSE_EVERY == PAUSE_EVERY - 1:
                await asyncio.sleep(0)
        async with self.db.uow(ACTOR, PURPOSE) as tx:
            staff, allowed = await _masks(tx)
            index.mask(staff=staff, allowed=allowed)
            made = await repository.begin(tx, scope=scope, clients=len(people), at=started)
        return Pass(made, scope, index, is_proof, started)

    async def _search_released(self, one: Pass, kind: str) -> None:
        after = repository.START
        while True:
            async with self.db.read(ACTOR, PURPOSE) as tx:
                page = await repository.released(tx, kind, after=after, is_judged=one.is_whole)
            for said in page:
                await self._look_at(one, said)
            if len(page) < repository.PAGE:
                return
            after = page[-1].record_id

    async def _look_at(self, one: Pass, said: Text) -> None:
        one.texts += 1
        if one.texts % PAUSE_EVERY == 0:
            await asyncio.sleep(0)
        texts = {BEFORE: said.before, **said.texts} if said.before else said.texts
        found = list(hits(texts, one.index, has_patterns=False))
        if said.has_file:
            found += await self._in_file(one, said)
        if found:
            await self._deal(one, said, found)

    async def _in_file(self, one: Pass, said: Text) -> list[Hit]:
        """What matches in the file that a record names."""
        async with self.db.read(ACTOR, PURPOSE) as tx:
            pages = await pages_of(tx, said.kind, said.record_id)
        in_file = await hits_in(pages or (), one.index, has_patterns=False)
        return [Hit(rule, IN_FILE) for rule in dict.fromkeys(each.rule for each in in_file)]

    async def _deal(self, one: Pass, said: Text, found: list[Hit]) -> None:
        """Take one text back in a unit of work of its own: one that fails stops no other."""
        try:
            async with self.db.uow(ACTOR, PURPOSE) as tx:
                one.found += await _take(tx, one, said, found, at=self.clock())
        except Exception as failure:  # noqa: BLE001 - the others go on; the pass is made again
            one.failed += 1
            _log.error("look_back.failed", kind=said.kind, id=said.record_id, exc_info=failure)


async def _take(tx: WriteSession, one: Pass, said: Text, found: list[Hit], *, at: datetime) -> bool:
    """Write the finding down and take the text back; False when it may stay or was dealt with."""
    now = await repository.still(tx, said)
    if now is None:
        return False
    is_ours = said.kind in repository.RELEASED
    if is_ours and is_cleared(found, await repository.cleared(tx, said, digest=now.digest)):
        return False
    finding = {
        "kind": said.kind,
        "record_id": said.record_id,
        "version": said.version,
        "pass_id": one.id,
        "rule": found[0].rule,
        "place": found[0].place,
        "is_missed": one.is_proof,
        "found_at": at,
        "readable_since": await _readable_since(tx, said, now),
    }
    if not await repository.record(tx, finding):
        return False
    if is_ours:
        await _recall(tx, said, now, at=at)
    else:
        await _redact(tx, said, now, rule=found[0].rule)
    _log.warning("look_back.found", kind=said.kind, id=said.record_id, rule=found[0].rule)
    return True


async def _recall(tx: WriteSession, said: Text, now: Row[Any], *, at: datetime) -> None:
    open_incident(tx, CLIENT_NAMED_LATER, subject_kind=said.kind, subject_id=said.record_id)
    await take_back(
        tx,
        kind=said.kind,
        record_id=said.record_id,
        exemption_id=now.exemption_id,
        reason=REASON,
        by=ACTOR.id,
        at=at,
    )


async def _redact(tx: WriteSession, said: Text, now: Row[Any], *, rule: str) -> None:
    arrived = Arrived(
        kind=said.kind, record_id=said.record_id, version=said.version, thread_id=now.thread_id
    )
    await keep_original(tx, arrived, said.texts, rule=rule, is_later=True)
    await record_arrival(tx, arrived, is_kept=True)


async def _readable_since(tx: ReadSession, said: Text, now: Row[Any]) -> datetime | None:
    """Since when the portal shows a text: its receipt for ours, its own date for what is its own."""
    if said.kind in repository.REPLICAS:
        written = _moment(now.written)
        return min(written, now.received_at) if written else now.received_at
    sent = await newest_entry(tx, kind=said.kind, record_id=said.record_id)
    if sent is None or sent.entry.get("op") != "put" or sent.entry.get("decision") != "ship":
        return None
    return sent.closed_at or _moment(sent.entry.get("at"))


def _moment(said: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(said or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def _masks(tx: ReadSession) -> tuple[list[str], list[str]]:
    """Names of colleagues and allowed words: nobody's of our clients."""
    return list((await staff_names(tx)).values()), list((await allowed_terms(tx)).values())
