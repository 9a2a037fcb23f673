"""One private stack for every test that needs the whole product."""

from collections.abc import Iterator

import pytest

from lmhg_stack.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Both planes and every server, on free ports, without the simulator's own play."""
    folder = tmp_path_factory.mktemp("stack") / "lmhg"
    with Stack.private(folder, LMHG_SIM_PLAY="false") as running:
        yield running
