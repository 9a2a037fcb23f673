"""Rules of the wall under two sessions at once: anyone who comes second waits, and then sees."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from lmhg_stack.proof import acting, prove
from lmhg_stack.testing import PlaneDatabase

Act = Callable[[asyncpg.Connection], Awaitable[object]]
PEOPLE = [uuid.uuid4() for _ in range(2)]
WAITS_S = 20.0


class Place:
    """One client, another one under Part 2, an appointment of the first, a standing approval."""

    def __init__(self) -> None:
        self.client, self.protected, self.appointment, self.exemption, self.block = (
            uuid.uuid4() for _ in range(5)
        )

    async def show(self, link: asyncpg.Connection) -> None:
        """The appointment's block, under the approval."""
        await link.execute(
            "insert into practice.calendar_block (id, appointment_id, clinician_id, starts_at,"
            " ends_at, busy, hipaa_exempt, exemption_id)"
            " values ($1, $2, gen_random_uuid(), now(), now(), 'busy', true, $3)",
            self.block, self.appointment, self.exemption,
        )  # fmt: skip

    async def move(self, link: asyncpg.Connection) -> None:
        """The appointment is the protected client's after all."""
        await link.execute(
            "update practice.appointment set client_id = $1 where id = $2",
            self.protected, self.appointment,
        )  # fmt: skip

    async def flag(self, link: asyncpg.Connection) -> None:
        """The appointment's client comes under Part 2."""
        await link.execute("update practice.client set part2 = true where id = $1", self.client)

    async def keep_back(self, link: asyncpg.Connection) -> None:
        """An officer keeps this appointment back, by the block that there is now."""
        await link.execute(
            "insert into compliance.kept_back (id, kind, record_id, subject_id, kept_by, kept_at,"
            " reason_sealed) values (gen_random_uuid(), 'calendar_block', $1, $2, $3, now(), null)",
            self.block, self.appointment, str(PEOPLE[0]),
        )  # fmt: skip

    async def show_anew(self, link: asyncpg.Connection) -> None:
        """The block is made again for the same appointment, as when IntakeQ sends it again."""
        await link.execute("delete from practice.calendar_block where id = $1", self.block)
        await link.execute(
            "insert into practice.calendar_block (id, appointment_id, clinician_id, starts_at,"
            " ends_at, busy, hipaa_exempt, exemption_id)"
            " values (gen_random_uuid(), $1, gen_random_uuid(), now(), now(), 'busy', true, $2)",
            self.appointment, self.exemption,
        )  # fmt: skip


AS_WORKER = "select set_config('app.actor', 'process: worker', true), set_config('app.purpose', 'test', true)"


async def begin(link: asyncpg.Connection, *, by: uuid.UUID = PEOPLE[0]) -> None:
    """A transaction with its actor, or another actor in the same one."""
    if not link.is_in_transaction():
        await link.execute("begin")
    is_worker = await link.fetchval("select session_user = 'gw_worker'")
    await link.execute(AS_WORKER if is_worker else f"select {acting(by)}")


@pytest.fixture
async def place(onprem: PlaneDatabase) -> Place:
    """Rows of its own for each test, made by the owner."""
    made = Place()
    await prove(onprem, *PEOPLE, roles="compliance")
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        await begin(link)
        for client, part2 in ((made.client, False), (made.protected, True)):
            await link.execute(
                "insert into practice.client (id, part2) values ($1, $2)", client, part2
            )
        await link.execute(
            "insert into practice.appointment (id, client_id, starts_at, ends_at, status)"
            " values ($1, $2, now(), now(), 'confirmed')",
            made.appointment, made.client,
        )  # fmt: skip
        await link.execute(
            "insert into compliance.exemption_request (id, kind, requested_by)"
            " values (gen_random_uuid(), 'calendar_block', $1)",
            str(PEOPLE[0]),
        )
        await begin(link, by=PEOPLE[1])
        await link.execute(
            "insert into relay.exemption (id, kind, requested_by, approved_by)"
            " values ($1, 'calendar_block', $2, $3)",
            made.exemption, *(str(each) for each in PEOPLE),
        )  # fmt: skip
        await link.execute(
            "update compliance.exemption_request set outcome = 'approved',"
            " decided_by = $1, decided_at = now() where outcome = 'open'",
            str(PEOPLE[1]),
        )
        await link.execute("commit")
    finally:
        await link.close()
    return made


@pytest.fixture
async def links(onprem: PlaneDatabase) -> AsyncIterator[list[asyncpg.Connection]]:
    """Two sessions of the workspace."""
    made = [await asyncpg.connect(onprem.url("gw_workspace")) for _ in range(2)]
    yield made
    for link in made:
        await link.close()


@pytest.fixture
async def worker_links(onprem: PlaneDatabase) -> AsyncIterator[list[asyncpg.Connection]]:
    """Two sessions of the worker, which alone may give an appointment to another client."""
    made = [await asyncpg.connect(onprem.url("gw_worker")) for _ in range(2)]
    yield made
    for link in made:
        await link.close()


async def interleave(links: list[asyncpg.Connection], first: Act, second: Act) -> None:
    """Both begin; the second acts while the first is open; then both commit, or are refused."""

    async def act(link: asyncpg.Connection, what: Act) -> None:
        try:
            await what(link)
            await link.execute("commit")
        except asyncpg.PostgresError:
            await link.execute("rollback")

    for link in links:
        await begin(link)
    await first(links[0])
    waiting = asyncio.create_task(act(links[1], second))
    pid = links[1].get_server_pid()
    async with asyncio.timeout(WAITS_S):
        while not waiting.done() and not await links[0].fetchval(
            "select cardinality(pg_blocking_pids($1)) > 0", pid
        ):
            continue
    await links[0].execute("commit")
    await waiting


async def shown(onprem: PlaneDatabase, place: Place) -> int:
    """Blocks of the appointment that are in the cloud, or will be."""
    rows = await onprem.run(
        "select count(*) as n from practice.calendar_block where appointment_id = $1 and hipaa_exempt",
        place.appointment,
    )
    return int(rows[0]["n"])


ORDERS = {
    "block then flag": ("show", "flag"),
    "flag then block": ("flag", "show"),
    "block then move": ("show", "move"),
    "move then block": ("move", "show"),
}


@pytest.mark.found(
    "W4", "a Part 2 client has no block in the cloud, whichever of two sessions comes first"
)
@pytest.mark.parametrize("order", ORDERS)
async def test_part2_holds_under_two_sessions(
    order: str,
    place: Place,
    links: list[asyncpg.Connection],
    worker_links: list[asyncpg.Connection],
    onprem: PlaneDatabase,
) -> None:
    """Flag or move while the block is not committed yet, and the other way around."""
    first, second = (getattr(place, name) for name in ORDERS[order])
    await interleave(worker_links if "move" in order else links, first, second)
    assert await shown(onprem, place) == 0


@pytest.mark.found("W4", "an appointment that is given to a Part 2 client loses its block")
@pytest.mark.parametrize("later", ["move", "flag"])
async def test_block_goes_when_its_client_is_another(
    later: str,
    place: Place,
    links: list[asyncpg.Connection],
    worker_links: list[asyncpg.Connection],
    onprem: PlaneDatabase,
) -> None:
    """One after the other; the control is that the block was there."""
    links = worker_links if later == "move" else links
    for act in (place.show, getattr(place, later)):
        await begin(links[0])
        await act(links[0])
        await links[0].execute("commit")
        if act == place.show:
            assert await shown(onprem, place) == 1
    assert await shown(onprem, place) == 0


@pytest.mark.found("W4", "a block of an appointment that is not here stays here")
async def test_block_without_an_appointment_is_not_released(
    place: Place, links: list[asyncpg.Connection]
) -> None:
    """Nobody can say whose it is."""
    place.appointment = uuid.uuid4()
    await begin(links[0])
    with pytest.raises(asyncpg.PostgresError) as refused:
        await place.show(links[0])
    assert str(refused.value) == "part2"


@pytest.mark.found(
    "W4", "an appointment kept back stays back when its block is made anew meanwhile"
)
@pytest.mark.parametrize("order", [("show_anew", "keep_back"), ("keep_back", "show_anew")])
async def test_kept_back_holds_under_two_sessions(
    order: tuple[str, str], place: Place, links: list[asyncpg.Connection], onprem: PlaneDatabase
) -> None:
    """The sibling: another rule that asks about rows which someone else is just writing."""
    await begin(links[0])
    await place.show(links[0])
    await links[0].execute("commit")
    first, second = (getattr(place, name) for name in order)
    await interleave(links, first, second)
    kept = await onprem.run(
        "select count(*) as n from compliance.kept_back where subject_id = $1", place.appointment
    )
    assert await shown(onprem, place) == 0 or kept[0]["n"] == 0
