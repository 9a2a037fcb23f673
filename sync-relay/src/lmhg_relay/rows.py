"""Rows of the database as the core's values, and values as the parameters of a statement."""

from collections.abc import Sequence
from typing import Any

import asyncpg
from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811 - the driver's own, far faster

from lmhg_relay.core.cursor import (
    Cursor,
    Snapshot,
    positions_of,
    positions_text,
    stretches_of,
    stretches_text,
)
from lmhg_relay.core.values import OpenBatch, Recall, SenderRow, Write


def recall_of(generation: int | None, version: int | None) -> Recall | None:
    """The recall that a row was read with, if there is one."""
    return None if generation is None or version is None else (generation, version)


def sender_of(row: asyncpg.Record) -> SenderRow:
    """The sender as the database has it."""
    values = dict(row)
    place = (int(values.pop("cursor_xid")), int(values.pop("cursor_seq")))
    passed, aside = positions_of(values.pop("passed")), positions_of(values.pop("aside"))
    return SenderRow(cursor=Cursor(place, passed, aside), **values)


def cursor_values(cursor: Cursor) -> tuple[Any, ...]:
    """Place, and the passed transactions and the rows set aside as two arrays each."""
    (xid, seq), passed, aside = cursor
    pairs = ([str(xid) for xid, _ in places] for places in (passed, aside))
    seqs = ([seq for _, seq in places] for places in (passed, aside))
    (passed_xids, aside_xids), (passed_seqs, aside_seqs) = pairs, seqs
    return (str(xid), seq, passed_xids, passed_seqs, aside_xids, aside_seqs)


def snapshot_of(text: str) -> Snapshot:
    """What `pg_snapshot` says: xmin:xmax:running."""
    _, xmax, running = text.split(":")
    return Snapshot(int(xmax), tuple(int(xid) for xid in running.split(",") if xid))


def sender_values(row: SenderRow) -> tuple[Any, ...]:
    """What `_sender_columns` of the statements takes."""
    return (
        row.generation,
        row.announced,
        row.next_number,
        row.last_hash,
        str(row.cursor.place[0]),
        row.cursor.place[1],
        positions_text(row.cursor.passed),
        positions_text(row.cursor.aside),
        row.closed_number,
        row.closed_hash,
        None if row.resync_xid is None else str(row.resync_xid),
        row.peer_restores,
        row.stopped,
    )


def open_batch(row: asyncpg.Record) -> OpenBatch:
    """A batch without a receipt, as the database has it."""
    values = dict(row)
    return OpenBatch(stretches=stretches_of(values.pop("stretches")), **values)


def batch_columns(batches: Sequence[OpenBatch]) -> tuple[list[Any], ...]:
    """One array a column of `relay.batch`."""
    return (
        [batch.number for batch in batches],
        [batch.generation for batch in batches],
        [batch.epoch for batch in batches],
        [batch.hash for batch in batches],
        [batch.blob for batch in batches],
        [batch.entries for batch in batches],
        [batch.recalls for batch in batches],
        [batch.first_n for batch in batches],
        [stretches_text(batch.stretches) for batch in batches],
    )


def write_columns(writes: Sequence[Write]) -> tuple[list[Any], ...]:
    """One array a column of `replica.record`."""
    return (
        [write.kind for write in writes],
        [PgUUID(write.record_id) for write in writes],
        [write.version for write in writes],
        [write.generation for write in writes],
        [None if write.body is None else write.body.decode() for write in writes],
        [write.digest for write in writes],
    )
