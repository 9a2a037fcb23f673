"""What the worker does with files of the library: checks, stores and reads them, and hands approved ones on.

A file is ciphertext in the office's store until two people approved it and its text was cleared. Only then are
its plain bytes put into the bucket for the portal, under their hash; they go again when the approval ends.
"""

import asyncio
import hashlib
import io
import uuid
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, cast

from lmhg_gateway.adapters.file_text import FileText, read_text
from lmhg_gateway.adapters.object_store import ObjectStore, is_down
from lmhg_gateway.adapters.pictures import PictureBroken
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.public import (
    FileRefused,
    SealingReader,
    opened,
    source_of,
)
from lmhg_gateway.features.library import repository
from lmhg_gateway.features.library.models import SharedFile
from lmhg_gateway.features.library.rules import State
from lmhg_gateway.features.uploads.public import Upload, mark_done, spool_key
from lmhg_gateway.kernel.sealed_chunks import ChunkSeal, new_key
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import NotFound, SealBroken, Unavailable
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database, WriteSession

ACTOR = Actor("process: worker")
CHECK_EVERY_S, PLACE_EVERY_S = 5.0, 5.0


class Stored(NamedTuple):
    """What is known of a file once it is stored."""

    size: int
    sha256: str
    key: bytes
    text: FileText


@dataclass(frozen=True)
class Shelving:
    """Checks and stores files of the library, and reads their text."""

    db: Database
    spool: Spool
    store: ObjectStore
    clock: Clock = utc_now

    async def check(self) -> int:
        """Check and store files that came; how many were. One that fails holds up no other.

        Raises: Unavailable, where the store does not answer at once; the first failure of one file, at the end.
        """
        async with self.db.read(ACTOR, "library.check") as tx:
            files = await repository.to_check(tx)
        done, apart = 0, Apart("check_library")
        for file in files:
            async with apart.item(file.id):
                await self._check(file)
                done += 1
            if any(is_down(each) for each in apart.failures):
                break
        apart.tell()
        return done

    async def _check(self, file: SharedFile) -> None:
        async with self.db.read(ACTOR, "library.check") as tx:
            upload = await tx.get(Upload, file.upload_id)
        try:
            stored = await asyncio.to_thread(self._file, file, upload)
        except FileRefused as refused:
            await asyncio.to_thread(self.store.delete, str(file.id))
            await self._refuse(file, refused.code)
        except Unavailable:
            await self._wait(file)
            raise
        else:
            await self._keep(file, stored)
        self.spool.drop(file.upload_id)

    def _file(self, file: SharedFile, upload: Upload | None) -> Stored:
        if upload is None:
            raise FileRefused("damaged")
        key = new_key()
        try:
            with source_of(self.spool, file.kind, spool_key(upload)) as source:
                reader = SealingReader(source, ChunkSeal(key, str(file.id)))
                self.store.put(str(file.id), cast("BinaryIO", reader))
        except (NotFound, SealBroken):
            raise FileRefused("damaged") from None
        except PictureBroken:
            raise FileRefused("picture_broken") from None
        if not reader.size:
            raise FileRefused("damaged")
        plain = opened(
            self.store, str(file.id), size=reader.size, key=key, first=0, last=reader.size - 1
        )
        text = read_text(file.kind, b"".join(plain))
        return Stored(reader.size, reader.digest.hexdigest(), key, text)

    async def _keep(self, file: SharedFile, stored: Stored) -> None:
        async with self.db.uow(ACTOR, "library.store") as tx:
            found = await self._open(tx, file)
            record = await repository.locked(tx, file.id)
            if found is None or record is None:
                return
            record.size, record.sha256 = stored.size, stored.sha256
            found.data_key, found.is_whole = stored.key.hex(), stored.text.is_whole
            found.state, found.stored_at = State.STORED.value, self.clock()
            await repository.keep_pages(tx, file.id, stored.text.pages)

    async def _refuse(self, file: SharedFile, code: str) -> None:
        async with self.db.uow(ACTOR, "library.refuse") as tx:
            found = await self._open(tx, file)
            if found is not None:
                found.state, found.refused_why = State.REFUSED.value, code

    async def _wait(self, file: SharedFile) -> None:
        if file.state == State.WAITING:
            return
        async with self.db.uow(ACTOR, "library.wait") as tx:
            found = await repository.locked_file(tx, file.id)
            if found is not None:
                found.state = State.WAITING.value

    async def _open(self, tx: WriteSession, file: SharedFile) -> SharedFile | None:
        """The file, if nothing became of it meanwhile; its upload is done."""
        await mark_done(tx, file.upload_id)
        found = await repository.locked_file(tx, file.id)
        return found if found is not None and found.state == file.state else None


@dataclass(frozen=True)
class Placing:
    """Has the approved files, and only these, in the bucket that the relay reads."""

    db: Database
    store: ObjectStore
    shared: ObjectStore

    async def place(self) -> int:
        """Put what is approved and cleared, take out what is no longer; how many moved.

        A file that is lost or damaged keeps no other from being placed. Raises: Unavailable, SealBroken.
        """
        async with self.db.read(ACTOR, "library.place") as tx:
            wanted = dict(await repository.shareable(tx))
        there = set(await asyncio.to_thread(self.shared.names, most=repository.PLACED_MAX * 2))
        for name in sorted(there - wanted.keys()):
            await asyncio.to_thread(self.shared.delete, name)
        apart, done = Apart("place_library"), len(there - wanted.keys())
        for sha256 in sorted(wanted.keys() - there):
            async with apart.item(wanted[sha256]):
                done += await self._place(wanted[sha256], sha256)
            if any(is_down(each) for each in apart.failures):
                break
        apart.tell()
        return done

    async def _place(self, record_id: uuid.UUID, sha256: str) -> int:
        async with self.db.read(ACTOR, "library.place") as tx:
            record = await repository.by_id(tx, record_id)
            file = await repository.file_of(tx, record_id)
        if record is None or file is None or not file.data_key or not record.size:
            return 0
        await asyncio.to_thread(self._put, file, size=record.size, sha256=sha256)
        return 1

    def _put(self, file: SharedFile, *, size: int, sha256: str) -> None:
        key = bytes.fromhex(file.data_key or "")
        plain = opened(self.store, str(file.id), size=size, key=key, first=0, last=size - 1)
        data = b"".join(plain)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise SealBroken("bytes_differ")
        self.shared.put(sha256, io.BytesIO(data))
