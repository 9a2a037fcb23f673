"""Puts the demo staff and the standing approvals on record, by the operator's own commands.

Run in a process of its own by `lmhg-stack up`, once a stack: `python -m lmhg_stack.seed`, with
LMHG_DATABASE_URL (on-prem, as lmhg_migrator) and LMHG_PASSWORD_FILE. The portal needs no seed: the
relay brings it the profiles.
"""

import os
import sys
from collections.abc import Mapping

from lmhg_gateway.cli import main as gateway
from lmhg_stack.people import APPROVES, ASKS, STAFF, STANDING, Member


def account(member: Member, password_file: str) -> list[str]:
    """The command that creates one account with its profile."""
    return [
        "account",
        f"--id={member.id}",
        f"--email={member.email}",
        f"--name={member.name}",
        f"--roles={','.join(member.roles)}",
        f"--password-file={password_file}",
    ]


def standing(kind: str) -> list[str]:
    """The command that puts one standing approval on record."""
    return [
        "standing",
        f"--kind={kind}",
        f"--requested-by={ASKS.id}",
        f"--approved-by={APPROVES.id}",
    ]


def main(environ: Mapping[str, str]) -> int:
    """Do it all; the first failure ends it."""
    password_file = environ["LMHG_PASSWORD_FILE"]
    approvers = (ASKS, APPROVES)
    others = [member for member in STAFF if member not in approvers]
    # Whoever has a profile before the approval is on record gets the exemption by a second call.
    commands = [
        *(account(member, password_file) for member in approvers),
        *(standing(kind) for kind in STANDING),
        *(account(member, password_file) for member in [*approvers, *others]),
    ]
    return next((status for argv in commands if (status := gateway(argv))), 0)


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
