"""What the worker does: proposes what is due once a day, and carries out what two people agreed to.

Each record and each file is a unit of work of its own, and can begin again: first files of records that are gone,
then rows record by record, then messages, then the batch is done. A worker that dies leaves what it had begun undone,
and the next one goes on.
"""

import asyncio
import uuid
from dataclasses import dataclass

from lmhg_gateway.adapters.object_store import ObjectStore, is_down, store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.retention import batches, carrying_out, repository, store_sweep
from lmhg_gateway.features.retention.rules import gone_from_backups
from lmhg_gateway.kernel.disposal import STORED_BESIDE
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import Conflict, Unavailable
from lmhg_kit.loops import Apart, Loop
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
    backup_days: int = 30

    async def propose(self) -> int:
        """Propose what is due, unless a batch is open; how many batches.

        Raises: the first failure of one record, once the others are listed.
        """
        apart = Apart("propose_disposals")
        try:
            async with self.db.uow(ACTOR, "disposal.propose") as tx:
                made = await batches.propose(tx, self.practice, by=ACTOR.id, apart=apart)
        except Conflict:
            return 0
        apart.tell()
        return int(made is not None)

    async def step(self) -> int:
        """Go through the batch that was approved; how much was done. Nothing is left out because another one fails.

        Raises: the first failure of one record or file, once the others are done.
        """
        async with self.db.read(ACTOR, "disposal.step") as tx:
            batch = await repository.approved(tx)
        if batch is None:
            return 0
        apart = Apart("dispose")
        done = await self._files(apart) or await self._records(batch.id, apart)
        if not done and not apart.failures:
            async with self.db.uow(ACTOR, "disposal.messages") as tx:
                done = await repository.dispose_messages(tx, batch.id)
        if not done and not apart.failures:
            until = gone_from_backups(self.clock(), days=self.backup_days, practice=self.practice)
            async with self.db.uow(ACTOR, "disposal.finish") as tx:
                await carrying_out.finish(tx, batch.id, at=self.clock(), backups_until=until)
            done = 1
        apart.tell()
        return done

    async def _records(self, batch_id: uuid.UUID, apart: Apart) -> int:
        """Take the rows of each record away, each in a unit of work of its own; how many were decided."""
        async with self.db.read(ACTOR, "disposal.step") as tx:
            items = await repository.listed_items(tx, batch_id)
        done = 0
        for each in items:
            async with apart.item(each):
                async with self.db.uow(ACTOR, "disposal.record") as tx:
                    await carrying_out.dispose(tx, each, self.practice)
                done += 1
        return done

    async def _files(self, apart: Apart) -> int:
        """Take files of records that are gone out of the store; how many. One that stays keeps no other."""
        done, after = 0, uuid.UUID(int=0)
        while True:
            async with self.db.read(ACTOR, "disposal.step") as tx:
                files = await repository.files_left(tx, after=after, limit=FILES_AT_ONCE)
            for each in files:
                async with apart.item(each.object_id):
                    await self._remove(each.object_id, each.upload_id)
                    async with self.db.uow(ACTOR, "disposal.file") as tx:
                        await repository.file_gone(tx, each.object_id, at=self.clock())
                    done += 1
            if len(files) < FILES_AT_ONCE or any(is_down(each) for each in apart.failures):
                return done
            after = files[-1].object_id

    async def _remove(self, object_id: uuid.UUID, upload_id: uuid.UUID) -> None:
        """Have a file in no store. Raises: Unavailable."""
        if self.store is None or self.spool is None:
            raise Unavailable("store_missing")
        for ending in STORED_BESIDE:
            await asyncio.to_thread(self.store.delete, f"{object_id}{ending}")
        await asyncio.to_thread(self.spool.drop, upload_id)


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature; no look through a store where the settings name none."""
    folder = worker.settings.spool_folder
    disposal = Disposal(
        worker.db,
        Practice(worker.settings.timezone),
        store_of(worker.settings),
        Spool(folder) if folder else None,
        backup_days=worker.settings.backup_days,
    )
    made = [
        Loop("propose_disposals", disposal.propose, PROPOSE_EVERY_S),
        Loop("dispose", disposal.step, DISPOSE_EVERY_S),
    ]
    if disposal.store is not None:
        sweeping = store_sweep.StoreSweeping(worker.db, disposal.store)
        made.append(Loop("sweep_store", sweeping.step, store_sweep.EVERY_S))
    return made
