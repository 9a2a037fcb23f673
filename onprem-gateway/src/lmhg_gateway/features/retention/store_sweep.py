"""Removes files from the document store that belong to nothing: whatever failed, none stays for good.

A row is there before its object, and forgets its key before the object goes. So an object that no row names is noise:
left by a process that died, by a store that did not answer, or by a record that went while its file was on its way.
It is left alone for a day. More of them than a few are no leftovers but a sign that this database and this store do
not belong together, such as after a backup was put back: then nothing is removed, and the officer's page says so.
"""

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from lmhg_gateway.adapters.object_store import ObjectStore, StoredName, is_down
from lmhg_gateway.features.retention import repository
from lmhg_gateway.features.retention.models import StoreSweep
from lmhg_gateway.features.retention.rules import is_too_many
from lmhg_gateway.kernel.disposal import STORED_BESIDE
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.logs import get_logger
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database

ACTOR = Actor("process: worker")
EVERY_S = 86_400.0
STRAY_AFTER = timedelta(days=1)
"""How long an object that no row names is left alone."""
AT_ONCE = 500
UNFINISHED_MAX = 1_000
_log = get_logger()


@dataclass
class Found:
    """What a look finds: how many objects, and the names of those that belong to nothing."""

    objects: int = 0
    unknown: int = 0
    strays: list[str] = field(default_factory=list[str])


def id_in(name: str) -> uuid.UUID | None:
    """Whose object a name is; None for a name that is none of ours."""
    head, dot, tail = name.partition(".")
    try:
        found = uuid.UUID(head)
    except ValueError:
        return None
    return found if str(found) == head and dot + tail in STORED_BESIDE else None


@dataclass(frozen=True)
class StoreSweeping:
    """Looks through the store once a day."""

    db: Database
    store: ObjectStore
    clock: Clock = utc_now

    async def step(self) -> int:
        """Remove what belongs to nothing, unless it is too much of it; how many objects went.

        Raises: Unavailable; the first failure of one object, once the others are gone.
        """
        before = self.clock() - STRAY_AFTER
        found, after = Found(), ""
        while True:
            some = await asyncio.to_thread(self.store.listed, after=after, most=AT_ONCE)
            await self._look(some, found)
            if len(some) < AT_ONCE:
                break
            after = some[-1].name
        apart, removed = Apart("sweep_store"), 0
        if not is_too_many(len(found.strays), of=found.objects):
            for name in found.strays:
                async with apart.item(id_in(name)):
                    await asyncio.to_thread(self.store.delete, name)
                    removed += 1
                if any(is_down(each) for each in apart.failures):
                    break
        await self._record(found, removed)
        unfinished = await asyncio.to_thread(
            self.store.drop_unfinished, before=before, most=UNFINISHED_MAX
        )
        _log.info(
            "store.swept",
            objects=found.objects,
            strays=len(found.strays),
            removed=removed,
            unknown=found.unknown,
            unfinished=unfinished,
        )
        apart.tell()
        return 0

    async def _look(self, some: list[StoredName], found: Found) -> None:
        """Count some objects, and note which of them are old and belong to nothing."""
        before = self.clock() - STRAY_AFTER
        ids = {each.name: id_in(each.name) for each in some}
        found.objects += len(some)
        found.unknown += sum(known is None for known in ids.values())
        old = {each.name for each in some if each.at is not None and each.at < before}
        asked = [known for name, known in ids.items() if known is not None and name in old]
        async with self.db.read(ACTOR, "store.sweep") as tx:
            named = await repository.objects_named(tx, asked)
        found.strays += [
            name
            for name, known in ids.items()
            if known is not None and name in old and known not in named
        ]

    async def _record(self, found: Found, removed: int) -> None:
        async with self.db.uow(ACTOR, "store.sweep") as tx:
            await repository.add(
                tx,
                StoreSweep(
                    swept_at=self.clock(),
                    objects=found.objects,
                    strays=len(found.strays),
                    removed=removed,
                    unknown=found.unknown,
                ),
            )
