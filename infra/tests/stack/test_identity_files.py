"""The example files of other identity servers parse, and name pages and roles that exist."""

import json
from typing import Any
from urllib.parse import urlsplit

import msgspec
import yaml

from lmhg_contracts.roles import ROLES
from lmhg_gateway.features.external.pages import EXTERNAL
from lmhg_gateway.features.external.rules import METHODS, granted, parse_roles
from lmhg_gateway.features.hydra.pages import HYDRA
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_kit.feature import Feature
from lmhg_stack.repository import INFRA

FILES = INFRA / "identity"


def paths(feature: Feature) -> set[str]:
    """The paths that a feature answers."""
    return {path for handler in feature.pages for path in getattr(handler, "paths", ())}


def path_of(url: str) -> str:
    """The path of an address."""
    return urlsplit(url).path


def missing_pages(config: dict[str, Any]) -> set[str]:
    """Pages that a Hydra's configuration names and that we do not have."""
    urls = config["urls"]
    return {path_of(urls[name]) for name in ("login", "consent", "logout")} - paths(HYDRA)


def test_hydra_is_led_to_our_pages() -> None:
    """Login, consent and logout exist; a page that does not is noticed."""
    config = yaml.safe_load((FILES / "hydra/hydra.yml").read_text())
    assert missing_pages(config) == set()
    assert config["oauth2"]["pkce"]["enforced"]
    assert config["serve"]["admin"]["host"] == "127.0.0.1"
    assert config["sqa"]["opt_out"]
    config["urls"]["login"] = "https://id.example.test/hydra/enter"
    assert missing_pages(config) == {"/hydra/enter"}


def test_kratos_returns_to_our_pages() -> None:
    """It may send people back to the pages that sent them, and knows them by an address."""
    config = yaml.safe_load((FILES / "kratos/kratos.yml").read_text())
    back = config["selfservice"]["allowed_return_urls"]
    assert {path_of(url) for url in back} <= paths(HYDRA)
    assert config["session"]["whoami"]["required_aal"] == "highest_available"
    assert config["selfservice"]["flows"]["registration"]["enabled"] is False
    schema = json.loads((FILES / "kratos/identity.schema.json").read_text())
    email = schema["properties"]["traits"]["properties"]["email"]["ory.sh/kratos"]
    assert email["credentials"]["password"]["identifier"]


def test_keycloak_knows_our_client_and_roles() -> None:
    """One client, led back to our callback; roles of ours alone, in the claim that is the default."""
    realm = json.loads((FILES / "keycloak/lmhg-realm.json").read_text())
    [client] = realm["clients"]
    assert {path_of(url) for url in client["redirectUris"]} <= paths(EXTERNAL)
    assert path_of(client["attributes"]["post.logout.redirect.uris"]) in paths(EXTERNAL)
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    assert {role["name"] for role in realm["roles"]["realm"]} == set(ROLES)
    mapper = client["protocolMappers"][0]["config"]
    assert mapper["id.token.claim"] == "true"
    fields = msgspec.structs.fields(IdentitySettings)
    claim = next(each.default for each in fields if each.name == "external_roles_claim")
    assert mapper["claim.name"] == claim
    same = parse_roles("", known=ROLES)
    for user in realm["users"]:
        assert user["email"].endswith(".test")
        token = {"realm_access": {"roles": user["realmRoles"]}}
        assert granted(token, path=claim, roles=same) == set(user["realmRoles"])
        assert all(each["value"].startswith("${") for each in user["credentials"])
        assert "UPDATE_PASSWORD" in user["requiredActions"]  # an import forgets `temporary`


def unnamed_steps(realm: dict[str, Any]) -> set[str]:
    """Steps that prove who someone is without a name in `amr` that means something here."""
    named = {
        each["alias"]: each["config"]["default.reference.value"]
        for each in realm["authenticatorConfig"]
    }
    return {
        step["authenticator"]
        for flow in realm["authenticationFlows"]
        for step in flow["authenticationExecutions"]
        if step.get("authenticator", "").startswith(("auth-username", "auth-otp", "webauthn"))
        and named.get(step.get("authenticatorConfig", "")) not in METHODS
    }


def test_keycloak_names_each_proof_in_the_token() -> None:
    """Its browser flow is ours, password and second factor have names; one without is noticed."""
    realm = json.loads((FILES / "keycloak/lmhg-realm.json").read_text())
    assert realm["browserFlow"] in {flow["alias"] for flow in realm["authenticationFlows"]}
    assert unnamed_steps(realm) == set()
    realm["authenticatorConfig"].pop()
    assert unnamed_steps(realm) == {"webauthn-authenticator"}
