"""Trips to the database that each page makes, and the table of what it may make."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from lmhg_kit.http.access import guarded_routes
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Signed
from lmhg_quality.visits import PARAMETER
from lmhg_quality.wire import Wire

WRITE = "LMHG_WRITE_TRIPS"
"""Set, a test writes the table it would compare with."""
TRIES = 4
"""The first asks prepare statements, and one may meet a reading that is renewed every few seconds."""
UNKNOWN = "00000000-0000-0000-0000-00000000dead"
"""An id of which the practice has no record: for a page whose parameter a test does not know."""
OF_A_FEATURE = "*/trips.json"
"""The budget of a feature's own pages, in its folder; the others are in the application's table."""
NO_PAGES = ("/api/", "/static/", "/gallery", "/schema")


def pages_of(edge: Edge) -> dict[str, str]:
    """Every GET page of an application with the permission it asks for; public ones have none."""
    return {
        path: access.permission or ""
        for path, method, access in guarded_routes(edge.inner)
        if method == "GET" and access and access.cookies and not path.startswith(NO_PAGES)
    }


async def trips_of(wire: Wire, signed: Signed, path: str, known: Mapping[str, str]) -> int:
    """The fewest trips in which the page was answered."""
    address = PARAMETER.sub(lambda each: known.get(each[1], UNKNOWN), path)
    fewest: list[int] = []
    for _ in range(TRIES):
        before = wire.trips
        answer = await signed.get(address)
        if answer.status_code >= 500:
            message = f"{path} answered {answer.status_code}"
            raise AssertionError(message)
        fewest.append(wire.trips - before)
    return min(fewest)


def _table(path: Path) -> dict[str, int]:
    return json.loads(path.read_text())


def compare(path: Path, found: Mapping[str, int], *, features: Path) -> list[str]:
    """Pages over their budget, pages without one, and budgets without a page."""
    own = {
        page: most for each in features.glob(OF_A_FEATURE) for page, most in _table(each).items()
    }
    if os.environ.get(WRITE):
        rest = {page: count for page, count in sorted(found.items()) if page not in own}
        path.write_text(json.dumps(rest, indent=1) + "\n")
    budget = _table(path) | own
    over = [
        f"{page} took {count}, may take {budget.get(page, 'none: not in the table')}"
        for page, count in sorted(found.items())
        if count > budget.get(page, -1)
    ]
    return over + [f"{page} is in the table only" for page in sorted(set(budget) - set(found))]


def visitor_for(
    permission: str, permissions: Mapping[str, frozenset[str]], *, roles: Callable[[], list[str]]
) -> str:
    """The first of these roles that may open a page."""
    if not permission:
        return roles()[0]
    return next(role for role in roles() if role in permissions[permission])
