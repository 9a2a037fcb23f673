"""Uploads that nobody finished, and files that belong to none, are deleted."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.uploads import repository
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.loops import Loop
from lmhg_kit.persistence import Actor, Database

BATCH = 200
EVERY_S = 60.0
STRAY_AFTER = timedelta(hours=1)
"""How long a file without a row is left alone: its row may be on its way."""
ACTOR = Actor("process: worker")


@dataclass(frozen=True)
class Sweep:
    """Deletes what uploads left behind."""

    db: Database
    spool: Spool
    clock: Clock = utc_now

    async def step(self) -> int:
        """Delete up to 200 uploads with their files, and files without an upload; how many."""
        async with self.db.uow(ACTOR, "upload.sweep") as tx:
            over = await repository.over(tx, at=self.clock(), limit=BATCH)
            await repository.remove(tx, over)
        for upload_id in over:
            self.spool.drop(upload_id)
        return len(over) + await self._strays()

    async def _strays(self) -> int:
        before = (self.clock() - STRAY_AFTER).timestamp()
        held = await asyncio.to_thread(self.spool.held)
        old = [file_id for file_id, at in held.items() if at < before][:BATCH]
        if not old:
            return 0
        async with self.db.read(ACTOR, "upload.sweep") as tx:
            known = await repository.known(tx, old)
        strays = [file_id for file_id in old if file_id not in known]
        for file_id in strays:
            self.spool.drop(file_id)
        return len(strays)


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    folder = worker.settings.spool_folder
    if folder is None:
        return []
    return [Loop("sweep_uploads", Sweep(worker.db, Spool(folder)).step, EVERY_S)]
