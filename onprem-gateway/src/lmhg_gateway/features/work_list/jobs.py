"""The work list kept true as time goes by: next actions that time alone changes are decided again."""

from collections.abc import Sequence

from lmhg_gateway.features.work_list import repository
from lmhg_gateway.kernel.process import Worker
from lmhg_gateway.web.points import WorkSource
from lmhg_kit.loops import Apart, Loop
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice

ACTOR = Actor("process: worker")
EVERY_S = 20.0


class Planner:
    """Decides again what has to be done next, each subject in a unit of work of its own."""

    def __init__(self, db: Database, practice: Practice, sources: Sequence[WorkSource]) -> None:
        self._db = db
        self._practice = practice
        self._sources = {each.kind: each for each in sources}

    async def step(self) -> int:
        """Decide about whom time has passed, and who is missing from the list; how many they were."""
        async with self._db.read(ACTOR, "work.changes") as tx:
            due = await repository.changing(tx, at=self._practice.clock())
            for source in self._sources.values():
                missing = await source.unplanned(tx, repository.REPLAN_MAX)
                due = [*due, *((source.kind, each) for each in missing)]
        apart, done = Apart("work_plan"), 0
        for kind, subject_id in due:
            source = self._sources.get(kind)
            if source is None:
                continue
            async with apart.item(subject_id), self._db.uow(ACTOR, "work.plan") as tx:
                await source.plan(tx, subject_id, self._practice)
                done += 1
        apart.tell()
        return done


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    sources = worker.features.contributions(WorkSource)
    planner = Planner(worker.db, Practice(worker.settings.timezone), sources)
    return [Loop("work_plan", planner.step, EVERY_S)]
