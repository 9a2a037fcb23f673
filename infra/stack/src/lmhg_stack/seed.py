"""Puts the demo staff and the standing approvals on record, by the operator's own commands.

Run in a process of its own by `lmhg-stack up`, once a stack: `python -m lmhg_stack.seed`, with
LMHG_ONPREM_URL, LMHG_CLOUD_URL (as lmhg_migrator) and LMHG_PASSWORD_FILE.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence

from lmhg_gateway.cli import main as gateway
from lmhg_portal.cli import main as portal
from lmhg_stack.people import APPROVES, ASKS, LOGINS, STAFF, STANDING, Login

IDS = {member.email: member.id for member in STAFF}
Main = Callable[[Sequence[str]], int]


def account(login: Login, password_file: str) -> list[str]:
    """The command that creates one account."""
    return [
        "account",
        f"--id={IDS[login.email]}",
        f"--email={login.email}",
        f"--name={login.name}",
        f"--roles={','.join(login.roles)}",
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
    both = {login.email for login in LOGINS if login.email in (ASKS.email, APPROVES.email)}
    onprem = sorted(
        (login for login in LOGINS if login.plane == "onprem"),
        key=lambda login: login.email not in both,
    )
    approvers, others = onprem[: len(both)], onprem[len(both) :]
    # Whoever has a profile before the approval is on record gets the exemption by a second call.
    commands: list[tuple[Main, str, list[str]]] = [
        *((gateway, "ONPREM", account(login, password_file)) for login in approvers),
        *((gateway, "ONPREM", standing(kind)) for kind in STANDING),
        *((gateway, "ONPREM", account(login, password_file)) for login in [*approvers, *others]),
        *(
            (portal, "CLOUD", account(login, password_file))
            for login in LOGINS
            if login.plane == "cloud"
        ),
    ]
    for act, plane, argv in commands:
        os.environ["LMHG_DATABASE_URL"] = environ[f"LMHG_{plane}_URL"]
        if status := act(argv):
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
