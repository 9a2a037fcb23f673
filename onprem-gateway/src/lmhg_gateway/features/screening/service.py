"""Screening of what waits to leave, and of what arrived from the portal."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, text

from lmhg_contracts.codec import BodyRefused, decode_body, texts_of
from lmhg_gateway.features.clients.public import changed_since
from lmhg_gateway.features.holds.public import hold_record, takes_two
from lmhg_gateway.features.kept_texts.public import Arrived, keep_original, record_arrival
from lmhg_gateway.features.screening import repository
from lmhg_gateway.features.screening.files import PLACE, UNREAD, file_hits, hits_in
from lmhg_gateway.features.screening.people import person_of
from lmhg_gateway.features.screening.rules import BEFORE, ClientIndex, Hit, hits
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.logs import get_logger
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.releasing import FileTexts

ACTOR = Actor("process: worker")
BATCH = 1_000
FOUND_MAX = 500
"""Hits of one file that are kept; one alone keeps it here."""
PAUSE_EVERY = 200
"""Clients between two pauses of a first load, so that the worker's other loops go on."""
OVERLAP = timedelta(minutes=2)
"""A row is stamped before it commits; no transaction of ours may last this long."""
UNREADABLE = "record"
"""The place of a hit in a body that is not its contract: no field of it can be named."""
FAILED, UNREAD_FILE = ({"rule": each, "page": ""} for each in ("screening_failed", UNREAD.rule))
"""What is found in a file that could not be looked at, or that nobody has read: of no page."""
ARRIVING = ("ticket", "ticket_message")

_WAITING = text(
    "select distinct on (o.kind, o.record_id, o.version) o.kind, o.record_id, o.version, o.body,"
    " (select h.hits from compliance.held_record h where h.kind = o.kind"
    " and h.record_id = o.record_id and h.version = o.version - 1 and h.outcome = 'cleared'"
    " and h.digest = sha256(convert_to(o.body, 'UTF8'))) as cleared"
    " from relay.outbox o left join relay.verdict v"
    " on v.kind = o.kind and v.record_id = o.record_id and v.version = o.version"
    " where o.op = 'put' and v.kind is null limit :limit"
)
_VERDICT = text(
    "insert into relay.verdict (kind, record_id, version, outcome, rule, place)"
    " values (:kind, :record_id, :version, :outcome, :rule, :place) on conflict do nothing"
)
_TOLD = ("kind", "record_id", "version", "outcome", "rule", "place")
"""What the relay is told of a verdict: the strictest hit alone; officers see them all."""
_WRITTEN = "coalesce(r.body ->> 'sent_at', r.body ->> 'filed_at')"
_THREAD = (
    "case when r.kind = 'ticket' then r.record_id"
    " when pg_input_is_valid(r.body ->> 'ticket_id', 'uuid') then (r.body ->> 'ticket_id')::uuid end"
)
_ARRIVED = text(
    f"select r.kind, r.record_id, r.version, r.body::text as body, {_THREAD} as thread_id,"  # noqa: S608 - constant expressions
    f" {_WRITTEN} as written"
    " from replica.record r left join practice.arrival a"
    " on a.kind = r.kind and a.record_id = r.record_id and a.version >= r.version"
    " where r.kind = any(:kinds) and not r.purged and a.kind is null"
    " order by written limit :limit"
)
_BEFORE = text(
    "select r.kind, r.body::text as body from practice.arrival a"  # noqa: S608 - constant expressions
    " join replica.record r on r.kind = a.kind and r.record_id = a.record_id"
    f" where a.thread_id = :thread and a.record_id <> :id and not r.purged and {_WRITTEN} <= :written"
    f" order by {_WRITTEN} desc limit 1"
)
"""What was written right before in the same ticket."""
_log = get_logger()


@dataclass
class Screener:
    """Keeps the client index fresh and judges texts by it."""

    db: Database
    index: ClientIndex = field(default_factory=ClientIndex)
    _seen: datetime = datetime(1971, 1, 1, tzinfo=UTC)
    _allowed: dict[uuid.UUID, str] = field(default_factory=dict[uuid.UUID, str])
    _staff: frozenset[str] = frozenset()

    async def refresh(self, tx: WriteSession) -> None:
        """Learn what changed since the last look, in this very transaction: clients, colleagues, words."""
        for number, client in enumerate(await changed_since(tx, self._seen - OVERLAP)):
            self.index.put(str(client.id), person_of(client))
            self._seen = client.updated_at
            if number % PAUSE_EVERY == PAUSE_EVERY - 1:
                await asyncio.sleep(0)
        staff = frozenset((await staff_names(tx)).values())
        ids = await repository.allowed_ids(tx)
        if staff == self._staff and ids == self._allowed.keys():
            return
        for fresh in await repository.with_ids(tx, ids - self._allowed.keys()):
            self._allowed[fresh.id] = fresh.term or ""
        self._allowed = {each: self._allowed[each] for each in ids}
        self._staff = staff
        self.index.mask(staff=staff, allowed=self._allowed.values())

    async def screen_waiting(self) -> int:
        """Give a verdict to each outbox row that has none; how many were given."""
        async with self.db.uow(ACTOR, "screening before release") as tx:
            rows = (await tx.execute(_WAITING, {"limit": BATCH})).all()
            if rows:
                await self.refresh(tx)
            verdicts = [self._verdict(row, await self._in_file(tx, row)) for row in rows]
            for verdict in verdicts:
                if verdict["outcome"] == "hold":
                    await hold_record(tx, verdict)
                    _log.warning("screening.held", kind=verdict["kind"], rule=verdict["rule"])
            if verdicts:
                told = [{key: each[key] for key in _TOLD} for each in verdicts]
                await tx.execute(_VERDICT, told)
        return len(rows)

    async def screen_files(self) -> int:
        """Look at files that nobody has looked at, before anyone may ask to share them; at how many.

        One that cannot be looked at is kept with that as its finding, and keeps no other from its look.
        """
        apart, done = Apart("screen_files"), 0
        for released in RELEASED.values():
            if released.files is None:
                continue
            async with self.db.uow(ACTOR, "screening of a file") as tx:
                waiting = await released.files.waiting(tx)
                if waiting:
                    await self.refresh(tx)
                for record_id in waiting:
                    told = [FAILED]
                    async with apart.item(record_id), tx.begin_nested():
                        told = await self._look(tx, released.files, record_id)
                    await released.files.keep(tx, record_id, told)
            done += len(waiting)
        apart.tell()
        return done

    async def _look(
        self, tx: WriteSession, files: FileTexts, record_id: uuid.UUID
    ) -> Sequence[dict[str, str]]:
        """What matches in a file, by rule and page; one that nobody has read is never without a finding."""
        pages = await files.pages(tx, record_id)
        if pages is None:
            return [UNREAD_FILE]
        found = await hits_in(pages, self.index)
        return [{"rule": each.rule, "page": str(each.page)} for each in found[:FOUND_MAX]]

    async def _in_file(self, tx: WriteSession, row: Row[Any]) -> list[Hit]:
        """What matches in the file that an outbox row's body names; a rule that fails holds the record."""
        try:
            async with tx.begin_nested():
                return await file_hits(tx, row.kind, row.record_id, row.body.encode(), self.index)
        except Exception as failure:  # noqa: BLE001 - one file never keeps the others from their verdict
            _log.error("screening.failed", kind=row.kind, exc_info=failure)
            return [Hit("screening_failed", PLACE)]

    def _verdict(self, row: Row[Any], in_file: Sequence[Hit] = ()) -> dict[str, object]:
        """The verdict on one outbox row, with every hit; the strictest of them goes in front.

        An officer who clears a held version raises it by one without changing the text. That
        version, with the exact text that was held, passes with the hits that the officers saw:
        a hit that is new, another text, or a later version is held again.
        """
        found = [*self.judge(row.kind, row.body.encode()), *in_file]
        if set(found) <= _seen_by_officers(row.cleared):
            found = []
        hit = strictest(found)
        return {
            "kind": row.kind,
            "record_id": row.record_id,
            "version": row.version,
            "outcome": "hold" if hit else "clear",
            "rule": hit.rule if hit else None,
            "place": hit.place if hit else None,
            "hits": [{"rule": each.rule, "place": each.place} for each in found],
        }

    def judge(self, kind: str, body: bytes, *, before: str = "") -> list[Hit]:
        """Every hit in one body; a body that is not its contract is held as such.

        So is one on which a rule fails: it stays here, and the others get their verdicts.
        """
        try:
            texts = {BEFORE: before, **texts_of(decode_body(kind, body))}
        except BodyRefused as refused:
            return [Hit(refused.code, UNREADABLE)]
        try:
            return list(hits(texts, self.index))
        except Exception as failure:  # noqa: BLE001 - one body never keeps the others from their verdict
            _log.error("screening.failed", kind=kind, exc_info=failure)
            return [Hit("screening_failed", max(texts.keys() - {BEFORE}, default=UNREADABLE))]

    async def screen_arrived(self) -> int:
        """Screen portal texts that arrived; a hit is kept here and ordered redacted there."""
        async with self.db.uow(ACTOR, "screening on arrival") as tx:
            found = await tx.execute(_ARRIVED, {"kinds": list(ARRIVING), "limit": BATCH})
            rows = found.all()
            if rows:
                await self.refresh(tx)
            for row in rows:
                arrived = Arrived(
                    kind=row.kind,
                    record_id=row.record_id,
                    version=row.version,
                    thread_id=row.thread_id,
                )
                before = await self._before(tx, row)
                hit = strictest(self.judge(row.kind, row.body.encode(), before=before))
                if hit:
                    await self._keep(tx, arrived, row.body.encode(), hit)
                await record_arrival(tx, arrived, is_kept=hit is not None)
        return len(rows)

    async def _before(self, tx: WriteSession, row: Row[Any]) -> str:
        """The text that this one follows in its ticket: a name may be cut between two messages."""
        asked = {"thread": row.thread_id, "id": row.record_id, "written": row.written}
        found = (await tx.execute(_BEFORE, asked)).one_or_none()
        if found is None or row.kind == "ticket":
            return ""
        try:
            return texts_of(decode_body(found.kind, found.body.encode())).get("body", "")
        except BodyRefused:
            return ""

    async def _keep(self, tx: WriteSession, arrived: Arrived, body: bytes, hit: Hit) -> None:
        texts = texts_of(decode_body(arrived.kind, body)) if hit.place != UNREADABLE else {}
        await keep_original(tx, arrived, texts, rule=hit.rule)
        _log.warning("screening.kept_on_arrival", kind=arrived.kind, record_id=arrived.record_id)


def strictest(found: Sequence[Hit]) -> Hit | None:
    """The hit that asks for most officers, the first of them; None when nothing was found."""
    return next((hit for hit in found if takes_two([hit.rule])), found[0] if found else None)


def _seen_by_officers(cleared: list[dict[str, str]] | None) -> set[Hit]:
    return {Hit(each["rule"], each["place"]) for each in cleared or ()}
