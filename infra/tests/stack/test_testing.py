"""The fixtures of every package's tests: what one test configures, no other test sees."""

import json
import logging
from typing import Any

import pytest
import structlog

from lmhg_kit import logs
from lmhg_relay import cli
from lmhg_stack.testing import logs_as_before


def configuration() -> tuple[Any, ...]:
    """All that a process configures about its logs."""
    root = logging.getLogger()
    bound = structlog.contextvars.get_contextvars()
    return structlog.get_config(), root.handlers[:], root.level, bound


def test_logs_configured_in_a_test_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relay's command line once left its logger to the tests of other packages."""
    monkeypatch.delenv("LMHG_SITE", raising=False)
    before = configuration()
    with logs_as_before():
        assert cli.main(["run", "--plane", "onprem"]) == 2
        of_relay = configuration()
        with logs_as_before():
            logs.configure(process="test", level="error")
            assert configuration() != of_relay
        assert configuration() == of_relay
        assert of_relay != before
    assert configuration() == before


@pytest.mark.parametrize("turn", [1, 2])
def test_no_test_finds_another_ones_logger(turn: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The second turn would see what the first configured, were it left."""
    assert not structlog.is_configured()
    logs.configure(process=f"turn-{turn}")
    logs.get_logger().info("seen")
    assert json.loads(capsys.readouterr().err)["process"] == f"turn-{turn}"
