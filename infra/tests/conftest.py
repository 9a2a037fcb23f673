"""One private stack for every test that needs the whole product, and a real browser."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from lmhg_stack import chromium
from lmhg_stack.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Both planes and every server, on free ports, without the simulator's own play."""
    folder = tmp_path_factory.mktemp("stack") / "lmhg"
    with Stack.private(folder, LMHG_SIM_PLAY="false") as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with chromium.chromium() as running:
        yield running
