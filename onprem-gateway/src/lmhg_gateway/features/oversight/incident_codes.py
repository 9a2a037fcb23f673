"""What the watch over both planes opens an incident for."""

from lmhg_gateway.web.points import IncidentCode

MATCH_DIFFERS = IncidentCode(
    code="match_differs",
    title="The three-way match found a difference",
    happened="For at least one record, our ledger, the portal's confirmations and the portal itself do not agree.",
    todo="Open the match. Follow each difference to its record and ledger entries, then run the match again. If a difference stays, ask the people who run your computers.",
)
LEDGER_NOT_SOUND = IncidentCode(
    code="ledger_not_sound",
    title="A ledger does not match its signatures",
    happened="A check found that one of our ledgers was cut, changed or rewritten, or that the portal confirmed more entries than are here.",
    todo="Open the ledger check and read what it found. Export the ledger as it is now. No one should repair it. Have IT follow docs/runbooks/verify-a-ledger.md.",
    red="A ledger did not match its signatures, and the incident is still open.",
)
PLANE_RESTORED = IncidentCode(
    code="plane_restored",
    title="One side was restored from a backup",
    happened="The sharing ledger says that the office's or the portal's database was set back to an earlier state. Both sides agreed where to continue.",
    todo="Ask the people who run your computers if they did this, when and why. Add their answer here. If no one did, treat it as tampering: docs/runbooks/verify-a-ledger.md.",
    red="One side was restored from a backup, and the incident is still open.",
)
PORTAL_ALARM = IncidentCode(
    code="portal_alarm",
    title="The portal's side raised an alarm",
    happened="The program that exchanges records at the portal noticed something that should not happen. See the code on the Compliance page, under Waiting to be shared.",
    todo="Read the code there and the Confirmations page. “fork” means that the portal saw our ledger change its past. Export the ledger as it is now, and follow docs/runbooks/verify-a-ledger.md.",
    red="The portal's side raised an alarm, and the incident is still open.",
)
CANARY_FOUND = IncidentCode(
    code="canary_found",
    title="A leak check found a made-up client outside the office",
    happened="We keep made-up clients to find leaks. One was found where no client information may be. A real client could leak the same way.",
    todo="Open the leak check to see where. Stop the leak, find out how it happened, and decide if real clients leaked too. That may be a breach you must report.",
)
SWEEP_LATE = IncidentCode(
    code="sweep_late",
    title="The leak check is late",
    happened="No leak check has run for more than 26 hours, so a leak would go unseen.",
    todo="Find out why the timer did not run (runbook: sweep-late). Run the check by hand, and close this when it is recorded.",
)
EVENT_SET_ASIDE = IncidentCode(
    code="event_set_aside",
    title="One event could not be written to the access log",
    happened="Something was done, but its log entry was too long or could not be read. The access log has a line in its place, and the entry itself is kept.",
    todo="Show the number below to the people who run your computers, and ask which program wrote the entry. Every other line is in the log.",
)
CODES = (
    MATCH_DIFFERS,
    LEDGER_NOT_SOUND,
    PLANE_RESTORED,
    PORTAL_ALARM,
    CANARY_FOUND,
    SWEEP_LATE,
    EVENT_SET_ASIDE,
)
"""Each of them."""
