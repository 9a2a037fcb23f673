"""No role may leave a transaction open for ever."""

import asyncio

import asyncpg
import pytest

from lmhg_stack.bootstrap import ROLES
from lmhg_stack.postgres import DATABASE
from lmhg_stack.testing import Cluster

LIMITS = ("idle_in_transaction_session_timeout", "transaction_timeout")


@pytest.fixture(params=["onprem", "cloud"])
def cluster(request: pytest.FixtureRequest, clusters: dict[str, Cluster]) -> Cluster:
    """One plane's cluster, as bootstrap.sql and database.sql left it."""
    return clusters[request.param]


@pytest.mark.found(
    "AR1", "every role's transactions have an end, the migrator's and the administrator's too"
)
async def test_every_role_has_both_limits(cluster: Cluster) -> None:
    """Asked of the server as each role; the administrator has the database's."""
    server = cluster.server
    for role in (*ROLES[server.plane], "postgres"):
        password = server.password if role == "postgres" else cluster.password
        link = await asyncpg.connect(server.dsn(role, password, database=DATABASE))
        for limit in LIMITS:
            value = await link.fetchval("select setting from pg_settings where name = $1", limit)
            assert int(value) > 0, (role, limit)
        await link.close()


async def test_a_forgotten_transaction_of_the_migrator_is_ended(cluster: Cluster) -> None:
    """The same limit in short: the server ends the session, and its locks with it."""
    server = cluster.server
    link = await asyncpg.connect(
        server.dsn("lmhg_migrator", cluster.password, database=DATABASE),
        server_settings={LIMITS[0]: "50"},
    )
    closed = asyncio.Event()
    link.add_termination_listener(lambda _: closed.set())
    await link.execute("begin")
    async with asyncio.timeout(5):
        await closed.wait()
    assert link.is_closed()
