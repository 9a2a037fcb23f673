"""The driver of odd input finds what breaks: the negative control of every process's own walk."""

from typing import Any

import msgspec
import pytest
import structlog
from litestar import Request, get, post
from litestar.params import FromPath, JSONBody

from lmhg_kit.feature import Feature, Permission
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.access import SESSION_COOKIE, machine, needs, public
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.edge import Edge, EdgePolicy
from lmhg_kit.http.forms import fill, query_of, read_form
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.session_limits import SessionLimits
from lmhg_kit.http.testing import MemorySessions
from lmhg_kit.http.zones import Zones
from lmhg_kit.logs import get_logger
from lmhg_quality.odd.driver import Driver, Visitor
from lmhg_quality.odd.places import places

AnyRequest = Request[Any, Any, Any]
HOST = "127.0.0.1:8000"
OWN = (__name__,)


class NoteForm(msgspec.Struct):
    """Two texts, one of which breaks."""

    title: str
    body: str = ""


@get("/list", opt=needs("notes"))
async def breaks_by_query(request: AnyRequest) -> str:
    """Turns whatever the address says into a number, where it is all digits."""
    asked = query_of(request)
    text = asked.get("start", "")
    return f"{int(text) if text.isdigit() else 0} {asked.get('calm', '')}"


@get("/part/{name:str}", opt=public())
async def breaks_by_path(name: FromPath[str]) -> str:
    """Cannot live with a bracket."""
    return name.replace("[", str(1 // (0 if "[" in name else 1)))


@post("/notes", opt=needs("notes"))
async def breaks_by_field(request: AnyRequest) -> str:
    """Has no room for a long text, once the form is read."""
    form = fill(NoteForm, await read_form(request)).result()
    return str(bytearray(50_000)[len(form.body)])


@post("/hook", opt=machine())
async def logs_an_error(request: AnyRequest) -> str:
    """Answers well and logs an error all the same."""
    if b"\xff" in await request.body():
        get_logger().error("hook.lost")
    return ""


@post("/api/notes", opt=needs("notes"))
async def breaks_by_json(data: JSONBody[NoteForm]) -> str:
    """Keeps a note, unless its title is a day."""
    return str(1 // (0 if data.title == "9999-12-31" else 1))


@get("/calm", opt=needs("notes"))
async def calm(request: AnyRequest) -> str:
    """Breaks by nothing."""
    return query_of(request).get("q", "")


@pytest.fixture(autouse=True)
def every_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place gets all texts here, as in `make fuzz`."""
    monkeypatch.setenv("LMHG_ODD", "all")


NOTES = Permission(name="notes", roles=frozenset({"clerk"}))


def application(*handlers: Any) -> tuple[Edge, Sessions]:
    """A small application of these routes."""
    sessions = Sessions(MemorySessions(), limits=SessionLimits())
    policy = EdgePolicy(zones=Zones(approved=None), public_url=f"http://{HOST}", production=False)
    parts = AppParts(
        name="odd",
        policy=policy,
        features=FeatureSet(
            (Feature(name="odd", app="demo", pages=handlers, permissions=(NOTES,)),), app="demo"
        ),
        sessions=sessions,
    )
    return build_app(parts), sessions


async def driven(*handlers: Any) -> list[str]:
    """What the driver says of these routes."""
    edge, sessions = application(*handlers)

    async def enter(role: str) -> Visitor:
        token = await sessions.begin(
            "00000000-0000-4000-8000-000000000001",
            display_name="Ana Roy",
            roles=frozenset({role}),
            replaces=None,
        )
        name = edge.inner.state["gate"].jar.name(SESSION_COOKIE)
        return Visitor(role, f"{name}={token}", csrf_token(token))

    before = structlog.get_config()
    try:
        driver = Driver(edge, enter, ("clerk", "guest"), host=HOST, peer="127.0.0.1")
        return await driver.run(places(edge, own=OWN))
    finally:
        structlog.configure(**before)


@pytest.mark.parametrize(
    ("handler", "route", "place", "value"),
    [
        (breaks_by_query, "GET /list as clerk", "query start", "4,301 digits"),
        (breaks_by_path, "GET /part/{name:str} as a stranger", "path name", "a bracket"),
        (breaks_by_field, "POST /notes as clerk", "field body", "very long"),
        (logs_an_error, "POST /hook as a stranger", "body", "form no ASCII"),
        (breaks_by_json, "POST /api/notes as clerk", "JSON title", "last day"),
    ],
)
async def test_driver_names_route_place_and_value(
    handler: Any, route: str, place: str, value: str
) -> None:
    """Each route that was made to break is found, by the place that breaks it and no other."""
    found = await driven(handler)
    assert any(line.startswith(f"{route}: {place} = {value}: ") for line in found), found
    assert not any("calm" in line or "field title" in line for line in found), found


@pytest.mark.found("A11", "the walk is quiet for a route that breaks by nothing, and for one only")
async def test_driver_is_quiet_where_nothing_breaks() -> None:
    """The same table finds nothing in a route that keeps to the door."""
    assert await driven(calm) == []
