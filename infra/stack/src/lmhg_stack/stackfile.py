"""`stack.json`: what scripts and tests may know of a running stack."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lmhg_stack.bootstrap import ROLES
from lmhg_stack.people import STAFF
from lmhg_stack.plan import Plan
from lmhg_stack.postgres import SUPERUSER

PLANES = ("onprem", "cloud")


def write_atomically(file: Path, text: str) -> None:
    """Replace a file's text; nobody ever reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.fresh")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.rename(file)


def describe(plan: Plan, pids: Mapping[str, int]) -> dict[str, Any]:
    """The contents of stack.json; its JSON Schema is docs/reference/stack.schema.json."""
    layout, keys = plan.layout, plan.layout.keys
    stores = {plane: plan.s3(plane) for plane in PLANES}
    web = ("workspace", "identity", "ingress", "portal", "mail", "intakeq")
    return {
        "site": layout.site,
        "addresses": {
            **{name: plan.url(name) for name in web},
            "smtp": f"smtp://{plan.at('smtp')}",
            "nats": plan.nats().url,
            "nats_monitor": plan.url("nats-monitor"),
            **{f"s3_{plane}": store.url for plane, store in stores.items()},
        },
        "metrics": {
            process.name: plan.url(f"{process.name}-metrics")
            for process in plan.table()
            if f"{process.name}-metrics" in plan.ports
        },
        "databases": {
            plane: {
                "superuser": plan.postgres(plane).dsn(SUPERUSER),
                **{role: plan.database_url(plane, role) for role in ROLES[plane]},
            }
            for plane in PLANES
        },
        "buckets": {
            plane: {
                "bucket": store.bucket,
                "access_key": store.access_key,
                "secret_key_file": str(keys.password("s3", f"{plane}.secret")),
            }
            for plane, store in stores.items()
        },
        "keys": _key_files(plan),
        "folders": {
            "data": str(layout.data),
            "logs": str(layout.logs),
            "keys": str(keys.folder),
            "nats_store": str(plan.nats().store),
            "mail": str(layout.data / "mail"),
        },
        "logins": [member.as_login() for member in STAFF],
        "processes": dict(pids),
        "ingress_path": plan.ingress_path,
    }


def write(plan: Plan, pids: Mapping[str, int]) -> None:
    """Write stack.json."""
    text = json.dumps(describe(plan, pids), indent=2)
    write_atomically(plan.layout.stack_file, text + "\n")


def _key_files(plan: Plan) -> dict[str, str]:
    keys = plan.layout.keys
    files: dict[str, Path] = {
        "keyring": keys.keyring,
        "identity_keyring": keys.identity_keyring,
        "portal_client_secret": keys.client_secret("portal"),
        "ledger_vkeys": keys.vkeys,
        "ingress_private": keys.ingress_private,
        "ingress_public": keys.ingress_public,
        "intakeq_api_key": keys.intakeq_api_key,
        **{f"nats_{user}_password": keys.password("nats", user) for user in plan.nats().passwords},
    }
    for plane in PLANES:
        files[f"{plane}_ledger"] = keys.signing(plane, "ledger")
        files[f"{plane}_ledger_vkey"] = keys.vkey(plane)
        files[f"{plane}_relay"] = keys.signing(plane, "relay")
        files[f"{plane}_relay_public"] = keys.public(plane, "relay")
    return {name: str(path) for name, path in files.items()}
