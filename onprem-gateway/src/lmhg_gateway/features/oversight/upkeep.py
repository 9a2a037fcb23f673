"""What the watch over both planes needs done without anybody asking: matches, heads, incidents."""

import base64
import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import text

from lmhg_contracts.ledger.checkpoint import parse_body
from lmhg_contracts.ledger.statement_evidence import HEAD_ACT, HEAD_KIND
from lmhg_gateway.features.incidents.public import has_open, known_subjects, open_incident
from lmhg_gateway.features.ledger_review.public import LedgerCheck
from lmhg_gateway.features.oversight import incident_codes as codes
from lmhg_gateway.features.oversight import watch_repository
from lmhg_gateway.features.oversight.alarm_rules import sweep_due
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice

ACTOR = Actor("process: worker")
BATCH = 500

_REQUEST = text(
    "insert into relay.match_request (requested_by) select who.name"
    " from (select cast(:actor as varchar) as name) who where not exists ("
    " select from relay.match_request q where q.requested_by = who.name and q.requested_at >= :since)"
)
NIGHTLY_MATCH_AT = time(3, 17)
_HEAD = text("select checkpoint from relay.ledger_head where ledger = 'relay'")
_SET_ASIDE = text("select id from audit.set_aside order by set_aside_at desc limit :limit")
_RESTORED = text(
    "select n from compliance.ledger_row where decision = 'restored' order by n desc limit :limit"
)
_PORTAL_RAISED = text(
    "select who, since from relay.standing_delay where plane = 'cloud' and code = 'alarm_raised'"
)
RAISED = uuid.UUID("1f0f4d52-50a5-4c2e-8f0c-9d6c1d6a4a77")
"""Names an alarm of the portal, by its code and the day since when it is open, as a subject."""
RESTORES = uuid.UUID("8c8a3c46-6c5b-4f0e-9b0e-3a5d0f6f7a10")
"""Names an entry of the relay ledger that tells of a restore, as an incident's subject."""
_DIRTY = text("select id from relay.match_result where not clean")


async def open_ledger_incident(tx: WriteSession, check: LedgerCheck) -> None:
    """Open an incident for a ledger that is not what was signed; one at a time for each."""
    subject = f"{check.ledger}_ledger"
    if not await has_open(tx, codes.LEDGER_NOT_SOUND, subject_kind=subject):
        open_incident(tx, codes.LEDGER_NOT_SOUND, subject_kind=subject, subject_id=check.id)


@dataclass(frozen=True)
class Upkeep:
    """Periodic acts in the worker's name."""

    db: Database
    practice: Practice
    clock: Clock = utc_now

    async def request_nightly_match(self) -> int:
        """Ask the relay for the three-way match, once a night; missed ones are caught up with."""
        now = self.clock()
        due = datetime.combine(self.practice.day_of(now), NIGHTLY_MATCH_AT, self.practice.zone)
        since = due if now >= due else due - timedelta(days=1)
        async with self.db.uow(ACTOR, "nightly match") as tx:
            done = await tx.execute(_REQUEST, {"actor": ACTOR.id, "since": since})
        return int(getattr(done, "rowcount", 0))

    async def audit_head(self) -> int:
        """Name the relay ledger's size and root in the access ledger.

        A quiet relay ledger has no entry that shows how far it goes; this one does, so that a
        month's statement can be made without waiting for the next record. Its own entry is no
        work for the next step, so the answer is always 0: a loop goes on at once while it is not.
        """
        async with self.db.uow(ACTOR, "ledger head") as tx:
            note = (await tx.execute(_HEAD)).scalar_one_or_none()
            if note is None:
                return 0
            point = parse_body(note.partition("\n\n")[0] + "\n")
            root = base64.urlsafe_b64encode(point.root).decode().rstrip("=")
            columns = [f"root:{root}", f"size:{point.size}"]
            await tx.audit(HEAD_ACT, kind=HEAD_KIND, columns=columns)
        return 0

    async def open_match_incidents(self) -> int:
        """Open an incident for each match that found a difference, once."""
        async with self.db.uow(ACTOR, "match result") as tx:
            dirty = {row.id for row in await tx.execute(_DIRTY)}
            known = await known_subjects(tx, codes.MATCH_DIFFERS)
            for match_id in dirty - known:
                open_incident(tx, codes.MATCH_DIFFERS, subject_kind="match", subject_id=match_id)
        return len(dirty - known)

    async def open_restore_incidents(self) -> int:
        """Open an incident for each restore that the relay ledger tells of, once."""
        async with self.db.uow(ACTOR, "plane restored") as tx:
            rows = await tx.execute(_RESTORED, {"limit": BATCH})
            found = {uuid.uuid5(RESTORES, str(row.n)) for row in rows}
            known = await known_subjects(tx, codes.PLANE_RESTORED)
            for name in found - known:
                open_incident(
                    tx, codes.PLANE_RESTORED, subject_kind="relay_ledger", subject_id=name
                )
        return len(found - known)

    async def open_portal_incident(self) -> int:
        """Open an incident for each alarm that the portal's relay tells of, once while it is open."""
        async with self.db.uow(ACTOR, "portal alarm") as tx:
            rows = await tx.execute(_PORTAL_RAISED)
            found = {
                uuid.uuid5(RAISED, f"{code} {row.since:%Y-%m-%d}")
                for row in rows
                for code in row.who.split()
            }
            known = await known_subjects(tx, codes.PORTAL_ALARM)
            for name in found - known:
                open_incident(tx, codes.PORTAL_ALARM, subject_kind="alarm", subject_id=name)
        return len(found - known)

    async def open_set_aside_incidents(self) -> int:
        """Open an incident for each event that could not become an entry of the access ledger, once."""
        async with self.db.uow(ACTOR, "event set aside") as tx:
            rows = await tx.execute(_SET_ASIDE, {"limit": BATCH})
            found = {row.id for row in rows}
            known = await known_subjects(tx, codes.EVENT_SET_ASIDE)
            for name in found - known:
                open_incident(
                    tx, codes.EVENT_SET_ASIDE, subject_kind="audit_event", subject_id=name
                )
        return len(found - known)

    async def open_sweep_incident(self) -> int:
        """Open an incident when nobody has looked for canaries for 26 hours; one at a time."""
        now = self.clock()
        async with self.db.uow(ACTOR, "sweep late") as tx:
            newest = await watch_repository.newest_sweep(tx)
            began = None if newest else await watch_repository.began(tx)
            last = newest.finished_at if newest else None
            if not sweep_due(last, began=began, at=now).is_late:
                return 0
            if await has_open(tx, codes.SWEEP_LATE):
                return 0
            subject = newest.id if newest else None
            open_incident(tx, codes.SWEEP_LATE, subject_kind="canary_sweep", subject_id=subject)
        return 1
