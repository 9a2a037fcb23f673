"""A database in which any row can be made up, and who reaches it."""

from collections.abc import AsyncIterator

import pytest

from lmhg_kit.persistence import Database
from lmhg_stack.proof import prove
from lmhg_stack.testing import PlaneDatabase

from .everything import open_up  # noqa: TID252 - beside this file
from .steps import ADMIN, OFFICER, SECOND, set_years  # noqa: TID252 - beside this file


@pytest.fixture(scope="module")
async def opened(onprem: PlaneDatabase) -> PlaneDatabase:
    """A database in which any row can be made up; an administrator and two officers."""
    await prove(onprem, ADMIN, roles="admin")
    await prove(onprem, OFFICER, SECOND, roles="compliance")
    await open_up(onprem)
    await set_years(onprem)
    return onprem


@pytest.fixture
async def worker(opened: PlaneDatabase) -> AsyncIterator[Database]:
    """The worker's database."""
    db = Database(opened.url("gw_worker"), pool_size=3)
    yield db
    await db.close()


@pytest.fixture
async def desk(opened: PlaneDatabase) -> AsyncIterator[Database]:
    """The workspace's database."""
    db = Database(opened.url("gw_workspace"), pool_size=3)
    yield db
    await db.close()
