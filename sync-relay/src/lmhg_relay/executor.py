"""Carries out the core's commands, in order, and hands their answers back as events."""

import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from lmhg_contracts.codec import BodyRefused
from lmhg_contracts.ledger.stored import prove_growth, root_at
from lmhg_contracts.objects import OBJECT_KINDS, ObjectName, object_of
from lmhg_contracts.wire import Direction
from lmhg_relay.core import commands as c
from lmhg_relay.core import events as e
from lmhg_relay.core.half import Half
from lmhg_relay.core.values import Row
from lmhg_relay.objects import Ferry, Shelf
from lmhg_relay.observe import Metrics
from lmhg_relay.store import Store

log = structlog.get_logger()

WITHHELD_MAX = 64
"""Receipts that wait for files to be taken out; the sender asks again for those beyond."""


class Carrier(Protocol):
    """What the executor needs of the transport."""

    async def publish_batch(self, number: int, blob: bytes) -> None:
        """Give a batch to the stream."""
        ...

    async def send_receipt(self, raw: bytes) -> None:
        """A receipt to the peer."""
        ...

    async def send_beat(self, raw: bytes) -> None:
        """A heartbeat to the peer."""
        ...

    async def purge(self, upto: int) -> bool:
        """Whether the stream is confirmed empty up to a sequence."""
        ...


def now() -> dict[str, Any]:
    """The two clocks, as every event carries them."""
    return {"at": datetime.now(UTC), "mono": time.monotonic()}


Answer = Awaitable[e.Event | None]


class Executor:
    """One half, its store and its carrier. Not thread-safe; one event at a time."""

    def __init__(
        self,
        half: Half,
        store: Store,
        carrier: Carrier,
        metrics: Metrics,
        *,
        ferry: Ferry,
        shelf: Shelf,
    ) -> None:
        self.half = half
        self._store = store
        self._carrier = carrier
        self._metrics = metrics
        self._ferry = ferry
        self._shelf = shelf
        self._withheld: deque[bytes] = deque(maxlen=WITHHELD_MAX)
        """Receipts that wait until no file is left that a record has given up."""
        self._table: dict[type[c.Command], Callable[[Any], Answer]] = {
            c.ReadOutbox: self._read_outbox,
            c.BringObject: self._bring_object,
            c.ReadReplica: self._read_replica,
            c.ReadReceipt: self._read_receipt,
            c.ReadCosigned: self._read_cosigned,
            c.ReadOwnRoot: self._read_own_root,
            c.Prove: self._prove,
            c.CommitSend: self._commit_send,
            c.CommitClose: self._commit_close,
            c.CommitApply: self._commit_apply,
            c.CommitPurged: self._commit_purged,
            c.CommitQuarantine: self._commit_quarantine,
            c.CommitState: self._commit_state,
            c.CommitResync: self._commit_resync,
            c.StoreCosignature: self._store_cosignature,
            c.RecordShown: self._record_shown,
            c.RecordPeer: self._record_peer,
            c.Alarm: self._alarm,
            c.Publish: self._publish,
            c.SendReceipts: self._send_receipts,
            c.SendHeartbeat: self._send_heartbeat,
            c.Purge: self._purge,
        }

    async def run(self, event: e.Event) -> None:
        """Handle an event and everything that follows from it.

        Raises: Fenced, or the database's errors; the half must then be thrown away.
        """
        waiting: deque[e.Event] = deque([event])
        while waiting:
            for command in self.half.handle(waiting.popleft()):
                answer = await self._table[type(command)](command)
                if answer is not None:
                    waiting.append(answer)

    # Reads ---------------------------------------------------------------------------------------

    async def _read_outbox(self, command: c.ReadOutbox) -> e.Event:
        aside, rows, snapshot = await self._store.read_outbox(
            command.after, command.limit, command.generation
        )
        waiting = [self._with_object(row, command.generation) for row in aside]
        self._ferry.keep_only({row.object for row in waiting if row.object is not None})
        return e.RowsRead(
            after=command.after,
            aside=waiting,
            rows=[self._with_object(row, command.generation) for row in rows],
            limit=command.limit,
            snapshot=snapshot,
            **now(),
        )

    def _with_object(self, row: Row, generation: int) -> Row:
        """The row with the file that it names, and how far that is."""
        if row.kind not in OBJECT_KINDS:
            return row
        row = row._replace(is_moving=self._ferry.is_moving(row.record_id))
        try:
            named = object_of(row.kind, row.body.encode()) if row.body is not None else None
        except BodyRefused:
            return row  # the gate of fields says so
        if named is None:
            return row
        name = ObjectName(row.record_id, generation, row.version, named.sha256)
        return row._replace(
            object=name, object_size=named.size, is_there=self._ferry.is_there(name)
        )

    async def _bring_object(self, command: c.BringObject) -> None:
        self._ferry.bring(command.name)

    async def _read_replica(self, command: c.ReadReplica) -> e.Event:
        return e.ReplicaRead(held=await self._store.read_replica(command.keys), **now())

    async def _read_receipt(self, command: c.ReadReceipt) -> e.Event:
        found = await self._store.read_receipt(command.number)
        stored_hash, raw = (None, None) if found is None else found
        return e.ReceiptRead(
            number=command.number,
            asked_hash=command.asked_hash,
            size=command.size,
            stored_hash=stored_hash,
            raw=raw if stored_hash == command.asked_hash else None,
            **now(),
        )

    async def _read_cosigned(self, command: c.ReadCosigned) -> e.Event:
        root = await self._store.read_cosigned(command.origin, command.size)
        return e.CosignedRead(
            origin=command.origin,
            size=command.size,
            root=root,
            note=command.note,
            proof=command.proof,
            **now(),
        )

    async def _read_own_root(self, command: c.ReadOwnRoot) -> e.Event:
        is_here = 0 < command.size <= self.half.tail.size
        root = await root_at(self._store, command.size) if is_here else None
        return e.OwnRootRead(size=command.size, root=root, note=command.note, **now())

    async def _prove(self, command: c.Prove) -> e.Event:
        proof = await prove_growth(self._store, command.old_size, command.size)
        return e.Proved(size=command.size, old_size=command.old_size, proof=proof, **now())

    # Commits -------------------------------------------------------------------------------------

    async def _commit_send(self, command: c.CommitSend) -> None:
        with self._metrics.commits.labels("send").time():
            await self._store.commit_send(command)
        self._metrics.decisions.inc(sum(batch.entries for batch in command.batches))

    async def _commit_close(self, command: c.CommitClose) -> None:
        with self._metrics.commits.labels("close").time():
            await self._store.commit_close(command)

    async def _commit_apply(self, command: c.CommitApply) -> None:
        with self._metrics.commits.labels("apply").time():
            if command.sweep:
                await self._store.commit_swept(command)
            else:
                await self._store.commit_apply(command)
        if command.sweep or any(write.kind in OBJECT_KINDS for write in command.writes):
            self._shelf.unsettle()
            self._shelf.look()
        self._metrics.applied.inc(len(command.writes))

    async def _commit_purged(self, command: c.CommitPurged) -> None:
        await self._store.commit_purged(command)

    async def _commit_quarantine(self, command: c.CommitQuarantine) -> None:
        await self._store.commit_quarantine(command)

    async def _commit_state(self, command: c.CommitState) -> None:
        await self._store.commit_state(command)

    async def _commit_resync(self, command: c.CommitResync) -> e.Event:
        xid = await self._store.commit_resync(command)
        log.warning("relay.resynced", generation=command.sender.generation)
        return e.Resynced(xid=xid, **now())

    async def _record_shown(self, command: c.RecordShown) -> None:
        await self._store.record_shown(command)

    async def _store_cosignature(self, command: c.StoreCosignature) -> None:
        await self._store.store_cosignature(command)

    async def _record_peer(self, command: c.RecordPeer) -> None:
        self._metrics.heard.set_to_current_time()
        await self._store.record_peer(command)

    async def _alarm(self, command: c.Alarm) -> None:
        self._metrics.alarms.labels(command.code).inc()
        direction: Direction | None = command.direction
        log.warning("relay.alarm", code=command.code, direction=direction, detail=command.detail)
        await self._store.alarm(command)

    # The broker ----------------------------------------------------------------------------------

    async def _publish(self, command: c.Publish) -> None:
        await self._carrier.publish_batch(command.number, command.blob)

    async def _send_receipts(self, command: c.SendReceipts) -> None:
        if not self._shelf.is_settled:
            self._withheld.extend(raw for raw in command.raws if raw not in self._withheld)
            return
        for raw in command.raws:
            await self._carrier.send_receipt(raw)

    async def send_withheld(self) -> None:
        """The receipts that waited, once nothing is left that a record has given up."""
        self._shelf.look()
        while self._shelf.wrong:
            await self.run(e.ObjectWrong(record_id=self._shelf.wrong.popleft(), **now()))
        while self._withheld and self._shelf.is_settled:
            await self._carrier.send_receipt(self._withheld[0])
            self._withheld.popleft()

    async def _send_heartbeat(self, command: c.SendHeartbeat) -> None:
        await self._carrier.send_beat(command.raw)

    async def _purge(self, command: c.Purge) -> e.Event | None:
        if not await self._carrier.purge(command.upto):
            return None
        return e.Purged(upto=command.upto, recalled=command.recalled, **now())
