"""The identity API against its own description: schemathesis finds no 5xx and no broken contract."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.issuer import discovery
from lmhg_gateway.features.issuer.pages import ISSUER
from lmhg_gateway.features.issuer.service import ISSUER_HERE, Issuer
from lmhg_gateway.features.tokens import keys
from lmhg_gateway.web.assembly import edge_policy
from lmhg_kit.clock import utc_now
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.shell import Shell, pages_for
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.http.testing import Hands
from lmhg_kit.http.work import DATABASE
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.settings import Environment
from lmhg_kit.ui.environment import STATIC
from lmhg_stack.ports import free_ports
from lmhg_stack.testing import PlaneDatabase

from .conftest import AUDIENCE, SECRET, put  # noqa: TID252 - the clients of this folder

API_SCOPES = frozenset(FeatureSet(FEATURES).scopes)
EXAMPLES = 60
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
LIMITS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
OPERATIONS = [
    (path, method)
    for path, methods in sorted(discovery.openapi("http://localhost")["paths"].items())
    for method in methods
]


class _Server(uvicorn.Server):
    """Says when it listens."""

    up: threading.Event

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.up.set()


class Served:
    """The issuer on a real port, with its own loop in a thread."""

    def __init__(self, url: str) -> None:
        self._database_url = url
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self._up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        db, files = Database(self._database_url, pool_size=4), StaticFiles(STATIC)
        async with db.uow(Actor("process: test"), "keys") as tx:
            await keys.ensure(tx, at=utc_now())
        policy = edge_policy(
            environment=Environment.DEVELOPMENT, public_url=self.url, approved=None, trusted=()
        )
        edge = build_app(
            AppParts(
                name="identity",
                policy=policy,
                features=FeatureSet((ISSUER,), app="identity"),
                pages=pages_for(
                    FeatureSet((ISSUER,), app="identity"),
                    Shell(title="t", plane="onprem", promise="p"),
                    timezone="UTC",
                    files=files,
                    has_search=False,
                ),
                statics=files,
                keeps=(
                    DATABASE.put(db),
                    ISSUER_HERE.put(Issuer(self.url, AUDIENCE, api_scopes=API_SCOPES)),
                ),
            )
        )
        self._server = _Server(
            uvicorn.Config(edge, port=self.port, log_config=None, access_log=False, ws="none")
        )
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._server.up = self._up
        await self._server.serve()
        await db.close()

    def __enter__(self) -> "Served":
        self._thread.start()
        assert self._up.wait(15)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(15)


@pytest.fixture(scope="module")
def served(onprem: PlaneDatabase) -> Iterator[Served]:
    """The running issuer."""
    with Served(onprem.url("gw_identity")) as running:
        yield running


@pytest.fixture(scope="module")
async def client(onprem: PlaneDatabase) -> tuple[str, str]:
    """A client whose secret half of the cases show, so that they come past the first check."""
    from lmhg_kit.persistence.install import owner_for

    url = onprem.url("lmhg_migrator")
    owner, clock = Database(url, pool_size=1, role=owner_for(url)), Hands()
    await put(owner, "portal", clock)
    await owner.close()
    return "portal", SECRET


def broken(served: Served, path: str, method: str, proof: tuple[str, str] | None) -> list[str]:
    """What schemathesis finds wrong with one operation."""
    schema = schemathesis.openapi.from_dict(discovery.openapi(served.url))
    found: list[str] = []
    operation: Any = schema[path][method.upper()]

    @LIMITS
    @given(case=operation.as_strategy())
    def examine(case: Any) -> None:
        sent = {"auth": proof} if proof else {}
        answer = case.call(base_url=served.url, allow_redirects=False, timeout=10, **sent)
        try:
            case.validate_response(answer, checks=list(CHECKS))
        except schemathesis.errors.FailureGroup as group:
            found.extend(str(each) for each in group.exceptions)

    examine()
    return sorted(set(found))


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@pytest.mark.parametrize("proven", [False, True], ids=["stranger", "client"])
async def test_api_keeps_its_contract(
    served: Served, client: tuple[str, str], path: str, method: str, *, proven: bool
) -> None:
    """Whatever the description allows is answered as the description says."""
    proof = client if proven else None
    assert await asyncio.to_thread(broken, served, path, method, proof) == []


async def test_broken_contract_is_found(
    served: Served, client: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search is seen to find: with a description that promises other answers, it complains."""
    real = discovery.openapi

    def lying(issuer: str) -> dict[str, Any]:
        told = real(issuer)
        told["paths"]["/oauth/token"]["post"]["responses"] = {"204": {"description": "nothing"}}
        return told

    monkeypatch.setattr(discovery, "openapi", lying)
    found = await asyncio.to_thread(broken, served, "/oauth/token", "post", client)
    assert any("status code" in text.lower() for text in found)
