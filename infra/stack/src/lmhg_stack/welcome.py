"""What `up` and `status` print."""

from collections.abc import Mapping, Sequence
from typing import Any

from lmhg_stack.stack import Stack

PAGES = (
    ("workspace", "Workspace", "clients, referrals, compliance (the practice's own network)"),
    ("portal", "Portal", "calendar, tickets, announcements (anywhere)"),
    ("identity", "Identity", "sign-in, two-step sign-in, my security (anywhere)"),
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


FIRST_STEPS = (
    ("front desk", "front@lmhg.test", (
        ("workspace", "/", "Home: call the first person in the list"),
        ("workspace", "/clients", "Find a client by the start of a name"),
        ("workspace", "/appointments/week", "See the week"),
        ("workspace", "/announcements/new", "Write an announcement and ask to share it"),
        ("portal", "/tickets/new", "Ask IT support for help, on the portal"),
    )),
    ("clinician", "morgan.reyes@lmhg.test", (
        ("workspace", "/", "Your day, with a call button"),
        ("workspace", "/appointments/week", "Your week"),
        ("workspace", "/referrals", "Move a referral one step"),
        ("portal", "/calendar", "The same week on the portal: busy times, no names"),
        ("identity", "/security", "My security: set up two-step sign-in"),
    )),
    ("compliance officer", "compliance@lmhg.test", (
        ("workspace", "/compliance", "What cannot wait, and what was last checked"),
        ("workspace", "/compliance/exemptions", "Approve what the front desk asked to share"),
        ("workspace", "/compliance/cloud", "See exactly what the portal has"),
        ("workspace", "/compliance/ledger", "Check the ledger from start to end"),
        ("workspace", "/compliance/access/clients", "Who saw this client's record?"),
    )),
    ("administrator", "admin@lmhg.test", (
        ("workspace", "/people", "Who works here"),
        ("workspace", "/people/new", "Invite someone; the email is in the mail sink"),
        ("workspace", "/people/factors", "Who needs two-step sign-in, and from when"),
        ("workspace", "/decisions", "What waits for a second person"),
        ("workspace", "/oauth-clients", "Connected apps"),
    )),
    ("IT support", "it@lmhg.test", (
        ("portal", "/tickets", "The ticket queue: assign one to yourself"),
        ("portal", "/calendar", "The calendar, from anywhere"),
        ("portal", "/account", "Your sessions"),
        ("portal", "/help", "Help for every page"),
        ("mail", "/", "Every email the demo sent"),
    )),
)  # fmt: skip
"""Five things to click for each role."""
NO_PAST = (
    "Clients, intakes, appointments and referrals go back some weeks. Ledgers, packets and statements begin today:\n"
    "  their dates cannot be set back, so the first weekly packet comes after a full week."
)


def first_steps(facts: Mapping[str, Any]) -> str:
    """What to try first, role by role."""
    where = facts["addresses"]
    parts = [
        f"  {role} ({email})\n" + table([(f"{where[at]}{path}", what) for at, path, what in steps])
        for role, email, steps in FIRST_STEPS
    ]
    return "Try this first:\n\n" + "\n\n".join(parts) + f"\n\n  {NO_PAST}\n"


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
    return f"\n{table(pages)}\n\nSign in, on either plane (demo people, demo password):\n{table(logins)}\n\n{first_steps(facts)}"


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
