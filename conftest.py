"""The fixtures that every package's tests share, and which tests run beside which."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["lmhg_stack.testing"]

SHARED = (
    "infra/tests/system/",
    "infra/tests/pages/",
    "infra/tests/faults/",
    "infra/tests/canary/",
    "infra/tests/stack/test_running.py",
    "sync-relay/tests/live/",
)
"""Folders whose tests share servers of a whole session."""


def together(nodeid: str) -> str:
    """What runs in one process: a file, or every folder that shares the same servers."""
    path = nodeid.partition("::")[0]
    if not path.startswith(SHARED):
        return path
    return "relays" if path.startswith("sync-relay/") else "stack"


class Together(LoadScopeScheduling):
    """Gives whole files to a process, and all tests of a shared server to one."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:  # noqa: ANN401 - xdist's
    """Called when tests run in more than one process."""
    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first, so that no process waits for it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(SHARED))


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A failure is named as soon as it is known: a run that is cut off has said what it found."""
    if report.failed:
        said = f"\nFAILED {report.nodeid} ({report.when})\n{report.longreprtext[-2000:]}"
        print(said, flush=True)  # noqa: T201 - read by who watches the run
