"""Knows what must hold, and says by number what does not."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import NoReturn
from uuid import UUID

import msgspec

from lmhg_contracts.ledger.entries import RelayEntry
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_contracts.objects import OBJECT_KINDS, Live, ObjectName, left_behind, object_of
from lmhg_contracts.wire import Batch, Direction, Entry, PlaneName, unseal_own
from lmhg_relay.core.commands import Closed, CommitApply
from lmhg_relay.core.context import OUT, PEER
from lmhg_relay.core.values import OpenBatch, Write
from lmhg_relay.sim.database import Database
from lmhg_relay.sim.records import HomeRecord

FORBIDDEN = "PHI!"
"""Is in every body that policy does not allow."""
DECIDED = ("ship", "refuse", "supersede")
_entry = msgspec.json.Decoder(RelayEntry)


class Broken(Exception):
    """A promise does not hold; the text begins with its number."""


def _fail(text: str) -> NoReturn:
    raise Broken(text)


def _is_forgotten(home: Database, record: HomeRecord, held: Write) -> bool:
    """Whether a tombstone is of an older generation, and of a recall that the home has lost."""
    known = home.known_recall(record.kind, record.id)
    is_older = held.version > 0 and held.generation < home.sender.generation
    return is_older and (known is None or known < (held.generation, held.version))


def _has_recall(tx: CommitApply, record_id: bytes) -> bool:
    name = str(UUID(bytes=record_id))
    found = map(_entry.decode, tx.append.entries)
    return any(entry.record_id == name and entry.decision == "purged" for entry in found)


class Oracle:
    """Checks promises while the world runs, and all of them when it has healed."""

    def __init__(
        self, databases: Mapping[PlaneName, Database], bucket: Set[ObjectName] = frozenset()
    ) -> None:
        self.databases = databases
        self.bucket = bucket
        """Files that lie in the cloud."""
        self.known: set[tuple[bytes, int, int]] = set()
        """Record id, generation and version of each recall that a home knew when it said so."""

    def check_batches(self, plane: PlaneName, batches: Sequence[OpenBatch]) -> None:
        """R1, at the moment a batch is about to exist. Raises: Broken."""
        database = self.databases[plane]
        for batch in batches:
            packed = unseal_own(batch.blob)
            self._check_known(plane, database, packed)
            for entry in packed.entries:
                if entry.op == "recall":
                    continue
                if entry.body is None or FORBIDDEN.encode() in entry.body:
                    _fail("R1: a forbidden body is in a batch")
                record_id = UUID(bytes=entry.record_id)
                self._check_file(entry, record_id, batch.generation)
                verdict = database.verdicts.get((record_id, entry.version))
                if verdict != "clear" and plane == "onprem":
                    _fail("R1: an unscreened body is in a batch")
                known = [
                    exemption
                    for exemption in database.exemptions.values()
                    if exemption.record_id == record_id
                ]
                if not known:
                    _fail("R1: a record without approval is in a batch")

    def _check_file(self, entry: Entry, record_id: UUID, generation: int) -> None:
        """A record that names a file is sent after it. Raises: Broken.

        What the receiver has fenced, or already holds in a newer version, is never applied.
        """
        named = object_of(entry.kind, entry.body or b"")
        if named is None:
            return
        name = ObjectName(record_id, generation, entry.version, named.sha256)
        cloud = self.databases["cloud"]
        held = cloud.replica.get((entry.kind, entry.record_id))
        is_fenced = generation < cloud.receiver.generation
        is_stale = held is not None and (held.generation, held.version) > name[1:3]
        if name not in self.bucket and not is_fenced and not is_stale:
            _fail("R2: a record is sent whose file is not there")

    def _check_readable(self, kind: str, record_id: UUID, write: Write) -> None:
        """Who reads a record finds its file. Raises: Broken."""
        named = object_of(kind, write.body) if write.body is not None else None
        if named is not None:
            place = ObjectName(record_id, write.generation, write.version, named.sha256)
            if place not in self.bucket:
                _fail("R2: a record is readable whose file is not there")

    def check_gone(self, closed: Sequence[Closed], generation: int) -> None:
        """R4 for files, at the moment a recall counts as confirmed. Raises: Broken."""
        purged = {
            UUID(bytes=record_id): Live(generation, version, is_purged=True)
            for item in closed
            for kind, record_id, version in item.purged
            if kind in OBJECT_KINDS
        }
        if left_behind(map(str, self.bucket), purged):
            _fail("R4: a file of a recalled record is still there")

    def _check_known(self, plane: PlaneName, database: Database, batch: Batch) -> None:
        """A home claims to know of a recall only if its own history has it. Raises: Broken."""
        for place, generation, version in batch.recalled:
            entry = batch.entries[place]
            wanted = (entry.kind, UUID(bytes=entry.record_id), version, "recall")
            if wanted not in database.history:
                _fail(f"R4: {plane} says that it knows of a recall that it never had")
            self.known.add((entry.record_id, generation, version))

    def check_writes(self, database: Database, tx: CommitApply) -> None:
        """R4, at the moment something is about to be readable. Raises: Broken.

        Over a tombstone only a newer version may come, and over one of an older generation only
        if the home has said that it knows of that recall or of a later one, or after a recall of
        the new generation, which may stand in the same transaction. A sweep's tombstone
        (version 0) is no recall.
        """
        for write in tx.writes:
            self._check_readable(write.kind, UUID(bytes=write.record_id), write)
            held = database.replica.get((write.kind, write.record_id))
            if write.body is None or held is None or held.body is not None:
                continue
            is_newer = (write.generation, write.version) > (held.generation, held.version)
            is_known = held.version == 0 or any(
                record_id == write.record_id
                and (held.generation, held.version) <= (generation, version)
                for record_id, generation, version in self.known
            )
            is_kept = write.generation == held.generation or is_known
            if not is_newer or not (is_kept or _has_recall(tx, write.record_id)):
                _fail("R4: a late original brings a recalled record back")

    def check_healed(self, streams: Mapping[Direction, Mapping[int, bytes]]) -> None:
        """R2 to R7, when nothing moves any more. Raises: Broken."""
        for plane, home in self.databases.items():
            away = self.databases[PEER[plane]]
            self._check_settled(plane, home, away)
            self._check_records(plane, home, away)
            self._check_decisions(plane, home)
            self._check_ledger(plane, home)
            self._check_recalls(plane, home, away, streams[OUT[plane]])

    def _check_settled(self, plane: PlaneName, home: Database, away: Database) -> None:
        if home.sender.stopped is not None:
            _fail(f"R2: {plane} is stopped: {home.sender.stopped}")
        if home.outbox or home.batches:
            _fail(f"R2: {plane} keeps {len(home.outbox)} rows and {len(home.batches)} batches")
        if home.sender.next_number != away.receiver.applied_number + 1:
            _fail(f"R2: {plane} has sent what the other side has not applied")
        if home.sender.last_hash != away.receiver.applied_hash:
            _fail(f"R6: {plane}: the two sides end in different hashes")

    def _check_records(self, plane: PlaneName, home: Database, away: Database) -> None:
        named = {
            (entry.record_id, entry.version)
            for entry in map(_entry.decode, home.ledger)
            if entry.reason == "verdict_late"
        }
        for record in home.records.values():
            if (str(record.id), record.version) not in named:
                self._check_record(plane, home, away, record)
        for (kind, raw_id), write in away.replica.items():
            if write.body is not None and FORBIDDEN.encode() in write.body:
                _fail(f"R1: a forbidden body of kind {kind} arrived from {plane}")
            record = home.records.get(UUID(bytes=raw_id))
            if record is None and write.body is not None and self._is_from(plane, kind):
                _fail("R4: the replica holds a record that its home never had")
            self._check_readable(kind, UUID(bytes=raw_id), write)
        once = Counter(away.applied)
        if once and once.most_common(1)[0][1] > 1:
            _fail("R2: one version was applied twice")

    @staticmethod
    def _is_from(plane: PlaneName, kind: str) -> bool:
        return (kind == "ticket") == (plane == "cloud")

    def _check_record(
        self, plane: PlaneName, home: Database, away: Database, record: HomeRecord
    ) -> None:
        held = away.replica.get((record.kind, record.id.bytes))
        is_allowed = record.is_exempt and FORBIDDEN not in record.body
        is_live = held is not None and held.body is not None
        if not record.is_exempt and is_live:
            _fail(f"R4: {plane}: a recalled record is readable")
        if is_allowed and not is_live:
            if held is not None and _is_forgotten(home, record, held):
                return  # recalled after the backup that the home now lives in: stays recalled
            _fail(f"R2: {plane}: an allowed record did not arrive")
        if is_allowed and held is not None:
            body = (held.body or b"").decode()
            if held.version != record.version or body != record.body:
                _fail(f"R2: {plane}: version {held.version} instead of {record.version}")

    def _check_decisions(self, plane: PlaneName, home: Database) -> None:
        decided = Counter(
            (str(entry.kind), str(entry.record_id), entry.version or 0, str(entry.op))
            for entry in map(_entry.decode, home.ledger)
            if entry.decision in DECIDED
        )
        wanted = Counter(
            (kind, str(record_id), version, str(op))
            for kind, record_id, version, op in home.history
        )
        if decided != wanted:
            _fail(
                f"R5: {plane}: {len(wanted - decided)} rows without a decision, "
                f"{len(decided - wanted)} decisions too many"
            )

    def _check_ledger(self, plane: PlaneName, home: Database) -> None:
        for n, raw in enumerate(home.ledger):
            if _entry.decode(raw).n != n:
                _fail(f"R5: {plane}: the ledger's entry {n} has another number")
        frontier = Frontier()
        frontier.append_many([leaf_hash(raw) for raw in home.ledger])
        if frontier.to_bytes() != home.frontier:
            _fail(f"R5: {plane}: the ledger does not have the root it signs")

    def _check_recalls(
        self, plane: PlaneName, home: Database, away: Database, stream: Mapping[int, bytes]
    ) -> None:
        for (kind, record_id, version), line in home.recalls.items():
            if not line.unreadable or not line.broker_purged:
                _fail(f"R4: {plane}: a recall is not finished")
            held = away.replica.get((kind, record_id.bytes))
            is_newer = held is not None and (
                held.version > version or held.generation == home.sender.generation
            )
            if held is not None and held.body is not None and not is_newer:
                _fail(f"R4: {plane}: a recalled body is readable")
        needles = [record.id.bytes for record in home.records.values() if not record.is_exempt]
        for blob in stream.values():
            if any(needle in blob for needle in needles):
                _fail(f"R4: {plane}: the broker holds a recalled record")
