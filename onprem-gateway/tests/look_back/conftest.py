"""The database as the worker reaches it, and a search that is up to now."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from lmhg_gateway.features.look_back.service import LookBack
from lmhg_kit.persistence import Database
from lmhg_quality.factories import ANA, BEN
from lmhg_stack.proof import prove
from lmhg_stack.testing import PlaneDatabase

from .cases import OFFICERS, ZONE  # noqa: TID252 - beside this file


@pytest.fixture
async def db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it, with two officers in it."""
    for officer in OFFICERS:
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true); insert into identity.user_account"
            " (id, email, display_name, roles, password_hash) values"
            f" ('{officer}', '{officer}@lmhg.test', 'O', '{{compliance}}', 'x')"
            " on conflict do nothing; end $$"
        )
    await prove(onprem, *OFFICERS, ANA.id, BEN.id, roles="compliance")
    made = Database(onprem.url("gw_worker"), pool_size=3)
    yield made
    await made.close()


@pytest.fixture
async def look_back(db: Database) -> LookBack:
    """A search that is up to now, in a database that was proven once."""
    made = LookBack(db, ZONE, grace=timedelta(0))
    await made.look()
    await made.prove()
    return made
