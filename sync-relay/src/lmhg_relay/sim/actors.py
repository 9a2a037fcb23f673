"""Who makes things happen: editors, the screener, and everything that goes wrong."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from lmhg_contracts.wire import PlaneName
from lmhg_relay.sim.database import Database
from lmhg_relay.sim.oracle import FORBIDDEN
from lmhg_relay.sim.records import Exemption, HomeRecord
from lmhg_relay.sim.world import PLANES, World

KINDS: dict[PlaneName, tuple[str, ...]] = {
    "onprem": ("announcement", "calendar_block", "document_ref"),
    "cloud": ("ticket",),
}
RECORDS_MAX = 12
STRANGERS = 0.03
"""Part of the transactions that write nothing here and never end."""
PREPARED = 0.04
"""Part of the transactions that are prepared, and end when someone remembers them."""
PREPARED_S = (15.0, 60.0, 150.0)


def body_of(kind: str, mark: str, *, has_stray_field: bool, names_client: bool) -> str:
    """A body; a stray field or a named client makes it one that policy does not allow."""
    person = "00000000-0000-4000-8000-000000000001"
    stray = f',"note":"{FORBIDDEN}"' if has_stray_field else ""
    text = f"{mark} {FORBIDDEN}" if names_client else mark
    if kind == "announcement":
        return (
            f'{{"author_id":"{person}","body":"{text}","kind":"announcement",'
            f'"published_at":"2026-03-08T01:30:00Z","title":"t"{stray}}}'
        )
    if kind == "calendar_block":
        return (
            f'{{"busy":"busy","clinician_id":"{person}","ends_at":"2026-03-08T02:30:00Z",'
            f'"kind":"calendar_block","starts_at":"2026-03-08T01:30:00Z"{stray}}}'
        )
    if kind == "document_ref":
        return (
            f'{{"author_id":"{person}","category":"form","document_id":"{person}","file_name":"f",'
            f'"kind":"document_ref","media_type":"text/plain","published_at":"2026-03-08T01:30:00Z",'
            f'"revision":1,"sha256":"{sha256(mark.encode()).hexdigest()}","size":1,"title":"{text}"{stray}}}'
        )
    return (
        f'{{"assignee_id":null,"body":"{mark}","category":"phone","filed_at":"2026-03-08T01:30:00Z",'
        f'"filed_by":"{person}","kind":"ticket","redacted":false,"state":"new",'
        f'"subject":"s","urgency":"low"{stray}}}'
    )


class Editors:
    """People and jobs that change records on their home plane."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random

    def edit(self, plane: PlaneName) -> None:
        """Begin a transaction over one or several records; it ends some time later, or aborts."""
        database = self.world.databases[plane]
        xid = database.begin()
        if self.random.random() < STRANGERS:
            database.strangers.add(xid)
            if self.random.random() < 0.5:
                database.prepared.add(xid)
            return
        self.world.at(
            self.random.choice((0.0, 0.01, 1.0)), lambda: self._write(plane, database, xid)
        )

    def _is_gone(self, plane: PlaneName, database: Database, xid: int) -> bool:
        return self.world.databases[plane] is not database or xid not in database.running

    def _write(self, plane: PlaneName, database: Database, xid: int) -> None:
        if self._is_gone(plane, database, xid):
            return
        for _ in range(self.random.choice((1, 1, 1, 2, 4))):
            self._change(plane, database, xid)
        if self.random.random() < PREPARED:
            database.prepared.add(xid)
            self.end_prepared(plane, database, xid)
            return
        self.world.at(
            self.random.choice((0.0, 0.0, 0.02, 2.0)), lambda: self._end(plane, database, xid)
        )

    def end_prepared(self, plane: PlaneName, database: Database, xid: int) -> None:
        """Someone will commit it, or roll it back."""
        delay_s = self.random.choice(PREPARED_S)
        self.world.at(delay_s, lambda: self._end(plane, database, xid))

    def _end(self, plane: PlaneName, database: Database, xid: int) -> None:
        if self._is_gone(plane, database, xid):
            return
        changed = [change.record for change in database.running[xid]]
        if self.world.is_faulty and self.random.random() < 0.1:
            database.abort(xid)
            return
        database.commit(xid)
        for record in changed:
            if record.is_exempt:
                late = self.random.choice((0.0, 0.05, 0.5, 3.0))
                if self.world.is_faulty and self.random.random() < 0.02:
                    late = 40.0
                self.world.at(late, self._screening(plane, database, record))

    def _screening(
        self, plane: PlaneName, database: Database, record: HomeRecord
    ) -> Callable[[], None]:
        verdict = "hold" if FORBIDDEN in record.body else "clear"

        def screen() -> None:
            if self.world.databases[plane] is database:
                database.verdicts.setdefault((record.id, record.version), verdict)

        return screen

    def rescreen(self, plane: PlaneName, database: Database) -> None:
        """After a restore the screener looks at everything that has no verdict."""
        for record in database.records.values():
            if record.is_exempt:
                self.world.at(0.5, self._screening(plane, database, record))
        for row in database.outbox:
            if row.body is not None:
                former = HomeRecord(row.kind, row.record_id, row.version, row.body)
                self.world.at(0.5, self._screening(plane, database, former))

    def _change(self, plane: PlaneName, database: Database, xid: int) -> None:
        free = [record for record in database.records.values() if not record.is_locked]
        if (
            len(database.records) + len(database.running) < RECORDS_MAX
            and self.random.random() < 0.4
        ):
            self._create(plane, database, xid)
        elif free:
            self._alter(database, xid, self.random.choice(free), self.world.wall(plane))

    def _create(self, plane: PlaneName, database: Database, xid: int) -> None:
        kind = self.random.choice(KINDS[plane])
        record_id = UUID(int=self.random.getrandbits(128), version=4)
        fresh = HomeRecord(kind, record_id)
        self._put(database, xid, fresh, self.world.wall(plane))

    def _alter(self, database: Database, xid: int, record: HomeRecord, at: datetime) -> None:
        is_put = not record.is_exempt or self.random.random() < 0.6
        if is_put:
            self._put(database, xid, record, at)
            return
        gone = HomeRecord(record.kind, record.id, record.version + 1, record.body)
        database.write(xid, gone, "recall", at, withdraws=record.exemption)

    def _put(self, database: Database, xid: int, record: HomeRecord, at: datetime) -> None:
        version = record.version + 1
        body = body_of(
            record.kind,
            f"{record.id.hex[:8]} v{version}",
            has_stray_field=self.random.random() < 0.08,
            names_client=self.random.random() < 0.1
            and record.kind in ("announcement", "document_ref"),
        )
        grants: tuple[UUID, Exemption] | None = None
        exemption = record.exemption
        if not record.is_exempt or exemption is None:
            exemption = UUID(int=self.random.getrandbits(128), version=4)
            grants = (exemption, Exemption(record.kind, record.id))
        fresh = HomeRecord(
            record.kind, record.id, version, body, is_exempt=True, exemption=exemption
        )
        database.write(xid, fresh, "put", at, grants=grants)


class Faults:
    """Everything that goes wrong, at moments the seed chooses."""

    def __init__(self, world: World, *, allows_restore: bool) -> None:
        self.world = world
        self.random = world.random
        self.backups: list[tuple[PlaneName, Database]] = []
        self.acts: list[tuple[float, Callable[[], None]]] = [
            (3, lambda: world.kill(self._plane())),
            (2, lambda: world.takeover(self._plane())),
            (2, world.wipe_broker),
            (2, self._partition),
            (2, self._jump),
            (4, world.replay),
            (2, self._redeliver),
        ]
        if allows_restore:
            self.acts += [(2, self._backup), (1, self._restore)]

    def _plane(self) -> PlaneName:
        return self.random.choice(PLANES)

    def happen(self) -> None:
        """One of them."""
        weights = [weight for weight, _ in self.acts]
        self.random.choices(self.acts, weights)[0][1]()

    def _partition(self) -> None:
        world = self.world
        world.is_partitioned = True

        def mend() -> None:
            world.is_partitioned = False

        world.at(self.random.choice((0.5, 5.0, 20.0)), mend)

    def _jump(self) -> None:
        hours = self.random.choice((-5.0, -0.01, 0.01, 1.0, 72.0))
        self.world.offsets[self._plane()] += timedelta(hours=hours)

    def _redeliver(self) -> None:
        direction = self.random.choice(("down", "up"))
        plane: PlaneName = "cloud" if direction == "down" else "onprem"
        for blob in list(self.world.streams[direction].values()):
            self.world.hand(plane, "batch", blob)

    def _backup(self) -> None:
        plane = self._plane()
        self.backups = [(plane, self.world.databases[plane].backup())]

    def _restore(self) -> None:
        """The plane's database is replaced by its backup, and someone declares it."""
        if not self.backups:
            return
        plane, taken = self.backups[0]
        world = self.world
        world.kill(plane)
        for node in world.zombies:
            if node.plane == plane:
                node.is_alive = False
        fresh = taken.backup()
        fresh.restore_declared = True
        world.databases[plane] = fresh
        world.trace.append(f"{world.time:.2f} {plane} restored")
        editors = Editors(world)
        editors.rescreen(plane, fresh)
        for xid in sorted(fresh.prepared - fresh.strangers):
            editors.end_prepared(plane, fresh, xid)
