"""External mode: another issuer says who it is, we say what they may do, and stay the issuer."""

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from lmhg_gateway.app.identity import build, provider_of
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import SettingMissing
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import browser_at
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.settings import Environment
from lmhg_quality.foreign_issuer import Bent, ForeignIssuer
from lmhg_stack.testing import PlaneDatabase

OURS = "http://id.test"
SESSION = "lmhg_identity_session"
STATE = "s" * 43
ACTED = (
    "do $$ begin perform set_config('app.actor', 'test', true),"
    " set_config('app.purpose', 'test', true); {sql} end $$"
)


@pytest.fixture
async def db(onprem: PlaneDatabase, keyring: Keyring) -> AsyncIterator[Database]:
    """The database as the identity process reaches it."""
    database = Database(onprem.url("gw_identity"), pool_size=4)
    yield database
    await database.close()


@pytest.fixture(scope="module")
def running() -> Iterator[ForeignIssuer]:
    """The issuer that holds the accounts."""
    with ForeignIssuer.serving(redirect_uri=f"{OURS}/external/callback") as issuer:
        issuer.client_id = "lmhg-identity"
        yield issuer


@dataclass(frozen=True)
class Ana:
    """A colleague as both sides know her."""

    id: uuid.UUID
    email: str


@pytest.fixture
async def ana(onprem: PlaneDatabase) -> Ana:
    """An account and its profile, without a password."""
    person = Ana(uuid.uuid4(), f"ana-{uuid.uuid4().hex[:8]}@lmhg.test")
    sql = (
        "insert into identity.user_account (id, email, display_name, roles)"
        f" values ('{person.id}', '{person.email}', 'Ana Roy', '{{staff}}');"
        "insert into practice.staff_profile (id, email, display_name, roles, hipaa_exempt)"
        f" values ('{person.id}', '{person.email}', 'Ana Roy', '{{staff}}', false);"
    )
    await onprem.run(ACTED.format(sql=sql))
    return person


@pytest.fixture
def issuer(running: ForeignIssuer, ana: Ana) -> ForeignIssuer:
    """The issuer, doing everything right, with Ana in front of it."""
    running.subject, running.bent = "f:77:ana", Bent()
    says(running, ana)
    return running


def says(issuer: ForeignIssuer, ana: Ana, **changed: Any) -> None:
    """What the issuer's next tokens claim."""
    claims = {
        "email": ana.email.upper(),
        "email_verified": True,
        "realm_access": {"roles": ["staff", "offline_access"]},
    }
    issuer.bent = Bent(claims={**claims, **changed})


def settings_for(issuer: ForeignIssuer, folder: Path, **changes: object) -> IdentitySettings:
    """An identity process in external mode."""
    secret = folder / "secret"
    secret.write_text(f"{issuer.client_secret}\n")
    values = {
        "environment": Environment.DEVELOPMENT, "site": "s1", "database_url": "unused",
        "listen": "127.0.0.1:0", "metrics_listen": "127.0.0.1:0", "public_url": OURS,
        "workspace_url": "http://work.test", "identity_keyring_file": Path("unused"),
        "identity_provider": "external", "external_issuer_url": issuer.url,
        "external_client_id": issuer.client_id, "external_client_secret_file": secret, **changes,
    }  # fmt: skip
    return IdentitySettings(**values)  # pyright: ignore[reportArgumentType] - named above


@pytest.fixture
async def edge(db: Database, issuer: ForeignIssuer, tmp_path: Path) -> AsyncIterator[Edge]:
    """The identity process."""
    settings = settings_for(issuer, tmp_path)
    provider = provider_of(settings)
    yield build(settings, db, provider=provider)
    await provider.close()


@pytest.fixture
async def browser(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in."""
    async with browser_at(edge, base_url=OURS) as opened:
        yield opened


async def ask(browser: httpx.AsyncClient, query: str = "") -> str:
    """Begin a sign-in: the address at the issuer."""
    answer = await browser.get(f"/sign-in{query}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def back_from(address: str) -> str:
    """What the browser does at the issuer: the path that it is sent back to."""
    async with httpx.AsyncClient() as outside:
        answer = await outside.get(address)
    return answer.headers["location"].removeprefix(OURS)


async def whole(browser: httpx.AsyncClient, query: str = "") -> httpx.Response:
    """A whole sign-in: the answer to the callback."""
    return await browser.get(await back_from(await ask(browser, query)))


async def roles_of(onprem: PlaneDatabase, ana: Ana) -> tuple[list[str], list[str]]:
    """Roles of the account and of the profile."""
    [row] = await onprem.run(
        "select u.roles, p.roles as of_profile from identity.user_account u"
        " join practice.staff_profile p using (id) where u.id = $1",
        ana.id,
    )
    return row["roles"], row["of_profile"]


async def session_of(onprem: PlaneDatabase, ana: Ana) -> list[asyncpg.Record]:
    """Her sessions."""
    return list(await onprem.run("select * from identity.session where user_id = $1", ana.id))


async def test_a_colleague_signs_in_by_the_other_issuer(
    browser: httpx.AsyncClient, issuer: ForeignIssuer, onprem: PlaneDatabase, ana: Ana
) -> None:
    """A full session of our own, with the methods that the issuer names, and word of it."""
    asked = parse_qs(urlsplit(await ask(browser)).query)
    assert (asked["client_id"], asked["code_challenge_method"]) == (["lmhg-identity"], ["S256"])
    assert (await whole(browser)).headers["location"] == "/security"
    [session] = await session_of(onprem, ana)
    assert (session["stage"], session["methods"]) == ("full", ["otp", "pwd"])
    page = await browser.get("/security")
    assert "kept by the server that signs you in" in page.text
    assert "/security/password" not in page.text
    acts = await onprem.run("select act from identity.activity where user_id = $1", ana.id)
    assert [row["act"] for row in acts] == ["sign_in"]


async def test_the_workspace_gets_its_code(browser: httpx.AsyncClient) -> None:
    """We stay the issuer: the way on is the one of embedded mode."""
    answer = await whole(browser, f"?state={STATE}")
    assert answer.headers["location"].startswith("http://work.test/session/start?code=")
    on = await browser.get("/sign-in?next=/oauth/authorize")
    assert on.headers["location"] == "/oauth/authorize"
    assert (await browser.get("/sign-in?next=//evil.test")).headers["location"] == "/security"


REFUSED = {
    "unknown person": ({"email": "nobody@lmhg.test"}, 403, "no account for you"),
    "unverified": ({"email_verified": False}, 403, "not confirmed"),
    "verified in other words": ({"email_verified": "true"}, 403, "not confirmed"),
    "no address": ({"email": None}, 403, "not confirmed"),
    "no role": ({"realm_access": {"roles": []}}, 403, "no role here"),
    "a role of nobody's": ({"realm_access": {"roles": ["superuser"]}}, 403, "no role here"),
    "roles are no list": ({"realm_access": {"roles": "admin"}}, 403, "no role here"),
    "another nonce": ({"nonce": "another"}, 400, "was not completed"),
    "another audience": ({"aud": "somebody-else"}, 400, "was not completed"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_who_is_not_ours_is_refused_in_words(
    browser: httpx.AsyncClient, issuer: ForeignIssuer, onprem: PlaneDatabase, ana: Ana, name: str
) -> None:
    """Nobody is signed in, nothing is created; put right, the same browser gets in."""
    claims, status, words = REFUSED[name]
    before = await onprem.run("select count(*) from identity.user_account")
    says(issuer, ana, **claims)
    answer = await whole(browser)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert SESSION not in browser.cookies
    assert await session_of(onprem, ana) == []
    assert await onprem.run("select count(*) from identity.user_account") == before
    assert await roles_of(onprem, ana) == (["staff"], ["staff"])
    says(issuer, ana)
    assert (await whole(browser)).status_code == 303


async def test_who_left_stays_out(
    browser: httpx.AsyncClient, issuer: ForeignIssuer, onprem: PlaneDatabase, ana: Ana
) -> None:
    """An inactive account opens nothing, whatever the issuer says; active again, it does."""
    change = "update identity.user_account set active = {} where id = '{}';"
    await onprem.run(ACTED.format(sql=change.format("false", ana.id)))
    assert "no account for you" in (await whole(browser)).text
    await onprem.run(ACTED.format(sql=change.format("true", ana.id)))
    assert (await whole(browser)).status_code == 303


async def test_state_belongs_to_one_browser(edge: Edge, browser: httpx.AsyncClient) -> None:
    """Made up, in another browser, or a second time: refused. In its own, once: fine."""
    back = await back_from(await ask(browser))
    async with browser_at(edge, base_url=OURS) as victim:
        await ask(victim)
        for path in (back, f"{back}x", back.split("state=")[0] + "state="):
            assert (await victim.get(path)).status_code == 400
            assert SESSION not in victim.cookies
    cookies = dict(browser.cookies)
    assert (await browser.get(back)).status_code == 303
    browser.cookies.clear()
    browser.cookies.update(cookies)
    assert (await browser.get(back)).status_code == 400


@pytest.mark.found("W2", "another sign-in server's claim takes a power away, and gives none")
async def test_roles_follow_the_claim_in_both_tables(
    browser: httpx.AsyncClient, issuer: ForeignIssuer, onprem: PlaneDatabase, ana: Ana
) -> None:
    """Known roles are taken over, unknown ones and powers left out; the profile never differs."""
    says(issuer, ana, realm_access={"roles": ["trainer", "clinician", "superuser", "admin"]})
    assert (await whole(browser)).status_code == 303
    assert await roles_of(onprem, ana) == (["clinician", "trainer"], ["clinician", "trainer"])
    versions = "select version from practice.staff_profile where id = $1"
    before = await onprem.run(versions, ana.id)
    browser.cookies.clear()
    assert (await whole(browser)).status_code == 303
    assert await onprem.run(versions, ana.id) == before  # the same again changes nothing


async def test_losing_every_role_ends_what_is_open(
    browser: httpx.AsyncClient, issuer: ForeignIssuer, onprem: PlaneDatabase, ana: Ana
) -> None:
    """Her session was open; the next sign-in, without a role, ends it."""
    await whole(browser)
    assert len(await session_of(onprem, ana)) == 1
    browser.cookies.clear()
    says(issuer, ana, realm_access={"roles": []})
    none = f"update identity.user_account set roles = '{{}}' where id = '{ana.id}';"
    for sql in ("null;", none):  # also where the account has none either
        await onprem.run(ACTED.format(sql=sql))
        assert (await whole(browser)).status_code == 403
        assert await session_of(onprem, ana) == []


async def test_names_over_there_are_mapped(
    db: Database, issuer: ForeignIssuer, onprem: PlaneDatabase, ana: Ana, tmp_path: Path
) -> None:
    """By the setting, from a claim of any name; the same name without a mapping grants nothing."""
    changes = {"external_roles_claim": "groups", "external_roles": "therapist=clinician"}
    settings = settings_for(issuer, tmp_path, **changes)
    provider = provider_of(settings)
    says(issuer, ana, groups=["therapist", "admin"])
    async with browser_at(build(settings, db, provider=provider), base_url=OURS) as browser:
        assert (await whole(browser)).status_code == 303
        browser.cookies.clear()
        says(issuer, ana, groups=["admin"])
        assert (await whole(browser)).status_code == 403
    await provider.close()
    assert await roles_of(onprem, ana) == (["clinician"], ["clinician"])


async def test_gw_identity_reaches_no_profile_itself(onprem: PlaneDatabase, ana: Ana) -> None:
    """The trigger is the only way: directly, the role has no right at all."""
    link = await asyncpg.connect(onprem.url("gw_identity"))
    try:
        for sql in (
            "update practice.staff_profile set roles = '{admin}'",
            "select roles from practice.staff_profile",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await link.execute(sql)
    finally:
        await link.close()
    sql = f"update identity.user_account set roles = '{{trainer}}' where id = '{ana.id}';"
    await onprem.run(ACTED.format(sql=sql), role="gw_identity")
    assert await roles_of(onprem, ana) == (["trainer"], ["trainer"])


async def test_a_rule_of_second_factors_holds_by_amr(
    browser: httpx.AsyncClient, issuer: ForeignIssuer, onprem: PlaneDatabase, ana: Ana
) -> None:
    """One factor over there is not enough where the role needs two; with two it is."""
    await onprem.run(
        ACTED.format(
            sql="insert into identity.mfa_rule (role, required_from) values ('trainer', now());"
        )
    )
    roles = {"roles": ["trainer"]}
    for methods in (["pwd"], [], None):
        says(issuer, ana, realm_access=roles, amr=methods)
        answer = await whole(browser)
        assert (answer.status_code, "needs two-step sign-in" in answer.text) == (403, True)
    says(issuer, ana, realm_access=roles, amr=["pwd", "mfa"])
    assert (await whole(browser)).status_code == 303
    assert (await browser.get("/security")).status_code == 200


async def test_a_sensitive_step_needs_a_fresh_sign_in_there(
    browser: httpx.AsyncClient, issuer: ForeignIssuer, onprem: PlaneDatabase, ana: Ana
) -> None:
    """The issuer is asked to ask again; an old proof is refused, a new one renews the session."""
    says(issuer, ana, auth_time=int(utc_now().timestamp()) - 3600)
    await whole(browser)
    [before] = await session_of(onprem, ana)
    address = await ask(browser, "?fresh=1")
    assert parse_qs(urlsplit(address).query)["prompt"] == ["login"]
    for told in (int(utc_now().timestamp()) - 3600, None):
        says(issuer, ana, auth_time=told)
        assert "confirm that it is you" in (await whole(browser, "?fresh=1")).text
    says(issuer, ana)
    assert (await whole(browser, "?fresh=1")).status_code == 303
    [after] = await session_of(onprem, ana)
    assert after["id"] == before["id"]
    assert after["id_hash"] != before["id_hash"]
    assert after["authenticated_at"] > before["authenticated_at"]


async def test_the_issuer_is_down(
    browser: httpx.AsyncClient, issuer: ForeignIssuer, db: Database, tmp_path: Path
) -> None:
    """It is said; anyone who is in works on."""
    await whole(browser)
    nobody = settings_for(issuer, tmp_path, external_issuer_url="http://127.0.0.1:9")
    for settings in (settings_for(issuer, tmp_path), nobody):
        issuer.bent = Bent(is_down=True)
        provider = provider_of(settings)
        async with browser_at(build(settings, db, provider=provider), base_url=OURS) as away:
            answer = await away.get("/sign-in")
            assert (answer.status_code, "does not answer" in answer.text) == (503, True)
            away.cookies.set(SESSION, browser.cookies[SESSION])
            assert (await away.get("/security")).status_code == 200
        await provider.close()


@pytest.mark.parametrize("path", ["/forgot", "/letter?token=x"])
async def test_mailed_links_say_where_the_account_lives(
    browser: httpx.AsyncClient, path: str
) -> None:
    """A page in words."""
    answer = await browser.get(path)
    assert (answer.status_code, "kept elsewhere" in answer.text) == (404, True)


@pytest.mark.parametrize(
    "path", ["/enrol", "/second-factor", "/confirm", "/security/password", "/security/codes"]
)
async def test_no_page_for_passwords_and_factors(browser: httpx.AsyncClient, path: str) -> None:
    """They are not mounted at all, not even for someone who is signed in."""
    await whole(browser)
    assert (await browser.get(path)).status_code == 404


async def test_no_password_is_taken(browser: httpx.AsyncClient) -> None:
    """Posting one finds nobody to take it."""
    answer = await browser.post("/sign-in", data={"email": "a@b.test", "password": "x" * 20})
    assert answer.status_code in (404, 405)


def test_the_process_does_not_start_half_configured(running: ForeignIssuer, tmp_path: Path) -> None:
    """A missing setting and a role that we do not have are named."""
    wrong = {
        "LMHG_EXTERNAL_ISSUER_URL": {"external_issuer_url": None},
        "LMHG_EXTERNAL_CLIENT_ID": {"external_client_id": None},
        "LMHG_EXTERNAL_CLIENT_SECRET_FILE": {"external_client_secret_file": None},
        "LMHG_EXTERNAL_ROLES": {"external_roles": "boss=superuser"},
    }
    for name, changes in wrong.items():
        with pytest.raises(SettingMissing, match=name):
            provider_of(settings_for(running, tmp_path, **changes))
    assert provider_of(settings_for(running, tmp_path)).name == "external"
