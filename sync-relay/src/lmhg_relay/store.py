"""The database side of a half: reads, and one statement a transaction that carries out a commit.

Each commit is one SQL statement whose first part takes the epoch's row lock and moves the ledger's
head; if the epoch or the head is not ours, nothing at all happens and `Fenced` is raised.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811 - the driver's own, far faster

from lmhg_contracts.wire import OpenDelay, PlaneName
from lmhg_relay import statements as sql
from lmhg_relay.core import commands as c
from lmhg_relay.core.context import OUT, PEER
from lmhg_relay.core.cursor import Cursor, Snapshot
from lmhg_relay.core.values import (
    Held,
    Key,
    Loaded,
    ReceiverRow,
    Row,
)
from lmhg_relay.rows import (
    batch_columns,
    cursor_values,
    open_batch,
    recall_of,
    sender_of,
    sender_values,
    snapshot_of,
    write_columns,
)

PROGRAM = "lmhg-relay"
CONNECT_TIMEOUT_S = 5
COMMAND_TIMEOUT_S = 60
PLANS = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
"""The hot statements walk primary keys; a plan made over an empty table must not last."""
LOCK_KEY = {"onprem": 0x4C4D_4847_0010, "cloud": 0x4C4D_4847_0011}
EMPTY_FRONTIER = bytes(8)


class Fenced(Exception):
    """Another sender has taken over, or the ledger has grown without us: nothing was written."""


async def connect(database_url: str) -> asyncpg.Connection:
    """A connection of the relay's role, with a name that an administrator recognises."""
    return await asyncpg.connect(
        database_url,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=COMMAND_TIMEOUT_S,
        server_settings={"application_name": PROGRAM, **PLANS},
    )


async def connect_watching(database_url: str) -> asyncpg.Connection:
    """A connection for short looks, which waits for no lock."""
    settings = {"application_name": f"{PROGRAM}-watch", "jit": "off", "lock_timeout": "2s"}
    return await asyncpg.connect(
        database_url,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=COMMAND_TIMEOUT_S,
        server_settings=settings,
    )


async def connect_cold(database_url: str) -> asyncpg.Connection:
    """A connection for long reads: the planner is free."""
    return await asyncpg.connect(
        database_url,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=10 * COMMAND_TIMEOUT_S,
        server_settings={"application_name": f"{PROGRAM}-match", "jit": "off"},
    )


async def set_delays(
    connection: asyncpg.Connection, plane: PlaneName, delays: Sequence[OpenDelay]
) -> None:
    """These hold a plane's records up, and nothing else does."""
    columns = (
        [delay.code for delay in delays],
        [delay.who for delay in delays],
        [datetime.fromisoformat(delay.since) for delay in delays],
        [delay.rows for delay in delays],
    )
    await connection.execute(sql.FORGET_DELAYS, plane, columns[0])
    if delays:
        await connection.execute(sql.SET_DELAYS, plane, *columns)


class Store:
    """What one half reads and commits, over one connection."""

    def __init__(self, connection: asyncpg.Connection, *, plane: PlaneName) -> None:
        self._db = connection
        self.plane: PlaneName = plane
        self.out = OUT[plane]
        self.incoming = OUT[PEER[plane]]

    # Starting ------------------------------------------------------------------------------------

    async def try_lock(self) -> bool:
        """Whether this connection now is the plane's only relay."""
        return bool(await self._db.fetchval(sql.TRY_LOCK, LOCK_KEY[self.plane]))

    async def load(self, site: str) -> Loaded:
        """A new epoch, and everything the core needs to know. Call with the lock held."""
        async with self._db.transaction():
            half = await self._db.fetchrow(sql.NEXT_EPOCH, self.plane, site)
            await self._db.execute(sql.FIRST_ROWS, self.out, self.incoming, EMPTY_FRONTIER)
            sender = await self._db.fetchrow(sql.READ_SENDER, self.out)
            receiver = await self._db.fetchrow(sql.READ_RECEIVER, self.incoming)
            head = await self._db.fetchrow(sql.READ_FRONTIER)
            opened = await self._db.fetch(sql.READ_OPEN, self.out)
            peer = await self._db.fetchrow(sql.READ_PEER, PEER[self.plane])
            notes = await self._db.fetch(sql.READ_COSIGNED_LAST, f"lmhg/{site}/%")
            unpurged = await self._db.fetch(sql.READ_UNPURGED)
            recent = await self._db.fetchval(sql.READ_RECENT, self.out)
        if half is None or sender is None or receiver is None or head is None:
            raise Fenced
        own = f"lmhg/{site}/{self.plane}/"
        return Loaded(
            epoch=half["epoch"],
            restores=half["restores"],
            restore_declared=half["restore_declared"],
            known_restores=peer["restores"] if peer else 0,
            peer_epoch=peer["epoch"] if peer else 0,
            sender=sender_of(sender),
            receiver=ReceiverRow(**dict(receiver)),
            frontier=head[0],
            checkpoint=head[1],
            open=[open_batch(row) for row in opened],
            witnessed={
                row["origin"]: (row["size"], row["root"], row["note"])
                for row in notes
                if not row["origin"].startswith(own)
            },
            cosigned={row["origin"]: row["size"] for row in notes if row["origin"].startswith(own)},
            unpurged=[row["batch"] for row in unpurged],
            has_recent_batches=bool(recent),
        )

    # Reading -------------------------------------------------------------------------------------

    async def read_outbox(
        self, after: Cursor, limit: int, generation: int
    ) -> tuple[list[Row], list[Row], Snapshot]:
        """What was set aside, what can be seen beyond a cursor, and which transactions were running then."""
        values = (*cursor_values(after), limit)
        if generation == 0:
            rows = await self._db.fetch(sql.READ_OUTBOX, *values)
            found = [(row[1], Row(*row[2:])) for row in rows if row[1] is not None]
        else:
            rows = await self._db.fetch(sql.READ_OUTBOX_RESTORED, *values, generation)
            found = [
                (row[1], Row(*row[2:-2])._replace(recalled=recall_of(*row[-2:])))
                for row in rows
                if row[1] is not None
            ]
        aside = [row for part, row in found if part < 0]
        return aside, [row for part, row in found if part >= 0], snapshot_of(rows[0][0])

    async def read_replica(self, keys: Sequence[Key]) -> dict[Key, Held]:
        """What the replica holds of these records."""
        kinds = [kind for kind, _ in keys]
        ids = [PgUUID(record_id) for _, record_id in keys]
        rows = await self._db.fetch(sql.READ_REPLICA, kinds, ids)
        return {
            keys[place]: Held(generation, version, purged)
            for place, generation, version, purged in rows
        }

    async def read_receipt(self, number: int) -> tuple[bytes, bytes] | None:
        """Batch hash and signed receipt of a number we have received."""
        row = await self._db.fetchrow(sql.READ_RECEIPT, self.incoming, number)
        return None if row is None else (row[0], row[1])

    async def read_cosigned(self, origin: str, size: int) -> bytes | None:
        """The root that was cosigned at a size."""
        return await self._db.fetchval(sql.READ_COSIGNED, origin, size)

    async def check_epoch(self, epoch: int) -> None:
        """That we still are the plane's relay, also when nothing is to be committed.

        Raises: Fenced.
        """
        row = await self._db.fetchrow(sql.READ_EPOCH, self.plane)
        if row is None or row[0] != epoch:
            raise Fenced

    async def waiting(self, after: Cursor) -> tuple[int, float]:
        """How many rows wait (counted to a bound), and the age of the oldest undecided, seconds."""
        row = await self._db.fetchrow(sql.READ_WAITING, *cursor_values(after))
        return (0, 0.0) if row is None else (row[0], row[1])

    async def foreign_notes(self) -> list[tuple[str, int, tuple[bytes, ...]]]:
        """Checkpoints of other ledgers of this plane, to be witnessed by the peer."""
        rows = await self._db.fetch(sql.READ_FOREIGN)
        return [(row[0], row[1], tuple(row[2] or ())) for row in rows]

    async def sharing(self) -> list[str]:
        """Kinds that leave by a standing approval at present."""
        return [row[0] for row in await self._db.fetch(sql.READ_SHARING)]

    async def entries(self, first: int, count: int) -> list[bytes]:
        """Ledger entries from a number on."""
        rows = await self._db.fetch(sql.READ_ENTRIES, first, first + count)
        return [row[0] for row in rows]

    async def nodes(self, level: int, first: int, count: int) -> list[bytes]:
        """Stored nodes of one level from an index on."""
        rows = await self._db.fetch(sql.READ_NODES, level, first, first + count)
        return [row[0] for row in rows]

    # Committing ----------------------------------------------------------------------------------

    async def commit_send(self, tx: c.CommitSend) -> None:
        """Decisions, batches and cursor. Raises: Fenced."""
        await self._one(
            sql.COMMIT_SEND,
            *self._head(tx.epoch, tx.append),
            self.out,
            *batch_columns(tx.batches),
            *sender_values(tx.sender),
            [str(xid) for xid, _ in tx.dropped],
            [seq for _, seq in tx.dropped],
            [recall.kind for recall in tx.recalls],
            [recall.record_id for recall in tx.recalls],
            [recall.version for recall in tx.recalls],
            [recall.withdrawn_at for recall in tx.recalls],
            [recall.batch for recall in tx.recalls],
            tx.sender.generation,
        )

    async def commit_close(self, tx: c.CommitClose) -> None:
        """Receipts stored, bodies dropped, outbox rows deleted. Raises: Fenced."""
        batches = [item.batch for item in tx.closed]
        purged = [recall for item in tx.closed for recall in item.purged]
        stretches = [stretch for batch in batches for stretch in batch.stretches]
        await self._one(
            sql.COMMIT_CLOSE,
            *self._head(tx.epoch, tx.append),
            self.out,
            [batch.number for batch in batches],
            [batch.generation for batch in batches],
            [batch.hash for batch in batches],
            [item.receipt for item in tx.closed],
            [batch.stream_seq for batch in batches],
            tx.sender.closed_number,
            tx.sender.closed_hash,
            [str(after[0]) for after, _ in stretches],
            [after[1] for after, _ in stretches],
            [str(upto[0]) for _, upto in stretches],
            [upto[1] for _, upto in stretches],
            [kind for kind, _, _ in purged],
            [PgUUID(record_id) for _, record_id, _ in purged],
            [version for _, _, version in purged],
        )

    async def commit_apply(self, tx: c.CommitApply) -> None:
        """Replica writes, receipts and cursor. Raises: Fenced."""
        receiver = tx.receiver
        await self._one(
            sql.COMMIT_APPLY,
            *self._head(tx.epoch, tx.append),
            self.incoming,
            *write_columns(tx.writes),
            [receipt.number for receipt in tx.receipts],
            [receipt.generation for receipt in tx.receipts],
            [receipt.batch_hash for receipt in tx.receipts],
            [receipt.raw for receipt in tx.receipts],
            receiver.generation,
            receiver.epoch,
            receiver.applied_number,
            receiver.applied_hash,
        )

    async def commit_swept(self, tx: c.CommitApply) -> None:
        """As `commit_apply`, and rows that a resync did not bring again go. Raises: Fenced."""
        async with self._db.transaction():
            await self.commit_apply(tx)
            await self._db.execute(sql.SWEEP, list(tx.sweep), tx.receiver.generation)

    async def commit_quarantine(self, tx: c.CommitQuarantine) -> None:
        """Refusals and their ledger entries. Raises: Fenced."""
        found = {refusal.digest: refusal for refusal in tx.refusals}.values()
        await self._one(
            sql.COMMIT_QUARANTINE,
            *self._head(tx.epoch, tx.append),
            tx.direction,
            [refusal.digest for refusal in found],
            [refusal.code for refusal in found],
            [refusal.number for refusal in found],
            [refusal.kind for refusal in found],
            [refusal.record_id for refusal in found],
            [refusal.version for refusal in found],
            [refusal.size for refusal in found],
        )

    async def commit_purged(self, tx: c.CommitPurged) -> None:
        """The broker holds no recalled body any more. Raises: Fenced."""
        await self._one(sql.COMMIT_PURGED, *self._head(tx.epoch, tx.append), list(tx.batches))

    async def commit_state(self, tx: c.CommitState) -> None:
        """Counters and stops alone. Raises: Fenced."""
        async with self._db.transaction():
            if tx.append is not None:
                await self._one(sql.COMMIT_LEDGER, *self._head(tx.epoch, tx.append))
            fields = (tx.restores, tx.restore_declared)
            await self._one(sql.COMMIT_HALF, self.plane, tx.epoch, *fields)
            if tx.sender is not None:
                await self._db.execute(sql.SET_SENDER, self.out, *sender_values(tx.sender))
            if tx.receiver is not None:
                row = tx.receiver
                values = (row.generation, row.epoch, row.applied_number, row.applied_hash)
                await self._db.execute(sql.SET_RECEIVER, self.incoming, *values)
            if tx.known_restores is not None:
                await self._db.execute(sql.SET_RESTORES, PEER[self.plane], tx.known_restores)

    async def commit_resync(self, tx: c.CommitResync) -> int:
        """Renumbered batches, and the plane's release function; its xid. Raises: Fenced."""
        async with self._db.transaction():
            await self._one(sql.COMMIT_LEDGER, *self._head(tx.epoch, tx.append))
            await self._db.execute(sql.VOID_BATCHES, self.out, list(tx.voided))
            await self._db.execute(sql.ADD_BATCHES, self.out, *batch_columns(tx.batches))
            numbers = [batch.number for batch in tx.batches]
            values = (list(tx.voided), numbers, tx.sender.generation)
            await self._db.execute(sql.RENUMBER_RECALLS, *values)
            if await self._db.fetchval(sql.HAS_RELEASE):
                await self._db.execute(sql.RELEASE)
            current = await self._db.fetchrow(sql.CURRENT_XID)
            xid = 0 if current is None else int(current[0])
            values = list(sender_values(tx.sender))
            values[sql.RESYNC_XID] = str(xid)
            await self._db.execute(sql.SET_SENDER, self.out, *values)
            return xid

    async def record_shown(self, tx: c.RecordShown) -> None:
        """What the peer last said it has witnessed of a ledger of ours."""
        values = (tx.origin, tx.size, tx.root, tx.note, tx.unsettled_at)
        await self._db.execute(sql.SET_SHOWN, *values)

    async def store_cosignature(self, tx: c.StoreCosignature) -> None:
        """A checkpoint with the witness's signature."""
        await self._db.execute(sql.ADD_COSIGNATURE, tx.origin, tx.size, tx.root, tx.note)

    async def record_peer(self, tx: c.RecordPeer) -> None:
        """What the peer's last heartbeat said."""
        sharing = None if tx.sharing is None else list(tx.sharing)
        values = (tx.plane, tx.epoch, tx.applied_no, tx.next_no, tx.generation, tx.lag, sharing)
        await self._db.execute(sql.SET_PEER, *values)
        await set_delays(self._db, tx.plane, tx.delays)

    async def alarm(self, alarm: c.Alarm) -> None:
        """Raise an alarm, or count it again."""
        await self._db.execute(sql.ALARM, alarm.code, alarm.direction or "", alarm.detail[:200])

    def _head(self, epoch: int, append: c.Append) -> tuple[Any, ...]:
        return (
            self.plane,
            epoch,
            append.start,
            append.size,
            append.frontier,
            append.checkpoint,
            list(append.entries),
            [node.level for node in append.nodes],
            [node.idx for node in append.nodes],
            [node.hash for node in append.nodes],
        )

    async def _one(self, statement: str, *values: Any) -> None:  # noqa: ANN401 - SQL parameters
        if await self._db.fetchval(statement, *values) != 1:
            raise Fenced
