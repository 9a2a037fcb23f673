"""A process whose database is behind its code, or ahead of it, is not ready and says both revisions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

import lmhg_gateway.app
import lmhg_portal.app
from lmhg_gateway.kernel.schema_revision import schema_of as gateway_schema
from lmhg_kit.http.metrics import private_app
from lmhg_kit.persistence.revision import OLDER, SchemaRevision
from lmhg_portal.kernel.schema_revision import schema_of as portal_schema
from lmhg_stack.testing import PlaneDatabase

PROCESSES = {
    "workspace": ("onprem", "gw_workspace"),
    "identity": ("onprem", "gw_identity"),
    "ingress": ("onprem", "gw_ingress"),
    "worker": ("onprem", "gw_worker"),
    "portal": ("cloud", "po_portal"),
    "portal-worker": ("cloud", "po_worker"),
}
TABLES = {"onprem": "practice.alembic_version", "cloud": "portal.alembic_version"}


@pytest.fixture(params=PROCESSES)
def process(request: pytest.FixtureRequest) -> tuple[PlaneDatabase, str]:
    """A process's database and role."""
    name, role = PROCESSES[request.param]
    return request.getfixturevalue(name), role


def schema(plane: PlaneDatabase, role: str) -> SchemaRevision:
    """The question that a process of this role asks."""
    ask = gateway_schema if plane.server.plane == "onprem" else portal_schema
    return ask(plane.url(role))


async def answer(schema: SchemaRevision) -> httpx.Response:
    """What the private address says about readiness."""

    async def works() -> bool:
        return True

    app = private_app(CollectorRegistry(), ready=schema.before(works))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://private") as client:
        return await client.get("/health/ready")


@pytest.mark.found(
    "AR3", "each process is not ready on a schema behind or ahead of its code, and says both"
)
@pytest.mark.found(
    "i1", "revision 0012 under newer code: not ready, with both revisions and the command"
)
@pytest.mark.parametrize("revision", ["0000", "9999"])
async def test_a_process_on_another_schema_is_not_ready(
    process: tuple[PlaneDatabase, str], revision: str
) -> None:
    """With the role that it has; and it is ready again when the schema fits."""
    plane, role = process
    asked = schema(plane, role)
    assert (await answer(asked)).status_code == 200
    table = TABLES[plane.server.plane]
    [row] = await plane.run(f"select version_num from {table}")
    await plane.run(f"update {table} set version_num = $1", revision)
    said = await answer(asked)
    await plane.run(f"update {table} set version_num = $1", row["version_num"])
    assert said.status_code == 503
    assert revision in said.text
    assert row["version_num"] in said.text
    assert " migrate" in said.text
    assert (await answer(asked)).status_code == 200


async def test_a_schema_that_does_not_tell_is_an_older_one(onprem: PlaneDatabase) -> None:
    """From before there was something to ask."""
    await onprem.run("alter view audit.schema_revision rename to hidden")
    said = await schema(onprem, "gw_worker").problem()
    await onprem.run("alter view audit.hidden rename to schema_revision")
    assert said is not None
    assert OLDER in said


def _serving() -> Iterator[tuple[str, str]]:
    """Each module that serves something, with its source."""
    for package in (lmhg_gateway.app, lmhg_portal.app):
        for path in Path(str(package.__file__)).parent.glob("*.py"):
            source = path.read_text()
            calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
            if any(isinstance(call.func, ast.Name) and call.func.id == "serve" for call in calls):
                yield path.stem, source


def test_every_process_asks() -> None:
    """A new process cannot forget it: anyone who calls `serve` asks about the schema."""
    found = list(_serving())
    assert len(found) == len(PROCESSES)
    assert [
        name for name, source in found if "schema_of(settings.database_url).before(" not in source
    ] == []
