"""Clients that are administered here and stand at Hydra: told until it has them, judged by it."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import httpx
import msgspec
import pytest

from lmhg_gateway.adapters.hydra import Client, Hydra, Introspection
from lmhg_gateway.app.workspace import build, hydra_of
from lmhg_gateway.features.hydra.rules import check_token
from lmhg_gateway.features.oauth_clients.at_hydra import BATCH, Pusher
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.errors import NotSignedIn, SettingMissing
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Signed, browser_at, sign_in
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.settings import Environment
from lmhg_stack.begin import workspace_sessions
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.testing import PlaneDatabase

from .conftest import Place, served  # noqa: TID252 - the fixtures of this folder
from .hydra_stand_in import State  # noqa: TID252 - beside this file
from .hydra_stand_in import build as stand_in  # noqa: TID252 - beside this file

WORK = "http://work.test"
AUDIENCE = f"{WORK}/api/v1"
AWAY = "http://127.0.0.1:9"
NOT_YET = "Not yet at Hydra"
ACTED = (
    "do $$ begin perform set_config('app.actor', 'test', true),"
    " set_config('app.purpose', 'test', true); {sql} end $$"
)
ADMINS = (uuid.UUID(int=501), uuid.UUID(int=502))


@pytest.fixture
async def db(onprem: PlaneDatabase, keyring: Keyring) -> AsyncIterator[Database]:
    """The database as the workspace reaches it, with two administrators and no client."""
    await onprem.run(ACTED.format(sql="delete from identity.oauth_client;"))
    for admin in ADMINS:
        sql = (
            "insert into identity.user_account (id, email, display_name, roles)"
            f" values ('{admin}', 'a-{admin.hex[-3:]}@lmhg.test', 'An Admin', '{{admin}}')"
            " on conflict do nothing;"
        )
        await onprem.run(ACTED.format(sql=sql))
    database = Database(onprem.url("gw_workspace"), pool_size=4)
    yield database
    await database.close()


def settings_for(admin_url: str | None) -> WorkspaceSettings:
    """A workspace in Hydra mode."""
    return WorkspaceSettings(
        environment=Environment.DEVELOPMENT,
        site="s1",
        database_url="unused",
        listen="127.0.0.1:0",
        metrics_listen="127.0.0.1:0",
        approved_networks=(ip_network("10.8.0.0/16"),),
        public_url=WORK,
        identity_url="http://id.test",
        keyring_file=Path("unused"),
        identity_provider="hydra",
        hydra_admin_url=admin_url,
    )


@pytest.fixture
async def hydra(hydra_place: Place) -> AsyncIterator[Hydra]:
    """A Hydra that answers."""
    adapter = Hydra(hydra_place.admin)
    yield adapter
    await adapter.close()


@pytest.fixture
async def edge(db: Database, hydra: Hydra, hydra_place: Place) -> Edge:
    """The workspace, with that Hydra."""
    return build(settings_for(hydra_place.admin), db, hydra=hydra)


@pytest.fixture
async def admin(edge: Edge, onprem: PlaneDatabase) -> AsyncIterator[Signed]:
    """One administrator."""
    async with browser_at(edge, "10.8.0.7", base_url=WORK) as browser:
        token = await sign_in(
            browser, edge, "admin", account_id=str(ADMINS[0]), sessions=workspace_sessions(onprem)
        )
        yield Signed(browser, token)


@pytest.fixture
async def deputy(edge: Edge, onprem: PlaneDatabase) -> AsyncIterator[Signed]:
    """The other administrator."""
    async with browser_at(edge, "10.8.0.8", base_url=WORK) as browser:
        token = await sign_in(
            browser, edge, "admin", account_id=str(ADMINS[1]), sessions=workspace_sessions(onprem)
        )
        yield Signed(browser, token)


@pytest.fixture
def pusher(db: Database, hydra: Hydra) -> Pusher:
    """What tells Hydra."""
    return Pusher(db, hydra, AUDIENCE)


async def register(admin: Signed, client_id: str, **fields: str) -> tuple[str, str]:
    """Page address and secret of a fresh client."""
    answer = await admin.post(
        "/oauth-clients", client_id=client_id, **{"name": "Reports", "kind": "service", **fields}
    )
    assert answer.status_code == 200, answer.text
    assert "works as soon as Hydra has it" in answer.text
    return secret_of(answer)


def secret_of(answer: httpx.Response) -> tuple[str, str]:
    """The client's page and its secret, from the page that shows it once."""
    secret = re.search(r"<code>([\w-]{43})</code>", answer.text)
    own = re.search(r'href="(/oauth-clients/[0-9a-f-]{36})"', answer.text)
    assert secret
    assert own
    return own[1], secret[1]


async def program(admin: Signed, deputy: Signed, pusher: Pusher) -> tuple[str, str]:
    """A program that may read announcements, and Hydra knows it."""
    own, secret = await register(admin, "reports")
    await admin.follow(f"{own}/scopes", scopes="announcements")
    page = (await deputy.get(own)).text
    found = re.search(r'name="request_id" value="([0-9a-f-]{36})"', page)
    assert found
    await deputy.follow(f"{own}/scopes/approve", request_id=found[1])
    assert await pusher.step() == 1
    return own, secret


async def there(hydra: Hydra, client_id: str) -> Client:
    """A client as Hydra has it; a real one remembers those of other tests."""
    [found] = [each for each in await hydra.clients() if each.client_id == client_id]
    return found


async def token_for(place: Place, secret: str, **form: str) -> httpx.Response:
    """What Hydra answers a program that asks for a token."""
    asked = {"scope": "announcements", "audience": AUDIENCE, **form}
    async with httpx.AsyncClient() as http:
        return await http.post(
            f"{place.public}/oauth2/token",
            data={"grant_type": "client_credentials", **asked},
            auth=("reports", secret),
        )


async def called(edge: Edge, token: str) -> tuple[int, str]:
    """Status and error code of a program's call of the API."""
    headers = {"authorization": f"Bearer {token}"}
    async with browser_at(edge, "10.8.0.9", base_url=WORK) as http:
        answer = await http.get("/api/v1/announcements", headers=headers)
    said = answer.json()
    return answer.status_code, said.get("error", {}).get("code", "")


async def test_nothing_is_lost_while_hydra_is_away(
    admin: Signed, db: Database, pusher: Pusher, hydra: Hydra, onprem: PlaneDatabase
) -> None:
    """The page says that Hydra lacks it and how often it was tried, until Hydra has it."""
    own, secret = await register(admin, "patient")
    assert NOT_YET in (await admin.get("/oauth-clients")).text
    [row] = await onprem.run("select secret_sealed from identity.client_push")
    assert secret.encode() not in row["secret_sealed"]
    lost = Pusher(db, Hydra(AWAY), AUDIENCE)
    assert await lost.step() == 0
    await lost.hydra.close()
    page = (await admin.get(own)).text
    assert NOT_YET in page
    assert "did not accept this once" in page
    assert await pusher.step() == 0, "the wait after a failure is kept"
    await onprem.run("update identity.client_push set next_at = now()")
    assert await pusher.step() == 1
    assert await pusher.step() == 0, "nothing is told twice"
    assert (await there(hydra, "patient")).client_id == "patient"
    page = (await admin.get(own)).text
    assert NOT_YET not in page
    assert "Hydra has it since" in page
    [row] = await onprem.run("select secret_sealed, problem, attempts from identity.client_push")
    assert tuple(row) == (None, None, 0)


async def test_change_and_secret_reach_hydra(
    admin: Signed, deputy: Signed, pusher: Pusher, hydra: Hydra, hydra_place: Place
) -> None:
    """A new name; a new secret, before which the old one works and after which it does not."""
    own, first = await program(admin, deputy, pusher)
    await admin.follow(own, name="Monthly reports")
    assert NOT_YET in (await admin.get(own)).text
    assert await pusher.step() == 1
    assert (await there(hydra, "reports")).client_name == "Monthly reports"
    assert (await token_for(hydra_place, first)).status_code == 200
    _, second = secret_of(await admin.post(f"{own}/secret", keep_h="24"))
    assert NOT_YET in (await admin.get(own)).text
    assert (await token_for(hydra_place, second)).status_code == 401
    assert await pusher.step() == 1
    assert (await token_for(hydra_place, first)).status_code == 401
    assert (await token_for(hydra_place, second)).status_code == 200


async def test_program_calls_the_api_with_hydras_token(
    admin: Signed, deputy: Signed, pusher: Pusher, hydra_place: Place, edge: Edge
) -> None:
    """For our audience, with the scope that it still has; anything else is refused."""
    own, secret = await program(admin, deputy, pusher)
    token = str((await token_for(hydra_place, secret)).json()["access_token"])
    assert await called(edge, token) == (200, "")
    assert await called(edge, token[:-4] + "AAAA") == (401, "token_over")
    elsewhere = await token_for(hydra_place, secret, audience="")
    assert await called(edge, elsewhere.json()["access_token"]) == (401, "token_audience")
    bare = await token_for(hydra_place, secret, scope="")
    assert await called(edge, bare.json()["access_token"]) == (403, "scope_missing")
    await admin.follow(f"{own}/scopes/drop", scopes="announcements")
    assert await called(edge, token) == (403, "scope_missing"), "before Hydra has heard it"


async def test_disabled_client_is_over_at_once_and_comes_back_with_its_secret(
    admin: Signed, deputy: Signed, pusher: Pusher, hydra_place: Place, edge: Edge
) -> None:
    """Here at once; at Hydra no new token and no old one; enabled again, the secret still holds."""
    own, secret = await program(admin, deputy, pusher)
    token = str((await token_for(hydra_place, secret)).json()["access_token"])
    await admin.follow(f"{own}/disable")
    assert await called(edge, token) == (401, "token_client")
    assert await pusher.step() == 1
    assert await called(edge, token) == (401, "token_over")
    assert (await token_for(hydra_place, secret)).status_code in (400, 401)
    await admin.follow(f"{own}/enable")
    assert await pusher.step() == 1
    fresh = await token_for(hydra_place, secret)
    assert await called(edge, fresh.json()["access_token"]) == (200, "")


async def test_silent_hydra_is_an_error_and_never_a_pass(
    db: Database, admin: Signed, deputy: Signed, pusher: Pusher, hydra_place: Place
) -> None:
    """503 with a code of its own, for a token that was good a moment ago."""
    _, secret = await program(admin, deputy, pusher)
    token = str((await token_for(hydra_place, secret)).json()["access_token"])
    hydra = hydra_of(settings_for(AWAY))
    assert hydra
    assert await called(build(settings_for(AWAY), db, hydra=hydra), token) == (503, "hydra_refused")
    await hydra.close()


async def test_address_that_hydra_would_refuse_is_told_in_the_form(
    admin: Signed, pusher: Pusher, hydra: Hydra
) -> None:
    """Sign-out leads to a site of sign-in; then Hydra takes it, and without scopes it gets none."""
    fields = {"name": "Learning", "kind": "web", "redirect_uris": "https://learn.test/cb"}
    bad = {**fields, "post_logout_uris": "https://other.test/out"}
    refused = await admin.post("/oauth-clients", client_id="learning", **bad)
    assert refused.status_code == 422
    assert "Hydra needs the site" in refused.text
    good = {**fields, "post_logout_uris": "https://learn.test/out"}
    own, _ = await register(admin, "learning", **good)
    assert (await admin.post(own, **bad)).status_code == 422
    assert await pusher.step() == 1
    found = await there(hydra, "learning")
    assert found.post_logout_redirect_uris == ["https://learn.test/out"]
    await admin.follow(f"{own}/disable")
    assert await pusher.step() == 1
    found = await there(hydra, "learning")
    assert (found.scope, found.grant_types, found.redirect_uris or []) == ("none", ["none"], [])


async def test_client_of_before_lacks_a_secret_at_hydra(
    admin: Signed, pusher: Pusher, onprem: PlaneDatabase
) -> None:
    """Registered in embedded mode, it is told by itself; its page asks for a new secret."""
    own, _ = await register(admin, "older")
    await onprem.run("delete from identity.client_push")
    assert NOT_YET in (await admin.get(own)).text
    assert await pusher.step() == 1
    page = (await admin.get(own)).text
    assert NOT_YET not in page
    assert "Make a new one" in page


async def test_two_processes_tell_each_client_once(admin: Signed, db: Database) -> None:
    """Anyone who claims it; the other finds nothing due."""
    [port] = free_ports(1)
    state = State()
    await register(admin, "shared")
    async with served(stand_in(state), port):
        hydra = Hydra(f"http://{LOOPBACK}:{port}")
        pair = [Pusher(db, hydra, AUDIENCE) for _ in range(2)]
        assert sorted(await asyncio.gather(*(each.step() for each in pair))) == [0, 1]
        await hydra.close()
    assert set(state.clients) == {"shared"}


async def test_secret_made_while_another_is_on_its_way_is_not_lost(
    admin: Signed, db: Database
) -> None:
    """The second one waits until it is told itself, and is the one that counts."""
    [port] = free_ports(1)
    own, first = await register(admin, "busy")
    made: list[str] = []

    async def rotate() -> None:
        made.append(secret_of(await admin.post(f"{own}/secret", keep_h="0"))[1])
        state.while_keeping = None

    state = State(while_keeping=rotate, clients={"busy": {"client_id": "busy"}})
    async with served(stand_in(state), port):
        hydra = Hydra(f"http://{LOOPBACK}:{port}")
        pusher = Pusher(db, hydra, AUDIENCE)
        assert await pusher.step() == 2, "the first one, then the second"
        await hydra.close()
    assert state.clients["busy"]["client_secret"] == made[0] != first


async def test_many_clients_go_in_bounded_batches(
    admin: Signed, db: Database, onprem: PlaneDatabase
) -> None:
    """A practice that changes to Hydra has them all there after a few steps."""
    sql = (
        "insert into identity.oauth_client (id, client_id, name, kind)"
        " select gen_random_uuid(), 'many-' || n, 'Many ' || n, 'public'"
        f" from generate_series(1, {BATCH + 1}) n;"
    )
    await onprem.run(ACTED.format(sql=sql))
    [port] = free_ports(1)
    async with served(stand_in(State()), port):
        hydra = Hydra(f"http://{LOOPBACK}:{port}")
        pusher = Pusher(db, hydra, AUDIENCE)
        assert [await pusher.step() for _ in range(3)] == [BATCH, 1, 0]
        await hydra.close()


async def test_a_client_that_hydra_refuses_holds_up_no_other(
    db: Database, pusher: Pusher, hydra: Hydra, onprem: PlaneDatabase
) -> None:
    """It is tried again later and later; the next one's turn comes at the next step."""
    sql = (
        "insert into identity.oauth_client (id, client_id, name, kind, post_logout_uris) values"
        " (gen_random_uuid(), 'refused', 'A', 'public', '{{https://other.test/out}}'),"
        " (gen_random_uuid(), 'held-up', 'B', 'public', '{{}}');"
    )
    await onprem.run(ACTED.format(sql=sql.replace("{{", "{").replace("}}", "}")))
    assert [await pusher.step() for _ in range(3)] == [0, 1, 0]
    assert (await there(hydra, "held-up")).client_id == "held-up"


ASKED_AT = datetime(2026, 12, 2, 15, tzinfo=UTC)
GOOD = Introspection(
    active=True, client_id="reports", sub="reports", aud=[AUDIENCE],
    exp=int(ASKED_AT.timestamp()) + 600, token_use="access_token",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"active": False}, "token_over"),
        ({"exp": int(ASKED_AT.timestamp()) - 1}, "token_over"),
        ({"exp": 0}, "token_over"),
        ({"token_use": "refresh_token"}, "token_over"),
        ({"token_use": ""}, "token_over"),
        ({"aud": []}, "token_audience"),
        ({"aud": [f"{AUDIENCE}/"]}, "token_audience"),
        ({"sub": str(uuid.UUID(int=7))}, "token_client"),
        ({"sub": "", "client_id": ""}, "token_client"),
    ],
)
def test_each_part_of_hydras_answer_counts(changed: dict[str, object], code: str | None) -> None:
    """The good answer passes; with one thing bent it does not."""
    found = msgspec.structs.replace(GOOD, **changed)
    if code is None:
        check_token(found, audience=AUDIENCE, at=ASKED_AT)
        return
    with pytest.raises(NotSignedIn) as refused:
        check_token(found, audience=AUDIENCE, at=ASKED_AT)
    assert refused.value.code == code


def test_workspace_in_hydra_mode_names_the_setting_it_lacks() -> None:
    """It does not start and then refuse every program."""
    with pytest.raises(SettingMissing, match="LMHG_HYDRA_ADMIN_URL"):
        hydra_of(settings_for(None))
