"""A simulator of IntakeQ for the tests of the stack."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from lmhg_stack.intakeq.app import build
from lmhg_stack.intakeq.settings import SimulatorSettings

Client = TestClient[Any]


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Client]:
    """A simulator with the documented limits, without play, whose webhooks go nowhere."""
    (tmp_path / "key").write_text("the-key\n")
    settings = SimulatorSettings(
        listen="127.0.0.1:0",
        sim_journal=tmp_path / "journal",
        sim_webhook_url="http://127.0.0.1:9/nowhere",
        intakeq_api_key_file=tmp_path / "key",
        sim_play=False,
        sim_webhook_tries=1,
    )
    with TestClient(build(settings)) as client:
        yield client
