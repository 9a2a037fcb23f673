"""The JSON Schema of `.lmhg/stack.json`."""

import json
from typing import Any

TEXT: dict[str, Any] = {"type": "string"}


def _map(value: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": value, "required": sorted(required)}


_LOGIN = {
    "type": "object",
    "properties": {
        "email": TEXT,
        "name": TEXT,
        "password": TEXT,
        "roles": {"type": "array", "items": TEXT, "minItems": 1},
        "totp_secret": {"type": "string", "pattern": "^[A-Z2-7]{32}$"},
    },
    "required": ["email", "name", "password", "roles"],
    "additionalProperties": False,
}
_BUCKET = {
    "type": "object",
    "properties": {"bucket": TEXT, "access_key": TEXT, "secret_key_file": TEXT},
    "required": ["bucket", "access_key", "secret_key_file"],
    "additionalProperties": False,
}
_ADDRESSES = (
    "workspace", "identity", "ingress", "portal", "mail", "smtp", "intakeq",
    "nats", "nats_monitor", "s3_onprem", "s3_cloud",
)  # fmt: skip

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A running LMHG development stack",
    "type": "object",
    "properties": {
        "site": TEXT,
        "addresses": _map(TEXT, *_ADDRESSES),
        "metrics": _map(TEXT),
        "databases": _map(_map(TEXT, "superuser", "lmhg_migrator", "relay"), "onprem", "cloud"),
        "buckets": _map(_BUCKET, "onprem", "cloud"),
        "keys": _map(TEXT, "keyring", "identity_keyring", "portal_client_secret", "ingress_public"),
        "folders": _map(TEXT, "data", "logs", "keys", "nats_store", "mail"),
        "logins": {"type": "array", "items": _LOGIN},
        "processes": _map({"type": "integer"}),
        "ingress_path": {"type": "string", "pattern": "^/hooks/intakeq/[a-z0-9]{20,}$"},
    },
    "required": [
        "site", "addresses", "metrics", "databases", "buckets", "keys", "folders", "logins",
        "processes", "ingress_path",
    ],
    "additionalProperties": False,
}  # fmt: skip


def reference() -> str:
    """docs/reference/stack.schema.json."""
    return json.dumps(SCHEMA, indent=2)
