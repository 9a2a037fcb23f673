"""A workspace with a spool, and what the worker does with imports."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.imports.running import Importing
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

ZONE = "America/Kentucky/Louisville"


@pytest.fixture(scope="module")
async def worker_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=2)
    yield db
    await db.close()


@pytest.fixture
def spool(spool_folder: Path) -> Spool:
    """The spool."""
    return Spool(spool_folder)


@pytest.fixture
def importing(worker_db: Database, spool: Spool) -> Importing:
    """What the worker does with imports."""
    return Importing(worker_db, spool, Practice(ZONE))


@pytest.fixture
async def admin(as_role: AsRole) -> Signed:
    """An administrator."""
    return await as_role("admin")
