"""A small application over the real floor: real routing, guards, sessions and templates."""

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import pytest
import structlog
from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery

from lmhg_kit.errors import Conflict, Invalid, TooMany
from lmhg_kit.feature import Feature, NavItem, Permission
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.access import machine, needs, public
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.around import SHELL
from lmhg_kit.http.edge import Edge, EdgePolicy
from lmhg_kit.http.page import go, page
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.session_limits import SessionLimits
from lmhg_kit.http.shell import Freshness, Pages, Shell
from lmhg_kit.http.statics import StaticFiles
from lmhg_kit.http.testing import Hands, MemorySessions, browser_at
from lmhg_kit.http.zones import Zones, parse_networks
from lmhg_kit.logs import redact
from lmhg_kit.ui.environment import STATIC, build_environment
from lmhg_kit.ui.gallery import GALLERY

AnyRequest = Request[Any, Any, Any]
SECRET_TEXT = "Zebulon Quillfeather"


@get("/", opt=needs("notes.read"))
async def home(request: AnyRequest) -> Response[str]:
    """A page for signed-in people."""
    return await page(request, "errors/error.html", **_error_context())


@get("/open", opt=public())
async def open_page() -> str:
    """A page for anybody."""
    return "open"


@get("/folder/{name:str}", opt=needs("notes.read"))
async def folder(name: FromPath[str]) -> str:
    """A guarded address with a text in it."""
    return name


@post("/notes", opt=needs("notes.write"))
async def write_note(request: AnyRequest) -> Response[Any]:
    """A step that says what it did."""
    return go(request, "/", notice="note.saved", undo="/notes/undo")


@post("/hook", opt=machine(), status_code=202)
async def hook(request: AnyRequest) -> dict[str, int]:
    """A machine's delivery."""
    return {"bytes": len(await request.body())}


@get("/fail/{how:str}", opt=public())
async def fail(how: FromPath[str]) -> None:
    """Every way to fail."""
    failures: dict[str, Exception] = {
        "conflict": Conflict("stale"),
        "invalid": Invalid("form_invalid", fields={"name": "Fill this in."}),
        "slow": TooMany("sign_in", retry_after_s=7),
        "crash": RuntimeError(f"driver says {SECRET_TEXT}"),
    }
    raise failures[how]


@get("/number", opt=public())
async def number(n: FromQuery[int]) -> dict[str, int]:
    """A query value of a type."""
    return {"n": n}


def _error_context() -> dict[str, Any]:
    from lmhg_kit.http.errors import STATUSES

    return {
        "answer": STATUSES[404],
        "happened": "seen",
        "code": "seen",
        "fields": {},
        "back": "",
    }


NOTES_PERMISSIONS = (
    Permission(name="home.view", roles=frozenset({"clinician", "admin"})),
    Permission(name="notes.read", roles=frozenset({"clinician", "admin"}), scope="notes"),
    Permission(name="notes.write", roles=frozenset({"admin"})),
)
NOTES = Feature(
    name="notes",
    app="demo",
    pages=(home, open_page, folder, write_note, hook, fail, number),
    permissions=NOTES_PERMISSIONS,
    nav=(NavItem(label="Notes", path="/", icon="home", permission="notes.read"),),
    messages={"stale": "The note changed while you were looking at it."},
    notices={"note.saved": "The note is saved."},
)


async def _heard() -> Freshness:
    """The other plane, heard a moment ago."""
    return Freshness(label="Portal", heard_at=datetime(2026, 11, 22, 14, 2, tzinfo=UTC), late=False)


@pytest.fixture
def clock() -> Hands:
    """Time in the test's hands."""
    return Hands()


@pytest.fixture
def store() -> MemorySessions:
    """An empty session store."""
    return MemorySessions()


@pytest.fixture
def sessions(store: MemorySessions, clock: Hands) -> Sessions:
    """Sessions of the application under test."""
    return Sessions(store, limits=SessionLimits(), clock=clock)


@pytest.fixture
def edge(make_edge: Callable[..., Edge]) -> Edge:
    """The application under test, reachable from 10.8.0.0/16 alone."""
    return make_edge()


@pytest.fixture
def make_edge(sessions: Sessions) -> Callable[..., Edge]:
    """Builds the application with other zones or for production."""
    return partial(_make_edge, sessions)


def _make_edge(sessions: Sessions, *, production: bool = False, **zones: str) -> Edge:
    statics = StaticFiles(STATIC)
    env = build_environment((), timezone="America/Kentucky/Louisville", static_url=statics.url)
    approved = zones.get("approved", "10.8.0.0/16,127.0.0.0/8")
    shell = Shell(
        title="Demo",
        plane="onprem",
        promise="Client information allowed",
        nav=NOTES.nav,
        search=(),
        bell=(),
        freshness=_heard,
    )
    return build_app(
        AppParts(
            name="demo",
            policy=EdgePolicy(
                zones=Zones(parse_networks(approved), parse_networks(zones.get("trusted", ""))),
                public_url="https://demo.test",
                production=production,
            ),
            features=FeatureSet(
                (
                    NOTES,
                    SHELL,
                    GALLERY,
                ),
                app="demo",
            ),
            sessions=sessions,
            pages=Pages(env=env, shell=shell, notices=NOTES.notices),
            statics=statics,
            max_body_bytes=2048,
        )
    )


@pytest.fixture
async def client(edge: Edge) -> AsyncGenerator[httpx.AsyncClient]:
    """An anonymous browser inside the approved network."""
    async with browser_at(edge, "10.8.0.7", base_url="https://demo.test") as browser:
        yield browser


@pytest.fixture
def permissions() -> dict[str, frozenset[str]]:
    """The permission table of the application under test."""
    return {each.name: each.roles for each in NOTES_PERMISSIONS}


@pytest.fixture
def json_logs() -> None:
    """Logs as a process writes them, through the redactor, without a cache between tests."""
    structlog.configure(processors=[redact, structlog.processors.JSONRenderer()])
