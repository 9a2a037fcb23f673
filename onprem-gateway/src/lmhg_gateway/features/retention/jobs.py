"""What the worker does: proposes what is due once a day, and carries out what two people agreed to.

Each step is one transaction, or can begin again: rows go record by record, then files one by one, then the batch is
done. A worker that dies leaves what it had begun undone, and the next one goes on.
"""

import asyncio
import uuid
from dataclasses import dataclass

from lmhg_gateway.adapters.object_store import ObjectStore, store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.retention import batches, repository
from lmhg_gateway.kernel.disposal import STORED_BESIDE
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import Conflict, Unavailable
from lmhg_kit.loops import Loop
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice

ACTOR = Actor("process: worker")
PROPOSE_EVERY_S, DISPOSE_EVERY_S = 86_400.0, 15.0
FILES_AT_ONCE = 20


@dataclass(frozen=True)
class Disposal:
    """Carries batches out."""

    db: Database
    practice: Practice
    store: ObjectStore | None
    spool: Spool | None
    clock: Clock = utc_now

    async def propose(self) -> int:
        """Propose what is due, unless a batch is open; how many batches."""
        try:
            async with self.db.uow(ACTOR, "disposal.propose") as tx:
                return int(await batches.propose(tx, self.practice, by=ACTOR.id) is not None)
        except Conflict:
            return 0

    async def step(self) -> int:
        """One step of the batch that was approved: files first, then a record, messages, the end."""
        async with self.db.read(ACTOR, "disposal.step") as tx:
            batch = await repository.approved(tx)
            files = await repository.files_left(tx, FILES_AT_ONCE)
        if batch is None:
            return 0
        if files:
            for each in files:
                await self._remove(each.object_id, each.upload_id)
                async with self.db.uow(ACTOR, "disposal.file") as tx:
                    await repository.file_gone(tx, each.object_id, at=self.clock())
            return len(files)
        async with self.db.uow(ACTOR, "disposal.record") as tx:
            item = await repository.next_item(tx, batch.id)
            if item is not None:
                await repository.dispose(tx, item)
                return 1
        async with self.db.uow(ACTOR, "disposal.messages") as tx:
            if await repository.dispose_messages(tx, batch.id):
                return 1
        async with self.db.uow(ACTOR, "disposal.finish") as tx:
            await batches.finish(tx, batch.id, at=self.clock())
        return 1

    async def _remove(self, object_id: uuid.UUID, upload_id: uuid.UUID) -> None:
        """Have a file in no store. Raises: Unavailable."""
        if self.store is None or self.spool is None:
            raise Unavailable("store_missing")
        for ending in STORED_BESIDE:
            await asyncio.to_thread(self.store.delete, f"{object_id}{ending}")
        await asyncio.to_thread(self.spool.drop, upload_id)


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    folder = worker.settings.spool_folder
    disposal = Disposal(
        worker.db,
        Practice(worker.settings.timezone),
        store_of(worker.settings),
        Spool(folder) if folder else None,
    )
    return [
        Loop("propose_disposals", disposal.propose, PROPOSE_EVERY_S),
        Loop("dispose", disposal.step, DISPOSE_EVERY_S),
    ]
