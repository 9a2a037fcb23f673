"""The fixtures that every package's tests share, and what runs beside what."""

import pytest

pytest_plugins = ["lmhg_stack.testing"]

SHARED = ("stack", "rig")
"""Servers of a whole session: their tests run in one process, one after the other."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests run in one process, those of a shared server too; these come first, they are longest."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: _server(item) is None)


def _server(item: pytest.Item) -> str | None:
    used = getattr(item, "fixturenames", ())
    return next((name for name in SHARED if name in used), None)


def _group(item: pytest.Item) -> str:
    return _server(item) or str(item.path)
