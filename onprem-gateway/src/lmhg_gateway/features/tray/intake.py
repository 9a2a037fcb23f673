"""What the worker does with files that came: keeps each as it is, draws its pages, and puts them into the tray.

Each step can begin again: objects have the name of their file, and keys that count only once they are
written beside it. A file of the watched folder is only read here; it is taken away by `folder`, later.
"""

import asyncio
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, cast

from lmhg_gateway.adapters.draw_pages import PaperRefused
from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.adapters.paper_pages import DrawnPage, open_paper
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.public import (
    HEAD_BYTES,
    FileRefused,
    SealingReader,
    check_whole,
    kind_of,
)
from lmhg_gateway.features.tray import repository
from lmhg_gateway.features.tray.folder import Folder
from lmhg_gateway.features.tray.guess import About, about
from lmhg_gateway.features.tray.kept import pdf_name, pictures_name
from lmhg_gateway.features.tray.models import Paper, PaperFile, PaperPage
from lmhg_gateway.features.tray.rules import BYTES_MAX, OVER, FileState, State
from lmhg_gateway.features.tray.service import say_guess
from lmhg_gateway.features.uploads.public import Upload, mark_done, spool_key
from lmhg_gateway.kernel.disposal import STORED_BESIDE
from lmhg_gateway.kernel.sealed_chunks import ChunkSeal, new_key
from lmhg_kit.errors import NotFound, SealBroken, Unavailable
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice

ACTOR = Actor("process: worker")
EVERY_S = 5.0
KINDS = frozenset({"pdf", "jpeg", "png", "heic", "tiff"})
PIECE = 1024 * 1024


class FileGone(Exception):
    """A file of the watched folder that is not there any more, or was written again."""


@dataclass(frozen=True)
class StoredObject:
    """An object that is in the store: how long it is, its hash, and its key."""

    size: int
    digest: str
    key: bytes


@dataclass(frozen=True)
class Taken:
    """A file that was checked, drawn and stored."""

    kind: str
    original: StoredObject
    pdf: StoredObject | None
    pictures: StoredObject
    pages: Sequence[DrawnPage]
    guess: About


@dataclass(frozen=True)
class Intake:
    """Checks, draws and stores files, one after another."""

    db: Database
    spool: Spool
    store: ObjectStore
    practice: Practice
    folder: Folder | None = None

    async def check(self) -> int:
        """Take files that came; how many were. One that can't be read holds up no other.

        Raises: Unavailable, where the store does not answer at once; the first failure of one file, at the end.
        """
        is_there = self.folder is not None and await asyncio.to_thread(self.folder.path.is_dir)
        async with self.db.read(ACTOR, "tray.check") as tx:
            files = await repository.to_check(tx, with_folder=is_there)
        taken, apart = 0, Apart("check_papers")
        for file in files:
            async with apart.item(file.id):
                await self._check(file)
                taken += 1
            if any(getattr(each, "code", "") != "tray_folder" for each in apart.failures):
                break
        apart.tell()
        return taken

    async def _check(self, file: PaperFile) -> None:
        async with self.db.read(ACTOR, "tray.check") as tx:
            upload = await tx.get(Upload, file.upload_id) if file.upload_id else None
        try:
            taken = await asyncio.to_thread(self._take, file, upload)
        except FileGone:
            await self._over(file, FileState.GONE, why=None)
        except (FileRefused, PaperRefused) as refused:
            await self._over(file, FileState.REFUSED, why=refused.code)
        except Unavailable:
            await self._wait(file)
            raise
        else:
            await self._keep(file, taken)
        if file.upload_id is not None:
            self.spool.drop(file.upload_id)

    def _take(self, file: PaperFile, upload: Upload | None) -> Taken:
        data = self._bytes(file, upload)
        kind = kind_of(data[:HEAD_BYTES])
        if kind not in KINDS:
            raise FileRefused("paper_type")
        check_whole(kind, io.BytesIO(data), size=len(data))
        drawn = open_paper(kind, data)
        pictures = b"".join(each.picture for each in drawn.pages)
        return Taken(
            kind=kind,
            original=self._put(str(file.id), data),
            pdf=self._put(pdf_name(file.id), drawn.pdf) if drawn.pdf else None,
            pictures=self._put(pictures_name(file.id), pictures),
            pages=drawn.pages,
            guess=about([each.text for each in drawn.pages], today=self.practice.today()),
        )

    def _bytes(self, file: PaperFile, upload: Upload | None) -> bytes:
        if file.folder_mark is not None:
            if self.folder is None:
                raise Unavailable("tray_folder")
            data = self.folder.read(file.folder_mark, most=BYTES_MAX)
            if data is None:
                raise FileGone
        elif upload is None:
            raise FileRefused("damaged")
        else:
            data = self._spooled(upload)
        if not data:
            raise FileRefused("paper_empty")
        if len(data) > BYTES_MAX:
            raise FileRefused("paper_large")
        return data

    def _spooled(self, upload: Upload) -> bytes:
        try:
            with self.spool.reading(spool_key(upload)) as source:
                held = bytearray()
                while piece := source.read(PIECE):
                    held += piece
        except (NotFound, SealBroken):
            raise FileRefused("damaged") from None
        return bytes(held)

    def _put(self, name: str, data: bytes) -> StoredObject:
        key = new_key()
        reader = SealingReader(io.BytesIO(data), ChunkSeal(key, name))
        self.store.put(name, cast("BinaryIO", reader))
        return StoredObject(reader.size, reader.digest.hexdigest(), key)

    async def _keep(self, file: PaperFile, taken: Taken) -> None:
        async with self.db.uow(ACTOR, "tray.store") as tx:
            found = await self._still(tx, file)
            if found is not None:
                _say(found, taken, at=self.practice.clock())
                paper = (await repository.locked(tx, [found.paper_id]))[found.paper_id]
                await _add_pages(tx, paper, found.id, taken.pages)
                if not (paper.about_name or paper.about_born) and any(taken.guess):
                    say_guess(paper, taken.guess)
                await _settle(tx, paper)
                return
            left = await repository.locked_file(tx, file.id)
        if left is None or left.state in OVER:  # it went while its file was on its way
            await self._drop(file.id)

    async def _drop(self, file_id: uuid.UUID) -> None:
        for ending in STORED_BESIDE:
            await asyncio.to_thread(self.store.delete, f"{file_id}{ending}")

    async def _over(self, file: PaperFile, state: FileState, *, why: str | None) -> None:
        await self._drop(file.id)
        async with self.db.uow(ACTOR, "tray.refuse") as tx:
            found = await self._still(tx, file)
            if found is not None:
                found.state, found.refused_why = state.value, why
                await tx.flush()
                paper = (await repository.locked(tx, [found.paper_id]))[found.paper_id]
                await _settle(tx, paper)

    async def _wait(self, file: PaperFile) -> None:
        if file.state == FileState.WAITING:
            return
        async with self.db.uow(ACTOR, "tray.wait") as tx:
            found = await repository.locked_file(tx, file.id)
            if found is not None and found.state == FileState.CHECKING:
                found.state = FileState.WAITING.value

    async def _still(self, tx: WriteSession, file: PaperFile) -> PaperFile | None:
        """The file, if nothing became of it meanwhile; its upload is done."""
        if file.upload_id is not None:
            await mark_done(tx, file.upload_id)
        found = await repository.locked_file(tx, file.id)
        return found if found is not None and found.state == file.state else None


def _say(file: PaperFile, taken: Taken, *, at: datetime) -> None:
    file.state, file.stored_at, file.kind = FileState.STORED.value, at, taken.kind
    file.size, file.page_count = taken.original.size, len(taken.pages)
    file.digest, file.data_key = taken.original.digest, taken.original.key.hex()
    file.pictures_size, file.pictures_key = taken.pictures.size, taken.pictures.key.hex()
    if taken.pdf is not None:
        file.pdf_size, file.pdf_key = taken.pdf.size, taken.pdf.key.hex()


async def _add_pages(
    tx: WriteSession, paper: Paper, file_id: uuid.UUID, pages: Sequence[DrawnPage]
) -> None:
    at = 0
    for number, each in enumerate(pages, 1):
        page = PaperPage(
            file_id=file_id,
            number=number,
            paper_id=paper.id,
            place=paper.page_count + number,
            turn=0,
            picture_at=at,
            picture_size=len(each.picture),
        )
        page.text = each.text or None
        tx.add(page)
        at += len(each.picture)
    await tx.flush()
    paper.page_count += len(pages)


async def _settle(tx: WriteSession, paper: Paper) -> None:
    """Once all its files are looked at a paper is in the tray, or it was refused."""
    await tx.flush()
    if paper.state != State.READING or await repository.pending_in(tx, paper.id):
        return
    if paper.page_count:
        paper.state = State.OPEN.value
        return
    files = await repository.files_of(tx, [paper.id])
    is_gone = all(each.state == FileState.GONE for each in files)
    paper.state = (State.GONE if is_gone else State.REFUSED).value
