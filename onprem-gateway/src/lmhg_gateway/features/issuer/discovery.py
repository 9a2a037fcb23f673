"""What the issuer says of itself: its metadata, and its endpoints as OpenAPI."""

from collections.abc import Mapping, Sequence
from typing import Any

from lmhg_gateway.features.oauth_clients.public import (
    CODE,
    CREDENTIALS,
    IDENTITY_SCOPES,
    REFRESH,
)
from lmhg_gateway.features.tokens.public import ALG

PROOFS = ("client_secret_basic", "client_secret_post", "none")
SECRET_PROOFS = PROOFS[:2]


def metadata(issuer: str, *, api_scopes: Sequence[str]) -> dict[str, Any]:
    """The discovery document (OpenID Connect Discovery, RFC 8414, RFC 9207, back-channel)."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "userinfo_endpoint": f"{issuer}/oauth/userinfo",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "end_session_endpoint": f"{issuer}/oauth/logout",
        "scopes_supported": [*IDENTITY_SCOPES, *api_scopes],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [CODE, REFRESH, CREDENTIALS],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALG],
        "token_endpoint_auth_methods_supported": list(PROOFS),
        "revocation_endpoint_auth_methods_supported": list(PROOFS),
        "introspection_endpoint_auth_methods_supported": list(SECRET_PROOFS),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "amr", "nonce", "at_hash", "sid",
            "name", "email",
        ],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }  # fmt: skip


def openapi(issuer: str) -> dict[str, Any]:
    """The endpoints for programs as OpenAPI 3.1."""
    basic = [{"client": []}, {}]
    paths = {
        "/.well-known/openid-configuration": {"get": _plain("configuration", "Metadata")},
        "/oauth/jwks": {"get": _plain("keys", "Keys")},
        "/oauth/token": {"post": _posted("token", _TOKEN_FIELDS, "Tokens", basic)},
        "/oauth/revoke": {"post": _posted("revoke", _ONE_TOKEN, "Nothing", basic)},
        "/oauth/introspect": {"post": _posted("introspect", _ONE_TOKEN, "Introspection", basic)},
        "/oauth/userinfo": {
            method: {
                "operationId": f"userinfo_{method}",
                "responses": {"200": _json("Person"), "401": _json("Refusal")},
                "security": [{"person": []}],
            }
            for method in ("get", "post")
        },
        "/oauth/authorize": {"get": _authorize()},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "LMHG identity", "version": "1"},
        "servers": [{"url": issuer}],
        "paths": paths,
        "components": {
            "schemas": _SCHEMAS,
            "securitySchemes": {
                "client": {"type": "http", "scheme": "basic"},
                "person": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _plain(name: str, schema: str) -> dict[str, Any]:
    return {"operationId": name, "responses": {"200": _json(schema)}}


def _json(schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": schema, "content": content}


def _posted(
    name: str, fields: Mapping[str, Any], schema: str, security: list[dict[str, list[str]]]
) -> dict[str, Any]:
    form = {"application/x-www-form-urlencoded": {"schema": dict(fields)}}
    answers = {"200": _json(schema), "400": _json("Refusal"), "401": _json("Refusal")}
    return {
        "operationId": name,
        "requestBody": {"required": True, "content": form},
        "responses": answers,
        "security": security,
    }


def _authorize() -> dict[str, Any]:
    names = {
        "client_id": True, "redirect_uri": True, "response_type": True, "scope": True,
        "code_challenge": True, "code_challenge_method": True, "state": False, "nonce": False,
        "prompt": False, "max_age": False,
    }  # fmt: skip
    page = {"text/html": {"schema": {"type": "string"}}}
    return {
        "operationId": "authorize",
        "parameters": [
            {"name": name, "in": "query", "required": needed, "schema": {"type": "string"}}
            for name, needed in names.items()
        ],
        "responses": {
            "200": {"description": "The consent page", "content": page},
            "303": {"description": "On to sign-in, or back to the client"},
            "400": {
                "description": "A page: the client or its address is not known",
                "content": page,
            },
        },
    }


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON Schema
    return {"type": "object", "properties": properties, "required": sorted(properties)}


_TEXT = {"type": "string"}
_PROOF = {"client_id": _TEXT, "client_secret": _TEXT}
_TOKEN_FIELDS = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": [CODE, REFRESH, CREDENTIALS]},
        "code": _TEXT,
        "redirect_uri": _TEXT,
        "code_verifier": _TEXT,
        "refresh_token": _TEXT,
        "scope": _TEXT,
        **_PROOF,
    },
}
_ONE_TOKEN = {
    "type": "object",
    "required": ["token"],
    "properties": {"token": _TEXT, "token_type_hint": _TEXT, **_PROOF},
}
_SCHEMAS: dict[str, Any] = {
    "Nothing": {"type": "object", "maxProperties": 0},
    "Refusal": {
        "type": "object",
        "required": ["error"],
        "properties": {"error": _TEXT, "error_description": _TEXT},
        "additionalProperties": False,
    },
    "Metadata": _object(issuer=_TEXT, jwks_uri=_TEXT, token_endpoint=_TEXT),
    "Keys": _object(
        keys={
            "type": "array",
            "items": _object(
                kty={"const": "RSA"}, kid=_TEXT, use={"const": "sig"}, n=_TEXT, e=_TEXT
            ),
        }
    ),
    "Tokens": {
        **_object(
            access_token=_TEXT,
            token_type={"const": "Bearer"},
            expires_in={"type": "integer"},
            scope=_TEXT,
        ),
    },
    "Introspection": _object(active={"type": "boolean"}),
    "Person": _object(sub=_TEXT),
}
