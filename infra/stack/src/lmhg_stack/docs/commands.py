"""`--help` of every command, as the terminal shows it."""

import os
import subprocess

from lmhg_stack.process import script

COMMANDS = ("lmhg-verify", "lmhg-gateway", "lmhg-portal", "lmhg-relay", "lmhg-stack")
COLUMNS = "100"


def help_text(*command: str) -> str:
    """What the command says about itself."""
    done = subprocess.run(
        [script(command[0]), *command[1:], "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": COLUMNS},
    )
    return done.stdout.rstrip()


def reference() -> str:
    """docs/reference/commands.md."""
    parts = ["# Commands", ""]
    for command in COMMANDS:
        parts += [f"## {command}", "", "```", help_text(command), "```", ""]
    return "\n".join(parts)
