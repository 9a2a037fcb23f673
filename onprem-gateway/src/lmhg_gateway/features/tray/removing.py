"""What is removed of the tray: the files, and what their pages say, once what they were filed as was removed for good.

A document that is deleted can be brought back for a week, and its paper with it. When the document's own files are
removed nothing of the paper is shown anymore; so the file that it came as, its PDF and its pictures go too. A file of
which a page is still needed, in the tray, set aside, or in a document that is there, stays.
"""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from lmhg_gateway.adapters.object_store import ObjectStore, is_down
from lmhg_gateway.features.tray import repository
from lmhg_gateway.features.tray.intake import ACTOR
from lmhg_gateway.features.tray.rules import FileState
from lmhg_gateway.kernel.disposal import STORED_BESIDE
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Database, ReadSession

EVERY_S = 60.0


class Find(Protocol):
    """Finds the next ones behind one of them."""

    async def __call__(
        self, tx: ReadSession, *, after: uuid.UUID, limit: int
    ) -> Sequence[uuid.UUID]:
        """The ids of the next ones, in their order."""
        ...


@dataclass(frozen=True)
class Removing:
    """Removes files of the tray, and what their pages say."""

    db: Database
    store: ObjectStore

    async def step(self) -> int:
        """Remove what belongs to no document anymore; how many pages and files. One that fails keeps no other.

        The rows forget the keys first: from then on an object is noise. Raises: the first failure, at the end.
        """
        apart, done = Apart("remove_papers"), 0
        for find, act in (
            (repository.gone_pages, self._forget_page),
            (repository.gone_files, self._forget),
            (repository.left_in_store, self._drop),
        ):
            done += await apart.each(partial(self._found, find), act, until=is_down)
        apart.tell()
        return done

    async def _found(self, find: Find, after: uuid.UUID, limit: int) -> Sequence[uuid.UUID]:
        async with self.db.read(ACTOR, "tray.remove") as tx:
            return await find(tx, after=after, limit=limit)

    async def _forget_page(self, page_id: uuid.UUID) -> None:
        async with self.db.uow(ACTOR, "tray.remove") as tx:
            await repository.forget_page(tx, page_id)

    async def _forget(self, file_id: uuid.UUID) -> None:
        async with self.db.uow(ACTOR, "tray.remove") as tx:
            found = await repository.locked_file(tx, file_id)
            if found is not None and found.state == FileState.STORED:
                found.state = FileState.REMOVED.value
                found.data_key = found.pdf_key = found.pictures_key = None

    async def _drop(self, file_id: uuid.UUID) -> None:
        for ending in STORED_BESIDE:
            await asyncio.to_thread(self.store.delete, f"{file_id}{ending}")
        async with self.db.uow(ACTOR, "tray.remove") as tx:
            found = await repository.locked_file(tx, file_id)
            if found is not None:
                found.is_gone = True
