"""Use cases of uploads: begin one, take bytes, find it again, end it.

A unit of work is short: none is open while bytes come in.
"""

import asyncio
import hmac
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from lmhg_gateway.adapters.spool import Spool, SpoolKey, SpoolWriter
from lmhg_gateway.features.uploads import repository
from lmhg_gateway.features.uploads.models import Upload
from lmhg_gateway.features.uploads.rules import (
    LIFE,
    Checksum,
    State,
    check_offset,
    check_open,
    plain_name,
    too_long,
)
from lmhg_gateway.kernel.sealed_chunks import CHUNK, new_key
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, Invalid, NotFound, Unreadable
from lmhg_kit.persistence import ReadSession, WriteSession

Pieces = AsyncIterator[bytes]
Writing = Callable[[str], AbstractAsyncContextManager[WriteSession]]


def spool_key(upload: Upload) -> SpoolKey:
    """What opens an upload's file. Raises: KeyUnknown, SealBroken."""
    return SpoolKey(id=upload.id, length=upload.length, key=bytes.fromhex(upload.data_key or ""))


async def create(
    tx: WriteSession, spool: Spool, *, owner: str, length: int, name: str, at: datetime
) -> Upload:
    """Begin an upload. Raises: Conflict("uploads_full"), Unavailable("spool_full")."""
    check_open(await repository.count_open(tx, owner, at=at))
    upload = Upload(owner=owner, length=length, state=State.OPEN.value, expires_at=at + LIFE)
    upload.name, upload.data_key = plain_name(name), new_key().hex()
    await repository.add(tx, upload)
    await asyncio.to_thread(spool.make, spool_key(upload))
    return upload


async def find(tx: ReadSession, upload_id: uuid.UUID, *, owner: str, at: datetime) -> Upload:
    """Someone's own upload that takes bytes or waits to be filed. Raises: NotFound."""
    upload = await repository.by_id(tx, upload_id)
    if upload is None or upload.owner != owner or upload.state != State.OPEN:
        raise NotFound("upload")
    if upload.expires_at <= at:
        raise NotFound("upload")
    return upload


async def append(
    spool: Spool, file: SpoolKey, pieces: Pieces, *, offset: int, checksum: Checksum | None = None
) -> int:
    """Take bytes from an offset on; the offset up to which all is on the disk for good.

    What came before a connection broke is kept. With a checksum all of it counts or none.
    Raises: NotFound, Conflict, Invalid("checksum"), Unavailable("spool_full"), Unreadable.
    """
    with spool.writing(file) as writer:
        check_offset(writer.offset, said=offset)
        if checksum is None:
            await _take(writer, file, pieces)
        else:
            await _take_checked(writer, file, pieces, checksum)
        return writer.offset


async def _take(writer: SpoolWriter, file: SpoolKey, pieces: Pieces) -> None:
    held = bytearray()
    try:
        async for piece in pieces:
            _check_room(writer.offset + len(held) + len(piece), file)
            held += piece
            if len(held) >= CHUNK:
                await _put(writer, held, size=CHUNK)
    finally:
        # A connection that broke, a request that took too long: what came is kept, in this thread.
        while held:
            writer.append(bytes(held[:CHUNK]))
            del held[:CHUNK]


async def _put(
    writer: SpoolWriter, held: bytearray, *, size: int, is_pending: bool = False
) -> None:
    part = bytes(held[:size])
    del held[:size]
    job = asyncio.to_thread(writer.append, part, is_pending=is_pending)
    # A frame that is being written is written to its end, whoever stops waiting.
    task = asyncio.ensure_future(job)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _take_checked(
    writer: SpoolWriter, file: SpoolKey, pieces: Pieces, checksum: Checksum
) -> None:
    held, digest = bytearray(), checksum.start()
    try:
        async for piece in pieces:
            _check_room(writer.offset + len(held) + len(piece), file)
            held += piece
            digest.update(piece)
            if len(held) >= CHUNK:
                await _put(writer, held, size=CHUNK, is_pending=True)
        _check_digest(digest.digest(), checksum)
    except BaseException:
        writer.drop_pending()
        raise
    if held:
        await _put(writer, held, size=CHUNK, is_pending=True)
    writer.keep_pending()


def _check_digest(found: bytes, checksum: Checksum) -> None:
    if not hmac.compare_digest(found, checksum.digest):
        raise Invalid("checksum")


def _check_room(end: int, file: SpoolKey) -> None:
    if end > file.length:
        raise Unreadable("upload_past_end")


async def receive(
    writing: Writing,
    spool: Spool,
    pieces: Pieces,
    *,
    owner: str,
    name: str,
    most: int,
    at: datetime,
) -> uuid.UUID:
    """Take a file whose length nobody said, such as a form's; the id of its upload, which is whole.

    Raises: Invalid for one that is empty or too large, Conflict, Unavailable, Unreadable.
    """
    async with writing("upload.create") as tx:
        file = spool_key(await create(tx, spool, owner=owner, length=most, name=name, at=at))
    try:
        length = await _receive_all(spool, file, pieces, most=most)
        async with writing("upload.receive") as tx:
            upload = await find(tx, file.id, owner=owner, at=at)
            upload.length = length
    except BaseException:
        async with writing("upload.drop") as tx:
            await repository.remove(tx, [file.id])
        spool.drop(file.id)
        raise
    return file.id


async def _receive_all(spool: Spool, file: SpoolKey, pieces: Pieces, *, most: int) -> int:
    try:
        length = await append(spool, file, pieces, offset=0)
    except Unreadable as refused:
        if refused.code != "upload_past_end":
            raise
        raise Invalid("upload_long", fields={"file": too_long(most)}) from None
    if not length:
        raise Invalid("upload_empty", fields={"file": "This file is empty. Choose another one."})
    return length


def spooled(spool: Spool, data: bytes) -> SpoolKey:
    """Bytes of our own as a file on the disk for good. Blocks. Raises: Unavailable("spool_full").

    Without a row it is swept away in an hour: `add_spooled` comes next.
    """
    file = SpoolKey(id=new_id(), length=len(data), key=new_key())
    spool.make(file)
    with spool.writing(file) as writer:
        for at in range(0, len(data), CHUNK):
            writer.append(data[at : at + CHUNK])
    return file


async def add_spooled(
    tx: WriteSession, file: SpoolKey, *, owner: str, name: str, at: datetime
) -> Upload:
    """The upload of such a file, of which something is being made at once."""
    upload = Upload(
        id=file.id, owner=owner, length=file.length, state=State.OPEN.value, expires_at=at + LIFE
    )
    upload.name, upload.data_key = plain_name(name), file.key.hex()
    await repository.add(tx, upload)
    upload.state = State.FILED.value
    return upload


async def arrived(
    tx: ReadSession, spool: Spool, upload_id: uuid.UUID, *, owner: str, at: datetime
) -> Upload:
    """Someone's own upload, all of it there. Raises: NotFound, Conflict("upload_open")."""
    upload = await find(tx, upload_id, owner=owner, at=at)
    if await asyncio.to_thread(spool.measure, spool_key(upload)) != upload.length:
        raise Conflict("upload_open")
    return upload


async def end(
    tx: WriteSession, spool: Spool, upload_id: uuid.UUID, *, owner: str, at: datetime
) -> None:
    """Give an upload up, with all that arrived. Raises: NotFound, Conflict("upload_busy")."""
    upload = await find(tx, upload_id, owner=owner, at=at)
    file = spool_key(upload)
    await repository.remove(tx, [upload.id])
    with spool.writing(file):
        spool.drop(file.id)


async def mark_filed(tx: WriteSession, upload_id: uuid.UUID) -> None:
    """Something is being made of this upload, once: it takes no bytes and does not expire. Raises: NotFound."""
    upload = await repository.locked(tx, upload_id)
    if upload is None or upload.state != State.OPEN:
        raise NotFound("upload")
    upload.state = State.FILED.value


async def mark_done(tx: WriteSession, upload_id: uuid.UUID) -> None:
    """Its bytes are elsewhere, or were refused."""
    upload = await repository.locked(tx, upload_id)
    if upload is not None:
        upload.state = State.DONE.value
