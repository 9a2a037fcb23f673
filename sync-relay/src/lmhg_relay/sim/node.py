"""A simulated process: one half, its executor with a crash at every step, its inbox."""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lmhg_contracts.codec import BodyRefused
from lmhg_contracts.ledger.tree import consistency_proof, leaf_hash, subtree_of_leaves
from lmhg_contracts.objects import OBJECT_KINDS, ObjectName, object_of
from lmhg_contracts.wire import PlaneName
from lmhg_relay.core import commands as c
from lmhg_relay.core import events as e
from lmhg_relay.core import limits
from lmhg_relay.core.half import Half
from lmhg_relay.core.receipts import Closing
from lmhg_relay.core.values import Row
from lmhg_relay.sim.database import Database, SimFenced

if TYPE_CHECKING:
    from lmhg_relay.sim.world import World


class Crash(Exception):
    """The process dies here."""


class AckClosing(Closing):
    """A sender without the receipt rule: the broker's word closes. A negative control."""

    def on_published(self, event: e.Published) -> None:
        """Close at once."""
        super().on_published(event)
        batch = self.sender.open.get(event.number)
        if batch is not None:
            self.acked = [c.Closed(batch, b"", ())]

    acked: Sequence[c.Closed] = ()


class Node:
    """One process of one plane. A zombie is a node whose lock has gone to another one."""

    def __init__(self, world: "World", plane: PlaneName) -> None:
        self.world = world
        self.plane: PlaneName = plane
        self.half = Half(world.identities[plane], self.database.load(plane))
        if world.options.closes_on_broker_ack:
            self.half.closing.__class__ = AckClosing
        self.is_alive = True
        self.batches: deque[bytes] = deque()
        self.receipts: deque[bytes] = deque()
        self.beats: deque[bytes] = deque()
        self.moving: ObjectName | None = None
        self.there: set[ObjectName] = set()
        """Files that this process has seen whole in the cloud's bucket."""

    @property
    def database(self) -> Database:
        """The plane's database, as it is now."""
        return self.world.databases[self.plane]

    def clocks(self) -> dict[str, Any]:
        """What every event carries."""
        return {"at": self.world.wall(self.plane), "mono": self.world.time}

    # Turns ---------------------------------------------------------------------------------------

    def turn(self) -> None:
        """One round of the loop: everything that has arrived, rows, and a tick."""
        if self.receipts:
            raws = list(self.receipts)
            self.receipts.clear()
            self.feed(e.ReceiptsIn(raws=raws, **self.clocks()))
        while self.is_alive and self.beats:
            self.feed(e.HeartbeatIn(raw=self.beats.popleft(), **self.clocks()))
        while self.is_alive and self.batches:
            count = min(len(self.batches), limits.APPLY_BATCHES_MAX)
            raws = [self.batches.popleft() for _ in range(count)]
            self.feed(e.BatchesIn(raws=raws, **self.clocks()))
        if self.is_alive:
            self.feed(e.Woken(**self.clocks()))

    def tick(self) -> None:
        """Time passes."""
        nonce = self.world.random.randbytes(16)
        self.feed(e.Tick(nonce=nonce, **self.clocks()))

    def feed(self, event: e.Event) -> None:
        """Handle an event and what follows from it; die where the scheduler says so."""
        waiting: deque[e.Event] = deque([event])
        try:
            while waiting and self.is_alive:
                for command in self.half.handle(waiting.popleft()):
                    self.world.step(self, f"before {type(command).__name__}")
                    answer = self._do(command)
                    self.world.step(self, f"after {type(command).__name__}")
                    if answer is not None:
                        waiting.append(answer)
                self._close_on_ack()
        except (Crash, SimFenced) as end:
            self.is_alive = False
            self.world.died(self, was_fenced=isinstance(end, SimFenced))

    def _close_on_ack(self) -> None:
        closing = self.half.closing
        if isinstance(closing, AckClosing) and closing.acked:
            sender = self.half.sender
            for item in closing.acked:
                sender.open.pop(item.batch.number, None)
            append = sender.tail.take()
            tx = c.CommitClose(
                epoch=self.half.epoch, append=append, closed=closing.acked, sender=sender.row
            )
            closing.acked = ()
            self.database.commit_close(tx)

    # Commands ------------------------------------------------------------------------------------

    def _do(self, command: c.Command) -> e.Event | None:
        match command:
            case c.ReadOutbox():
                return self._read(command)
            case c.CommitSend():
                self.world.oracle.check_batches(self.plane, command.batches)
                self.database.commit_send(command)
            case c.CommitClose():
                if self.plane == "onprem":
                    self.world.oracle.check_gone(command.closed, self.half.sender.row.generation)
                self.database.commit_close(command)
            case c.CommitApply():
                self.world.oracle.check_writes(self.database, command)
                self.database.commit_apply(command)
            case c.CommitQuarantine() | c.CommitPurged() | c.CommitState():
                self.database.commit_other(command)
            case c.CommitResync():
                xid = self.database.commit_resync(command, self.world.wall(self.plane))
                return e.Resynced(xid=xid, **self.clocks())
            case _:
                return self._do_other(command)
        return None

    def _read(self, command: c.ReadOutbox) -> e.Event:
        at = self.world.wall(self.plane)
        aside, rows, snapshot = self.database.read_outbox(
            command.after, command.limit, at, command.generation
        )
        return e.RowsRead(
            after=command.after,
            aside=[self._with_object(row, command.generation) for row in aside],
            rows=[self._with_object(row, command.generation) for row in rows],
            limit=command.limit,
            snapshot=snapshot,
            **self.clocks(),
        )

    def _with_object(self, row: Row, generation: int) -> Row:
        """The row with the file that it names, and how far that is; as the executor does it."""
        if row.kind not in OBJECT_KINDS:
            return row
        options, moving = self.world.options, self.moving
        is_moving = moving is not None and moving.record_id == row.record_id
        row = row._replace(is_moving=is_moving and not options.forgets_moving)
        try:
            named = object_of(row.kind, row.body.encode()) if row.body is not None else None
        except BodyRefused:
            return row
        if named is None:
            return row
        name = ObjectName(row.record_id, generation, row.version, named.sha256)
        is_there = name in self.there or options.ships_without_file
        return row._replace(object=name, object_size=named.size, is_there=is_there)

    def _do_other(self, command: c.Command) -> e.Event | None:
        match command:
            case c.Publish():
                self.world.publish(self, command.number, command.blob)
            case c.BringObject():
                self.world.bring(self, command.name)
            case c.SendReceipts():
                self._send_receipts(command)
            case c.SendHeartbeat():
                self.world.send(self.plane, "beat", command.raw)
            case c.Purge():
                if self.world.purge(self.plane, command.upto):
                    return e.Purged(upto=command.upto, recalled=command.recalled, **self.clocks())
            case c.RecordPeer():
                self.database.peer_epoch = command.epoch
            case c.Alarm():
                self.database.alarms.append(command.code)
            case _:
                return self._answer(command)
        return None

    def _send_receipts(self, command: c.SendReceipts) -> None:
        """Receipts wait until no file is left that a record has given up."""
        if self.plane == "onprem" or self.world.take_out():
            for raw in command.raws:
                self.world.send(self.plane, "receipt", raw)

    def _answer(self, command: c.Command) -> e.Event | None:
        database = self.database
        match command:
            case c.ReadReplica():
                return e.ReplicaRead(held=database.held(list(command.keys)), **self.clocks())
            case c.ReadReceipt():
                return self._read_receipt(command)
            case c.Prove():
                leaves = [leaf_hash(entry) for entry in database.ledger[: command.size]]
                subtree = subtree_of_leaves(leaves)
                proof = tuple(consistency_proof(command.old_size, command.size, subtree))
                return e.Proved(
                    size=command.size, old_size=command.old_size, proof=proof, **self.clocks()
                )
            case c.ReadCosigned() | c.ReadOwnRoot() | c.StoreCosignature():
                return self._witness(command)
            case _:
                return None

    def _read_receipt(self, command: c.ReadReceipt) -> e.Event:
        stored = self.database.receipts.get(command.number)
        is_same = stored is not None and stored[0] == command.asked_hash
        return e.ReceiptRead(
            number=command.number,
            asked_hash=command.asked_hash,
            size=command.size,
            stored_hash=stored[0] if stored else None,
            raw=stored[1] if stored and is_same else None,
            **self.clocks(),
        )

    def _witness(
        self, command: c.ReadCosigned | c.ReadOwnRoot | c.StoreCosignature
    ) -> e.Event | None:
        database = self.database
        if isinstance(command, c.StoreCosignature):
            database.cosigned.append((command.origin, command.size, command.root, command.note))
            return None
        if isinstance(command, c.ReadOwnRoot):
            is_here = command.size <= len(database.ledger)
            root = database.root_at(command.size) if is_here else None
            return e.OwnRootRead(size=command.size, root=root, note=command.note, **self.clocks())
        roots = [
            root
            for origin, size, root, _ in database.cosigned
            if (origin, size) == (command.origin, command.size)
        ]
        return e.CosignedRead(
            origin=command.origin,
            size=command.size,
            root=roots[-1] if roots else None,
            note=command.note,
            proof=command.proof,
            **self.clocks(),
        )
