"""Every identity route with every stage and with nobody: controls 9, 10, 11 and 20, generated."""

import uuid

import pytest

from lmhg_gateway.app.identity import FEATURES
from lmhg_gateway.features.issuer.pages import ISSUER
from lmhg_gateway.web.stages import STAGES
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http import access
from lmhg_kit.http.access import guarded_routes
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import allow_faults, sign_in
from lmhg_kit.persistence import Database

from .conftest import NewPerson, NewVisitor, Visitor  # noqa: TID252 - the fixtures of this folder

IDENTITY_PERMISSIONS = FeatureSet((*FEATURES, ISSUER), app="identity").permissions
PUBLIC = {
    "/",
    "/forgot",
    "/letter",
    "/sign-in",
    "/sign-out",
    "/help",
    "/help/{name:str}",
    "/signed-out",
    "/static/{digest:str}/{name:str}",
}
"""What anybody may ask for; the issuer's own addresses prove their senders otherwise."""
ISSUERS = ("/oauth/", "/.well-known/")


def routes(edge: Edge) -> list[tuple[str, str, str | None]]:
    """Path, method and permission of every route of ours."""
    found = guarded_routes(edge.inner)
    return [
        (path, method, access.permission)
        for path, method, access in found
        if access and not path.startswith(ISSUERS)
    ]


def path_of(template: str) -> str:
    """An address of this route, with an id that names nothing."""
    for name in ("app_id", "factor_id", "session_id"):
        template = template.replace(f"{{{name}:uuid}}", str(uuid.UUID(int=77)))
    return template.replace("{digest:str}", "x").replace("{name:str}", "x")


def test_20_public_routes_are_the_known_few(edge: Edge) -> None:
    """A new public route has to be added here, where someone sees it."""
    assert {path for path, _, permission in routes(edge) if not permission} == PUBLIC


def test_20_every_permission_is_used_and_names_stages(edge: Edge) -> None:
    """The table has no dead rows, and nothing but stages in them."""
    used = {permission for _, _, permission in routes(edge) if permission}
    assert used == set(IDENTITY_PERMISSIONS)
    assert {stage for stages in IDENTITY_PERMISSIONS.values() for stage in stages} == set(STAGES)


async def test_20_anonymous_reaches_nothing(edge: Edge, new_visitor: NewVisitor) -> None:
    """Each guarded route sends a stranger to sign in, before anything else is looked at."""
    visitor = new_visitor()
    for path, method, permission in routes(edge):
        if permission:
            answer = await visitor.browser.request(method, path_of(path))
            seen = (answer.status_code, answer.headers.get("location"))
            assert seen == (303, "/sign-in"), (method, path)


async def at_stage(
    stage: str, edge: Edge, new_person: NewPerson, new_visitor: NewVisitor
) -> Visitor:
    """A browser whose session has this stage."""
    person, visitor = await new_person(), new_visitor()
    await sign_in(visitor.browser, edge, stage, account_id=str(person.id))
    return visitor


@pytest.mark.parametrize("stage", STAGES)
async def test_20_each_stage_reaches_what_the_table_says(
    edge: Edge, new_person: NewPerson, new_visitor: NewVisitor, stage: str
) -> None:
    """403 where the stage lacks the permission; never 403 and never a crash where it has it."""
    for path, method, permission in routes(edge):
        if not permission:
            continue
        visitor = await at_stage(stage, edge, new_person, new_visitor)
        address = path_of(path)
        call = visitor.get(address) if method == "GET" else visitor.post(address)
        answer = await call
        may = stage in IDENTITY_PERMISSIONS[permission]
        assert (answer.status_code == 403) == (not may), (stage, method, path)
        assert answer.status_code < 500, (stage, method, path)


@pytest.mark.found(
    "t9", "each form of each process is walked as somebody who may, with and without its token"
)
async def test_9_every_form_needs_its_own_token_from_its_own_site(
    edge: Edge, new_person: NewPerson, new_visitor: NewVisitor
) -> None:
    """No token, another session's, and another site are refused on every unsafe route, and only they."""
    other = await at_stage("stage:full", edge, new_person, new_visitor)
    for path, method, permission in routes(edge):
        if method == "GET":
            continue
        stage = min(IDENTITY_PERMISSIONS[permission]) if permission else "stage:full"
        visitor = await at_stage(stage, edge, new_person, new_visitor)
        good = {"csrf_token": visitor.token}
        attempts = (
            ({}, {}),
            ({"csrf_token": other.token}, {}),
            ({"csrf_token": csrf_token("x")}, {}),
            (good, {"sec-fetch-site": "cross-site"}),
            (good, {"sec-fetch-site": "same-site"}),
            (good, {"origin": "http://evil.example"}),
        )
        for fields, headers in attempts:
            answer = await visitor.browser.post(path_of(path), data=fields, headers=headers)
            assert answer.status_code == 403, (method, path, headers)
        passed = await visitor.browser.post(
            path_of(path), data=good, headers={"sec-fetch-site": "same-origin"}
        )
        assert passed.status_code != 403, (method, path)


async def test_9_without_the_check_every_form_passes_without_a_token(
    edge: Edge, new_person: NewPerson, new_visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with CSRF off nothing of the test above would be refused."""

    async def off(*_: object, **__: object) -> None:
        return None

    monkeypatch.setattr(access, "_check_csrf", off)
    for path, method, permission in routes(edge):
        if method == "GET":
            continue
        stage = min(IDENTITY_PERMISSIONS[permission]) if permission else "stage:full"
        visitor = await at_stage(stage, edge, new_person, new_visitor)
        bare = await visitor.browser.post(
            path_of(path), data={}, headers={"sec-fetch-site": "cross-site"}
        )
        assert bare.status_code != 403, path


async def test_10_and_11_every_answer_has_its_headers(edge: Edge, new_visitor: NewVisitor) -> None:
    """Nothing inline, nothing foreign, framed by nobody, kept by nobody."""
    visitor = new_visitor()
    for path, method, _ in routes(edge):
        answer = await visitor.browser.request(method, path_of(path))
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store" or path.startswith("/static")


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/oauth/authorize?x=1", "/oauth/authorize?x=1"),
        ("//evil.example", "/security"),
        ("/\\evil.example", "/security"),
        ("https://evil.example/", "/security"),
        ("javascript:alert(1)", "/security"),
        ("/a\tb", "/security"),
    ],
)
async def test_sign_in_leads_to_own_paths_only(
    new_person: NewPerson, new_visitor: NewVisitor, asked: str, leads: str
) -> None:
    """No open redirect; an own path is followed."""
    visitor = new_visitor()
    answer = await visitor.sign_in(await new_person(), next=asked)
    assert answer.headers["location"] == leads


async def test_pages_of_a_full_session_say_what_they_are(
    edge: Edge, new_person: NewPerson, new_visitor: NewVisitor, db: Database
) -> None:
    """Every page renders for someone signed in, with its title; nobody's e-mail is in an address."""
    person, visitor = await new_person(), new_visitor()
    await visitor.sign_in(person)
    for path in ("/security", "/security/password", "/security/codes", "/enrol", "/enrol/key"):
        answer = await visitor.get(path)
        assert answer.status_code == 200, path
        assert "<h1>" in answer.text
    picture = await visitor.post("/enrol/app", name="Phone")
    path = picture.headers["location"] + "/qr.svg"
    drawn = await visitor.get(path)
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert person.email not in path
    assert "style=" not in drawn.text
    assert db


@pytest.mark.found("c7", "a 405 of the identity process carries Allow")
async def test_405_names_the_methods_of_every_address(edge: Edge, new_visitor: NewVisitor) -> None:
    """RFC 9110: a 405 says what works instead."""
    assert await allow_faults(edge, new_visitor().browser) == {}
