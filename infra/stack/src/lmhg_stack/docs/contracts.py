"""JSON Schema of each kind, an AsyncAPI description of the relay's channels, and a page about both."""

import json
from typing import Any

from lmhg_contracts.registry import KINDS, NEVER_CROSSING, POLICY_REVISION, json_schema
from lmhg_contracts.wire import Direction
from lmhg_relay.subjects import stream_name, subject

SITE = "s1"
ROUTES: tuple[tuple[Direction, str, str], ...] = (
    ("down", "onprem", "cloud"),
    ("up", "cloud", "onprem"),
)


def kinds_page() -> str:
    """docs/reference/kinds.md."""
    parts = [
        "# Kinds",
        "",
        (
            f"Policy revision `{POLICY_REVISION}`. A kind that is not in this table cannot be shipped:"
            " there is nothing to ship it in."
        ),
        "",
        "| kind | home | screened | fields that cross |",
        "| --- | --- | --- | --- |",
    ]
    parts += [
        f"| [`{name}`](kinds/{name}.schema.json) | {kind.home.value} | on {kind.screening} |"
        f" {', '.join(f'`{field}`' for field in kind.fields)} |"
        for name, kind in sorted(KINDS.items())
    ]
    never = ", ".join(f"`{name}`" for name in NEVER_CROSSING)
    return "\n".join([*parts, "", f"Never, by having no contract: {never}."])


def schemas() -> dict[str, str]:
    """File name to JSON Schema, one a kind."""
    return {
        f"docs/reference/kinds/{name}.schema.json": json.dumps(json_schema(kind), indent=2)
        for name, kind in sorted(KINDS.items())
    }


def asyncapi() -> str:
    """docs/reference/relay.asyncapi.json."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for direction, sender, receiver in ROUTES:
        for what, author in (("batch", sender), ("receipt", receiver), ("beat", sender)):
            name = f"{direction}-{what}"
            channels[name] = {
                "address": subject("{site}", direction, what),
                "messages": {what: {"$ref": f"#/components/messages/{what}"}},
                "parameters": {"site": {"description": "site id", "default": SITE}},
            }
            operations[f"{author} sends {name}"] = {
                "action": "send",
                "channel": {"$ref": f"#/channels/{name}"},
                "summary": f"the {author} half publishes",
            }
    content = "msgpack array, Ed25519-signed; see lmhg_contracts.wire"
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "LMHG relay",
            "version": POLICY_REVISION,
            "description": f"Streams {stream_name('<site>', 'down')} and"
            f" {stream_name('<site>', 'up')} carry the batches; the rest are plain messages.",
        },
        "defaultContentType": "application/octet-stream",
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": {
                what: {"name": what, "summary": content} for what in ("batch", "receipt", "beat")
            }
        },
    }
    return json.dumps(document, indent=2)
