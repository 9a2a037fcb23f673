"""`make interop`: npm's certified `openid-client` signs in at the running stack's issuer."""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lmhg_gateway.cli import main as gateway
from lmhg_quality.node import node
from lmhg_stack.layout import DEFAULT_FOLDER, Layout
from lmhg_stack.people import DEMO_PASSWORD
from lmhg_stack.repository import ROOT

FOLDER = ROOT / "infra/quality/interop"
CLIENT = "interop"
REDIRECT, AFTER = "https://rp.example.test/callback", "https://rp.example.test/bye"
PERSON = "front@lmhg.test"


def main(argv: list[str] | None = None) -> int:
    """Register a client on the stack, then let the relying party use it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    file = Layout(arguments.parse_args(argv).folder).stack_file
    if not file.exists():
        print("the stack is down: `make up` first", file=sys.stderr)
        return 1
    facts: dict[str, Any] = json.loads(file.read_text())
    secret = secrets.token_urlsafe(32)
    if status := _register(facts, secret):
        return status
    if not (FOLDER / "node_modules" / "openid-client").exists():
        subprocess.run(["npm", "ci", "--silent", "--no-progress"], cwd=FOLDER, check=True)
    settings = {
        "ISSUER": facts["addresses"]["identity"],
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": secret,
        "REDIRECT_URI": REDIRECT,
        "AFTER_URI": AFTER,
        "EMAIL": PERSON,
        "PASSWORD": DEMO_PASSWORD,
    }
    done = subprocess.run(
        [node(), "rp.mjs"], cwd=FOLDER, env={**os.environ, **settings}, check=False
    )
    return done.returncode


def _register(facts: dict[str, Any], secret: str) -> int:
    """The client, by the operator's own command; each run gives it a new secret."""
    os.environ["LMHG_DATABASE_URL"] = facts["databases"]["onprem"]["lmhg_migrator"]
    with tempfile.NamedTemporaryFile("w", suffix=".secret") as file:
        file.write(secret)
        file.flush()
        return gateway([
            "client", "put", f"--id={CLIENT}", "--name=Interop check", f"--redirect-uri={REDIRECT}",
            f"--post-logout-uri={AFTER}", f"--secret-file={file.name}", "--first-party",
        ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
