"""What the login of a process may do in a database of its own accord: as a role, in plain SQL."""

import asyncpg
import pytest

from lmhg_stack.bootstrap import ROLES
from lmhg_stack.testing import PlaneDatabase


@pytest.fixture(params=["onprem", "cloud"])
def plane(request: pytest.FixtureRequest) -> PlaneDatabase:
    """One plane's migrated database."""
    return request.getfixturevalue(request.param)


@pytest.mark.found("W8", "no process makes, writes or reads a large object")
async def test_no_role_has_large_objects(plane: PlaneDatabase) -> None:
    """They have no class, no bound and no owner of ours; the administrator has them, as the control."""
    for role in ROLES[plane.server.plane]:
        for call in ("lo_create(0)", "lo_from_bytea(0, 'x')", "lo_creat(-1)", "lo_get(1)"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await plane.run(f"select {call}", role=role)
    [row] = await plane.run("select lo_create(0) as made")
    await plane.run("select lo_unlink($1)", row["made"])


@pytest.mark.found("W7", "no process takes every connection of the cluster")
async def test_every_role_has_a_connection_limit(plane: PlaneDatabase) -> None:
    """Together with the limits of the others each leaves room for the administrator."""
    rows = await plane.run(
        "select rolname, rolconnlimit as most from pg_roles where rolname = any($1)",
        list(ROLES[plane.server.plane]),
    )
    limits = {row["rolname"]: row["most"] for row in rows}
    assert set(limits) == set(ROLES[plane.server.plane])
    assert all(0 < most <= 40 for most in limits.values())
