"""What `up` and `status` print."""

from collections.abc import Mapping, Sequence
from typing import Any

from lmhg_stack.stack import Stack

PAGES = (
    ("workspace", "Workspace", "clients, referrals, compliance (the practice's own network)"),
    ("portal", "Portal", "calendar, tickets, announcements (anywhere)"),
    ("identity", "Identity", "sign-in, second factors, my security (anywhere)"),
    ("mail", "Mail sink", "every mail the stack sends"),
    ("intakeq", "IntakeQ simulator", "control API under /_sim/status"),
)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns as wide as they need."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(f"  {line}" for line in lines)


def welcome_text(facts: Mapping[str, Any]) -> str:
    """Addresses and demo logins."""
    pages = [(title, facts["addresses"][name], what) for name, title, what in PAGES]
    logins = [
        (
            login["email"],
            login["password"],
            ", ".join(login["roles"]),
            f"authenticator {login['totp_secret']}" if "totp_secret" in login else "",
        )
        for login in facts["logins"]
    ]
    return f"\n{table(pages)}\n\nSign in, on either plane (demo people, demo password):\n{table(logins)}\n"


def status_text(stack: Stack) -> tuple[str, bool]:
    """One line a process, and whether all are well."""
    if not stack.is_up():
        return "The stack is down. `make up` starts it.", False
    rows: list[tuple[str, str, str]] = []
    well = True
    for process in stack.plan.table():
        pid = stack.pid(process.name)
        ready = pid is not None and process.is_ready()
        well = well and ready
        rows.append((process.name, str(pid or "-"), "ready" if ready else "NOT READY"))
    return f"supervisor: {stack.phase()}\n{table(rows)}", well
