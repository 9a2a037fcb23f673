"""What the worker does with files: checks them, draws pictures again, and stores it as ciphertext.

Each step can begin again: the object has the name of its version, and a key that counts only once it is
written beside it. Nothing in the clear ever leaves the process, but for a picture on its way to be drawn.
"""

import asyncio
import hashlib
import io
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, cast

from lmhg_gateway.adapters.object_store import ObjectStore, is_down
from lmhg_gateway.adapters.pictures import PictureBroken, drawn_again
from lmhg_gateway.adapters.spool import Spool, SpoolKey, SpoolReader
from lmhg_gateway.features.documents import repository, service
from lmhg_gateway.features.documents.file_types import TYPES, FileRefused, check_whole
from lmhg_gateway.features.documents.models import DocumentVersion
from lmhg_gateway.features.documents.rules import OVER, Act, State
from lmhg_gateway.features.uploads.public import Upload, mark_done, spool_key
from lmhg_gateway.kernel.sealed_chunks import CHUNK, ChunkSeal, new_key
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import NotFound, SealBroken, Unavailable
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database, WriteSession

ACTOR = Actor("process: worker")
CHECK_EVERY_S, REMOVE_EVERY_S = 5.0, 60.0


class Stored(NamedTuple):
    """What is known of a file once it is stored."""

    size: int
    digest: str
    key: bytes
    was_redrawn: bool


class SealingReader(io.RawIOBase):
    """A file's sealed chunks, made while they are read; its size and hash are known at the end."""

    def __init__(self, source: BinaryIO, seal: ChunkSeal) -> None:
        super().__init__()
        self._source, self._seal = source, seal
        self._next = self._chunk()
        self._number, self._ready = 0, b""
        self.size, self.digest = 0, hashlib.sha256()

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - of RawIOBase's own kind
        """Fill a buffer with what the chunk at hand has."""
        if not self._ready and self._next:
            self._seal_next()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _seal_next(self) -> None:
        plain, self._next = self._next, self._chunk()
        self.size += len(plain)
        self.digest.update(plain)
        self._ready = self._seal.seal(plain, number=self._number, is_last=not self._next)
        self._number += 1

    def _chunk(self) -> bytes:
        held = bytearray()
        while len(held) < CHUNK and (piece := self._source.read(CHUNK - len(held))):
            held += piece
        return bytes(held)


@contextmanager
def source_of(spool: Spool, kind: str, file: SpoolKey) -> Iterator[BinaryIO]:
    """The plain bytes of a file that came, checked as what it begins like; a picture is drawn again.

    Raises: FileRefused, NotFound, SealBroken; PictureBroken, on leaving.
    """
    with spool.reading(file) as raw:
        source = cast("BinaryIO", _buffered(raw))
        check_whole(kind, source, size=file.length)
        source.seek(0)
        if not TYPES[kind].is_picture:
            yield source
            return
        with drawn_again(kind, source) as drawn:
            yield drawn


@dataclass(frozen=True)
class Filing:
    """Checks and stores files, and removes those of documents that are gone."""

    db: Database
    spool: Spool
    store: ObjectStore
    clock: Clock = utc_now

    async def check(self) -> int:
        """Check and store files that came; how many were. One that fails holds up no other.

        Raises: Unavailable, where the store does not answer at once; the first failure of one file, at the end.
        """
        async with self.db.read(ACTOR, "document.check") as tx:
            versions = await repository.to_check(tx)
        done, apart = 0, Apart("check_documents")
        for version in versions:
            async with apart.item(version.id):
                await self._check(version)
                done += 1
            if any(is_down(each) for each in apart.failures):
                break
        apart.tell()
        return done

    async def _check(self, version: DocumentVersion) -> None:
        async with self.db.read(ACTOR, "document.check") as tx:
            upload = await tx.get(Upload, version.upload_id)
        try:
            stored = await asyncio.to_thread(self._file, version, upload)
        except FileRefused as refused:
            await asyncio.to_thread(self.store.delete, str(version.id))
            await self._refuse(version, refused.code)
        except Unavailable:
            await self._wait(version)
            raise
        else:
            await self._keep(version, stored)
        self.spool.drop(version.upload_id)

    def _file(self, version: DocumentVersion, upload: Upload | None) -> Stored:
        if upload is None:
            raise FileRefused("damaged")
        key = new_key()
        seal = ChunkSeal(key, str(version.id))
        try:
            with source_of(self.spool, version.kind, spool_key(upload)) as source:
                reader = SealingReader(source, seal)
                self.store.put(str(version.id), cast("BinaryIO", reader))
        except (NotFound, SealBroken):
            raise FileRefused("damaged") from None
        except PictureBroken:
            raise FileRefused("picture_broken") from None
        is_picture = TYPES[version.kind].is_picture
        return Stored(reader.size, reader.digest.hexdigest(), key, is_picture)

    async def _keep(self, version: DocumentVersion, stored: Stored) -> None:
        async with self.db.uow(ACTOR, "document.store") as tx:
            found = await self._open(tx, version)
            if found is not None:
                found.size, found.was_redrawn = stored.size, stored.was_redrawn
                found.digest, found.data_key = stored.digest, stored.key.hex()
                found.state, found.stored_at = State.STORED.value, self.clock()
                await self._record_step(tx, found, Act.STORED)
                return
            left = await repository.version_by_id(tx, version.id)
        if left is None or left.state in OVER:  # it went while its file was on its way
            await asyncio.to_thread(self.store.delete, str(version.id))

    async def _refuse(self, version: DocumentVersion, code: str) -> None:
        async with self.db.uow(ACTOR, "document.refuse") as tx:
            found = await self._open(tx, version)
            if found is not None:
                found.state, found.refused_why = State.REFUSED.value, code
                await self._record_step(tx, found, Act.REFUSED, why=code)

    async def _wait(self, version: DocumentVersion) -> None:
        if version.state == State.WAITING:
            return
        async with self.db.uow(ACTOR, "document.wait") as tx:
            found = await repository.version_by_id(tx, version.id)
            if found is not None:
                found.state = State.WAITING.value

    async def _open(self, tx: WriteSession, version: DocumentVersion) -> DocumentVersion | None:
        """The version, if nothing became of it meanwhile; its upload is done."""
        await mark_done(tx, version.upload_id)
        found = await repository.version_by_id(tx, version.id)
        return found if found is not None and found.state == version.state else None

    async def _record_step(
        self, tx: WriteSession, version: DocumentVersion, act: Act, *, why: str | None = None
    ) -> None:
        await service.record_step(
            tx, version.document_id, act, by=ACTOR.id, at=self.clock(), number=version.number, why=why
        )  # fmt: skip

    async def remove(self) -> int:
        """Remove the files of documents that can no longer be brought back; of how many.

        The rows say first that a document is gone, and forget its keys: from then on its file is noise. Each document
        and each file is a unit of work of its own. Raises: the first failure of one, once the others are done.
        """
        apart = Apart("remove_documents")
        done = await apart.each(self._to_remove, self._forget)
        done += await apart.each(self._left, self._drop, until=is_down)
        apart.tell()
        return done

    async def _to_remove(self, after: uuid.UUID, limit: int) -> Sequence[uuid.UUID]:
        async with self.db.read(ACTOR, "document.remove") as tx:
            return await repository.to_remove(tx, at=self.clock(), after=after, limit=limit)

    async def _left(self, after: uuid.UUID, limit: int) -> Sequence[uuid.UUID]:
        async with self.db.read(ACTOR, "document.remove") as tx:
            return await repository.left_in_store(tx, after=after, limit=limit)

    async def _forget(self, document_id: uuid.UUID) -> None:
        """Have a document be gone, unless someone brought it back meanwhile."""
        async with self.db.uow(ACTOR, "document.remove") as tx:
            document = await repository.locked(tx, document_id)
            if document is None or document.deleted_at is None or document.removed_at is not None:
                return
            document.removed_at = self.clock()
            await service.record_step(tx, document.id, Act.REMOVED, by=ACTOR.id, at=self.clock())
            await tx.flush()
            for version in await repository.versions(tx, document.id):
                version.data_key, version.state = None, State.REMOVED.value
                await mark_done(tx, version.upload_id)

    async def _drop(self, version_id: uuid.UUID) -> None:
        """Have a file of a removed document in no store."""
        await asyncio.to_thread(self.store.delete, str(version_id))
        async with self.db.uow(ACTOR, "document.remove") as tx:
            found = await repository.version_by_id(tx, version_id)
            if found is not None:
                found.is_gone = True


def _buffered(raw: SpoolReader) -> io.BufferedReader:
    return io.BufferedReader(raw, buffer_size=CHUNK)
