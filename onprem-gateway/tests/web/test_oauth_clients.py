"""Administration of OAuth clients, and the API that their tokens open."""

import re
import uuid

import httpx
import pytest

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.oauth_clients.rules import hash_secret, is_address
from lmhg_gateway.features.tokens import keys
from lmhg_kit.clock import utc_now
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.access import guarded_routes
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Browsers, Signed, browser_at
from lmhg_kit.persistence import Actor, Database
from lmhg_stack import proof
from lmhg_stack.testing import PlaneDatabase

from .conftest import IDENTITY, PEOPLE  # noqa: TID252 - the people of this folder's fixtures

PERMISSIONS = FeatureSet(FEATURES, app="workspace").permissions
SCOPES = FeatureSet(FEATURES).scopes

WEB = {"name": "Learning", "kind": "web", "redirect_uris": "https://learn.test/cb"}
ADMIN, DEPUTY = PEOPLE["admin"], PEOPLE["deputy"]


@pytest.fixture
async def admin(as_role: AsRole) -> Signed:
    """One administrator."""
    return await as_role("admin")


@pytest.fixture
async def deputy(as_role: AsRole) -> Signed:
    """The other administrator."""
    return await as_role("deputy")


async def register(admin: Signed, client_id: str, **fields: str) -> tuple[str, str]:
    """Page address and secret of a fresh client."""
    answer = await admin.post("/oauth-clients", client_id=client_id, **fields)
    assert answer.status_code == 200, answer.text
    secret = re.search(r"<code>([\w-]{43})</code>", answer.text)
    own = re.search(r'href="(/oauth-clients/[0-9a-f-]{36})"', answer.text)
    assert secret
    assert own
    return own[1], secret[1]


async def program(admin: Signed, deputy: Signed, client_id: str, scope: str) -> tuple[str, str]:
    """Page address and secret of a program that two people gave a scope."""
    own, secret = await register(admin, client_id, name="Reports", kind="service")
    await admin.follow(f"{own}/scopes", scopes=scope)
    await deputy.follow(f"{own}/scopes/approve", request_id=await request_of(deputy, own))
    return own, secret


async def request_of(admin: Signed, own: str) -> str:
    """The id of the waiting request on a client's page."""
    found = re.search(r'name="request_id" value="([0-9a-f-]{36})"', (await admin.get(own)).text)
    assert found
    return found[1]


async def test_secret_is_shown_once_and_kept_as_a_hash(
    admin: Signed, onprem: PlaneDatabase
) -> None:
    """On the page that answers, and nowhere after."""
    own, secret = await register(admin, "learning", **WEB)
    page = await admin.get(own)
    assert "https://learn.test/cb" in page.text
    assert secret not in page.text
    rows = await onprem.run("select secret_hash from identity.client_secret")
    assert [row["secret_hash"] for row in rows] == [hash_secret(secret)]
    assert "Learning" in (await admin.get("/oauth-clients")).text


async def test_public_client_has_no_secret(admin: Signed) -> None:
    """PKCE alone; and none can be made for it."""
    page = await admin.follow(
        "/oauth-clients", client_id="phone", **{**WEB, "kind": "public", "name": "Phone"}
    )
    assert "App added." in page.text
    assert (await admin.post(f"{page.url.path}/secret", keep_h="0")).status_code == 409


@pytest.mark.parametrize(
    "fields",
    [
        {**WEB, "client_id": "Bad Name"},
        {**WEB, "client_id": "plain", "redirect_uris": "http://learn.test/cb"},
        {**WEB, "client_id": "plain", "redirect_uris": ""},
        {**WEB, "client_id": "plain", "redirect_uris": "https://learn.test/cb#part"},
        {**WEB, "client_id": "plain", "backchannel_uri": "ftp://learn.test"},
        {**WEB, "client_id": "plain", "kind": "other"},
    ],
)
async def test_wrong_registration_is_told_by_field(admin: Signed, fields: dict[str, str]) -> None:
    """And what was typed is still there."""
    answer = await admin.post("/oauth-clients", **fields)
    assert answer.status_code == 422
    assert fields["name"] in answer.text


def test_addresses_are_exact_and_secure() -> None:
    """https, or http on loopback alone; no wildcard, no user, no fragment."""
    for good in ("https://a.test/cb?x=1", "http://127.0.0.1:9/cb", "http://[::1]/cb"):
        assert is_address(good)
    for bad in ("https://*.test", "https://u@a.test", "https://", "javascript:alert(1)",
                "https://a.test\\@b.test", "https://a.test:x", "https://x;sandbox/cb", "https://a.test/" + "x" * 500):  # fmt: skip
        assert not is_address(bad)


async def test_name_is_taken_once(admin: Signed) -> None:
    """The second one hears so."""
    await register(admin, "twice", **WEB)
    assert (await admin.post("/oauth-clients", client_id="twice", **WEB)).status_code == 409


async def test_change_is_in_the_history_and_in_the_access_record(
    admin: Signed, onprem: PlaneDatabase
) -> None:
    """Who, when, each field before and after; the ledger has the columns and no value."""
    own, _ = await register(admin, "changing", **WEB)
    page = await admin.follow(own, **{**WEB, "redirect_uris": "https://learn.test/new"})
    assert "<del>https://learn.test/cb</del>" in page.text
    assert "<ins>https://learn.test/new</ins>" in page.text
    assert "Admin Person" in page.text
    rows = await onprem.run(
        "select actor, columns from audit.event where act = 'update'"
        " and subject_kind = 'oauth_client' and $1 = any(subject_ids)",
        uuid.UUID(own.rpartition("/")[2]),
    )
    assert [(row["actor"], row["columns"]) for row in rows] == [(str(ADMIN), ["redirect_uris"])]
    edit = await admin.get(f"{own}/edit")
    assert "https://learn.test/new" in edit.text
    wrong = await admin.post(own, **{**WEB, "redirect_uris": "nowhere"})
    assert wrong.status_code == 422


async def test_rotated_secret_leaves_the_old_one_its_time(
    admin: Signed, onprem: PlaneDatabase
) -> None:
    """An hour as chosen; a second rotation without grace ends both at once."""
    own, first = await register(admin, "rotating", **WEB)
    answer = await admin.post(f"{own}/secret", keep_h="1")
    assert first not in answer.text
    client = uuid.UUID(own.rpartition("/")[2])
    query = (
        "select secret_hash = $2 as old, ends_at - now() as left from identity.client_secret"
        " where client = $1 and (ends_at is null or ends_at > now()) order by made_at"
    )
    old, new = await onprem.run(query, client, hash_secret(first))
    assert (old["old"], round(old["left"].total_seconds() / 60), new["left"]) == (True, 60, None)
    assert "works until" in (await admin.get(own)).text
    await admin.post(f"{own}/secret", keep_h="0")
    assert len(await onprem.run(query, client, hash_secret(first))) == 1
    assert (await admin.post(f"{own}/secret", keep_h="999")).status_code == 422


async def test_new_scopes_take_a_second_person(admin: Signed, deputy: Signed) -> None:
    """The asker cannot approve; someone else can, once; fewer scopes need nobody."""
    own, _ = await register(admin, "reports", name="Reports", kind="service")
    assert "cannot do anything yet" in (await admin.get(own)).text
    asked = await admin.follow(f"{own}/scopes", scopes="referrals")
    assert "another administrator must approve" in asked.text
    request_id = await request_of(admin, own)
    alone = await admin.post(f"{own}/scopes/approve", request_id=request_id)
    assert alone.status_code == 409
    assert (await admin.post(f"{own}/scopes", scopes="clients")).status_code == 409
    assert "Approved." in (await deputy.follow(f"{own}/scopes/approve", request_id=request_id)).text
    again = await deputy.post(f"{own}/scopes/approve", request_id=request_id)
    assert again.status_code == 409
    dropped = await admin.follow(f"{own}/scopes/drop", scopes="referrals")
    assert "cannot do anything yet" in dropped.text


async def test_declined_scopes_stay_away(admin: Signed, deputy: Signed) -> None:
    """Also by the asker, who may think again; and a person's scope is nothing for a program."""
    own, _ = await register(admin, "declined", name="Reports", kind="service")
    await admin.follow(f"{own}/scopes", scopes="clients")
    await admin.follow(f"{own}/scopes/decline", request_id=await request_of(admin, own))
    assert "cannot do anything yet" in (await deputy.get(own)).text
    assert (await admin.post(f"{own}/scopes", scopes="openid")).status_code == 422
    bad = await admin.post(f"{own}/scopes/approve", request_id="x" * 36)
    assert bad.status_code == 404


def acting(person: object) -> str:
    """SQL that says who acts, with its proof."""
    return f"select {proof.acting(str(person))}"


async def test_database_itself_wants_the_second_person(
    admin: Signed, onprem: PlaneDatabase
) -> None:
    """As the workspace's role, in SQL: no way around, and the right way works."""
    own, _ = await register(admin, "walled", name="Reports", kind="service")
    await proof.prove(onprem, ADMIN, DEPUTY, PEOPLE["front_desk"])
    client = own.rpartition("/")[2]
    grant = f"update identity.oauth_client set scopes = '{{clients}}' where id = '{client}'"
    ask = (
        "insert into identity.scope_request (id, client, scopes, requested_by)"
        f" values (gen_random_uuid(), '{client}', '{{clients}}', 'WHO')"
    )
    decide = (
        f"update identity.scope_request set outcome = 'approved', decided_by = 'WHO',"
        f" decided_at = now() where client = '{client}'"
    )
    workspace, mine = "gw_workspace", acting(ADMIN)
    assert await proof.refused(onprem, workspace, mine, grant) == "LM012"
    forged = ask.replace("WHO", str(DEPUTY))
    assert await proof.refused(onprem, workspace, mine, forged, grant) == "LM012"
    assert (
        await proof.refused(onprem, workspace, mine, ask.replace("WHO", str(ADMIN)), grant)
        == "LM012"
    )
    assert (
        await proof.refused(onprem, workspace, mine, ask.replace("WHO", str(ADMIN))) == "accepted"
    )
    assert (
        await proof.refused(onprem, workspace, mine, decide.replace("WHO", str(DEPUTY))) == "LM012"
    )
    assert (
        await proof.refused(onprem, workspace, mine, decide.replace("WHO", str(ADMIN))) == "23514"
    )
    more = grant.replace("{clients}", "{clients,referrals}")
    assert await proof.refused(onprem, workspace, acting(DEPUTY), more) == "LM012"
    for nobody in (PEOPLE["front_desk"], "process: x"):
        assert await proof.refused(onprem, workspace, acting(nobody), grant) == "LM012"
    yours = acting(DEPUTY)
    assert (
        await proof.refused(onprem, workspace, yours, grant, decide.replace("WHO", str(DEPUTY)))
        == "accepted"
    )


@pytest.mark.parametrize(
    ("role", "sql", "state"),
    [
        ("gw_workspace", "update identity.oauth_client set first_party = true", "42501"),
        ("gw_workspace", "update identity.oauth_client set kind = 'web'", "42501"),
        ("gw_workspace", "delete from identity.oauth_client", "42501"),
        ("gw_workspace", "update identity.client_change set what = 'x'", "42501"),
        ("gw_workspace", "select secret_hash from identity.client_secret", "42501"),
        ("gw_workspace", "select code_hash from identity.authorization_code", "42501"),
        ("gw_workspace", "select token_hash from identity.refresh_token", "42501"),
        ("gw_identity", "update identity.oauth_client set scopes = '{}'", "42501"),
        ("gw_identity", "insert into identity.client_secret values (gen_random_uuid())", "42501"),
        ("gw_worker", "select 1 from identity.oauth_client", "42501"),
        ("postgres", "update identity.client_change set what = 'x'", "LM001"),
        ("postgres", "delete from identity.client_change", "LM001"),
    ],
)
async def test_roles_reach_no_further(
    admin: Signed, onprem: PlaneDatabase, role: str, sql: str, state: str
) -> None:
    """The process on the internet only reads clients; nobody rewrites their history."""
    await register(admin, f"c{uuid.uuid4().hex[:8]}", name="Reports", kind="service")
    assert await proof.refused(onprem, role, acting(ADMIN), sql) == state


async def test_only_administrators_who_just_signed_in_come_here(
    as_role: AsRole, admin: Signed, onprem: PlaneDatabase
) -> None:
    """Another role is refused, an old sign-in is asked for again, and nothing is done."""
    officer = await as_role("compliance")
    assert (await officer.get("/oauth-clients")).status_code == 403
    await onprem.run("update identity.session set authenticated_at = now() - interval '11 min'")
    assert (await admin.get("/oauth-clients")).headers["location"].startswith("/sign-in?fresh=1")
    late = await admin.post("/oauth-clients", client_id="late", **WEB)
    assert late.status_code == 403
    assert not await onprem.run("select 1 from identity.oauth_client where client_id = 'late'")


async def test_foreign_id_names_nothing(admin: Signed) -> None:
    """404 for each page and step."""
    own = f"/oauth-clients/{uuid.uuid4()}"
    for path in (own, f"{own}/edit"):
        assert (await admin.get(path)).status_code == 404
    assert (await admin.post(f"{own}/disable")).status_code == 404


# --- the API with a program's token ---------------------------------------------------------------


async def token_of(identity_edge: Edge, client_id: str, secret: str) -> str:
    """A program's access token, from the identity process."""
    form = {"grant_type": "client_credentials"}
    async with browser_at(identity_edge, "10.8.0.9", base_url=IDENTITY) as http:
        answer = await http.post("/oauth/token", data=form, auth=(client_id, secret))
    return str(answer.json()["access_token"])


@pytest.fixture(scope="module")
async def signing(identity_db: Database) -> None:
    """A signing key."""
    async with identity_db.uow(Actor("process: test"), "keys") as tx:
        await keys.ensure(tx, at=utc_now())


@pytest.mark.usefixtures("signing")
async def test_program_uses_the_api_under_its_own_name(
    admin: Signed, deputy: Signed, identity_edge: Edge, browsers: Browsers, onprem: PlaneDatabase
) -> None:
    """What its scope carries and no more; the access record says which program it was."""
    own, secret = await program(admin, deputy, "referral-report", "referrals")
    desk = await deputy.follow("/clients", legal_name="Ottilie Grace")
    new = {
        "received_on": "2026-11-20", "source_category": "self", "channel": "phone",
        "concern_code": "grief",
        "urgency": "routine",
    }  # fmt: skip
    page = await deputy.follow(f"{desk.url.path}/referrals", **new)
    token = await token_of(identity_edge, "referral-report", secret)
    robot = browsers()
    robot.headers["authorization"] = f"Bearer {token}"
    assert (await robot.get("/api/v1/referrals")).status_code == 200
    moves = f"/api/v1{page.url.path}/moves"
    moved = await robot.post(moves, json={"seen": "received", "to": "contacted"})
    assert moved.json()["state"] == "contacted"
    other = await robot.get("/api/v1/announcements")
    assert (other.status_code, other.json()["error"]["code"]) == (403, "scope_missing")
    acts = await onprem.run(
        "select distinct act from audit.event where actor = 'client: referral-report'"
        " and purpose like 'referral%' order by act"
    )
    assert {"read", "update"} <= {row["act"] for row in acts}
    assert (await robot.get("/referrals")).headers["location"] == "/sign-in"
    await admin.follow(f"{own}/disable")
    late = await robot.get("/api/v1/referrals")
    assert (late.status_code, late.json()["error"]["code"]) == (401, "token_client")


@pytest.mark.usefixtures("signing")
async def test_token_is_nothing_outside_the_networks(
    admin: Signed, deputy: Signed, identity_edge: Edge, browsers: Browsers
) -> None:
    """Zone and token are both required; a wrong token beside a good session is refused too."""
    _, secret = await program(admin, deputy, "outside", "announcements")
    token = await token_of(identity_edge, "outside", secret)
    headers = {"authorization": f"Bearer {token}"}
    inside, outside = browsers(), browsers("203.0.113.9")
    assert (await inside.get("/api/v1/announcements", headers=headers)).status_code == 200
    assert (await outside.get("/api/v1/announcements", headers=headers)).status_code == 404
    bad = {"authorization": f"Bearer {token[:-4]}AAAA"}
    answer: httpx.Response = await admin.browser.get("/api/v1/announcements", headers=bad)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_refused")


FOR_SESSIONS = {
    "absences.write",
    "announcements.write",
    "appointments.read",
    "appointments.write",
    "call_rules.write",
    "clients.merge",
    "clients.write",
    "compliance.read",
    "differences.decide",
    "credentials.write",
    "duplicates.check",
    "duplicates.decide",
    "imports.read",
    "imports.write",
    "intakeq_people.decide",
    "office_hours.write",
    "on_call.write",
    "people.manage",
    "related_people.write",
    "risk_rules.write",
    "vendors.write",
    "waitlist.set_rules",
    "write_back.ask",
}
"""Permissions of the API that no program is given: people use it with their session."""


def test_each_api_permission_has_one_scope(edge: Edge) -> None:
    """The scope table covers the API's routes but those for sessions, and names none that does not exist."""
    found = guarded_routes(edge.inner)
    api = {
        access.permission
        for path, _, access in found
        if access and access.permission and path.startswith("/api/v1/") and "schema" not in path
    }
    carried = [permission for held in SCOPES.values() for permission in held]
    assert api == set(carried) | FOR_SESSIONS
    assert not set(carried) & FOR_SESSIONS
    assert len(carried) == len(set(carried))
    assert set(carried) <= set(PERMISSIONS)
